"""Faults that cannot be: each refused with the place and the reason, and nothing changed."""

import pytest

from mockserver.faults.plan import MAX_FAULTS
from tests.client import PAYMENTS, Client
from tests.faults.faulty import FAULTS, GET, UPDATE, add, counts, faults, outcome

KINDS = "expected one of delay, status, rate-limit, drop, stale"
LISTED = "one of delay, status, rate-limit, drop, stale"
STATUS = {"kind": "status", "status": 500}
FORM = {
    "no object": ([], "", "expected object"),
    "nothing": ({}, "", "'kind' is missing"),
    "a kind that is no text": ({"kind": 1}, "/kind", KINDS),
    "a delay of no length": ({"kind": "delay"}, "", "'seconds' is missing"),
    "a delay in words": ({"kind": "delay", "seconds": "1"}, "/seconds", "expected number"),
    "a delay below 0": ({"kind": "delay", "seconds": -0.1}, "/seconds", "minimum is 0"),
    "a delay beyond the bound": ({"kind": "delay", "seconds": 300.1}, "/seconds", "maximum is 300"),
    "a range without end": ({"kind": "delay", "seconds": {"from": 1}}, "/seconds", "'to' is missing"),
    "a range beyond the bound": ({"kind": "delay", "seconds": {"from": 1, "to": 301}}, "/seconds/to", "maximum is 300"),
    "a range with more": ({"kind": "delay", "seconds": {"from": 1, "to": 2, "x": 1}}, "/seconds", "does not allow x"),
    "no status": ({"kind": "status"}, "", "'status' is missing"),
    "a status in words": ({"kind": "status", "status": "500"}, "/status", "expected integer"),
    "a wait that is none": ({"kind": "rate-limit", "retryAfter": 1.5}, "/retryAfter", "expected integer"),
    "a wait of more than a day": ({"kind": "rate-limit", "retryAfter": 86401}, "/retryAfter", "maximum is 86400"),
    "a drop at no place": ({"kind": "drop"}, "", "'where' is missing"),
    "a drop elsewhere": (
        {"kind": "drop", "where": "later"},
        "/where",
        "expected one of before-write, after-write, mid-body",
    ),
    "a property of another kind": ({"kind": "stale", "status": 500}, "", "does not allow status"),
    "a property that is none": ({**STATUS, "sometimes": True}, "", "does not allow sometimes"),
    "no times": ({**STATUS, "times": 0}, "/times", "minimum is 1"),
    "half a time": ({**STATUS, "times": 1.5}, "/times", "expected integer"),
    "times without end": ({**STATUS, "times": 1_000_001}, "/times", "maximum is 1000000"),
    "every none": ({**STATUS, "every": 0}, "/every", "minimum is 1"),
    "no probability": ({**STATUS, "probability": 0}, "/probability", "exclusiveMinimum is 0"),
    "more than certain": ({**STATUS, "probability": 1.01}, "/probability", "maximum is 1"),
    "a seed below 0": ({**STATUS, "probability": 1, "seed": -1}, "/seed", "minimum is 0"),
    "an operation without name": ({**STATUS, "operation": ""}, "/operation", "minLength is 1"),
    "a null": ({**STATUS, "times": None}, "/times", "expected integer"),
}
NAMES = {
    "a kind that is none": ({"kind": "fire"}, "/kind", f"there is no fault kind 'fire'. It must be {LISTED}."),
    "a mistyped kind": ({"kind": "dorp"}, "/kind", f"Did you mean 'drop'? It must be {LISTED}."),
    "a status that is none": ({"kind": "status", "status": 600}, "/status", "a status is an integer from 100 to 599"),
    "an unknown operation": ({**STATUS, "operation": "noSuch"}, "/operation", "there is no operation 'noSuch'"),
    "a mistyped operation": ({**STATUS, "operation": "getKubernetsAuth"}, "/operation", f"Did you mean '{GET}'?"),
    "a mistyped identity": ({**STATUS, "identityId": "payment"}, "/identityId", "Did you mean 'payments'?"),
}
SENSE = {
    "a success": ({"kind": "status", "status": 200}, "/status", "200 is not an error"),
    "a redirection": ({"kind": "status", "status": 302}, "/status", "302 is not an error"),
    "a status that is not in the contract": (
        {"kind": "status", "status": 418, "operation": UPDATE},
        "/status",
        "the contract has no 418 for updateKubernetesAuth, only 400, 401, 403, 404, 422, 500",
    ),
    "a 429 as a status": ({"kind": "status", "status": 429}, "/status", "; use the kind rate-limit for a 429"),
    "a stale write": ({"kind": "stale", "operation": UPDATE}, "/operation", "updateKubernetesAuth writes"),
    "a stale login": (
        {"kind": "stale", "operation": "loginWithKubernetesAuth"},
        "/operation",
        "loginWithKubernetesAuth writes",
    ),
    "a drop behind the write of a read": (
        {"kind": "drop", "where": "after-write", "operation": GET},
        "/operation",
        "getKubernetesAuth writes nothing",
    ),
    "an identity where none is in the path": (
        {**STATUS, "operation": "listGateways", "identityId": PAYMENTS},
        "/identityId",
        "the path of listGateways has no identityId",
    ),
    "a range that runs backwards": (
        {"kind": "delay", "seconds": {"from": 2, "to": 1}},
        "/seconds/from",
        "`from` is greater than `to`",
    ),
    "two ways to take turns": ({**STATUS, "every": 2, "probability": 0.5}, "/probability", "exclude each other"),
    "a seed of nothing": ({**STATUS, "seed": 1}, "/seed", "a seed needs a `probability`"),
    "a seed of a fixed delay": (
        {"kind": "delay", "seconds": {"from": 1, "to": 1}, "seed": 1},
        "/seed",
        "a seed needs a `probability`",
    ),
}
ROWS = [(name, "BadBody", *row) for name, row in FORM.items()] + [
    (name, "BadFault", *row) for name, row in SENSE.items()
]
ROWS += [(name, "UnknownName", *row) for name, row in NAMES.items()]


@pytest.mark.parametrize(("name", "error", "body", "pointer", "reason"), ROWS, ids=[row[0] for row in ROWS])
async def test_a_fault_that_cannot_be_is_refused_with_place_and_reason(
    server: Client, name, error, body, pointer, reason
):
    await add(server, "status", status=404)
    before = await faults(server)
    answer = await server.send("POST", FAULTS, body, token=None)
    assert (answer.status, answer.error) == (400, error)
    (told,) = answer.json["errors"]
    assert told["pointer"] == pointer
    assert reason in told["reason"]
    assert await faults(server) == before
    assert await outcome(server) == 404
    assert await outcome(server) == 200


async def test_an_identity_is_given_by_id_or_by_its_name_in_the_world(server: Client):
    assert (await add(server, "status", status=404, identityId="payments"))["identityId"] == PAYMENTS
    assert await outcome(server) == 404
    assert await outcome(server) == 200


async def test_a_mistyped_place_is_told_with_the_nearest(server: Client):
    answer = await server.send("POST", FAULTS, {"kind": "drop", "where": "before-wrte"}, token=None)
    assert "Did you mean 'before-write'?" in answer.json["errors"][0]["reason"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"kind": NaN}'])
async def test_what_is_no_json_is_refused(server: Client, data: bytes):
    answer = await server.send("POST", FAULTS, data=data, token=None)
    assert (answer.status, answer.error) == (400, "NotJson")
    assert await faults(server) == []


async def test_several_errors_of_form_come_at_once(server: Client):
    answer = await server.send("POST", FAULTS, {"kind": "drop", "where": "x", "times": 0, "every": "y"}, token=None)
    assert {each["pointer"] for each in answer.json["errors"]} == {"/where", "/times", "/every"}


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", ""), ("DELETE", "/fault-1")])
async def test_a_world_that_is_not_there_has_no_faults(server: Client, method: str, path: str):
    answer = await server.send(method, f"/_mock/worlds/nowhere/faults{path}", token=None)
    assert (answer.status, answer.error) == (404, "NotFound")
    assert "nowhere" in answer.json["message"]


@pytest.mark.parametrize("name", ["fault-2", "fault-01", "%00", "x" * 100])
async def test_a_fault_that_is_not_there_cannot_be_taken_out(server: Client, name: str):
    await add(server, "status", status=404)
    answer = await server.send("DELETE", f"{FAULTS}/{name}", token=None)
    assert (answer.status, answer.error) == (404, "NotFound")
    assert len(await faults(server)) == 1


async def test_there_are_so_many_faults_and_no_more(server: Client):
    for _ in range(MAX_FAULTS):
        await add(server, "status", status=404)
    answer = await server.send("POST", FAULTS, STATUS, token=None)
    assert (answer.status, answer.error) == (429, "TooManyFaults")
    assert str(MAX_FAULTS) in answer.json["message"]
    assert len(await faults(server)) == MAX_FAULTS
    assert await outcome(server) == 404
    assert (await counts(server))[0] == (1, 1, True)
    await server.send("DELETE", f"{FAULTS}/fault-1", token=None)
    assert (await add(server, "status", status=500))["id"] == f"fault-{MAX_FAULTS + 1}"
