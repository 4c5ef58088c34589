"""The OpenAPI documents: the control API's own and the vendor's."""

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.resource import YAML, Call, json_response


async def control_yaml(_: Call) -> web.Response:
    """Return the document of the control API."""
    return web.Response(body=own_contract.text().encode(), headers={"Content-Type": YAML})


async def contract_yaml(call: Call) -> web.Response:
    """Return the vendor's document as YAML: byte for byte as in its file, unless overlays change it."""
    return web.Response(body=call.parts.contract.document.yaml().encode(), headers={"Content-Type": YAML})


async def contract_json(call: Call) -> web.Response:
    """Return the vendor's document as JSON."""
    return json_response(call.parts.contract.document.value)
