"""`/_mock/coverage`: what the requests have met of contract and rules, in all worlds, resets or not."""

from aiohttp import web

from mockserver.control.resource import Asked, json_response, no_content, problem


async def show(asked: Asked) -> web.Response:
    """The report."""
    if asked.request.query:
        return problem(400, "BadQuery", "The report is about all worlds and takes no filter: merge and narrow it later")
    return json_response(asked.parts.coverage.report().as_json())


async def forget(asked: Asked) -> web.Response:
    """Begins anew."""
    asked.parts.coverage.forget()
    return no_content()
