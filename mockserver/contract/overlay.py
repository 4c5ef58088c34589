"""OpenAPI Overlays (Overlay Specification 1.0): later documents of the service as changes to the one before.

A target is a JSONPath of names (`$.paths['/a/b'].get`), wildcards (`*`) and recursive descent to a name (`..schema`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver import strict_yaml
from mockserver.contract.document import Document, overlays_until, with_merge_keys
from mockserver.errors import SpecError
from mockserver.rules.generation import Generation

_STEP = re.compile(
    r"(?:(?P<descent>\.\.)|\.(?!\[))?(?:(?<=\.)(?P<word>[A-Za-z_$][\w$-]*|\*)|\['(?P<quoted>[^']*)'\]|\[(?P<any>\*)\])",
    re.ASCII,
)
_ACTION_KEYS = frozenset(("target", "description", "update", "remove"))


class _Step(NamedTuple):
    """One step of a JSONPath. `name` None stands for every child; `deep` looks at every depth."""

    name: str | None
    deep: bool


class Node(NamedTuple):
    """A selected value, with the object or list that holds it and its key there; the top has no holder."""

    holder: Any
    key: Any
    value: Any


class Action(NamedTuple):
    """A change of every selected node: it is removed, or `update` is merged into it."""

    target: str
    update: Any
    remove: bool


def overlaid(document: Document, generation: Generation) -> Document:
    """Return the document as it is in that generation. The tests prove it; no start has to."""
    overlays = overlays_until(generation)
    if not overlays:
        return document
    changes = [action for name, text in overlays for action in actions(name, text)]
    return document._replace(value=applied(document.value, changes), overlays=tuple(text for _, text in overlays))


def actions(name: str, text: str) -> list[Action]:
    """Return the actions of the overlay with that text. Raises SpecError, which says what is wrong and where."""
    twice: strict_yaml.Twice = []
    try:
        value = with_merge_keys(strict_yaml.read(text, twice))
    except strict_yaml.Unreadable as error:
        raise SpecError(f"{name}: not readable as YAML: {error.reason}") from error
    if twice:
        raise SpecError(f"{name}: the key {twice[0][0][-1]} stands twice")
    listed = value.get("actions") if isinstance(value, dict) else None
    if not isinstance(listed, list) or str(value.get("overlay")).rpartition(".")[0] not in ("1.0", "1"):
        raise SpecError(f"{name}: not an overlay: it needs 'overlay: 1.0.0' and a list of 'actions'")
    return [_action(f"{name}: actions/{index}", each) for index, each in enumerate(listed)]


def _action(where: str, given: Any) -> Action:
    if not isinstance(given, dict) or not isinstance(given.get("target"), str):
        raise SpecError(f"{where}: an action is an object with a 'target'")
    unknown = [key for key in given if key not in _ACTION_KEYS and not str(key).startswith("x-")]
    if unknown:
        raise SpecError(f"{where}: unknown key '{unknown[0]}': an action has {', '.join(sorted(_ACTION_KEYS))}")
    _steps(where, given["target"])
    if given.get("remove") is not True and "update" not in given:
        raise SpecError(f"{where}: an action needs 'update', or 'remove: true'")
    return Action(given["target"], given.get("update"), given.get("remove") is True)


def applied(document: Any, overlays: Iterable[Action]) -> Any:
    """Return a copy of the document after all actions, in order. A target that selects nothing is no error."""
    result = _copied(document)
    for action in overlays:
        for node in list(selected(result, action.target)):
            if action.remove:
                _removed(node)
            else:
                result = _updated(result, node, action.update)
    return result


def selected(document: Any, path: str) -> Iterator[Node]:
    """Yield the nodes that the JSONPath selects."""
    nodes = [Node(None, None, document)]
    for step in _steps(path, path):
        nodes = [found for node in nodes for found in _found(node.value, step)]
    yield from nodes


def _found(value: Any, step: _Step) -> Iterator[Node]:
    for key, child in _children(value):
        if step.name is None or key == step.name:
            yield Node(value, key, child)
        if step.deep:
            yield from _found(child, step)


def _children(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _steps(where: str, path: str) -> list[_Step]:
    if not path.startswith("$"):
        raise SpecError(f"{where}: a target begins with '$'")
    steps, at = [], 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            raise SpecError(
                f"{where}: '{path[at:]}' is not supported in a target: use .name, ['name'], .*, [*] and ..name"
            )
        name = found["word"] if found["quoted"] is None else found["quoted"]
        steps.append(_Step(None if found["any"] or found["word"] == "*" else name, found["descent"] is not None))
        at = found.end()
    return steps


def _removed(node: Node) -> None:
    if node.holder is None:
        raise SpecError("an overlay cannot remove the whole document")
    if isinstance(node.holder, list):
        node.holder[:] = [each for each in node.holder if each is not node.value]
    else:
        node.holder.pop(node.key, None)


def _updated(document: Any, node: Node, update: Any) -> Any:
    if isinstance(node.value, list):
        node.value.append(_copied(update))
        return document
    merged = _merged(node.value, update)
    if node.holder is None:
        return merged
    node.holder[node.key] = merged
    return document


def _merged(value: Any, update: Any) -> Any:
    """Objects are merged key by key, lists are joined, and anything else is replaced."""
    if isinstance(value, dict) and isinstance(update, Mapping):
        for key, each in update.items():
            value[key] = _merged(value[key], each) if key in value else _copied(each)
        return value
    if isinstance(value, list) and isinstance(update, list):
        return [*value, *_copied(update)]
    return _copied(update)


def _copied(value: Any) -> Any:
    """Return a copy that shares no object or list, not even where the value names one twice."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value
