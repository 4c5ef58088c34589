"""Control calls that are for all worlds: every worker of an address is asked, and its responses are one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web

from mockserver.control.resource import json_response, no_content, problem
from mockserver.coverage.report import from_json, merged
from mockserver.serving.world_routing import WORKER_HEADER, worker_of
from mockserver.worlds.registry import DEFAULT

_SECONDS = 30
_ASKED_BY = (
    "Host",
    "Origin",
    "Authorization",
    "Cookie",
    "Accept",
    "Sec-Fetch-Site",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Dest",
)
"""What says who asks, and for which form of the response."""


def _nothing(_: Sequence[Any]) -> web.Response:
    return no_content()


def _worlds(found: Sequence[Any]) -> web.Response:
    """Return the worlds of all workers. Each has a world `default`, of which one is used."""
    owner = worker_of(DEFAULT, len(found))
    rows = [row for at, each in enumerate(found) for row in each["worlds"] if row["id"] != DEFAULT or at == owner]
    rows.sort(key=lambda row: bool(row["id"] != DEFAULT))
    most = sum(each["most"] for each in found)
    return json_response({"worlds": rows, "most": most, "idleSeconds": found[0]["idleSeconds"]})


def _requests(found: Sequence[Any]) -> web.Response:
    """Return the exchanges of all workers, the latest first by the clocks of their worlds."""
    if "log" in found[0]:
        entries = sorted(
            (row for each in found for row in each["log"]["entries"]), key=lambda row: row["startedDateTime"]
        )
        return json_response({"log": {**found[0]["log"], "entries": entries}})
    rows = sorted((row for each in found for row in each["requests"]), key=lambda row: str(row["at"]), reverse=True)
    return json_response(
        {"requests": rows, **{key: sum(each[key] for each in found) for key in found[0] if key != "requests"}}
    )


def _coverage(found: Sequence[Any]) -> web.Response:
    return json_response(merged(map(from_json, found)).as_json())


_CALLS: dict[tuple[str, str], Callable[[Sequence[Any]], web.Response]] = {
    ("POST", "/_mock/reset"): _nothing,
    ("GET", "/_mock/worlds"): _worlds,
    ("GET", "/_mock/requests"): _requests,
    ("DELETE", "/_mock/requests"): _nothing,
    ("GET", "/_mock/coverage"): _coverage,
    ("DELETE", "/_mock/coverage"): _nothing,
}


class MergedCalls:
    """The calls that go to all workers of an address."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._session: ClientSession | None = None

    def merges(self, request: web.BaseRequest) -> bool:
        """Whether the request goes to all workers."""
        return (request.method, request.rel_url.raw_path) in _CALLS

    async def answer(self, request: web.BaseRequest, url: str) -> web.Response:
        """Return the response of all workers of the address `url`, or the first one that is not a success."""
        if self._session is None:
            self._session = ClientSession(
                url, timeout=ClientTimeout(_SECONDS), cookie_jar=DummyCookieJar(), auto_decompress=False
            )
        ask = [self._asked(self._session, request, number + 1) for number in range(self._workers)]
        found = await asyncio.gather(*ask)
        for each in found:
            if each.status >= 300:
                return each
        bodies = [orjson.loads(each.body) if isinstance(each.body, bytes) and each.body else None for each in found]
        response = _CALLS[request.method, request.rel_url.raw_path](bodies)
        if response.status == 200:
            response.headers["Content-Type"] = found[0].headers["Content-Type"]
        return response

    async def close(self) -> None:
        """Close the connections to the workers."""
        if self._session is not None:
            await self._session.close()

    async def _asked(self, session: ClientSession, request: web.BaseRequest, number: int) -> web.Response:
        headers = {each: request.headers[each] for each in _ASKED_BY if each in request.headers}
        headers[WORKER_HEADER] = str(number)
        try:
            async with session.request(request.method, str(request.rel_url), headers=headers) as response:
                body, kind = await response.read(), response.headers.get("Content-Type", "")
                more = {"Content-Type": kind} if kind else {}
                return web.Response(status=response.status, body=body, headers=more)
        except (ClientError, TimeoutError, OSError) as error:
            return problem(503, "ServerDown", f"Worker {number} does not answer: {error or type(error).__name__}")
