"""From request lines to targets: a tree for each method, so that no method hides another's paths."""

import pytest

from mockserver.http.routes import MAX_SEGMENT, Match, Routes

ROUTES = Routes(
    [
        ("GET", "/things", "list"),
        ("POST", "/things", "create"),
        ("GET", "/things/details", "details"),
        ("POST", "/things/search", "search"),
        ("GET", "/things/{id}", "get"),
        ("PATCH", "/things/{id}", "update"),
        ("DELETE", "/things/{id}/parts/{part}", "drop"),
    ]
)
LONG = "x" * (MAX_SEGMENT + 1)


@pytest.mark.parametrize(
    ("method", "path", "target", "parameters"),
    [
        ("GET", "/things", "list", {}),
        ("POST", "/things/", "create", {}),
        ("GET", "/things/details", "details", {}),
        ("GET", "/things/details/", "details", {}),
        ("PATCH", "/things/details", "update", {"id": "details"}),
        ("POST", "/things/search", "search", {}),
        ("GET", "/things/search", "get", {"id": "search"}),
        ("GET", "/things/Details", "get", {"id": "Details"}),
        ("GET", "/things/%64etails", "details", {}),
        ("GET", "/things/a%2Fb", "get", {"id": "a/b"}),
        ("GET", f"/things/{LONG[1:]}", "get", {"id": LONG[1:]}),
        ("DELETE", "/things/details/parts/1", "drop", {"id": "details", "part": "1"}),
    ],
)
def test_what_a_path_leads_to(method: str, path: str, target: str, parameters: dict[str, str]):
    assert ROUTES.find(method, path) == Match(target, parameters)


@pytest.mark.parametrize(
    ("method", "path", "problem", "allowed"),
    [
        ("PUT", "/things", "method", ("GET", "POST")),
        ("PATCH", "/things", "method", ("GET", "POST")),
        ("DELETE", "/things/details", "method", ("GET",)),  # the document gives this path no PATCH
        ("PUT", "/things/search", "method", ("POST",)),
        ("DELETE", "/things/x", "method", ("GET", "PATCH")),
        ("GET", "/things/x/parts/y", "method", ("DELETE",)),
        ("GET", "/", "unknown", ()),
        ("GET", "/things/x/parts", "unknown", ()),
        ("GET", "/things//parts/y", "unknown", ()),
        ("PUT", "/other", "unknown", ()),
        ("GET", f"/things/{LONG}", "segment", ()),
        ("PUT", f"/things/{LONG}", "segment", ()),
        ("GET", f"/other/{LONG}", "unknown", ()),
        ("GET", "/things/%zz", "encoding", ()),
    ],
)
def test_why_a_path_leads_nowhere(method: str, path: str, problem: str, allowed: tuple[str, ...]):
    assert ROUTES.find(method, path) == Match(None, {}, problem, allowed)
