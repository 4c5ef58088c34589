"""Two mocks that differ in nothing but their engine, fed in turn with the same requests, without sockets."""

from collections.abc import Mapping
from http.cookies import SimpleCookie
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from multidict import CIMultiDict

from mockserver import Settings
from mockserver.app import Core
from mockserver.logs import Log
from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES
from tests.client import ADMIN
from tests.socketless import Sent

NOW = 1_790_000_000_000


class Asked(NamedTuple):
    """One request, as it would come over a socket."""

    method: str
    target: str
    body: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = {}

    def request(self) -> Any:
        """It as the mock reads it."""
        return _Request(self)


class Said(NamedTuple):
    """All that a client sees of an answer, and what the journal keeps of the verdict."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_breaches: tuple[dict[str, str], ...]
    response_breaches: tuple[dict[str, str], ...]
    refused_by: tuple[str, ...]
    reason: str


class _Request(Sent):
    """What the mock reads of aiohttp's requests, cookies too."""

    def __init__(self, asked: Asked) -> None:
        headers = CIMultiDict({"Host": "localhost", "Authorization": f"Bearer {ADMIN}", **asked.headers})
        if asked.body is not None:
            headers["Content-Length"] = str(len(asked.body))
            headers["Content-Type"] = asked.media_type
        super().__init__(asked.target, headers, asked.method, asked.body or b"")

    @property
    def cookies(self) -> dict[str, str]:
        return {name: each.value for name, each in SimpleCookie(self.headers.get("Cookie", "")).items()}


class Twins:
    """The mocks, by their engines; both have the same seed and stand at the same time."""

    def __init__(self, profile: Profile = Profile.CONTRACT, spec: Path | None = None, as_of: str | None = None) -> None:
        self.log = StringIO()
        self.mocks = {
            engine: Core(
                Settings(engine=engine, profile=profile, seed=1, clock=NOW, spec=spec, journal_size=1, as_of=as_of),
                log=Log("warning", "text", self.log),
            )
            for engine in ENGINES
        }

    def ask(self, asked: Asked) -> dict[str, Said]:
        """What each says."""
        return {engine: self._said(mock, asked) for engine, mock in self.mocks.items()}

    def agree(self, asked: Asked) -> Said:
        """What both say, which is the same."""
        compiled, judged = self.ask(asked).values()
        assert compiled == judged, asked
        return compiled

    def _said(self, mock: Core, asked: Asked) -> Said:
        answer = answered(mock, asked.request())
        entry = next(iter(mock.journal.newest_first()))
        return Said(
            answer.status,
            tuple(answer.headers.items()),
            bytes(answer.body),
            entry.request_breaches,
            entry.response_breaches,
            entry.refused_by,
            entry.reason,
        )


def answered(mock: Core, request: Any) -> Any:
    """The answer to a request whose body has come whole: there is nothing to wait for."""
    answer: Any = mock.answer(request)
    try:
        answer.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the mock waits for something")
