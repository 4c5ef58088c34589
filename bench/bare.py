"""The yardstick: a bare aiohttp handler that parses the JSON body and answers with the same body as the mock.

python bench/bare.py asyncio|uvloop PORT FILE
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web


def application(body: bytes) -> web.Application:
    """One route, one handler, no access log."""

    async def patch(request: web.Request) -> web.Response:
        await request.json(loads=json.loads)
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_patch("/api/v1/auth/kubernetes-auth/identities/{identityId}", patch)
    return app


async def listen(body: bytes, port: int) -> web.AppRunner:
    """Serves it, until the runner is cleaned up."""
    runner = web.AppRunner(application(body), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def main(port: int, body: bytes) -> None:
    await listen(body, port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    port, body = int(sys.argv[2]), Path(sys.argv[3]).read_bytes()
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.run(main(port, body))
    else:
        asyncio.run(main(port, body))
