"""Which worker a request is for: by its first bytes, and by what aiohttp has parsed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.api.world_path import named_in
from mockserver.control.api import CALLS
from mockserver.serving.world_routing import (
    _SHARED,
    ANY,
    NOBODY,
    NONE,
    NOT_HTTP,
    finder,
    named_in_head,
    worker_of,
    world_in,
)
from tests.testing.runs import ROOT

API = "/api/v1/auth/kubernetes-auth/identities/x"


@pytest.mark.parametrize(
    ("target", "header", "world"),
    [
        (API, "", "default"),
        (API, "orders", "orders"),
        (f"/w/orders{API}", "", "orders"),
        (f"/w/orders{API}", "other", "orders"),
        (f"/w/orders.copy{API}?x=1", "", "orders.copy"),
        (f"http://mock.example{API}", "orders", "orders"),
        (f"http://mock.example/w/orders{API}", "", "orders"),
        ("http://mock.example", "", "default"),
        ("*", "", "default"),
        ("/", "", "default"),
        ("/w/orders", "", "orders"),
        ("/w/orders/openapi.json", "", "orders"),
        ("/_mocking", "", "default"),
        ("/openapi.yaml", "orders", ANY),
        ("/_mock/health", "", ANY),
        ("/_mock/ui/static/page.css", "", ANY),
        ("/_mock/worlds/orders", "", "orders"),
        ("/_mock/worlds/orders/state?x=1", "other", "orders"),
        ("/_mock/worlds/ord%65rs/state", "", "orders"),
        ("/_mock/worlds", "orders", NONE),
        ("/_mock/worlds?world=orders", "", NONE),
        ("/_mock/requests", "", NONE),
        ("/_mock/requests", "orders", "orders"),
        ("/_mock/requests?limit=1&world=orders", "other", "orders"),
        ("/_mock/requests?world=", "", NONE),
        ("/_mock/requests?" + "&".join(["a=1"] * 200) + "&world=x", "", NONE),
        ("/_mock", "", NONE),
        ("/_mock?world=orders", "", "orders"),
    ],
)
def test_the_world_of_a_request(target: str, header: str, world: str | int):
    assert world_in(target, header) == world
    for number in (2, 3, 7):
        expected = world if isinstance(world, int) else worker_of(world, number)
        assert finder(number)(target, header, "") == expected


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", None),
        (b"\r\n", None),
        (b"PATCH /w/ord", None),
        (b"PATCH /w/orders/x HTTP/1.1", None),
        (b"PATCH /w/orders/x HTTP/1.1\r\n", ("/w/orders/x", "", "")),
        (b"\r\nPATCH /w/orders/x HTTP/1.1\r\nMock-Wor", ("/w/orders/x", "", "")),
        (b"GET /api/x HTTP/1.0\r\nHost: m\r\n", None),
        (b"GET /api/x HTTP/1.0\r\nHost: m\r\n\r\n", ("/api/x", "", "")),
        (b"GET /api/x HTTP/1.1\r\n\r\n", ("/api/x", "", "")),
        (b"GET /api/x HTTP/1.1\nHost: m\n\n", ("/api/x", "", "")),
        (b"GET /api/x HTTP/1.1\r\nMock-World: a\r\n\r\n", ("/api/x", "a", "")),
        (b"GET /api/x HTTP/1.1\r\nH: 1\r\nmock-WORLD:\t a \r\nMock-World: b\r\n\r\n", ("/api/x", "a", "")),
        (b"GET /api/x HTTP/1.1\r\nX-Mock-World: a\r\n\r\nMock-World: b\r\n\r\n", ("/api/x", "", "")),
        (b"GET /api/x HTTP/1.1\r\nMock-Worker: 2\r\n\r\n", ("/api/x", "", "")),
        (b"GET /_mock/x HTTP/1.1\r\nMOCK-worker: 2\r\nMock-World: a\r\n\r\n", ("/_mock/x", "a", "2")),
        (b"GET /api/x HTTP/2.0\r\n\r\n", NOT_HTTP),
        (b"ATCH /w/orders/x HTTP/1.1\r\n\r\n", NOT_HTTP),
        (b"orld: a\r\n\r\n", NOT_HTTP),
        (b"GET  HTTP/1.1\r\n\r\n", NOT_HTTP),
        (b"a" * 70_000, NOT_HTTP),
        (b"GET /api/x HTTP/1.1\r\nX: " + b"a" * 70_000, NOT_HTTP),
    ],
)
def test_what_the_first_bytes_name(content: bytes, named: tuple[str, str, str] | None):
    assert named_in_head(content) == named


@pytest.mark.parametrize(
    ("target", "worker", "index"),
    [
        ("/_mock/requests", "1", 0),
        ("/_mock/requests?world=a", "3", 2),
        ("http://mock/_mock/worlds", "2", 1),
        ("/_mock/requests", "0", NOBODY),
        ("/_mock/requests", "4", NOBODY),
        ("/_mock/requests", "\u00b2", NOBODY),
        ("/_mock/requests", "1 ", NOBODY),
        ("/_mocking", "1", worker_of("default", 3)),
        ("/w/orders/x", "1", worker_of("orders", 3)),
    ],
)
def test_a_control_call_may_name_its_worker(target: str, worker: str, index: int):
    assert finder(3)(target, "", worker) == index


TEXTS = st.text("abwW/._%?&=-:12 \r\nMockorld", max_size=12)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.builds(lambda a, b: f"GET /{a} HTTP/1.1\r\nMock-World: {b}\r\n\r\n".encode(), TEXTS, TEXTS)
)
def test_any_bytes_have_a_place(content: bytes):
    named = named_in_head(content)
    assert named is None or -3 <= finder(3)(*named) < 3


@given(TEXTS, TEXTS)
def test_a_path_has_the_world_that_the_vendor_s_api_finds_in_it(name: str, rest: str):
    path = f"/w/{name}/{rest}".partition("?")[0]
    found = named_in(path)[0]
    if found and "%" not in found:
        assert world_in(path, "") == found


def test_a_copy_is_where_its_origin_is():
    for number in range(2, 9):
        for name in ("orders", "w-1", "7f3a"):
            assert (
                worker_of(f"{name}.copy", number) == worker_of(f"{name}.copy.again", number) == worker_of(name, number)
            )


@pytest.mark.parametrize("number", [2, 3, 4, 8])
def test_worlds_are_spread(number: int):
    found = [worker_of(f"test-{each}", number) for each in range(800)]
    for worker in range(number):
        assert 0.6 * 800 / number < found.count(worker) < 1.4 * 800 / number


def test_what_every_worker_answers_alike_is_what_nginx_sends_to_any_server():
    text = (ROOT / "examples" / "scale" / "nginx.conf").read_text("utf-8")
    names = re.search(r'"~\^/_mock/\(([^)]+)\)\$" yes;', text)[1].replace("\\", "").split("|")
    assert {each for each in _SHARED if each.startswith("/_mock/")} == {f"/_mock/{each}" for each in names}


def test_every_call_about_a_world_names_it_in_its_path():
    for _, path, _ in CALLS:
        named = world_in(path.replace("{world}", "orders"), "")
        assert named == ("orders" if "{world}" in path else ANY if path in _SHARED else NONE)
