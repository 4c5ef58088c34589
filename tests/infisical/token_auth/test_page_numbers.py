"""`limit` and `offset` of a list of tokens are read as JavaScript reads numbers (N8), with each engine."""

from math import inf, isnan
from typing import Any

import pytest

from mockserver.infisical.javascript import number
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES, EngineName
from tests.client import Client, in_envelope
from tests.conftest import Serve
from tests.infisical.token_auth.world import AUTH, STATIC, asker

LIST = f"{AUTH}identities/{STATIC}/tokens"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Both engines in turn."""
    return request.param


async def listed(client: Client, query: str) -> Any:
    answer = await client.send("GET", f"{LIST}?{query}", token="ops-token")
    return [each["name"] for each in answer.json["tokens"]] if answer.status == 200 else in_envelope(answer)


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_text_is_the_number_that_it_is_in_javascript(serve: Serve, profile: Profile, as_of: str):
    acme = await asker(serve, profile=profile, as_of=as_of)
    for index in range(20):
        await acme.made(name=str(index))
        acme.later(1)
    newest = [str(index) for index in reversed(range(20))]
    for query, names in (
        ("offset=", newest),
        ("offset=%20%09", newest),
        ("limit=%201", newest[:1]),
        ("limit=0x10", newest[:16]),
        ("limit=0b11", newest[:3]),
        ("limit=0O17", newest[:15]),
        ("limit=.5e1&offset=1.", newest[1:6]),
        ("offset=0x12", newest[18:]),
    ):
        assert await listed(acme.client, query) == names, query


NAN = ("x", "NaN", "1_0", "1,0", "+0x1", "-0b1", "0xg", "0x", "1e", ".", "infinity", "++Infinity", "null", "true")


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_what_is_no_number_there(serve: Serve, profile: Profile, as_of: str):
    client = (await asker(serve, profile=profile, as_of=as_of)).client
    for name in ("limit", "offset"):
        for query in (*(f"{name}={text.replace('+', '%2B')}" for text in NAN), f"{name}=1&{name}=1", f"{name}&{name}"):
            answer = await listed(client, query)
            (issue,) = answer.json["message"]
            received = "NaN" if as_of == "2026-10" else "nan"
            assert (answer.status, answer.rule) == (422, "contract.body"), query
            assert {key: value for key, value in issue.items() if key != "message"} == {
                "code": "invalid_type",
                "expected": "number",
                "received": received,
                "path": [name],
            }, query


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize(
    ("query", "name", "code", "bound", "infinite"),
    [
        ("limit=", "limit", "too_small", 1, ""),
        ("limit=0", "limit", "too_small", 1, ""),
        ("limit=0x65", "limit", "too_big", 100, ""),
        ("offset=-1", "offset", "too_small", 0, ""),
        ("limit=Infinity", "limit", "too_big", 100, "Infinity"),
        ("limit=%2BInfinity", "limit", "too_big", 100, "Infinity"),
        ("offset=1e999", "offset", "too_big", 100, "Infinity"),
        ("limit=-Infinity", "limit", "too_small", 1, "-Infinity"),
    ],
)
async def test_bounds(
    serve: Serve, profile: Profile, as_of: str, query: str, name: str, code: str, bound: int, infinite: str
):
    """Zod 3 takes an infinite number for one that is beyond its bound, Zod 4 for none."""
    client = (await asker(serve, profile=profile, as_of=as_of)).client
    (issue,) = (await listed(client, query)).json["message"]
    assert issue["path"] == [name]
    if as_of == "2026-10" and infinite:
        found = (issue["code"], issue["expected"], issue["received"])
        assert found == ("invalid_type", "number", infinite)
        assert "received" not in (await listed(client, "limit=101")).json["message"][0]
    else:
        assert (issue["code"], issue.get("minimum", issue.get("maximum")), "received" in issue) == (code, bound, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("\ufeff\u2028", 0),
        (" 12\n", 12),
        ("0xFf", 255),
        ("0b" + "1" * 5000, inf),
        ("0x" + "f" * 5000, inf),
        ("1e400", inf),
        ("-1e400", -inf),
        ("-Infinity", -inf),
        ("1" * 5000, inf),
        ("-.5", -0.5),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_the_number_of_a_text(text: str, value: float):
    assert number(text) == value


@pytest.mark.parametrize("text", ["0b2", "0o8", "0x_1", "\u0661", "1 2", "\x001", "-0x1", "0b2" * 99, "Infinity1"])
def test_a_text_that_is_no_number_is_nan(text: str):
    assert isnan(number(text))
