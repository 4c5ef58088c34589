"""Tenants to run parity against: the mock itself, broken on purpose, and stubs that are no service at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp import web

from mockserver.parity.report import Report
from mockserver.parity.run import Options, run
from mockserver.parity.scripts import Script, bundled
from mockserver.rules.generation import NEWEST, generation_as_of
from tests.client import ADMIN

STATE = "/_mock/worlds/default/state"
SLOW = {script.name for script in bundled() if any(step.wait for step in script.steps)}
QUICK = tuple(script for script in bundled() if script.name not in SLOW)
"""All scripts but those that wait for something to expire."""


def scripts(*names: str) -> tuple[Script, ...]:
    """Some of the package's scripts."""
    found = tuple(script for script in bundled() if script.name in names)
    assert len(found) == len(names)
    return found


async def parity(url: str, *, as_of: str | None = None, token: str = ADMIN, **options: Any) -> Report:
    """The report of a run without a limit on its rate."""
    generation = NEWEST if as_of is None else generation_as_of(as_of)
    return await run(Options(url, token, generation=generation, rate=0, **options), iter)


def rules(report: Report) -> set[str]:
    """The rules that differ."""
    return {each.rule for each in report.mismatches}


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def stub(handler: Handler) -> AsyncIterator[str]:
    """A server that gives every request to the handler; yields its URL."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


Meddle = Callable[[web.Request, aiohttp.ClientResponse, bytes], Awaitable[web.StreamResponse | None]]


@asynccontextmanager
async def before(url: str, meddle: Meddle) -> AsyncIterator[str]:
    """A proxy before a server. What `meddle` returns takes the place of an answer; None lets it through."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session:

        async def forward(request: web.Request) -> web.StreamResponse:
            headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOPS}
            async with session.request(
                request.method,
                url + request.raw_path,
                headers=headers,
                data=BytesIO(content) if (content := await request.read()) else None,
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
            ) as response:
                answer = await response.read()
                replaced = await meddle(request, response, answer)
                if replaced is not None:
                    return replaced
                kept = {"Content-Type": response.headers["Content-Type"]} if "Content-Type" in response.headers else {}
                return web.Response(status=response.status, headers=kept, body=answer)

        async with stub(forward) as address:
            yield address


_HOPS = ("host", "content-length", "transfer-encoding", "expect", "connection")


async def never(_: web.Request) -> web.StreamResponse:
    """Do not answer."""
    await asyncio.sleep(30)
    return web.Response()
