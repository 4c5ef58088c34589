"""`/_mock/coverage`: the parts of contract and rules that requests have covered, in all worlds and across resets."""

from aiohttp import web

from mockserver.control.resource import Call, json_response, no_content, problem


async def show(call: Call) -> web.Response:
    """Return the coverage report; 400 if the query has parameters."""
    if call.request.query:
        return problem(
            400, "BadQuery", "The coverage report has no filters: it covers all worlds. Filter the report instead"
        )
    return json_response(call.parts.coverage.report().as_json())


async def forget(call: Call) -> web.Response:
    """Delete all coverage."""
    call.parts.coverage.forget()
    return no_content()
