"""The inspector on one screen: every page and form, and what answers it."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from aiohttp import web

from mockserver.control.api import unauthorized
from mockserver.control.front import INSPECTOR
from mockserver.control.resource import Call, problem
from mockserver.http.routes import Routes
from mockserver.inspector import sign_in, static
from mockserver.inspector.visit import Dispatch, Visit

PAGES: tuple[tuple[str, str, str], ...] = (
    ("GET", "/_mock", "journal.first"),
    ("GET", "/_mock/ui/journal", "journal.show"),
    ("GET", "/_mock/ui/requests/{id}", "exchange.show"),
    ("GET", "/_mock/ui/worlds", "worlds.listing"),
    ("POST", "/_mock/ui/worlds", "worlds.change_all"),
    ("GET", "/_mock/ui/worlds/{world}", "worlds.show"),
    ("POST", "/_mock/ui/worlds/{world}", "worlds.change"),
    ("GET", "/_mock/ui/worlds/{world}/state", "state.show"),
    ("GET", "/_mock/ui/worlds/{world}/identities/{id}", "identity.show"),
    ("GET", "/_mock/ui/worlds/{world}/clock", "clock.show"),
    ("POST", "/_mock/ui/worlds/{world}/clock", "clock.change"),
    ("GET", "/_mock/ui/worlds/{world}/faults", "faults.show"),
    ("POST", "/_mock/ui/worlds/{world}/faults", "faults.change"),
    ("GET", "/_mock/ui/coverage", "coverage.show"),
    ("POST", "/_mock/ui/coverage", "coverage.forget"),
    ("GET", "/_mock/ui/rules", "rules.show"),
    ("GET", "/_mock/reference", "reference.show"),
)
"""Method, path, and module and function of this package."""
_NEEDS = {
    **dict.fromkeys(("worlds.listing", "worlds.change_all", "worlds.change"), "worlds.create"),
    "worlds.show": "snapshots.listing",
    "state.show": "state.show",
    "identity.show": "identities.listing",
    **dict.fromkeys(("clock.show", "clock.change"), "clock.put"),
    **dict.fromkeys(("faults.show", "faults.change"), "faults.add"),
}
"""Handlers of the control API without which a page has nothing to show: a proxy lacks some."""
_SIGN_IN = "/_mock/ui/token"
_MISSING = (
    "The inspector needs Jinja2, which is not installed: pip install 'infisical-mockserver[inspector]'. "
    "The control API needs nothing more: see /_mock/openapi.yaml"
)


class Page(Protocol):
    """What answers one row of PAGES."""

    async def __call__(self, visit: Visit) -> web.Response:
        """The page, or where a browser is to go next."""


async def answer(call: Call, send: Dispatch, *, allowed: bool) -> web.StreamResponse:
    """The answer to any request for a page; `allowed` says whether the control token is there, or not needed."""
    request = call.request
    path, method = request.rel_url.raw_path, "GET" if request.method == "HEAD" else request.method
    if path.startswith(static.PREFIX):
        return static.answer(request)
    if path in ("/_mock", "/_mock/ui", "/_mock/ui/") and method == "GET" and allowed:
        return web.Response(status=302, headers={"Location": INSPECTOR})
    if find_spec("jinja2") is None:
        return problem(404, "NoInspector", _MISSING)
    visit = Visit(call, send)
    if path == _SIGN_IN and method == "POST":
        return await sign_in.sign_in(visit)
    if not allowed:
        return sign_in.ask(visit) if "text/html" in request.headers.get("Accept", "") else unauthorized()
    return await _page(visit, method, path)


async def _page(visit: Visit, method: str, path: str) -> web.StreamResponse:
    from mockserver.inspector.rendering import explain

    match = _routes().find(method, path)
    if match.problem == "method":
        refused = explain(visit, 405, "This address takes no such request", f"It takes {', '.join(match.allowed)}.")
        refused.headers["Allow"] = ", ".join(match.allowed)
        return refused
    if match.target is None:
        return explain(visit, 404, "There is no such page", f"The inspector has no {path}.")
    reason = visit.call.parts.unavailable.get(_NEEDS.get(match.target, ""))
    if reason is not None:
        return explain(visit, 501, "This server has no such page", f"{reason}.")
    return await _handler(match.target)(visit._replace(parameters=match.parameters))


@cache
def _routes() -> Routes[str]:
    return Routes(PAGES)


@cache
def _handler(name: str) -> Page:
    module, function = name.split(".")
    found: Page = getattr(import_module(f"mockserver.inspector.{module}"), function)
    return found
