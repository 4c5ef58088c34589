"""What happens when this mock itself is wrong: a handler that breaks the contract, and one that raises."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.operations import OPERATIONS
from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES, EngineName
from tests.client import Client, in_envelope
from tests.conftest import Serve


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """All of this holds whichever engine checks."""
    return request.param


UPDATE = next(operation for operation in OPERATIONS if operation.id == "updateKubernetesAuth")
TOLD = "a-text-that-no-client-may-see"


def broken(change: Callable[[dict[str, Any]], Any]) -> Operation:
    """The update, its answer changed on the way out."""

    def handle(call: Call) -> Outcome:
        outcome = UPDATE.handle(call)
        return Outcome(outcome.decision, change(json.loads(json.dumps(outcome.body))))

    return Operation(UPDATE.id, UPDATE.rules, handle)


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    def change(body: dict[str, Any]) -> Any:
        del body["identityKubernetesAuth"][name]
        return body

    return change


def setting(name: str, value: object) -> Callable[[dict[str, Any]], Any]:
    def change(body: dict[str, Any]) -> Any:
        body["identityKubernetesAuth"][name] = value
        return body

    return change


RECORD = "/identityKubernetesAuth"
BREACHES = {
    "a required property is missing": (without("caCert"), RECORD, "required"),
    "a property that the contract does not name": (setting("more", TOLD), RECORD, "additionalProperties"),
    "a null where none may be": (setting("allowedNames", None), f"{RECORD}/allowedNames", "type"),
    "a number as text": (setting("accessTokenTTL", TOLD), f"{RECORD}/accessTokenTTL", "type"),
    "an id that is none": (setting("id", TOLD), f"{RECORD}/id", "format"),
    "a time that is none": (setting("createdAt", TOLD), f"{RECORD}/createdAt", "format"),
    "the record by itself": (lambda body: body["identityKubernetesAuth"], "", "required"),
    "no body at all": (lambda _: None, "", "type"),
    "a list": (lambda body: [body], "", "type"),
}


@pytest.mark.parametrize(("change", "pointer", "keyword"), BREACHES.values(), ids=BREACHES)
async def test_an_answer_that_breaks_the_contract_becomes_a_500_that_is_logged_and_journalled(
    change: Callable[[dict[str, Any]], Any],
    pointer: str,
    keyword: str,
    serve: Serve,
    profile: Profile,
    log: StringIO,
):
    client = await serve(operations=(broken(change),), profile=profile, log_format="json")
    answer = in_envelope(await client.update({"allowedNames": "a"}))
    assert (answer.status, answer.error, answer.rule) == (500, "InternalServerError", "mock.response-contract")
    assert answer.json["message"] == "Something went wrong"
    assert int(answer.headers["Mock-Breach"]) >= 1
    assert TOLD.encode() not in answer.content

    entry = await client.journalled(answer)
    assert (entry["status"], entry["rule"]) == (500, "mock.response-contract")
    assert (pointer, keyword) in {(each["pointer"], each["keyword"]) for each in entry["responseBreaches"]}
    assert entry["reason"]

    event = json.loads(log.getvalue())
    assert (event["level"], event["operation"]) == ("error", "updateKubernetesAuth")
    assert (event["request"], event["breaches"]) == (entry["id"], entry["responseBreaches"])
    assert all(each["reason"] for each in event["breaches"])
    assert TOLD not in log.getvalue()


async def test_every_breach_of_an_answer_is_told(serve: Serve):
    client = await serve(operations=(broken(lambda body: setting("id", "x")(without("caCert")(body))),))
    answer = await client.update({"allowedNames": "a"})
    assert answer.headers["Mock-Breach"] == "2"
    assert len((await client.journalled(answer))["responseBreaches"]) == 2


class Bug(Exception):
    """An exception as a bug of ours would raise it."""


ERRORS = {
    "an exception of our own": Bug(TOLD),
    "a missing key": KeyError(TOLD),
    "an assertion": AssertionError(TOLD),
    "a depth past the interpreter's": RecursionError(TOLD),
    "a time that ran out": TimeoutError(TOLD),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
async def test_a_handler_that_raises_becomes_a_500_with_its_traceback_in_the_log_only(
    error: Exception, serve: Serve, profile: Profile, log: StringIO
):
    def handle(_: Call) -> Outcome:
        raise error

    client = await serve(operations=(Operation(UPDATE.id, UPDATE.rules, handle),), profile=profile, log_format="json")
    answer = in_envelope(await client.update({"allowedNames": "a"}))
    assert (answer.status, answer.error, answer.rule) == (500, "InternalServerError", "mock.crash")
    entry = await client.journalled(answer)
    assert (entry["status"], entry["rule"]) == (500, "mock.crash")
    for shown in (answer.content.decode(), str(answer.headers), json.dumps(entry)):
        assert TOLD not in shown
        assert "Traceback" not in shown
    event = json.loads(log.getvalue())
    assert event["request"] == entry["id"]
    assert "Traceback" in event["traceback"]
    assert TOLD in event["traceback"]


async def test_a_handler_without_memory_is_a_500_and_no_bug(serve: Serve, log: StringIO):
    def handle(_: Call) -> Outcome:
        raise MemoryError(TOLD)

    client = await serve(operations=(Operation(UPDATE.id, UPDATE.rules, handle),), log_format="json")
    answer = in_envelope(await client.update({"allowedNames": "a"}))
    assert (answer.status, answer.error, answer.rule) == (500, "InternalServerError", "mock.crash")
    entry = await client.journalled(answer)
    assert entry["reason"] == "there is not enough memory"
    event = json.loads(log.getvalue())
    assert (event["reason"], event["request"]) == ("there is not enough memory", entry["id"])
    assert "traceback" not in event


async def test_a_secret_in_an_exception_is_masked_in_the_log(serve: Serve, log: StringIO):
    def handle(_: Call) -> Outcome:
        raise Bug("Authorization: Bearer s3cr3t eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl")

    client = await serve(operations=(Operation(UPDATE.id, UPDATE.rules, handle),))
    await client.update({"allowedNames": "a"})
    assert "Bug" in log.getvalue()
    assert "s3cr3t" not in log.getvalue()
    assert "eyJ" not in log.getvalue()


async def test_a_crash_changes_nothing_and_the_next_request_is_served(serve: Serve):
    crashed: list[Call] = []

    def handle(call: Call) -> Outcome:
        if crashed:
            return UPDATE.handle(call)
        crashed.append(call)
        raise Bug(TOLD)

    client = await serve(operations=(Operation(UPDATE.id, UPDATE.rules, handle),))
    before = await client.state()
    assert (await client.update({"allowedNames": "a"})).rule == "mock.crash"
    assert await client.state() == before
    assert (await client.update({"allowedNames": "a"})).status == 200


async def test_a_crash_of_the_control_api_is_a_500_in_json_without_its_text(
    server: Client, log: StringIO, monkeypatch: pytest.MonkeyPatch
):
    from mockserver.control import state

    def dump(_: object) -> dict[str, Any]:
        raise Bug(TOLD)

    monkeypatch.setattr(state, "dump", dump)
    answer = await server.get("/_mock/worlds/default/state")
    assert (answer.status, answer.error) == (500, "InternalServerError")
    assert TOLD.encode() not in answer.content
    assert TOLD in log.getvalue()
