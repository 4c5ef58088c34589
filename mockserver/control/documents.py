"""The contracts, ours and the vendor's, and the vendor's own status page."""

from importlib.resources import files

from aiohttp import web

from mockserver.clock import iso
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


async def status(asked: Asked) -> web.Response:
    """The vendor's status: what its operators and probes ask before anything else."""
    return json_response(
        {
            "date": iso(asked.parts.worlds.default.clock.now()),
            "message": "Ok",
            "emailConfigured": False,
            "inviteOnlySignup": False,
            "redisConfigured": True,
            "secretScanningConfigured": False,
        }
    )
