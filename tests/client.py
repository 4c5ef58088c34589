"""What black-box tests talk with: a client that keeps what a server answered, and a wire for what no client sends."""

import asyncio
import json as json_
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict

from mockserver.app import Core

ADMIN, MEMBER, AUDITOR = "acme-admin-token", "acme-member-token", "acme-auditor-token"
HOBBY_ADMIN = "hobby-admin-token"
OPS_ADMIN = "1d000000-0000-4000-8000-000000000001"
PAYMENTS = "1d000000-0000-4000-8000-000000000002"
BARE = "1d000000-0000-4000-8000-000000000003"
HOBBYIST = "1d000000-0000-4000-8000-000000000005"
THROUGH_A_GATEWAY = "1d000000-0000-4000-8000-000000000006"
VERIFIED = "1d000000-0000-4000-8000-000000000008"
THROUGH_A_POOL = "1d000000-0000-4000-8000-00000000000a"
STRANGER = "1d000000-0000-4000-8000-0000000000ff"
GATEWAY, POOL = "6a000000-0000-4000-8000-000000000001", "6b000000-0000-4000-8000-000000000001"
IDENTITIES = "/api/v1/auth/kubernetes-auth/identities/"
STATE = "/_mock/worlds/default/state"
JSON = "application/json; charset=utf-8"
_UNSET: Any = object()


@dataclass(frozen=True)
class Answer:
    """One answer, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def json(self) -> Any:
        return json_.loads(self.content)

    @property
    def rule(self) -> str:
        return self.headers["Mock-Rule"]

    @property
    def error(self) -> str:
        return self.json["error"]

    @property
    def record(self) -> dict[str, Any]:
        assert self.status == 200, self.content
        return self.json["identityKubernetesAuth"]

    @property
    def issues(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Code and path of each issue of a 422."""
        assert self.status == 422, self.content
        return [(issue["code"], tuple(issue["path"])) for issue in self.json["message"]]


class Wire:
    """One connection on which a test writes bytes as it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    def end(self) -> None:
        """Says that nothing more will come, and goes on listening."""
        self._writer.write_eof()

    def abort(self) -> None:
        self._writer.transport.abort()

    async def answer(self, method: str = "PATCH", seconds: float = 10) -> Answer | None:
        """The next answer; None where the server closes the connection instead."""
        async with asyncio.timeout(seconds):
            try:
                head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            except asyncio.IncompleteReadError as error:
                if error.partial:
                    pytest.fail(f"half an answer: {error.partial!r}")
                return None
            except ConnectionError:
                return None
            first, *lines = head.rstrip("\r\n").split("\r\n")
            headers = CIMultiDict(tuple(line.split(": ", 1)) for line in lines)
            length = 0 if method == "HEAD" else int(headers.get("Content-Length", 0))
            return Answer(int(first.split(" ")[1]), headers, await self._reader.readexactly(length))

    async def is_closed(self, seconds: float = 10) -> bool:
        """Whether the server closes within that time, saying nothing more."""
        try:
            async with asyncio.timeout(seconds):
                return await self._reader.read(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True


class Client:
    """Asks one server. Everything has the admin's token unless a test says otherwise; `token=None` sends none."""

    def __init__(self, session: aiohttp.ClientSession, url: str, mock: Core) -> None:
        self._session = session
        self.url = url
        self.mock = mock
        self.port = int(url.rpartition(":")[2])

    async def send(
        self,
        method: str,
        path: str,
        json: Any = _UNSET,
        *,
        data: Any = None,
        token: str | None = ADMIN,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request; `json` is sent as JSON, `data` as it is and without a media type."""
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        if json is not _UNSET:
            data, sent["Content-Type"] = json_.dumps(json).encode(), "application/json"
        sent.update(headers or {})
        async with self._session.request(
            method, self.url + path, data=data, headers=sent, skip_auto_headers=("Content-Type",)
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def update(self, json: Any = _UNSET, identity: str = PAYMENTS, **more: Any) -> Answer:
        """The answer to an update of that identity's Kubernetes Auth."""
        return await self.send("PATCH", IDENTITIES + identity, json, **more)

    async def close(self) -> None:
        await self._session.close()

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.send("GET", path, **{"token": None, **more})

    async def state(self) -> dict[str, Any]:
        """The default world in the fixture format, secrets in clear."""
        return (await self.get(f"{STATE}?secrets=clear")).json

    async def stored(self, identity: str = PAYMENTS) -> dict[str, Any]:
        """One record, as the state shows it."""
        found = next(each for each in (await self.state())["identities"] if each["id"] == identity)
        return found["kubernetesAuth"]

    async def journalled(self, answer: Answer) -> dict[str, Any]:
        """The journal's entry of the exchange that ended in that answer."""
        return (await self.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}")).json

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        """A connection of one's own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Wire(reader, writer)
        finally:
            writer.transport.abort()
            await asyncio.sleep(0)


def head(method: str = "PATCH", target: str = IDENTITIES + PAYMENTS, version: str = "1.1", **headers: str) -> bytes:
    """A request line and headers: Host, the admin's token, JSON, and whatever is given (`_` stands for `-`)."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    every = {"Host": "localhost", "Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json", **given}
    lines = (f"{name}: {value}\r\n" for name, value in every.items())
    return f"{method} {target} HTTP/{version}\r\n{''.join(lines)}\r\n".encode("utf-8", "surrogateescape")


def request(body: bytes = b'{"allowedNames": "api"}', **more: str) -> bytes:
    """A whole update request, its length counted."""
    return head(**{"Content_Length": str(len(body)), **more}) + body


def in_envelope(answer: Answer | None) -> Answer:
    """The answer, which is an error in the vendor's envelope: these keys, this media type, nothing of Python in it."""
    assert answer is not None, "closed without an answer"
    assert answer.headers["Content-Type"] == JSON
    assert set(answer.json) - {"details"} == {"reqId", "statusCode", "message", "error"}
    assert re.fullmatch(r"req-[0-9A-Za-z]{14}", answer.json["reqId"])
    assert answer.json["reqId"] == answer.headers["Mock-Request-Id"]
    assert answer.json["statusCode"] == answer.status
    assert b"Traceback" not in answer.content
    return answer


def in_framework(answer: Answer | None) -> Answer:
    """The answer, which is an error of the vendor's HTTP framework: no `reqId`."""
    assert answer is not None, "closed without an answer"
    assert answer.headers["Content-Type"] == JSON
    assert set(answer.json) - {"code"} == {"message", "error", "statusCode"}
    assert answer.json["statusCode"] == answer.status
    return answer
