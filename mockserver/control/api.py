"""The route table of the control API, and its authorization.

A route names its handler. The handler's module is imported at the first request, which keeps the start fast.
"""

from functools import cache
from importlib import import_module

from aiohttp import web

from mockserver.control import guard
from mockserver.control.resource import Call, Handler, Parts, problem
from mockserver.http.routes import Routes

PREFIX = "/_mock"
_HEALTH = "/_mock/health"
_LLMS = "llms.show"

CALLS: tuple[tuple[str, str, str], ...] = (
    ("GET", "/_mock/health", "health.show"),
    ("POST", "/_mock/reset", "reset.reset"),
    ("GET", "/_mock/requests", "requests.listing"),
    ("DELETE", "/_mock/requests", "requests.clear"),
    ("GET", "/_mock/requests.har", "requests.archive"),
    ("POST", "/_mock/requests/find", "verify.find"),
    ("POST", "/_mock/requests/count", "verify.count"),
    ("POST", "/_mock/requests/verify", "verify.check"),
    ("GET", "/_mock/events", "events.stream"),
    ("GET", "/_mock/requests/{id}", "requests.one"),
    ("GET", "/_mock/requests/{id}/explain", "requests.explain"),
    ("GET", "/_mock/requests/{id}/curl", "copies.as_curl"),
    ("GET", "/_mock/requests/{id}/test", "copies.as_test"),
    ("GET", "/_mock/rules", "rules.ledger"),
    ("GET", "/_mock/worlds", "worlds.listing"),
    ("POST", "/_mock/worlds", "worlds.create"),
    ("PUT", "/_mock/worlds/{world}", "worlds.put"),
    ("GET", "/_mock/worlds/{world}", "worlds.show"),
    ("DELETE", "/_mock/worlds/{world}", "worlds.delete"),
    ("POST", "/_mock/worlds/{world}/reset", "worlds.reset"),
    ("GET", "/_mock/worlds/{world}/state", "state.show"),
    ("PUT", "/_mock/worlds/{world}/state", "state.replace"),
    ("GET", "/_mock/worlds/{world}/identities", "identities.listing"),
    ("GET", "/_mock/worlds/{world}/tokens", "tokens.listing"),
    ("GET", "/_mock/worlds/{world}/snapshots", "snapshots.listing"),
    ("POST", "/_mock/worlds/{world}/snapshots", "snapshots.take"),
    ("POST", "/_mock/worlds/{world}/snapshots/{name}/restore", "snapshots.restore"),
    ("DELETE", "/_mock/worlds/{world}/snapshots/{name}", "snapshots.delete"),
    ("GET", "/_mock/worlds/{world}/revisions", "revisions.listing"),
    ("GET", "/_mock/worlds/{world}/clock", "clock.show"),
    ("PUT", "/_mock/worlds/{world}/clock", "clock.put"),
    ("DELETE", "/_mock/worlds/{world}/clock", "clock.run"),
    ("GET", "/_mock/worlds/{world}/faults", "faults.listing"),
    ("POST", "/_mock/worlds/{world}/faults", "faults.add"),
    ("DELETE", "/_mock/worlds/{world}/faults", "faults.clear"),
    ("DELETE", "/_mock/worlds/{world}/faults/{id}", "faults.delete"),
    ("GET", "/_mock/coverage", "coverage.show"),
    ("DELETE", "/_mock/coverage", "coverage.forget"),
    ("GET", "/_mock/metrics", "metrics.show"),
    ("POST", "/_mock/mcp", "mcp.post"),
    ("GET", "/_mock/openapi.yaml", "documents.control_yaml"),
)

DOCUMENTS: tuple[tuple[str, str, str], ...] = (
    ("GET", "/openapi.yaml", "documents.contract_yaml"),
    ("GET", "/openapi.json", "documents.contract_json"),
    ("GET", "/api/docs/json", "documents.contract_json"),
    ("GET", "/llms.txt", _LLMS),
)
"""Routes beside the vendor's operations that need no token."""

FRONT = "front.redirect"
"""The handler of `GET /` from a browser."""
_PAGES = ("/_mock", "/_mock/", "/_mock/ui", "/_mock/reference")


def is_control(target: str, *, health_only: bool = False) -> bool:
    """Whether a request target belongs to the control API, or, with `health_only`, is the health check."""
    if health_only:
        return target.partition("?")[0] == _HEALTH
    return target.startswith(PREFIX) and target[len(PREFIX) : len(PREFIX) + 1] in ("", "/", "?")


@cache
def handler(name: str) -> Handler:
    """Import and return the handler with that name, such as `health.show`."""
    module, function = name.split(".")
    found: Handler = getattr(import_module(f"mockserver.control.{module}"), function)
    return found


class ControlApi:
    """Serves `/_mock` and the documents."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._calls: Routes[str] = Routes(CALLS)
        self._fixed = {
            path: sorted(call[0] for call in CALLS if call[1] == path) for _, path, _ in CALLS if "{" not in path
        }
        self._documents = {path: name for _, path, name in DOCUMENTS}

    def document(self, request: web.BaseRequest) -> str | None:
        """Return the name of the handler if the request is for a document; None otherwise."""
        if request.method not in ("GET", "HEAD"):
            return None
        if request.path == "/":
            has_page = self._parts.pages is not None and "text/html" in request.headers.get("Accept", "")
            return FRONT if has_page else None
        path = request.path
        name = self._documents.get(path[path.find("/", 3) :] if path.startswith("/w/") else path)
        return name if name != _LLMS or path == "/llms.txt" else None

    async def serve(self, name: str, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response of the document handler with that name."""
        return await handler(name)(Call(self._parts, request))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response to a request under the prefix; 401, 403, 404 or 405 before it reaches a handler."""
        path = request.rel_url.raw_path
        pages = self._parts.pages if _is_page(path) else None
        reason = guard.foreign_page(request.headers, self._parts.allowed_hosts)
        if reason is not None and not (pages is not None and guard.follows_link(request, self._parts.allowed_hosts)):
            return problem(403, "ForeignPage", f"The control API rejects pages of other origins: {reason}")
        token = self._parts.control_token
        allowed = token is None or path.rstrip("/") == _HEALTH or guard.token_given(request.headers, token)
        if pages is not None:
            return await pages(Call(self._parts, request), self.call, allowed=allowed)
        return await self.call(request) if allowed else unauthorized()

    async def call(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response to a call that the guard allows; 404 or 405 before it reaches a handler."""
        path = request.rel_url.raw_path
        match = self._calls.find(_method(request), path)
        fixed = self._fixed.get(path)  # a fixed path is not an id: GET /_mock/requests/find is 405
        if match.problem == "method" or (fixed is not None and _method(request) not in fixed):
            allowed = ", ".join(fixed or match.allowed)
            wrong = problem(405, "MethodNotAllowed", f"{path} allows {allowed}")
            wrong.headers["Allow"] = allowed
            return wrong
        if match.target is None:
            return problem(404, "NotFound", f"The control API has no path {path}: see /_mock/openapi.yaml")
        if match.target in self._parts.unavailable:
            return problem(501, "NotImplemented", self._parts.unavailable[match.target])
        return await handler(match.target)(Call(self._parts, request, match.parameters))


def _is_page(path: str) -> bool:
    """Whether the path belongs to the inspector."""
    return path in _PAGES or path.startswith("/_mock/ui/")


def unauthorized() -> web.Response:
    """Return the 401 for a call without the control token."""
    refused = problem(
        401, "Unauthorized", "The control API requires its token: send Authorization: Bearer <control token>"
    )
    refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


def _method(request: web.BaseRequest) -> str:
    """Return the method, with HEAD replaced by GET: the server omits the body."""
    return "GET" if request.method == "HEAD" else request.method
