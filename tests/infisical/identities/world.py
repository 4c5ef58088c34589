"""Who and what the tests of identities meet in the bundled world, and how they ask for it."""

from typing import Any

from mockserver.rules.profile import Profile
from tests.client import Answer, Client

IDENTITIES = "/api/v1/identities"
ACME, HOBBY = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
ACME_EU, HERITAGE = "0a000000-0000-4000-8000-000000000003", "0a000000-0000-4000-8000-000000000004"
AUDITOR_IDENTITY = "1d000000-0000-4000-8000-000000000004"
ROAMING = "1d000000-0000-4000-8000-000000000010"
EU_OPS = "1d000000-0000-4000-8000-000000000011"
PROTECTED = "1d000000-0000-4000-8000-000000000012"
ROOT = "1d000000-0000-4000-8000-000000000013"
PROJECT_BOT = "1d000000-0000-4000-8000-000000000014"
NEWCOMER = "1d000000-0000-4000-8000-000000000015"
HERITAGE_CLERK = "1d000000-0000-4000-8000-000000000017"

ROOT_TOKEN, NO_ACCESS, EU_ADMIN = "acme-root-token", "acme-newcomer-token", "acme-eu-admin-token"
EU_ROAMING = "acme-eu-roaming-token"
LEGACY_ADMIN, LEGACY_CLERK = "heritage-admin-token", "heritage-clerk-token"

NOT_A_MEMBER = "ForbiddenError"
OTHER_ORGANIZATION = "You are not allowed to access organization resource"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
NOW = 1_800_000_000_000
NOW_TEXT = "2027-01-15T08:00:00.000Z"

PLAIN = {"id", "name", "authMethod", "createdAt", "updatedAt", "hasDeleteProtection", "orgId", "projectId"}
MEMBERSHIP = {
    "id",
    "role",
    "roleId",
    "orgId",
    "createdAt",
    "updatedAt",
    "identityId",
    "lastLoginAuthMethod",
    "lastLoginTime",
    "identity",
}


def path(identity: str) -> str:
    return f"{IDENTITIES}/{identity}"


async def create(client: Client, more: dict[str, Any] | None = None, **how: Any) -> Answer:
    """The answer to a create in Acme, of an identity called `new` unless the body says otherwise."""
    return await client.send("POST", IDENTITIES, {"name": "new", "organizationId": ACME, **(more or {})}, **how)


async def patch(client: Client, identity: str, body: Any, **how: Any) -> Answer:
    return await client.send("PATCH", path(identity), body, **how)


async def get(client: Client, identity: str, **how: Any) -> Answer:
    return await client.send("GET", path(identity), **how)


async def delete(client: Client, identity: str, **how: Any) -> Answer:
    return await client.send("DELETE", path(identity), **how)


async def search(client: Client, body: Any, **how: Any) -> Answer:
    return await client.send("POST", f"{IDENTITIES}/search", body, **how)


async def entry(client: Client, identity: str) -> dict[str, Any]:
    """The identity as the state shows it."""
    return next(each for each in (await client.state())["identities"] if each["id"] == identity)


async def edit(client: Client, **sections: Any) -> None:
    """Puts a state in place in which one entry of each section is changed: `organizations={id: {...}}`."""
    state = await client.state()
    for section, changes in sections.items():
        for each in state[section]:
            each.update(changes.get(each["id"], {}))
    answer = await client.send("PUT", "/_mock/worlds/default/state", state, token=None)
    assert answer.status == 204, answer.content


def no_uuid(method: str, profile: Profile) -> tuple[int, str, str]:
    """Status, error and rule of the answer to an id that is no UUID, by method of `/identities/{identityId}`."""
    if profile is Profile.CONTRACT:
        return 404, "NotFound", "identity.uuid"
    return {
        "GET": (500, "FindByOrgId", "identity.get.uuid"),
        "PATCH": (500, "Find one", "identity.update.uuid"),
        "DELETE": (500, "MembershipGetByIdentityId", "identity.uuid"),
    }[method]
