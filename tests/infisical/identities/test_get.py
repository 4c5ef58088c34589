"""Getting an identity over HTTP: every key of the answer, and what refuses it (behaviour 10)."""

from typing import Any

import pytest

from mockserver.infisical.universal_auth.record import Lockout
from mockserver.rules.profile import Profile
from tests.client import (
    ADMIN,
    AUDITOR,
    HOBBY_ADMIN,
    HOBBYIST,
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
    AUDITOR_IDENTITY,
    EU_ADMIN,
    EU_OPS,
    EU_ROAMING,
    MEMBERSHIP,
    NO_ACCESS,
    NOT_A_MEMBER,
    NOW,
    PROJECT_BOT,
    PROTECTED,
    ROAMING,
    ROOT,
    delete,
    get,
    no_uuid,
)

UNIVERSAL, TOKEN = "/api/v1/auth/universal-auth", "/api/v1/auth/token-auth"
INNER = {"id", "name", "hasDeleteProtection", "orgId", "authMethods", "activeLockoutAuthMethods"}


async def test_every_key_of_an_answer(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=NOW)
    answer = await get(client, PROTECTED)
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"identity"})
    found = answer.json["identity"]
    assert set(found) == MEMBERSHIP | {"metadata"}
    assert set(found["identity"]) == INNER
    ids = [each.pop("id") for each in found["metadata"]]
    assert len(set(ids)) == 2
    assert found.pop("id") not in (PROTECTED, *ids)
    assert found == {
        "role": "no-access",
        "roleId": None,
        "orgId": ACME,
        "createdAt": "2026-01-02T03:04:05.678Z",
        "updatedAt": "2026-01-02T03:04:05.678Z",
        "identityId": PROTECTED,
        "lastLoginAuthMethod": None,
        "lastLoginTime": None,
        "metadata": [{"key": "tier", "value": "gold"}, {"key": "owner", "value": "ops"}],
        "identity": {
            "id": PROTECTED,
            "name": "protected",
            "hasDeleteProtection": True,
            "orgId": ACME,
            "authMethods": [],
            "activeLockoutAuthMethods": [],
        },
    }


async def test_an_identity_without_metadata_has_an_empty_list_of_it(server: Client):
    assert (await get(server, VERIFIED)).json["identity"]["metadata"] == []


async def test_a_custom_role_is_shown_beside_the_word_custom(server: Client):
    found = (await get(server, AUDITOR_IDENTITY)).json["identity"]
    assert set(found) == MEMBERSHIP | {"metadata", "customRole"}
    assert found["role"] == "custom"
    role = found["customRole"]
    assert found["roleId"] == role["id"]
    assert {key: value for key, value in role.items() if key != "id"} == {
        "name": "Auditor",
        "slug": "auditor",
        "permissions": [["read", "identity"]],
        "description": None,
    }


@pytest.mark.parametrize("id", [PAYMENTS.upper(), f"{PAYMENTS}/"])
async def test_the_case_of_the_id_and_a_slash_behind_it_do_not_matter(server: Client, id: str):
    assert (await get(server, id)).json["identity"]["identityId"] == PAYMENTS


async def test_auth_methods_stand_in_the_services_order_whenever_they_were_attached(server: Client):
    everywhere = {"kubernetesHost": None, "tokenReviewMode": "gateway", "allowedNamespaces": "", "allowedNames": ""}
    bodies = (
        (f"{TOKEN}/identities/{PROTECTED}", {}),
        (
            f"/api/v1/auth/kubernetes-auth/identities/{PROTECTED}",
            {**everywhere, "allowedAudience": "", "gatewayId": "6a000000-0000-4000-8000-000000000001"},
        ),
        (f"{UNIVERSAL}/identities/{PROTECTED}", {}),
    )
    seen = []
    for path, body in bodies:
        attached = await server.send("POST", path, body)
        assert attached.status == 200, attached.content
        seen.append((await get(server, PROTECTED)).json["identity"]["identity"]["authMethods"])
    assert seen == [
        ["token-auth"],
        ["kubernetes-auth", "token-auth"],
        ["universal-auth", "kubernetes-auth", "token-auth"],
    ]
    await server.send("DELETE", bodies[1][0])
    assert (await get(server, PROTECTED)).json["identity"]["identity"]["authMethods"] == [
        "universal-auth",
        "token-auth",
    ]


@pytest.mark.parametrize(("until", "locked"), [(NOW + 1, ["universal-auth"]), (NOW, []), (NOW - 1, []), (0, [])])
async def test_a_lockout_shows_as_long_as_it_lasts(serve: Serve, until: int, locked: list[str]):
    client = await serve(clock=NOW)
    world = client.mock.worlds.default
    lockout = Lockout(failures=3, forgotten_at=NOW + 1000, locked_until=until)
    world.commit(world.state._replace(universal_auths=world.state.universal_auths.with_lockout(OPS_ADMIN, lockout)))
    assert (await get(client, OPS_ADMIN)).json["identity"]["identity"]["activeLockoutAuthMethods"] == locked
    assert (await get(client, PAYMENTS)).json["identity"]["identity"]["activeLockoutAuthMethods"] == []


async def test_failed_logins_lock_and_cleared_ones_do_not(server: Client):
    wrong = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "wrong"}
    for _ in range(3):
        assert (await server.send("POST", f"{UNIVERSAL}/login", wrong, token=None)).status == 401
    shown = (await get(server, OPS_ADMIN)).json["identity"]["identity"]
    assert shown["activeLockoutAuthMethods"] == ["universal-auth"]
    assert (await server.send("POST", f"{UNIVERSAL}/identities/{OPS_ADMIN}/clear-lockouts")).status == 200
    shown = (await get(server, OPS_ADMIN)).json["identity"]["identity"]
    assert shown["activeLockoutAuthMethods"] == []


async def test_a_shared_identity_is_seen_from_both_its_organizations(server: Client):
    at_home = (await get(server, ROAMING)).json["identity"]
    shared = (await get(server, ROAMING, token=EU_ADMIN)).json["identity"]
    assert at_home["id"] != shared["id"]
    assert (at_home["orgId"], at_home["role"]) == (ACME, "no-access")
    assert (shared["orgId"], shared["role"], shared["customRole"]["slug"]) == (ACME_EU, "custom", "reader")
    assert shared["customRole"]["description"] == "Looks around."
    assert at_home["identity"]["orgId"] == shared["identity"]["orgId"] == ACME
    assert at_home["metadata"] == shared["metadata"] != []


async def test_a_token_that_acts_in_a_sub_organization_sees_what_is_there(server: Client):
    assert (await get(server, EU_OPS, token=EU_ROAMING)).status == 200
    assert (await get(server, PAYMENTS, token=EU_ROAMING)).rule == "identity.unknown"


UNKNOWN = (404, "NotFound", "identity.unknown")
REFUSED: dict[str, tuple[str, str, tuple[int, str, str]]] = {
    "an id that nobody has": (STRANGER, ADMIN, UNKNOWN),
    "of another organization": (HOBBYIST, ADMIN, UNKNOWN),
    "of a sub-organization": (EU_OPS, ADMIN, UNKNOWN),
    "unknown, and nothing allowed": (STRANGER, NO_ACCESS, UNKNOWN),
    "unknown, asked by a user": (STRANGER, USER, UNKNOWN),
    "managed by a project": (PROJECT_BOT, ADMIN, (404, "NotFound", "identity.project-hidden")),
    "managed by a project, and nothing allowed": (PROJECT_BOT, NO_ACCESS, (404, "NotFound", "identity.project-hidden")),
    "nothing allowed": (PAYMENTS, NO_ACCESS, (403, "PermissionDenied", "permission.read")),
    "a user": (PAYMENTS, USER, (403, NOT_A_MEMBER, "caller.member")),
}


@pytest.mark.parametrize(("identity", "token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_a_get(
    serve: Serve, profile: Profile, identity: str, token: str, expected: tuple[int, str, str]
):
    client = await serve(profile=profile)
    answer = in_envelope(await get(client, identity, token=token))
    assert (answer.status, answer.error, answer.rule) == expected


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("id", ["payments", PAYMENTS[:-1], f"%20{PAYMENTS}", "%00", "search"])
async def test_an_id_that_is_no_uuid(serve: Serve, profile: Profile, method: str, id: str):
    client = await serve(profile=profile)
    body: Any = {"json": {}} if method == "PATCH" else {}
    answer = in_envelope(await client.send(method, f"/api/v1/identities/{id}", **body, token=NO_ACCESS))
    assert (answer.status, answer.error, answer.rule) == no_uuid(method, profile)


async def test_an_auditor_may_look_and_even_at_an_instance_admin(server: Client):
    assert (await get(server, ROOT, token=AUDITOR)).status == 200


async def test_what_is_deleted_is_unknown(server: Client):
    assert (await delete(server, PAYMENTS)).status == 200
    assert (await get(server, PAYMENTS)).rule == "identity.unknown"


async def test_other_organizations_do_not_see_it(server: Client):
    assert (await get(server, PAYMENTS, token=HOBBY_ADMIN)).rule == "identity.unknown"
    assert (await get(server, HOBBYIST, token=HOBBY_ADMIN)).status == 200
