"""The contracts, ours and the vendor's."""

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.resource import YAML, Asked, json_response


async def control_yaml(_: Asked) -> web.Response:
    """The control API's own contract."""
    return web.Response(body=own_contract.text().encode(), headers={"Content-Type": YAML})


async def contract_yaml(asked: Asked) -> web.Response:
    """The document that this server holds callers to, as it stands in its file."""
    return web.Response(body=asked.parts.contract.document.text.encode(), headers={"Content-Type": YAML})


async def contract_json(asked: Asked) -> web.Response:
    """The same as JSON, where the vendor has it."""
    return json_response(asked.parts.contract.document.value)
