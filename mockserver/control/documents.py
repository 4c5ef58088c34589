"""The OpenAPI documents: the control API's own and the vendor's."""

from aiohttp import web

from mockserver.contract.document import Document
from mockserver.control import own_contract
from mockserver.control.resource import YAML, Call, json_response, problem


async def control_yaml(_: Call) -> web.Response:
    """Return the document of the control API."""
    return web.Response(body=own_contract.text().encode(), headers={"Content-Type": YAML})


async def contract_yaml(call: Call) -> web.Response:
    """Return the vendor's document as YAML: byte for byte as in its file, unless overlays change it."""
    document = _document(call)
    if isinstance(document, web.Response):
        return document
    return web.Response(body=document.yaml().encode(), headers={"Content-Type": YAML})


async def contract_json(call: Call) -> web.Response:
    """Return the vendor's document as JSON."""
    document = _document(call)
    return document if isinstance(document, web.Response) else json_response(document.value)


def _document(call: Call) -> Document | web.Response:
    """Return the document of the server's generation, or of the world in the path."""
    path = call.request.path
    if not path.startswith("/w/"):
        return call.parts.contract.document
    name = path.split("/", 3)[2]
    world = call.parts.worlds.find(name)
    if world is None:
        return problem(404, "NotFound", f"There is no world '{name}'")
    return call.parts.contracts(world.generation).document
