"""The texts of copied exchanges. What they hold is masked before, and quoted here for the shell and for Python."""

import json
import re
import shlex
from pprint import pformat
from typing import Any, NamedTuple

_WIDTH = 112


class Message(NamedTuple):
    """A request: `body` is a JSON value or a text, None without one; `size` is its length in bytes when it was sent."""

    method: str
    target: str
    headers: list[list[str]]
    body: Any
    size: int


class Copied(NamedTuple):
    """An exchange and what a test needs to meet it again."""

    message: Message
    operation: str
    world: str
    profile: str
    generation: str
    now: str
    status: int
    rule: str
    caller: str
    place: int | None
    has_token: bool
    changed: dict[str, Any]
    fault: dict[str, Any] | None
    notes: tuple[str, ...]
    base: str


def curl(message: Message, base: str, caller: str, *, has_token: bool) -> str:
    """The command that sends the request; `$TOKEN` stands for the token, and a comment says whose it was."""
    parts = [f"curl -i -X {shlex.quote(message.method)} {shlex.quote(base + message.target)}"]
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers]
    if has_token:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if message.body is not None:
        parts.append(f"--data-raw {shlex.quote(_body_text(message.body))}")
    whose = f"  # an access token of {_one_line(caller)}" if caller else ""
    first = f"TOKEN=...{whose}\n" if has_token else ""
    return first + " \\\n  ".join(parts) + "\n"


def pytest_function(copied: Copied) -> str:
    """The source of a test module with one test."""
    message = copied.message
    outcome = f"answered {copied.status}" if copied.status else "dropped"
    title = f"{message.method} {message.target.partition('?')[0]} was {outcome}: {copied.rule}."
    lines = [
        f'"""{_docstring(title)}',
        "",
        "Copied from infisical-mock. pytest runs it where `infisical-mockserver[pytest]` is installed, with the",
        "bundled fixtures. To use the fixtures of the server that it comes from, set the variable",
        f"INFISICAL_MOCK_URL={_docstring(copied.base)}",
        '"""',
        "",
        "import http.client",
        *(["import json"] if copied.changed or not isinstance(message.body, str | None) else []),
        "from urllib.parse import urlsplit",
        "",
        "import pytest",
        "",
    ]
    if copied.changed:
        text = json.dumps(copied.changed, indent=1, ensure_ascii=True)
        lines += ["# The entries of the state that were not as in the fixtures.", f"CHANGED = {_literal(text)}", ""]
    lines += [
        "",
        f"@pytest.mark.infisical_mock({_mark(copied)})",
        f"def test_{_name(copied)}(infisical_mock):",
        *(f"    # {_one_line(note)}" for note in copied.notes),
        *_state(copied),
        *_request(copied),
        *_asserts(copied),
    ]
    return "\n".join(lines) + "\n"


def _mark(copied: Copied) -> str:
    given = {"profile": copied.profile, "as_of": copied.generation, "now": copied.now}
    return ", ".join(f"{name}={value!r}" for name, value in given.items() if value)


def _state(copied: Copied) -> list[str]:
    lines = []
    if copied.changed:
        lines += [
            "    state = infisical_mock.state.get()",
            "    for section, entries in json.loads(CHANGED).items():",
            '        kept = {each.get("id", each["name"]): each for each in state[section]} | entries',
            "        state[section] = [each for each in kept.values() if each]",
            "    infisical_mock.state.put(state)",
        ]
    if copied.fault is not None:
        given = ", ".join(f"{name}={value!r}" for name, value in copied.fault.items() if name != "kind")
        call = f"{copied.fault['kind']!r}, {given}" if given else f"{copied.fault['kind']!r}"
        lines.append(f"    infisical_mock.faults.add({call})")
    return lines


def _request(copied: Copied) -> list[str]:
    message = copied.message
    headers = ", ".join(f"{name!r}: {value!r}" for name, value in message.headers)
    lines = [f"    headers = {{{headers}}}"]
    if copied.has_token:
        lines += [
            f"    token = {_token(copied)}",
            '    headers["Authorization"] = f"Bearer {token}"',
        ]
    body = "None"
    if isinstance(message.body, str):
        body = "body.encode()"
        lines.append(f"    body = {_literal(message.body)}")
    elif message.body is not None:
        body = "json.dumps(body).encode()"
        shown = pformat(message.body, width=_WIDTH - 12, sort_dicts=False).replace("\n", "\n    ")
        lines.append(f"    body = {shown}")
    lines += [
        "    url = urlsplit(infisical_mock.url)",
        "    connection = http.client.HTTPConnection(url.netloc, timeout=30)",
        f"    connection.request({message.method!r}, url.path + {message.target!r}, {body}, headers)",
    ]
    return lines


def _token(copied: Copied) -> str:
    if copied.place is not None:
        return f'infisical_mock.state.get()["accessTokens"][{copied.place}]["token"]  # of {_one_line(copied.caller)}'
    if copied.caller:
        return f"infisical_mock.tokens[{copied.caller!r}]"
    return '"not-a-token"'


def _asserts(copied: Copied) -> list[str]:
    if not copied.status:
        return [
            "    with pytest.raises((http.client.HTTPException, OSError)):",
            "        connection.getresponse()",
        ]
    lines = [
        "    answer = connection.getresponse()",
        f"    assert answer.status == {copied.status}",
    ]
    if not copied.has_token or copied.caller:
        lines.append(f'    assert answer.headers["Mock-Rule"] == {copied.rule!r}')
    return lines


def _name(copied: Copied) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", copied.operation or copied.message.method).lower()
    outcome = "accepted" if copied.rule == "accepted" else copied.rule
    return re.sub(r"\W+", "_", f"{words}_{outcome}", flags=re.ASCII).strip("_")


def _literal(text: str) -> str:
    """A Python literal of the text; of several lines where that reads better and changes nothing."""
    plain = "\n" in text and "'''" not in text and "\\" not in text and text.isprintable() is False
    return f"r'''{text}'''" if plain and "\r" not in text and not text.endswith("'") else repr(text)


def _body_text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text)


def _docstring(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"', "'")
