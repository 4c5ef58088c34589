"""Deleting identities over HTTP: what goes with them, what is answered, and what refuses it (behaviour 10)."""

import pytest

from mockserver.rules.profile import Profile
from mockserver.seeding.dump import dump
from tests.client import (
    ADMIN,
    AUDITOR,
    HOBBY_ADMIN,
    HOBBYIST,
    MEMBER,
    OPS_ADMIN,
    PAYMENTS,
    STRANGER,
    VERIFIED,
    Client,
    in_envelope,
)
from tests.conftest import Serve
from tests.infisical.identities.users import USER
from tests.infisical.identities.world import (
    ACME,
    ACME_EU,
    EU_ADMIN,
    EU_OPS,
    EU_ROAMING,
    NO_ACCESS,
    NOT_A_MEMBER,
    PLAIN,
    PROJECT_BOT,
    PROTECTED,
    ROAMING,
    ROOT,
    ROOT_TOKEN,
    create,
    delete,
    edit,
    entry,
    get,
    patch,
    path,
)

BARE = "1d000000-0000-4000-8000-000000000003"


async def test_every_key_of_an_answer(server: Client, profile: Profile, serve: Serve):
    client = await serve(profile=profile)
    made = (await create(client, {"hasDeleteProtection": False})).json["identity"]
    answer = await delete(client, made["id"])
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"identity"})
    gone = answer.json["identity"]
    assert set(gone) == PLAIN
    assert gone == {key: made[key] for key in PLAIN}


async def test_all_that_hangs_on_it_goes_with_it(server: Client):
    assert (await delete(server, OPS_ADMIN, token=ROOT_TOKEN)).status == 200
    assert (await delete(server, PAYMENTS, token=ROOT_TOKEN)).status == 200
    state = server.mock.worlds.default.state
    for held in (state.identities, state.kubernetes_auths, state.universal_auths.records, state.token_auths.records):
        assert not {OPS_ADMIN, PAYMENTS} & set(held)
    login = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    assert (await server.send("POST", "/api/v1/auth/universal-auth/login", login, token=None)).status == 401
    attached = await server.send("GET", f"/api/v1/auth/kubernetes-auth/identities/{PAYMENTS}", token=ROOT_TOKEN)
    assert attached.rule == "identity.unknown"


async def test_its_tokens_are_no_good_any_more(server: Client):
    login = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    issued = (await server.send("POST", "/api/v1/auth/universal-auth/login", login, token=None)).json["accessToken"]
    assert (await get(server, PAYMENTS, token=issued)).status == 200
    await delete(server, OPS_ADMIN, token=ROOT_TOKEN)
    for token in (issued, ADMIN):
        answer = in_envelope(await get(server, PAYMENTS, token=token))
        assert (answer.status, answer.error, answer.rule) == (401, "UnauthorizedError", "token.revoked")


async def test_an_identity_may_delete_itself(server: Client):
    assert (await delete(server, BARE, token=MEMBER)).status == 200
    assert (await delete(server, BARE, token=MEMBER)).rule == "token.revoked"


async def test_an_instance_admin_deletes_its_like_and_then_is_no_more(server: Client):
    assert (await delete(server, ROOT, token=ROOT_TOKEN)).json["identity"]["name"] == "root"
    assert (await get(server, ROOT)).rule == "identity.unknown"
    assert (await get(server, PAYMENTS, token=ROOT_TOKEN)).rule == "token.revoked"


async def test_the_state_without_it_can_be_put_back(server: Client):
    """Its fixed tokens stand in no dump: a fixture cannot name the owner that they had."""
    await delete(server, BARE, token=MEMBER)
    state = await server.state()
    assert "acme-member-token" not in [each["token"] for each in state["accessTokens"]]
    await edit(server)
    assert dump(server.mock.worlds.default.state) == state


async def test_it_is_gone_from_the_sub_organizations_too(server: Client):
    assert (await delete(server, ROAMING)).json["identity"]["orgId"] == ACME
    assert (await get(server, ROAMING, token=EU_ADMIN)).rule == "identity.unknown"


async def test_a_sub_organization_only_lets_go_of_what_is_shared_with_it(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    before = await entry(client, ROAMING)
    answer = await delete(client, ROAMING, token=EU_ADMIN)
    assert (answer.status, answer.json["identity"]["name"]) == (200, "roaming")
    assert answer.json["identity"]["orgId"] == ACME_EU
    assert await entry(client, ROAMING) == {**before, "memberships": []}
    assert (await get(client, ROAMING)).json["identity"]["metadata"] != []
    assert (await get(client, ROAMING, token=EU_ADMIN)).rule == "identity.unknown"
    assert (await delete(client, ROAMING, token=EU_ADMIN)).rule == "identity.unknown"
    answer = await get(client, EU_OPS, token=EU_ROAMING)
    assert (answer.status, answer.rule) == (401, "token.membership")
    assert EU_ROAMING not in str((await client.state())["accessTokens"])


async def test_protection_holds_at_home_and_not_elsewhere(server: Client):
    await patch(server, ROAMING, {"hasDeleteProtection": True})
    assert (await delete(server, ROAMING)).rule == "identity.delete-protection"
    assert (await delete(server, ROAMING, token=EU_ADMIN)).status == 200
    assert (await entry(server, ROAMING))["hasDeleteProtection"] is True


async def test_protection_ends_with_an_update_that_has_a_name(server: Client):
    await patch(server, PROTECTED, {"hasDeleteProtection": False})
    assert (await delete(server, PROTECTED)).rule == "identity.delete-protection"
    await patch(server, PROTECTED, {"hasDeleteProtection": False, "name": "protected"})
    assert (await delete(server, PROTECTED)).status == 200


async def test_a_project_goes_before_protection(server: Client):
    await edit(server, identities={PROJECT_BOT: {"hasDeleteProtection": True}})
    assert (await delete(server, PROJECT_BOT)).rule == "identity.project"


async def test_deleting_twice_is_deleting_what_is_unknown(server: Client):
    assert (await delete(server, VERIFIED)).status == 200
    assert (await delete(server, VERIFIED)).rule == "identity.unknown"


SUPER = (403, "ForbiddenError", "identity.instance-admin")
UNKNOWN = (404, "NotFound", "identity.unknown")
DENIED = (403, "PermissionDenied", "permission.delete")
MANAGED = (400, "BadRequest", "identity.project")
KEPT = (400, "BadRequest", "identity.delete-protection")
REFUSED: dict[str, tuple[str, str, tuple[int, str, str]]] = {
    "an instance admin": (ROOT, ADMIN, SUPER),
    "an instance admin of another organization": (ROOT, HOBBY_ADMIN, SUPER),
    "an instance admin, and nothing allowed": (ROOT, NO_ACCESS, SUPER),
    "an id that nobody has": (STRANGER, ADMIN, UNKNOWN),
    "of another organization": (HOBBYIST, ADMIN, UNKNOWN),
    "unknown, and nothing allowed": (STRANGER, NO_ACCESS, UNKNOWN),
    "a user": (PAYMENTS, USER, (403, NOT_A_MEMBER, "caller.member")),
    "only reading allowed": (PAYMENTS, AUDITOR, DENIED),
    "not allowed, and protected": (PROTECTED, AUDITOR, DENIED),
    "not allowed, and managed by a project": (PROJECT_BOT, AUDITOR, DENIED),
    "managed by a project": (PROJECT_BOT, ADMIN, MANAGED),
    "protected": (PROTECTED, ADMIN, KEPT),
    "protected, by a member": (PROTECTED, MEMBER, KEPT),
}


@pytest.mark.parametrize(("identity", "token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_a_delete(
    serve: Serve, profile: Profile, identity: str, token: str, expected: tuple[int, str, str]
):
    client = await serve(profile=profile)
    before = await client.state()
    answer = in_envelope(await delete(client, identity, token=token))
    assert (answer.status, answer.error, answer.rule) == expected
    assert await client.state() == before


@pytest.mark.parametrize("body", [{"identityId": PAYMENTS}, [], None, "text", 7])
async def test_any_json_body_is_ignored(serve: Serve, profile: Profile, body: object):
    """Terraform sends one."""
    client = await serve(profile=profile)
    assert (await client.send("DELETE", path(PAYMENTS), body)).status == 200


@pytest.mark.parametrize(("profile", "status"), [("contract", 400), ("live", 500)])
@pytest.mark.parametrize(("body", "rule"), [(b"", "body.empty"), (b"{", "body.syntax")])
async def test_a_body_that_is_no_json_is_refused_before_anything_else(
    serve: Serve, profile: str, status: int, body: bytes, rule: str
):
    client = await serve(profile=profile)
    headers = {"Content-Type": "application/json"}
    answer = in_envelope(await client.send("DELETE", path(STRANGER), data=body, headers=headers))
    assert (answer.status, answer.rule) == (status, rule)
