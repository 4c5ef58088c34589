"""The issue lists that Zod 3 and Zod 4 gave for bodies of an update, held against the mock in each generation."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.settings import ENGINES, EngineName
from tests.client import IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve

_FILE = Path(__file__).parents[1] / "recordings" / "issues.jsonl"
RECORDED = [json.loads(line) for line in _FILE.read_text("utf-8").splitlines()]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """The lists are the same whichever engine checks."""
    return request.param


def without_texts(issues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "message"} for each in issues]


async def world(server: Client, profile: str, generation: str) -> str:
    made = await server.send("POST", "/_mock/worlds", {"profile": profile, "asOf": generation}, token=None)
    return f"/w/{made.json['id']}"


def test_the_recordings_are_all_there():
    assert len(RECORDED) == 161
    assert sum(row["zod3"] != row["zod4"] for row in RECORDED) > 80


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_each_recorded_list_is_answered(serve: Serve, engine: EngineName, generation: str):
    server = await serve(engine=engine)
    base = await world(server, "live", generation)
    zod = "zod4" if generation == "2026-10" else "zod3"
    other = []
    for row in RECORDED:
        sent = {"data": row["body"].encode(), "headers": {"Content-Type": "application/json"}}
        answer = await server.send("PATCH", f"{base}{IDENTITIES}{PAYMENTS}", **sent)
        got = without_texts(answer.json["message"]) if answer.status == 422 else None
        expected = row[zod]
        if generation == "2026-05" and len(row["body"]) > 255:
            expected = None  # the schema of 2026-05 has no limit for the host
        if got != expected:
            other.append((row["body"][:80], got, expected))
    assert other == []


async def test_unknown_keys_of_contract_are_named_alike_in_both_formats(server: Client):
    lists = []
    for generation in ("2026-08", "2026-09"):
        base = await world(server, "contract", generation)
        answer = await server.send("PATCH", f"{base}{IDENTITIES}{PAYMENTS}", {"unknown": 1})
        lists.append(without_texts(answer.json["message"]))
    assert lists[0] == lists[1] == [{"code": "unrecognized_keys", "keys": ["unknown"], "path": []}]


UNSAFE = {"code": "too_big", "maximum": 2**53 - 1, "origin": "int", "inclusive": True}


@pytest.mark.parametrize("path", ["kubernetes-auth", "universal-auth", "token-auth"])
async def test_integers_beyond_2_53_are_refused_since_2026_10(server: Client, path: str):
    for generation in GENERATIONS:
        base = await world(server, "live", generation)
        answer = await server.send(
            "PATCH", f"{base}/api/v1/auth/{path}/identities/{PAYMENTS}", {"accessTokenNumUsesLimit": 2**53}
        )
        if generation != "2026-10":
            assert answer.rule != "integer.safe"
            continue
        assert (answer.status, answer.rule) == (422, "integer.safe")
        (issue,) = without_texts(answer.json["message"])
        note = issue.pop("note")
        assert note == "Integers must be within the safe integer range."
        assert issue == {**UNSAFE, "path": ["accessTokenNumUsesLimit"]}
