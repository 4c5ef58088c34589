"""Judging an exchange of the journal again: the same decision, whatever the operation, and nothing of it is felt."""

from collections import Counter

import pytest

from mockserver.api.explain.rule_inputs import wire_name
from mockserver.infisical.identities import change as identity
from mockserver.infisical.kubernetes_auth import change as kubernetes_auth
from mockserver.infisical.token_auth import settings as token_auth
from mockserver.infisical.universal_auth import request as client_secret
from mockserver.infisical.universal_auth import settings as universal_auth
from mockserver.journal.explain import Rules, explanation
from mockserver.journal.page import WIDTH, page
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve
from tests.journal.corpus import CONTRACT, requests


@pytest.mark.slow
async def test_every_request_of_the_corpus_is_decided_again_as_it_was(serve: Serve, profile: str):
    client = await serve(profile=profile, journal_size=10_000, seed=1)
    parts = client.mock.control._parts
    rules = Rules(parts.stages, parts.rulebooks, parts.ledger)
    judged: Counter[str] = Counter()
    decisions = set()
    before = ""
    for each in requests():
        if each.path != before:
            client.mock.worlds.default.reset()  # what one has deleted the next can ask for
            before = each.path
        more = {} if each.body is None else {"json": each.body}
        answer = await client.send(each.method, each.path, token=each.token, **more)
        entry = client.mock.journal.find(answer.headers["Mock-Request-Id"])
        assert entry is not None
        assert entry.operation == each.operation
        if not entry.judged:
            continue
        state, revision = client.mock.worlds.default.state, client.mock.worlds.default.revision
        replayed = parts.replay(entry)
        assert replayed.problem == "", each
        assert client.mock.worlds.default.state is state
        assert client.mock.worlds.default.revision == revision
        said = explanation(entry, rules, replayed)
        assert (said["rule"] == "accepted") == (said["decidedBy"] is None)
        assert all(len(line) <= WIDTH for line in page(said).splitlines())
        judged[entry.operation] += 1
        decisions.add(entry.rule)
    assert set(judged) == set(CONTRACT.operations)
    assert len(decisions) > 30, decisions


def test_fields_have_their_wire_names():
    """The names that explanations show are made by a rule; here it is held against every table of fields."""
    for fields in (
        kubernetes_auth._FIELDS,
        universal_auth._FIELDS,
        token_auth._FIELDS,
        identity._CREATE,
        client_secret._FIELDS,
    ):
        assert {wire_name(field.name): field.name for field in fields.values()} == {
            wire: field.name for wire, field in fields.items()
        }


async def test_a_replay_takes_no_ids(serve: Serve):
    """The ids that a seed gives are the same, whether anybody asks for explanations or not."""

    async def made(*, asks: bool) -> str:
        client = await serve(seed=7)
        first = await client.send("POST", "/api/v1/identities", {"name": "a", "organizationId": "x"})
        if asks:
            await client.get(f"/_mock/requests/{first.headers['Mock-Request-Id']}/explain")
        return (await client.update({"allowedNames": "a"})).headers["Mock-Request-Id"]

    assert await made(asks=True) == await made(asks=False)


async def explained(client: Client, answer) -> dict:
    return (await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")).json


async def test_the_world_as_it_stood_is_what_counts(server: Client):
    before = await server.update({"accessTokenMaxTTL": 60})
    await server.update({"accessTokenTTL": 30, "accessTokenMaxTTL": 60})
    said = await explained(server, before)
    fields = {each["field"]: each for row in said["rules"] if row["verdict"] == "refused" for each in row["fields"]}
    assert fields["accessTokenMaxTTL"] == {
        "field": "accessTokenMaxTTL",
        "stored": 7200,
        "sent": 60,
        "resulting": 60,
    }
    assert fields["accessTokenTTL"] == {"field": "accessTokenTTL", "stored": 3600, "resulting": 3600}


async def test_uses_that_were_taken_later_do_not_count(server: Client):
    path = IDENTITIES + PAYMENTS
    answers = [await server.send("GET", path, token="acme-three-uses-token") for _ in range(4)]
    assert [each.status for each in answers] == [200, 200, 200, 401]
    for each in answers[:3]:
        assert (await explained(server, each))["notJudgedAgain"] is None
    assert (await explained(server, answers[3]))["stage"] == "token"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param("reset", "has been reset", id="reset"),
        pytest.param("delete", "the world 'w' no longer exists", id="deleted"),
        pytest.param("again", "created again", id="deleted and made again"),
        pytest.param("state", "revision 0 of the world is no longer kept", id="another state"),
        pytest.param("many", "revision 0 of the world is no longer kept", id="too many revisions"),
        pytest.param("long", "only the first 65536 were kept", id="a long body"),
    ],
)
async def test_what_cannot_be_judged_again_says_why_and_still_shows_the_verdicts(server: Client, spoil: str, told: str):
    await server.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    body = {"allowedNames": "a"}
    if spoil == "long":
        body |= {"caCert": "x" * 70_000, "verifyTlsCertificate": True}
    made = await server.send("PATCH", f"/w/w{IDENTITIES}{PAYMENTS}", body)
    world = server.mock.worlds.find("w")
    match spoil:
        case "reset":
            world.reset()
        case "delete":
            server.mock.worlds.remove("w")
        case "again":
            server.mock.worlds.remove("w")
            await server.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
        case "state":
            world.replace(world.state)
            world.commit(world.state)
            world._revisions.popleft()
        case "many":
            for _ in range(1001):
                world.commit(world.state)
    said = await explained(server, made)
    assert told in said["notJudgedAgain"]
    assert said["rule"] == "accepted"
    assert {row["verdict"] for row in said["rules"]} >= {"held"}
    assert all(row["fields"] == row["facts"] == [] for row in said["rules"])


@pytest.mark.parametrize(
    ("method", "path", "token", "data", "stage", "rule"),
    [
        ("GET", "/nowhere", ADMIN, None, "route", "route.unknown"),
        ("PUT", IDENTITIES + PAYMENTS, ADMIN, None, "route", "route.method"),
        ("PATCH", IDENTITIES + PAYMENTS, None, b"{}", "token", "token.missing"),
        ("PATCH", IDENTITIES + PAYMENTS, "x", b"{}", "token", "token.malformed"),
        ("PATCH", IDENTITIES + PAYMENTS, "acme-office-token", b"{}", "token", "token.address"),
        ("PATCH", IDENTITIES + PAYMENTS, ADMIN, b"{", "body", "body.syntax"),
    ],
)
async def test_what_did_not_get_to_its_operation_shows_the_stage_that_decided(
    server: Client, method, path, token, data, stage, rule
):
    headers = {} if data is None else {"Content-Type": "application/json"}
    said = await explained(server, await server.send(method, path, data=data, token=token, headers=headers))
    assert (said["stage"], said["rule"], said["decidedBy"]["rule"]) == (stage, rule, rule)
    assert "was answered before its operation" in said["notJudgedAgain"]
    verdicts = [row["verdict"] for row in said["rules"]]
    at = [row["rule"] for row in said["rules"] if row["verdict"] == "refused"]
    assert at == [rule]
    assert verdicts == sorted(verdicts, key=["held", "refused", "not reached"].index)
