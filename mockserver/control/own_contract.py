"""The control API's own document, which says what its calls take; read when it is first asked for."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web

from mockserver.contract.compiled import Contract, compile_contract
from mockserver.contract.document import trusted
from mockserver.control.resource import Asked, problem
from mockserver.incoming import read

MAX_BODY = 1024 * 1024


def text() -> str:
    """The document as it stands in its file."""
    return files("mockserver.control").joinpath("openapi.yaml").read_text("utf-8")


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The document, compiled."""
    return compile_contract(trusted("mockserver/control/openapi.yaml", text()))


async def body_of(asked: Asked, operation: str, limit: int = MAX_BODY) -> Any:
    """The JSON body of a call, held to the document; or the 400 or 413 that says what is wrong with it, and where.

    No body at all reads as `{}` where the document does not require one.
    """
    incoming = await read(asked.request, limit)
    if incoming.problem == "size":
        return problem(413, "TooLarge", f"The body has more than {limit} bytes")
    if incoming.problem is not None:
        return problem(400, "Incomplete", f"The body did not arrive whole: {incoming.reason}")
    wanted = contract().operations[operation]
    assert wanted.body is not None, f"{operation} takes a body"
    if not incoming.content and not wanted.body_required:
        return {}
    try:
        value = orjson.loads(incoming.content)
    except orjson.JSONDecodeError as error:
        return problem(400, "NotJson", f"The body is not JSON: {error}")
    found = wanted.body.violations(value)
    if not found:
        return value
    rows = [{"pointer": each.pointer, "reason": each.reason} for each in found]
    return problem(
        400, "BadBody", "; ".join(f"{each.pointer or '(body)'}: {each.reason}" for each in found), errors=rows
    )


def refused(error: str, where: str, reason: str, status: int = 400) -> web.Response:
    """The answer to a body that is well-formed, but cannot be done: the place in it, and why."""
    return problem(status, error, f"{where}: {reason}", errors=[{"pointer": where, "reason": reason}])
