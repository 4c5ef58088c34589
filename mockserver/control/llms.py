"""`GET /llms.txt`: what this server is and where to look, for language models."""

from aiohttp import web

from mockserver.control.resource import Call

_TYPE = "text/plain; charset=utf-8"
_ABOUT = """\
# infisical-mock {version}

> A mock of Infisical's machine-identity API: Kubernetes Auth, Universal Auth, Token Auth, identities, templates. It
> keeps state in memory, rejects what the real service rejects, and explains every decision.

Profile {profile}, generation {generation} of the service. Every response of the vendor's API has the headers
`Mock-Request-Id` and `Mock-Rule`, the id of the rule that decided. Do not assert on `message` texts: they are the
mock's own.

## Contract

- [OpenAPI document of the vendor's API](/openapi.yaml): what this server serves; also /openapi.json
"""
_CONTROL = """\

## When a request is rejected

- [Explanation of the newest request](/_mock/requests/latest/explain): the rule that decided, its source, and the fields
  it read with stored and sent values. `Accept: text/plain` returns a page to read. A `Mock-Request-Id` in place of
  `latest` selects another request.
- [Journal](/_mock/requests): the latest requests; filters `world`, `operation`, `status`, `rule`, `since`, `limit`
- [Rules](/_mock/rules): all rules, and the order in which each operation checks them

## Control

- [Model Context Protocol](/_mock/mcp): POST, streamable HTTP, no session. Tools: {tools}
- [OpenAPI document of the control API](/_mock/openapi.yaml): worlds, state, clock, faults, verification, coverage
- [Worlds](/_mock/worlds): isolated states. A client uses one by its base URL, `/w/{{world}}`
- [Inspector](/_mock/): pages for people

With `--control-token`, addresses below `/_mock` need `Authorization: Bearer TOKEN`.
"""
_OFF = "\nThe control API is switched off (`--no-control`).\n"


async def show(call: Call) -> web.Response:
    """Return the text."""
    parts = call.parts
    text = _ABOUT.format(
        version=parts.version, profile=parts.edition.profile.value, generation=parts.edition.generation.value
    )
    if parts.pages is None:
        text += _OFF
    else:
        from mockserver.control.mcp.tools import BY_NAME

        text += _CONTROL.format(tools=", ".join(BY_NAME))
    return web.Response(body=text.encode(), headers={"Content-Type": _TYPE})
