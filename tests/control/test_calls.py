"""Health, reset, rules, documents, and what is said of calls that are not there."""

import pytest

from mockserver import __version__
from mockserver.rules.profile import DIFFERENCES, Profile
from tests.client import IDENTITIES, JSON, PAYMENTS, Client, head
from tests.conftest import Serve


async def test_health_says_version_profile_generation_engine_and_worlds(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    answer = await client.get("/_mock/health")
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
    assert answer.json == {
        "status": "healthy",
        "version": __version__,
        "profile": profile.value,
        "generation": "2026-08",
        "engine": "compiled",
        "worlds": 1,
    }


async def test_health_answers_head_without_a_body(server: Client):
    async with server.wire() as wire:
        await wire.send(head("HEAD", "/_mock/health") + head("GET", "/_mock/health"))
        first = await wire.answer("HEAD")
        second = await wire.answer("GET")
    assert first.status == second.status == 200
    assert first.headers["Content-Length"] == str(len(second.content))


async def test_reset_brings_back_records_and_uses_and_empties_the_journal(server: Client):
    before = await server.state()
    await server.update({"allowedNames": "changed"})
    for _ in range(3):
        await server.update({"allowedNames": "a"}, token="acme-three-uses-token")
    answer = await server.send("POST", "/_mock/reset", token=None)
    assert (answer.status, answer.content) == (204, b"")
    assert await server.state() == before
    assert (await server.get("/_mock/requests")).json == {"requests": [], "kept": 0, "bytes": 0, "evicted": 0}
    assert (await server.update({"allowedNames": "a"}, token="acme-three-uses-token")).status == 200


async def test_reset_goes_back_to_the_loaded_fixtures_not_to_a_state_that_was_put(server: Client):
    before = await server.state()
    await server.send("PUT", "/_mock/worlds/default/state", {"version": 1}, token=None)
    await server.send("POST", "/_mock/reset", token=None)
    assert await server.state() == before


async def test_the_rules_stand_in_the_order_in_which_they_are_asked(server: Client):
    told = (await server.get("/_mock/rules")).json
    ids = [rule["id"] for rule in told["rules"]]
    assert len(set(ids)) == len(ids)
    order = ["route.unknown", "header.organization", "token.malformed", "token.missing", "body.syntax", "contract.body"]
    assert [each for each in ids if each in order] == order
    asked = told["operations"]["updateKubernetesAuth"]
    assert set(asked) <= set(ids)
    order = [
        "contract.body",
        "identity.unknown",
        "update.not-attached",
        "update.ttl.stored-max",
        "permission.edit-auth",
    ]
    order += ["gateway.unknown", "pool.permission", "update.tls.ca-required", "cluster.reviewer"]
    assert [each for each in asked if each in order] == order


async def test_each_rule_says_what_it_means_where_it_is_from_and_what_it_answers(server: Client):
    for rule in (await server.get("/_mock/rules")).json["rules"]:
        assert rule["says"].endswith(".")
        assert rule["source"]["kind"] in ("contract", "service", "assumption")
        assert rule["source"]["where"]
        assert rule["source"]["date"][:4].isdigit()
        assert rule["answers"], rule["id"]
        assert set(rule["answers"]) <= {"contract", "live"}
        if rule["id"] in ("route.page", "http.preflight"):
            assert all(answer["status"] in (200, 204) for answer in rule["answers"].values())
            continue
        assert all(answer["status"] >= 400 and answer["error"] for answer in rule["answers"].values())


async def test_the_rules_come_with_the_table_of_the_profiles(server: Client):
    told = (await server.get("/_mock/rules")).json["profiles"]
    assert [each["situation"] for each in told] == [each.situation for each in DIFFERENCES]


async def test_the_control_apis_own_document_is_served(server: Client):
    answer = await server.get("/_mock/openapi.yaml")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/yaml; charset=utf-8")
    assert answer.content.startswith(b"openapi: 3.")


@pytest.mark.parametrize("path", ["/openapi.yaml", "/openapi.json", "/api/docs/json"])
async def test_documents_are_read_not_written(server: Client, path: str):
    assert (await server.get(path)).status == 200
    assert (await server.send("POST", path, {})).status in (404, 405)


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/_mock/nothing", 404, None),
        ("GET", "/_mock/%zz", 404, None),
        ("DELETE", "/_mock/health", 405, "GET"),
        ("GET", "/_mock/reset", 405, "POST"),
        ("POST", "/_mock/requests", 405, "DELETE, GET"),
        ("PATCH", "/_mock/worlds/default/state", 405, "GET, PUT"),
        ("BREW", "/_mock/health", 400, None),
    ],
)
async def test_calls_that_are_not_there_are_refused_in_json(
    server: Client, method: str, path: str, status: int, allow: str | None
):
    async with server.wire() as wire:
        await wire.send(head(method, path))
        answer = await wire.answer(method)
    assert answer.status == status
    assert answer.headers["Content-Type"] == JSON
    assert answer.headers.get("Allow") == allow
    assert set(answer.json) >= {"error", "message"}


async def test_what_only_begins_like_the_prefix_is_the_vendors(server: Client):
    assert (await server.get("/_mockery")).rule == "route.unknown"


async def test_a_world_that_is_not_there_is_refused_with_the_reason_and_never_made(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    by_header = await client.update({"allowedNames": "a"}, headers={"Mock-World": "other"})
    by_path = await client.send("PATCH", f"/w/other{IDENTITIES}{PAYMENTS}", {"allowedNames": "a"})
    for answer in (by_header, by_path):
        assert (answer.status, answer.error, answer.rule) == (404, "NotFound", "world.unknown")
        assert "other" in answer.json["message"]
        assert answer.headers["Mock-World"] == "other"
    assert (await client.get("/_mock/health")).json["worlds"] == 1


async def test_the_default_world_can_be_named_in_path_and_header(server: Client):
    by_header = await server.update({"allowedNames": "a"}, headers={"Mock-World": "default"})
    by_path = await server.send("PATCH", f"/w/default{IDENTITIES}{PAYMENTS}", {"allowedNames": "b"})
    assert [by_header.status, by_path.status] == [200, 200]
    assert by_path.headers["Mock-World"] == "default"


async def test_the_world_in_the_path_goes_before_the_one_in_the_header(server: Client):
    answer = await server.send(
        "PATCH", f"/w/default{IDENTITIES}{PAYMENTS}", {"allowedNames": "b"}, headers={"Mock-World": "other"}
    )
    assert answer.status == 200
