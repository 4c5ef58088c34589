"""Revoke over HTTP: the order of its checks, the boundary, and what is left (behaviour 5)."""

import json

import pytest

from mockserver.rules.profile import Profile
from tests.client import STRANGER, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    KEYS,
    LOGIN,
    NOW,
    PROD,
    SECRET_KEYS,
    attach,
    read,
    revoke,
    target,
    token,
    world,
)

ATTACHED, ADMIN_ATTACHED = target("acme", "attached"), target("acme", "attached", "instance-admin")
ADMIN_BARE = target("acme", "instance-admin")
JSON_TYPE = {"Content-Type": "application/json"}
NOT_FOUND, FORBIDDEN, DENIED = (404, "NotFound"), (403, "ForbiddenError"), (403, "PermissionDenied")
BAD, BEYOND = (400, "BadRequest"), (403, "PermissionBoundaryError")


async def test_the_record_that_was_is_answered_without_its_secrets(serve: Serve, profile: Profile):
    stored = {"caCert": "CA", "tokenReviewerJwt": "reviewer-good", "allowedNames": "api"}
    client = await serve(fixtures_yaml=json.dumps(world(**stored)), profile=profile)
    before = (await read(client, ATTACHED)).record
    answer = await revoke(client, ATTACHED)
    assert set(answer.json) == {"identityKubernetesAuth"}
    assert set(answer.record) == KEYS - SECRET_KEYS
    assert len(answer.record) == 16
    assert answer.record == {name: value for name, value in before.items() if name not in SECRET_KEYS}


@pytest.mark.parametrize(
    ("identity", "caller", "answered", "rule"),
    [
        pytest.param(STRANGER, token(), NOT_FOUND, "identity.unknown", id="an identity nobody has"),
        pytest.param(ATTACHED, token("eu"), FORBIDDEN, "identity.home", id="one at home elsewhere"),
        pytest.param(target(), token(), BAD, "revoke.not-attached", id="one without the method"),
        pytest.param(ATTACHED, token("acme", "revoker"), None, "accepted", id="who may edit and revoke"),
        pytest.param(ATTACHED, token("acme", "auth-editor"), DENIED, "permission.edit", id="who may not edit"),
        pytest.param(ATTACHED, token("acme", "editor"), BEYOND, "boundary.revoke-auth", id="who may not revoke"),
        pytest.param(ATTACHED, token("acme", "member"), BEYOND, "boundary.revoke-auth", id="a member"),
        pytest.param(ADMIN_ATTACHED, token(), FORBIDDEN, "identity.instance-admin", id="an instance admin"),
        pytest.param(ADMIN_ATTACHED, token("acme", "super"), None, "accepted", id="an instance admin by its like"),
        pytest.param(STRANGER, token("acme", "reader"), NOT_FOUND, "identity.unknown", id="unknown goes first"),
        pytest.param(ADMIN_BARE, token("eu", "reader"), FORBIDDEN, "identity.home", id="then its home"),
        pytest.param(ADMIN_BARE, token("acme", "reader"), BAD, "revoke.not-attached", id="then the method"),
        pytest.param(ADMIN_ATTACHED, token("acme", "reader"), DENIED, "permission.edit", id="then the permission"),
        pytest.param(ADMIN_ATTACHED, token("acme", "editor"), BEYOND, "boundary.revoke-auth", id="then the boundary"),
    ],
)
async def test_each_check_answers_in_its_order(identity: str, caller: str, answered, rule: str, asked: Client):
    before = await asked.state()
    answer = await revoke(asked, identity, token=caller)
    assert answer.rule == rule
    if answered is None:
        assert set(answer.record) == KEYS - SECRET_KEYS
    else:
        assert (in_envelope(answer).status, answer.error) == answered
        assert await asked.state() == before


@pytest.mark.parametrize("identity", ["payments", f"%20{ATTACHED}"])
async def test_what_is_no_uuid_is_not_found_or_fails_and_nothing_is_trimmed(identity: str, asked: Client):
    answer = in_envelope(await revoke(asked, identity))
    contract = asked.mock.settings.profile is Profile.CONTRACT
    expected = (404, "NotFound") if contract else (500, "MembershipGetByIdentityId")
    assert (answer.status, answer.error, answer.rule) == (*expected, "identity.uuid")


async def test_a_new_organization_names_the_action_that_is_missing(asked: Client):
    for role in ("member", "editor"):
        details = (await revoke(asked, ATTACHED, token=token("acme", role))).json["details"]
        assert details == {"missingPermissions": [{"action": "revoke-auth", "subject": "identity"}]}


async def test_a_denied_permission_lists_the_rules_of_the_caller(asked: Client):
    assert (await revoke(asked, ATTACHED, token=token("acme", "reader"))).json["details"] == []


LEGACY = target("legacy", "attached")


@pytest.mark.parametrize(
    ("role", "caller", "missing"),
    [
        pytest.param("no-access", "editor", [], id="a target that holds nothing"),
        pytest.param("editor", "editor", [], id="one that holds as much"),
        pytest.param("reader", "editor", [("read", "identity")], id="one that holds another permission"),
        pytest.param("revoker", "editor", [("revoke-auth", "identity")], id="one that holds one more"),
        pytest.param("reader", "member", [], id="a member, who has no revoke-auth"),
        pytest.param("gateway-user", "member", [("edit-auth", "identity")], id="a member, and a part that it has"),
        pytest.param(
            "pool-user",
            "editor",
            [("attach-gateway-pools", "gateway-pool"), ("edit-auth", "identity")],
            id="two that are missing",
        ),
        pytest.param("admin", "admin", [], id="an admin by an admin"),
    ],
)
async def test_a_legacy_organization_compares_the_caller_with_the_targets_role(role, caller, missing, serve: Serve):
    made = world()
    found = next(each for each in made["identities"] if each["id"] == LEGACY)
    found["role"] = role
    client = await serve(fixtures_yaml=json.dumps(made))
    answer = await revoke(client, LEGACY, token=token("legacy", caller))
    if not missing:
        assert answer.status == 200
        return
    assert (in_envelope(answer).status, answer.error, answer.rule) == (*BEYOND, "boundary.revoke-auth")
    lacking = [{"action": action, "subject": subject} for action, subject in missing]
    assert answer.json["details"] == {"missingPermissions": lacking}


async def test_the_permission_goes_before_the_boundary_of_a_legacy_organization(asked: Client):
    assert (await revoke(asked, LEGACY, token=token("legacy", "reader"))).rule == "permission.edit"


def clock_stands_at(client: Client, now: int) -> None:
    client.mock.worlds.default.clock.freeze(now)


async def logged_in(client: Client, identity: str = ATTACHED) -> str:
    answer = await client.send("POST", LOGIN, {"identityId": identity, "jwt": "sa"}, token=None)
    assert answer.status == 200, answer.content
    return answer.json["accessToken"]


@pytest.fixture
async def issuing(serve: Serve, profile: Profile) -> Client:
    """A server whose attached identities may do all, and log in with `sa`."""
    made = world()
    made["clusters"][0]["serviceAccounts"] = [{"token": "sa", "namespace": "n", "name": "a"}]
    for each in made["identities"]:
        if "kubernetesAuth" in each:
            each["role"] = "admin"
    return await serve(fixtures_yaml=json.dumps(made), profile=profile, clock=NOW)


async def test_tokens_issued_before_are_dead_and_stay_dead(issuing: Client):
    old = await logged_in(issuing)
    other = await logged_in(issuing, ADMIN_ATTACHED)
    assert (await read(issuing, ATTACHED, token=old)).status == 200
    clock_stands_at(issuing, NOW + 5_000)
    await revoke(issuing, ATTACHED)
    dead = in_envelope(await read(issuing, ATTACHED, token=old))
    assert (dead.status, dead.error, dead.rule) == (401, "UnauthorizedError", "token.revoked")
    await attach(issuing, ATTACH, ATTACHED)
    assert (await read(issuing, ATTACHED, token=old)).rule == "token.revoked"
    clock_stands_at(issuing, NOW + 10_000)
    new = await logged_in(issuing)
    assert (await read(issuing, ATTACHED, token=new)).status == 200
    assert (await read(issuing, ATTACHED, token=other)).status == 200
    assert (await read(issuing, ATTACHED, token=old)).status == 401


async def test_a_token_can_revoke_what_it_was_issued_through(issuing: Client):
    own = await logged_in(issuing)
    clock_stands_at(issuing, NOW + 5_000)
    assert (await revoke(issuing, ATTACHED, token=own)).status == 200
    assert (await revoke(issuing, ATTACHED, token=own)).rule == "token.revoked"


async def test_a_dead_token_is_refused_on_public_routes_too(issuing: Client):
    own = await logged_in(issuing)
    clock_stands_at(issuing, NOW + 5_000)
    await revoke(issuing, ATTACHED)
    answer = await issuing.send("POST", LOGIN, {"identityId": ADMIN_ATTACHED, "jwt": "sa"}, token=own)
    assert (answer.status, answer.rule) == (401, "token.revoked")


async def test_nobody_logs_in_after_it(issuing: Client):
    await revoke(issuing, ATTACHED)
    answer = await issuing.send("POST", LOGIN, {"identityId": ATTACHED, "jwt": "sa"}, token=None)
    assert (answer.status, answer.error, answer.rule) == (404, "NotFound", "login.not-attached")


async def test_attaching_again_yields_another_id(asked: Client):
    first = (await revoke(asked, ATTACHED)).record
    assert (await read(asked, ATTACHED)).rule == "get.not-attached"
    assert (await revoke(asked, ATTACHED)).rule == "revoke.not-attached"
    again = (await attach(asked, ATTACH, ATTACHED)).record
    assert again["id"] != first["id"]
    assert again["createdAt"] > first["createdAt"]
    assert (again["identityId"], again["kubernetesHost"]) == (ATTACHED, PROD)


async def test_a_revoke_takes_the_record_and_nothing_else(asked: Client):
    before = await asked.state()
    await revoke(asked, ATTACHED)
    for each in before["identities"]:
        if each["id"] == ATTACHED:
            del each["kubernetesAuth"]
    assert await asked.state() == before


@pytest.mark.parametrize("data", [b"{}", b'{"identityId": "x", "more": [1]}', b"[]", b"null", b'"text"', b"7"])
async def test_a_body_of_json_is_not_looked_at(data: bytes, asked: Client):
    answer = await revoke(asked, ATTACHED, data=data, headers=JSON_TYPE)
    assert answer.status == 200
    assert "Mock-Breach" not in answer.headers


@pytest.mark.parametrize(("data", "rule"), [(b"", "body.empty"), (b"{", "body.syntax"), (b"\xff", "body.encoding")])
async def test_a_body_that_says_it_is_json_and_is_not_is_refused(data: bytes, rule: str, asked: Client):
    headers = {**JSON_TYPE, "Content-Length": str(len(data))}
    answer = in_envelope(await revoke(asked, ATTACHED, data=data, headers=headers))
    contract = asked.mock.settings.profile is Profile.CONTRACT
    expected = (400, "BadRequest") if contract else (500, "InternalServerError")
    assert (answer.status, answer.error, answer.rule) == (*expected, rule)
    assert (await read(asked, ATTACHED)).status == 200


async def test_no_body_and_an_id_in_capitals_are_taken(asked: Client):
    assert (await revoke(asked, ATTACHED.upper())).record["identityId"] == ATTACHED


async def test_an_identity_of_another_tenant_is_not_found(asked: Client):
    answer = await revoke(asked, ATTACHED, token=token("hobby"))
    assert (answer.status, answer.rule) == (404, "identity.unknown")
    assert ATTACHED in answer.json["message"]


async def test_no_token_is_401_before_anything_else(asked: Client):
    for identity in (ATTACHED, STRANGER, "payments"):
        answer = in_envelope(await revoke(asked, identity, token=None))
        assert (answer.status, answer.error, answer.rule) == (401, "UnauthorizedError", "token.missing")
