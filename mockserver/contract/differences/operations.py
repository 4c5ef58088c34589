"""Compare the operations of two documents: which exist, what they take, and what they answer with."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.contract.differences.change import Change, Difference, Side
from mockserver.contract.differences.schemas import SchemaComparison
from mockserver.contract.differences.source import Part, Source

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")
_MAX_NAME = 200


class Found(NamedTuple):
    """An operation of a document, with what its path item says for all methods, and the document's own security."""

    id: str
    method: str
    path: str
    part: Part
    item: Part
    root: Part


Operations = Mapping[tuple[str, str], Found]
"""Operations by method and path, whatever the parameters of the path are called."""


def operations_of(source: Source) -> Operations:
    """Return the operations of all documents of a source. Raises SpecError for a broken reference."""
    found = {}
    for root in source.roots:
        paths = root.get("paths")
        for path, part in () if paths is None else paths.children():
            item = source.resolved(part)
            for method in _METHODS:
                operation = item.get(method)
                if operation is not None and isinstance(operation.value, Mapping):
                    name = str(operation.value.get("operationId") or f"{method.upper()} {path}")[:_MAX_NAME]
                    found[method, plain_path(path)] = Found(name, method.upper(), path, operation, item, root)
    return found


def plain_path(path: str) -> str:
    """Return the path with nameless parameters and without a slash at its end."""
    return _PLACEHOLDER.sub("{}", path).rstrip("/") or "/"


def differences(before: Source, after: Source, ours: Operations) -> Iterator[Difference]:
    """Yield what the document `after` says differently: about `ours`, and whatever is at their paths or below them.

    Operations come in the order of `ours`, further ones in that of the documents. Raises SpecError for a broken
    reference, and for schemas past the limits.
    """
    old, new = operations_of(before), operations_of(after)
    paths = {path for _, path in ours}
    further = (each for each in {**new, **old} if each not in ours and _is_below(each[1], paths))
    comparison = _Comparison(before, after)
    for key in (*ours, *further):
        one, other = old.get(key), new.get(key)
        known = ours.get(key) or other or one
        if known is not None:
            for change in comparison.changes(one, other):
                yield Difference(known.id, f"{known.method} {known.path}", change)


def _is_below(path: str, paths: set[str]) -> bool:
    steps = path.split("/")
    return any("/".join(steps[:end]) in paths for end in range(2, len(steps) + 1))


class _Comparison:
    """Compares operations of two documents."""

    def __init__(self, before: Source, after: Source) -> None:
        self._before, self._after = before, after
        self._requests = SchemaComparison(before, after, Side.REQUEST)
        self._responses = SchemaComparison(before, after, Side.RESPONSE)

    def changes(self, old: Found | None, new: Found | None) -> Iterator[Change]:
        """Yield what differs: parameters, security, body, then the responses by status."""
        if old is None and new is not None:
            yield Change("operation-added", new.part.place, None, f"{new.method} {new.path}", False)
        elif new is None and old is not None:
            yield Change("operation-removed", old.part.place, f"{old.method} {old.path}", None, True)
        elif new is not None and old is not None:
            yield from self._parameters(old, new)
            yield from self._security(old, new)
            yield from self._body(old, new)
            yield from self._statuses(old, new)

    def _parameters(self, old: Found, new: Found) -> Iterator[Change]:
        before, after = _parameters(self._before, old), _parameters(self._after, new)
        for key, part in after.items():
            required = part.value.get("required") is True
            if key not in before:
                yield Change("parameter-added", part.place, None, part.value, required, (key[1],), key[0])
                continue
            if required != (before[key].value.get("required") is True):
                kind = f"parameter-{'required' if required else 'optional'}"
                yield Change(kind, part.place, not required, required, required, (key[1],), key[0])
            schemas = before[key].get("schema"), part.get("schema")
            if schemas[0] is not None and schemas[1] is not None:
                for each in self._requests.changes(schemas[0], schemas[1]):
                    yield each.below(key[1])._replace(part=key[0])
        for key, part in before.items():
            if key not in after:
                yield Change("parameter-removed", part.place, part.value, None, True, (key[1],), key[0])

    def _security(self, old: Found, new: Found) -> Iterator[Change]:
        before, after = (_needs_token(each) for each in (old, new))
        if before != after:
            place = (new.part.get("security") or new.part).place
            yield Change("security-changed", place, before, after, after)

    def _body(self, old: Found, new: Found) -> Iterator[Change]:
        before, after = _body(self._before, old), _body(self._after, new)
        was, required = (each is not None and each.value.get("required") is True for each in (before, after))
        part = after or before
        if part is None:
            return
        if was != required:
            kind = f"body-{'required' if required else 'optional'}"
            yield Change(kind, part.place, was, required, required, (), "body")
        yield from self._contents(before, after, Side.REQUEST, "body")

    def _contents(self, before: Part | None, after: Part | None, side: Side, part: str) -> Iterator[Change]:
        """Yield the differences of each media type. A new one breaks nobody; one that is gone does."""
        old, new = _content(before), _content(after)
        for name, each in new.items():
            if name not in old:
                yield Change("media-type-added", each.place, None, name, False, (), part)
                continue
            schemas = old[name].get("schema"), each.get("schema")
            if schemas[0] is not None and schemas[1] is not None:
                found = (self._requests if side is Side.REQUEST else self._responses).changes(schemas[0], schemas[1])
                yield from (change._replace(part=part) for change in found)
        for name, each in old.items():
            if name not in new:
                yield Change("media-type-removed", each.place, name, None, True, (), part)

    def _statuses(self, old: Found, new: Found) -> Iterator[Change]:
        before, after = old.part.get("responses"), new.part.get("responses")
        known = dict(() if before is None else before.children())
        named = dict(() if after is None else after.children())
        for status, part in named.items():
            if status not in known:
                yield Change("status-added", part.place, None, str(status), False, (), str(status))
                continue
            answers = self._before.resolved(known[status]), self._after.resolved(part)
            yield from self._contents(*answers, Side.RESPONSE, str(status))
        for status, part in known.items():
            if status not in named:
                yield Change("status-removed", part.place, str(status), None, status[:1] == "2", (), str(status))


def _parameters(source: Source, found: Found) -> dict[tuple[str, str], Part]:
    """Return the parameters by place and name; those of a path by their order, as their names mean nothing."""
    named: dict[tuple[str, str], Part] = {}
    for owner in (found.item, found.part):
        listed = owner.get("parameters")
        for each in () if listed is None else listed.items():
            part = source.resolved(each)
            if isinstance(part.value, Mapping):
                place, name = str(part.value.get("in")), str(part.value.get("name"))
                named[place, name.lower() if place == "header" else name] = part
    order = {name: index for index, name in enumerate(_PLACEHOLDER.findall(found.path))}
    return {
        (place, f"{{{order.get(f'{{{name}}}', name)}}}" if place == "path" else name): part
        for (place, name), part in named.items()
    }


def _needs_token(found: Found) -> bool:
    security = found.part.get("security") or found.root.get("security")
    value = None if security is None else security.value
    return isinstance(value, list) and bool(value) and {} not in value


def _body(source: Source, found: Found) -> Part | None:
    part = found.part.get("requestBody")
    resolved = None if part is None else source.resolved(part)
    return resolved if resolved is not None and isinstance(resolved.value, Mapping) else None


def _content(part: Part | None) -> dict[str, Part]:
    content = None if part is None else part.get("content")
    return (
        {} if content is None else {name.partition(";")[0].strip().lower(): each for name, each in content.children()}
    )
