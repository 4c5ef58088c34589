"""The contracts, ours and the vendor's."""

from importlib.resources import files

from aiohttp import web

from mockserver.control.resource import YAML, Asked, json_response


async def control_yaml(_: Asked) -> web.Response:
    """The control API's own contract."""
    text = files("mockserver.control").joinpath("openapi.yaml").read_text("utf-8")
    return web.Response(body=text.encode(), headers={"Content-Type": YAML})


async def contract_yaml(asked: Asked) -> web.Response:
    """The document that this server holds callers to, as it stands in its file."""
    return web.Response(body=asked.parts.contract.document.text.encode(), headers={"Content-Type": YAML})


async def contract_json(asked: Asked) -> web.Response:
    """The same as JSON, where the vendor has it."""
    return json_response(asked.parts.contract.document.value)
