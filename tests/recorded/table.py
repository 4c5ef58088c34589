"""The rows of `requests.yaml`, and the bytes that each of them sends."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("requests.yaml")
DEFAULT = "default"
_NAME = re.compile(r"<([a-z0-9-]+)((?:/\w+)*)>")


@dataclass(frozen=True)
class Row:
    """One request. The comment of `requests.yaml` says what the fields mean."""

    name: str
    send: str = ""
    world: str | None = None
    profile: str = "contract"
    token: str | None = "acme-admin-token"
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    text: str | list[str | list[Any]] | None = None
    encoding: str = "utf-8"
    type: str | None = "application/json"
    missing: int = 0
    raw: str | None = None
    fault: dict[str, Any] | None = None
    advance: int = 0
    times: int = 1

    @property
    def begins_world(self) -> bool:
        """Whether it is the first request of a world of its own, which has its name."""
        return self.world is None

    @property
    def in_world(self) -> str:
        """The world that it belongs to."""
        return self.world or self.name

    def content(self, answer: Callable[[str], Any]) -> bytes:
        """What goes over the wire. `answer` gives the JSON that an earlier row was answered with."""
        if self.raw is not None:
            return self.raw.replace("\n", "\r\n").encode(self.encoding)
        method, target = _named(self.send, answer).split(" ")
        body = self._body(answer)
        headers = {"Host": "mock.test", "User-Agent": "recorder/1"}
        if self.in_world != DEFAULT:
            headers["Mock-World"] = self.in_world
        if self.token is not None:
            headers["Authorization"] = f"Bearer {_named(self.token, answer)}"
        if body is not None and self.type is not None:
            headers["Content-Type"] = self.type
        if body is not None:
            headers["Content-Length"] = str(len(body) + self.missing)
        headers |= {**self.headers, "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")

    def _body(self, answer: Callable[[str], Any]) -> bytes | None:
        if self.text is not None:
            parts = self.text if isinstance(self.text, list) else [self.text]
            text = "".join(each if isinstance(each, str) else each[0] * each[1] for each in parts)
            return text.encode(self.encoding)
        if self.json is None:
            return None
        return _named(json.dumps(self.json, ensure_ascii=False), answer).encode(self.encoding)


def rows() -> list[Row]:
    """Every row, in order."""
    return [Row(**each) for each in _content()["requests"]]


def _content() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


_NAMES: dict[str, str] = _content()["names"]


def _named(text: str, answer: Callable[[str], Any]) -> str:
    """The text with the names of the table, and the values of earlier answers, filled in."""

    def value(found: re.Match[str]) -> str:
        name, pointer = found.groups()
        if not pointer:
            return _NAMES[name]
        part = answer(name)
        for key in pointer.split("/")[1:]:
            part = part[int(key) if isinstance(part, list) else key]
        return str(part)

    return _NAME.sub(value, text)
