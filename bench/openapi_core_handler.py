"""The yardstick with openapi-core on every request: it checks request and answer, and answers with the same body.

What a team gets that puts the library around a handler, by its public functions; the document is read once.
"""

import asyncio
import sys
from pathlib import Path

import yaml
from aiohttp import web
from openapi_core import Config, OpenAPI
from openapi_core.contrib.aiohttp import AIOHTTPOpenAPIWebRequest, AIOHTTPOpenAPIWebResponse
from openapi_core.exceptions import OpenAPIError


async def main(port: int, body: bytes) -> None:
    document = yaml.safe_load((Path(__file__).parent.parent / "openapi.yaml").read_text())
    document["servers"] = [{"url": "/"}]  # it refuses hosts that the document does not list
    openapi = OpenAPI.from_dict(document, config=Config())

    async def patch(request: web.Request) -> web.Response:
        sent = AIOHTTPOpenAPIWebRequest(request, body=await request.read())
        response = web.Response(body=body, content_type="application/json")
        try:
            openapi.validate_request(sent)
            openapi.validate_response(sent, AIOHTTPOpenAPIWebResponse(response))
        except OpenAPIError as error:
            return web.Response(status=422, text=type(error).__name__)
        return response

    app = web.Application()
    app.router.add_patch("/api/v1/auth/kubernetes-auth/identities/{identityId}", patch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
