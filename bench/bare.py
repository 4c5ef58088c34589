"""The yardstick: a bare aiohttp handler that parses the JSON body and answers with the same body as the mock."""

import asyncio
import json
import sys

from aiohttp import web


async def main(port: int, body: bytes) -> None:
    async def patch(request: web.Request) -> web.Response:
        await request.json(loads=json.loads)
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_patch("/api/v1/auth/kubernetes-auth/identities/{identityId}", patch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    loop_kind, port, body_file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(body_file, "rb") as file:  # noqa: PTH123
        body = file.read()
    if loop_kind == "uvloop":
        import uvloop

        uvloop.run(main(port, body))
    else:
        asyncio.run(main(port, body))
