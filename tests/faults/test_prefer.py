"""`Prefer` and `__code`: what one request asks of the mock for itself."""

import time

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope
from tests.conftest import Serve
from tests.faults.faulty import ERRORS, TARGET, add, counts, envelope, latest, names

CHANGE = {"allowedNames": "other"}


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


@pytest.mark.parametrize("by", ["header", "query"])
@pytest.mark.parametrize(("status", "error"), ERRORS.items())
async def test_a_documented_error_is_forced(client: Client, status: int, error: str, by: str):
    before = await names(client)
    headers = {"Prefer": f"code={status}"} if by == "header" else {}
    path = TARGET if by == "header" else f"{TARGET}?__code={status}"
    answer = in_envelope(await client.send("PATCH", path, CHANGE, headers=headers, token=None))
    assert (*envelope(answer), answer.rule) == (status, error, "mock.prefer")
    assert "Mock-Breach" not in answer.headers
    assert await names(client) == before
    entry = await latest(client)
    assert (entry["rule"], entry["fault"], entry["reason"]) == (
        "mock.prefer",
        None,
        f"Prefer: a {status} was asked for",
    )
    assert (await client.update(CHANGE)).status == 200


FORMS = {
    "alone": "code=404",
    "in quotes": 'code="404"',
    "in capitals": "CODE=404",
    "with blanks": "  code = 404 ",
    "with a parameter": "code=404; why=test",
    "behind others": "respond-async, return=minimal, code=404",
    "behind a comma in quotes": 'note="a, code=500", code=404',
    "before another of its name": "code=404, code=500",
    "before a quote that does not end": 'code=404, note="a',
    "behind empty ones": ",,code=404,",
}


@pytest.mark.parametrize("value", FORMS.values(), ids=FORMS)
async def test_the_forms_of_the_header_are_those_of_the_standard(server: Client, value: str):
    assert (await server.update(CHANGE, headers={"Prefer": value})).status == 404


@pytest.mark.parametrize("value", ["", "respond-async", "return=minimal", "handling=strict, x", 'note="code=404"'])
async def test_other_preferences_are_passed_over(server: Client, value: str):
    answer = await server.update(CHANGE, headers={"Prefer": value})
    assert (answer.status, answer.rule) == (200, "accepted")


BAD = {
    "418": "The contract has no 418 for updateKubernetesAuth, only 200, 400, 401, 403, 404, 422, 500",
    "201": "The contract has no 201",
    "429": "The contract has no 429",
    "": "code must be an HTTP status from 100 to 599",
    "x": "code must be an HTTP status from 100 to 599",
    "999": "code must be an HTTP status from 100 to 599",
    "4040": "code must be an HTTP status from 100 to 599",
    "404.0": "code must be an HTTP status from 100 to 599",
    "-404": "code must be an HTTP status from 100 to 599",
    "٤٠٤": "code must be an HTTP status from 100 to 599",
}


@pytest.mark.parametrize(("code", "message"), BAD.items(), ids=BAD)
async def test_a_status_that_cannot_be_forced_is_400_and_nothing_is_stored(client: Client, code: str, message: str):
    before = await names(client)
    asked = [await client.send("PATCH", f"{TARGET}?__code={code}", CHANGE)]
    if code.isascii():
        asked.append(await client.update(CHANGE, headers={"Prefer": f"code={code}"}))
    for answer in asked:
        assert (*envelope(in_envelope(answer)), answer.rule) == (400, "BadRequest", "mock.prefer")
        assert message in answer.json["message"]
    assert await names(client) == before


async def test_header_and_query_may_agree_and_must_not_differ(server: Client):
    for query, status, rule in (
        ("404", 404, "NotFound"),
        ("500", 400, "BadRequest"),
        ("404&__code=500", 400, "BadRequest"),
    ):
        path = f"{TARGET}?__code={query}"
        answer = await server.send("PATCH", path, CHANGE, headers={"Prefer": "code=404"})
        assert (*envelope(answer), answer.rule) == (status, rule, "mock.prefer")


async def test_a_success_is_not_forced_but_earned(client: Client):
    assert (await client.update(CHANGE, headers={"Prefer": "code=200"})).record["allowedNames"] == "other"
    refused = await client.update({"allowedNames": 7}, headers={"Prefer": "code=200"})
    assert (refused.status, refused.rule) == (422, "contract.body")


async def test_the_code_of_the_query_is_no_parameter_of_the_contract(client: Client):
    answer = await client.send("GET", "/api/v1/sub-organizations?limit=5&__code=200")
    assert (answer.status, answer.rule) == (200, "accepted")
    assert "Mock-Breach" not in answer.headers
    assert (await client.send("GET", "/api/v1/sub-organizations?limit=x&__code=200")).status == 422


async def test_a_path_that_has_the_word_in_it_asks_for_nothing(server: Client):
    answer = await server.send("GET", f"{TARGET}?x=__code")
    assert (answer.status, answer.rule) == (200, "accepted")


async def test_what_is_no_operation_has_no_status_to_force(server: Client):
    answer = await server.send("GET", "/nowhere?__code=500", headers={"Prefer": "code=500"})
    assert (answer.status, answer.rule) == (404, "route.unknown")


async def test_each_world_has_it(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "one"}, token=None)
    answer = await server.send("PATCH", f"/w/one{TARGET}?__code=403", CHANGE)
    assert (answer.status, answer.headers["Mock-World"]) == (403, "one")


async def test_a_forced_status_goes_before_a_fault_which_does_not_see_the_request(server: Client):
    await add(server, "drop", where="before-write")
    assert (await server.update(CHANGE, headers={"Prefer": "code=404"})).status == 404
    assert await counts(server) == [(0, 0, False)]


async def timed(client: Client, value: str) -> tuple[int, float]:
    started = time.perf_counter()
    answer = await client.update(CHANGE, headers={"Prefer": value})
    return answer.status, time.perf_counter() - started


@pytest.mark.parametrize(("value", "status"), [("wait=0.15", 200), ("wait=0.15, code=404", 404), ('wait="0.15"', 200)])
async def test_a_wait_comes_before_the_answer(server: Client, value: str, status: int):
    answered, seconds = await timed(server, value)
    assert answered == status
    assert 0.15 <= seconds < 10


async def test_a_wait_and_a_fault_add_up(server: Client):
    await add(server, "delay", seconds=0.1)
    status, seconds = await timed(server, "wait=0.1")
    assert status == 200
    assert seconds >= 0.2


@pytest.mark.parametrize("value", ["", "x", "-1", "301", "1e2", "nan", "inf", "9" * 400, "0x1"])
async def test_a_wait_that_cannot_be_is_400(client: Client, value: str):
    answer = in_envelope(await client.update(CHANGE, headers={"Prefer": f"wait={value}"}))
    assert (*envelope(answer), answer.rule) == (400, "BadRequest", "mock.prefer")
    assert "300" in answer.json["message"]


async def test_no_wait_at_all_is_one(server: Client):
    assert (await server.update(CHANGE, headers={"Prefer": "wait=0"})).status == 200
