"""Scripts of requests: their YAML format, how they are read, and how their placeholders are filled.

A script has a rule, the things that it needs (`needs`), the scratch things that it works on (`given`), and steps. A
text of a step may have placeholders in braces, such as `{identity}`: values that the player knows, or that an earlier
step saved from a response. A text that is one placeholder and nothing else takes the value as it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mockserver import strict_yaml
from mockserver.errors import did_you_mean, nearest
from mockserver.rules.rule import ACCEPTED

FOLDER = Path(__file__).parent / "scripts"
GIVEN = Path(__file__).parent / "given.yaml"
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<path>/\S*)")
_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_REPEATED = re.compile(r"\{([A-Za-z0-9])\*([0-9]{1,7})\}")
CALLER = "{caller}"
"""The token of the one who runs the scripts; a step that names no other is sent with it."""


BRACE = "brace"
"""The placeholder of a brace, which may stand before a text that would be a placeholder with it."""


class ScriptError(Exception):
    """A script cannot be read; the text says which, and why."""


class Unfilled(Exception):
    """A step needs a value that no earlier response had; the text is the placeholder's name."""


class Outcome(NamedTuple):
    """The status of a recorded response, and the `error` of its body; None if it has none."""

    status: int
    error: str | None = None

    def __str__(self) -> str:
        return str(self.status) if self.error is None else f"{self.status} {self.error}"


class Step(NamedTuple):
    """One request. `body` is sent as JSON, `text` as it is; with neither there is no body.

    `token` goes into `Authorization: Bearer`; None sends no such header. `headers` replace those of their names. `save`
    maps the name of a placeholder to the path of a value in the response, such as `identity.id`. `varies` are paths
    of the response whose values are not compared. A `chunked` body has no length. `charset` encodes `text`. The
    request is sent after `wait` seconds. `answered` is the outcome when the request was recorded.
    """

    method: str
    path: str
    body: Any = None
    text: str | None = None
    has_body: bool = False
    token: str | None = CALLER
    headers: Mapping[str, str] = {}
    save: Mapping[str, str] = {}
    varies: tuple[str, ...] = ()
    chunked: bool = False
    charset: str = "utf-8"
    wait: float = 0
    answered: Outcome | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Script(NamedTuple):
    """Requests that provoke a rule, or with the rule `accepted` an operation that carries out what it is asked."""

    name: str
    rule: str
    steps: tuple[Step, ...]
    operation: str = ""
    needs: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    description: str = ""

    @property
    def is_recording(self) -> bool:
        """Whether it says how its steps were answered when they were recorded."""
        return any(step.answered is not None for step in self.steps)

    @property
    def only_reads(self) -> bool:
        """Whether every step is a GET."""
        return all(step.method == "GET" for step in self.steps)


@cache
def bundled() -> tuple[Script, ...]:
    """Return the scripts of the package, in the order of their names."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.yaml")))


@cache
def givens() -> Mapping[str, Script]:
    """Return how each of the scratch things is made."""
    value = _value(GIVEN)
    return {name: _script(GIVEN.name, name, {"rule": ACCEPTED, **each}) for name, each in value.items()}


@cache
def given(name: str) -> Script | None:
    """Return how a scratch thing is made; `kubernetes2` is a second one like `kubernetes`. None if there is none."""
    found = givens().get(name)
    numbered = _NUMBERED.fullmatch(name)
    if found is not None or numbered is None or numbered["name"] not in givens():
        return found
    first = givens()[numbered["name"]]
    saved = {each for step in first.steps for each in step.save}
    return first._replace(name=name, steps=tuple(_renamed(step, saved, numbered["number"]) for step in first.steps))


_NUMBERED = re.compile(r"(?P<name>[A-Za-z]+)(?P<number>[2-9]|[1-9][0-9])")


def _renamed(step: Step, saved: set[str], number: str) -> Step:
    """Return the step with a number behind the names of the placeholders that the script saves."""
    names = _PLACEHOLDER.findall(f"{step.path} {step.body}")
    known = {each: f"{{{each}{number}}}" if each in saved else f"{{{each}}}" for each in names}
    save = {f"{each}{number}": path for each, path in step.save.items()}
    return step._replace(path=filled(step.path, known), body=filled(step.body, known), save=save)


def read(path: Path) -> Script:
    """Return the script of a file. Raises ScriptError if it is none."""
    return _script(path.name, path.name.removesuffix(".yaml"), _value(path))


def _value(path: Path) -> dict[str, Any]:
    twice: strict_yaml.Twice = []
    try:
        value = strict_yaml.read(path.read_text("utf-8"), twice)
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{path}: not UTF-8") from None
    except strict_yaml.Unreadable as error:
        where = "" if error.place is None else f":{error.place[0]}:{error.place[1]}"
        raise ScriptError(f"{path}{where}: {error.reason}") from None
    if twice:
        keys, (line, column) = twice[0]
        raise ScriptError(f"{path}:{line}:{column}: the key {keys[-1]!r} stands twice")
    if not isinstance(value, dict):
        raise ScriptError(f"{path}: a script is a mapping with the keys {', '.join(_SCRIPT)}")
    return value


_SCRIPT = ("description", "rule", "operation", "needs", "given", "steps")
_STEP = ("request", "body", "text", "token", "headers", "save", "varies", "chunked", "charset", "wait", "answered")
_OUTCOME = ("status", "error", "body")


def _script(file: str, name: str, value: Any) -> Script:
    _only(file, value, _SCRIPT)
    steps = value.get("steps")
    if not isinstance(steps, list) or not steps:
        raise ScriptError(f"{file}: steps must be a list with at least one request")
    rule = value.get("rule")
    if not isinstance(rule, str) or not rule:
        raise ScriptError(f"{file}: rule must be the id of a rule, or {ACCEPTED}")
    return Script(
        name,
        rule,
        tuple(_step(f"{file}: steps[{number}]", each) for number, each in enumerate(steps)),
        _text(file, "operation", value.get("operation", "")),
        _texts(file, "needs", value.get("needs", [])),
        _texts(file, "given", value.get("given", [])),
        _text(file, "description", value.get("description", "")),
    )


def _step(where: str, value: Any) -> Step:
    _only(where, value, _STEP)
    request = _REQUEST.fullmatch(str(value.get("request")))
    if request is None:
        raise ScriptError(f"{where}: request must be a method and a path, such as GET /api/status")
    if "body" in value and "text" in value:
        raise ScriptError(f"{where}: body and text exclude each other")
    token = value.get("token", CALLER)
    return Step(
        request["method"],
        request["path"],
        value.get("body"),
        None if "text" not in value else _text(where, "text", value["text"]),
        "body" in value,
        None if token is None else _text(where, "token", token),
        _pairs(where, "headers", value.get("headers", {})),
        _pairs(where, "save", value.get("save", {})),
        _texts(where, "varies", value.get("varies", [])),
        value.get("chunked") is True,
        _charset(where, value.get("charset", "utf-8")),
        _seconds(where, value.get("wait", 0)),
        None if "answered" not in value else _outcome(f"{where}.answered", value["answered"]),
    )


def _outcome(where: str, value: Any) -> Outcome:
    _only(where, value, _OUTCOME)
    status, error = value.get("status"), value.get("error")
    if type(status) is not int or not 100 <= status <= 599:
        raise ScriptError(f"{where}: status must be an integer from 100 to 599")
    return Outcome(status, None if error is None else _text(where, "error", error))


def _only(where: str, value: Any, known: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise ScriptError(f"{where}: must be a mapping with the keys {', '.join(known)}")
    for key in value:
        if key not in known:
            raise ScriptError(f"{where}: no such key: {key!r}.{did_you_mean(nearest(str(key), known))}")


def _text(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ScriptError(f"{where}: {name} must be a text")
    return value


def _texts(where: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ScriptError(f"{where}: {name} must be a list of texts")
    return tuple(value)


def _charset(where: str, value: Any) -> str:
    if value not in ("utf-8", "latin-1"):
        raise ScriptError(f"{where}: charset must be utf-8 or latin-1")
    return str(value)


def _seconds(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
        raise ScriptError(f"{where}: wait must be a number of seconds from 0 to {MOST_SECONDS}")
    return float(value)


MOST_SECONDS = 60


def _pairs(where: str, name: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ScriptError(f"{where}: {name} must map names to texts")
    return value


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """Return the value with its placeholders filled; `{a*255}` is a text repeated. Raises Unfilled."""
    if isinstance(value, dict):
        return {filled(key, known): filled(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole is not None:
        return _known(whole[1], known)
    repeated = _REPEATED.sub(lambda found: found[1] * int(found[2]), value)
    return _PLACEHOLDER.sub(lambda found: str(_known(found[1], known)), repeated)


def _known(name: str, known: Mapping[str, Any]) -> Any:
    if name == BRACE:
        return "{"
    if known.get(name) is None:
        raise Unfilled(name)
    return known[name]


def at(value: Any, path: str) -> Any:
    """Return the value at a path such as `identities.0.id`; None if there is none."""
    for key in path.split("."):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value
