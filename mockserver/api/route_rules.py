"""Rules of the route: world, path and method of a request."""

import re
from typing import Literal, NamedTuple

from mockserver.rules.rule import Answer, Finding, Rulebook, Source, answers, rule

_FRAMEWORK = Source("service", "framework-level bodies", "2026-08-20")
_MOCK = Source("assumption", "specific to this mock", "2026-11-23")


class Routing(NamedTuple):
    """The router's result for a request line."""

    target: str
    method: str
    world: str
    world_known: bool
    problem: Literal["encoding", "unknown", "segment", "method"] | None = None
    world_gone: str = ""
    path: str = ""
    server: str = ""


@rule("world.unknown", "Rejected if the request names a world that does not exist.", _MOCK, answers(404, "NotFound"))
def world_unknown(routing: Routing) -> Finding | None:
    if routing.world_known:
        return None
    # Behind a proxy the client knows neither which server it reached nor that another one has the world.
    where = f" on the server {routing.server}" if routing.server else ""
    reason = routing.world_gone or "create it first with PUT /_mock/worlds/{world}"
    return Finding(f"There is no world '{routing.world}'{where}: {reason}")


@rule(
    "route.encoding",
    "Rejected if the path has an invalid percent-encoding.",
    _FRAMEWORK,
    answers(contract=Answer(400, "BadRequest"), live=Answer(400, "Bad Request", "framework")),
    refuses_valid=False,
)
def route_encoding(routing: Routing) -> Finding | None:
    return Finding(f"'{routing.target}' is not a valid url component") if routing.problem == "encoding" else None


_NO_ROUTE = answers(contract=Answer(404, "NotFound"), live=Answer(404, "Not Found", "framework"))


@rule(
    "route.page",
    "Rejected if a GET is for a path that does not begin with `/api`: the response is the page of the service's UI,"
    " with status 200.",
    _FRAMEWORK,
    answers(contract=None, live=Answer(200, "", "page")),
    refuses_valid=False,
)
def route_page(routing: Routing) -> Finding | None:
    if routing.problem is None or routing.method not in ("GET", "HEAD") or (routing.path or "/api").startswith("/api"):
        return None
    return Finding(
        f"'{routing.path}' is a path of the service's UI, so the response is its HTML: the paths of the API begin with"
        " /api, so check the client's base URL"
    )


@rule("route.unknown", "Rejected if the contract has no such path.", _FRAMEWORK, _NO_ROUTE, refuses_valid=False)
def route_unknown(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "unknown" else None


@rule("route.segment", "Rejected if a path parameter is longer than 100 characters.", _FRAMEWORK, _NO_ROUTE)
def route_segment(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "segment" else None


@rule(
    "route.method",
    "Rejected if the path has no operation for the method.",
    _FRAMEWORK,
    answers(contract=Answer(405, "MethodNotAllowed"), live=Answer(404, "Not Found", "framework")),
    refuses_valid=False,
)
def route_method(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "method" else None


def _no_route(routing: Routing) -> Finding:
    return Finding(f"Route {routing.method}:{routing.target} not found{_hint(routing.target)}")


def _hint(target: str) -> str:
    """Return the end of a message that names a likely mistake in the base URL; an empty text if none is likely."""
    path = target.partition("?")[0]
    if "//" in path:
        return ": the path has two slashes in a row; does the base URL end with a slash too many?"
    if "/api/api/" in path:
        return ": the path has /api twice; leave it out of the base URL"
    if _VERSIONED.match(path):
        return f": the path lacks /api; did you mean /api{path}?"
    return ""


_VERSIONED = re.compile(r"/v[0-9]/", re.ASCII)


ROUTE: Rulebook[Routing] = Rulebook(
    world_unknown, route_encoding, route_page, route_unknown, route_segment, route_method
)
