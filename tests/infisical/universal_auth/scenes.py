"""A world in which each check of an operation can be made to refuse by itself, and two of them at once.

Two root organizations, one of them with an empty plan, each with a sub-organization that shares all identities. All
keep to the old privilege system, where the boundary is about the target's role and so apart from the permission.
"""

from itertools import product
from typing import Any, NamedTuple

import jwt
import yaml

from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import STRANGER, Answer, Client
from tests.infisical.universal_auth.robots import UNIVERSAL_AUTH

ORGANIZATIONS = ("rich", "poor")
CALLERS = ("admin", "clerk", "nobody")
"""A clerk holds what the operations ask for, but less than an admin, which is what all targets are."""


def _id(kind: str, *parts: int) -> str:
    return f"{kind}000000-0000-4000-8000-{int(''.join(map(str, parts))):012d}"


def organization(name: str, shared: bool) -> str:
    """The id of a root organization, or of its sub-organization."""
    return _id("0a", 1 + ORGANIZATIONS.index(name), int(shared))


def target(name: str, attached: bool, instance_admin: bool) -> str:
    """The id of an identity of that organization."""
    return _id("1d", 1 + ORGANIZATIONS.index(name), int(attached), int(instance_admin))


def secret_of(identity_id: str) -> str:
    """The id of its client secret."""
    return identity_id.replace("1d", "5c", 1)


def _organizations() -> list[dict[str, Any]]:
    held = ["read", "create", "edit", "delete", "edit-auth"]
    clerk = {"slug": "clerk", "name": "Clerk", "permissions": [{"subject": "identity", "actions": held}]}
    return [
        {
            "id": organization(name, shared),
            "name": f"{name}-{shared}",
            "slug": f"{name}-below" if shared else name,
            "plan": {"ipAllowlisting": name == "rich"},
            "shouldUseNewPrivilegeSystem": False,
            "roles": [clerk],
            **({"parent": name} if shared else {}),
        }
        for name, shared in product(ORGANIZATIONS, (False, True))
    ]


def _targets() -> list[dict[str, Any]]:
    return [
        {
            "id": (found := target(name, attached, instance_admin)),
            "organization": name,
            "name": "target",
            "role": "admin",
            "memberships": [{"organization": f"{name}-below", "role": "admin"}],
            "instanceAdmin": instance_admin,
            **(
                {
                    "universalAuth": {
                        "clientId": found.replace("1d", "c1", 1),
                        "accessTokenTTL": 3600,
                        "accessTokenMaxTTL": 7200,
                        "clientSecrets": [{"id": secret_of(found), "secret": "s"}],
                    }
                }
                if attached
                else {}
            ),
        }
        for name, attached, instance_admin in product(ORGANIZATIONS, (False, True), (False, True))
    ]


def _callers() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    identities, tokens = [], []
    places = list(product(ORGANIZATIONS, (False, True), CALLERS))
    for number, (name, shared, role) in enumerate(places):
        caller = _id("ca", number)
        home = f"{name}-below" if shared else name
        identities.append(
            {
                "id": caller,
                "organization": home,
                "name": f"{role} of {home}",
                "role": "no-access" if role == "nobody" else role,
            }
        )
        tokens.append({"token": f"{home}-{role}", "identity": caller})
    return identities, tokens


def world() -> str:
    """The world as fixtures."""
    callers, tokens = _callers()
    return yaml.safe_dump(
        {
            "version": 1,
            "organizations": _organizations(),
            "identities": [*_targets(), *callers],
            "accessTokens": tokens,
        }
    )


class Scene(NamedTuple):
    """What stands against a request, of all that a check can depend on; `|` puts two together.

    `caller` counts up: each lacks what the one before it lacks, and more. `other_way` is a target with Universal Auth
    where it may not have it, or without it where it must.
    """

    id: str | None = None
    caller: int = 0
    shared: bool = False
    other_way: bool = False
    instance_admin: bool = False
    poor: bool = False
    secret_id: str | None = None
    body: dict[str, Any] | None = None

    def __or__(self, other: "Scene") -> "Scene":
        return Scene(
            self.id or other.id,  # what is no UUID is unknown too
            max(self.caller, other.caller),
            *(one or two for one, two in zip(self[2:7], other[2:7], strict=True)),
            self.body if other.body is None else {**(self.body or {}), **other.body},
        )

    @property
    def organization(self) -> str:
        return ORGANIZATIONS[self.poor]

    @property
    def token(self) -> str:
        if self.caller < len(CALLERS):
            return f"{self.organization}{'-below' if self.shared else ''}-{CALLERS[self.caller]}"
        claims = {
            "authTokenType": "accessToken",
            "userId": "someone",
            "organizationId": organization(self.organization, self.shared),
        }
        return jwt.encode(claims, DEFAULT_TOKEN_SECRET)


class Order(NamedTuple):
    """The checks of one operation in their order, each with a scene in which it refuses.

    `path` has places for `{id}` and `{secret}`; `attached` says whether the target must have Universal Auth; `body` is
    a good body.
    """

    operation: str
    method: str
    path: str
    attached: bool
    body: dict[str, Any] | None
    checks: tuple[tuple[str, Scene], ...]

    async def ask(self, client: Client, scene: Scene) -> Answer:
        """The answer to the request in that scene."""
        found = target(scene.organization, self.attached != scene.other_way, scene.instance_admin)
        body = self.body if scene.body is None else scene.body
        return await self.send(client, scene.id or found, scene.secret_id or secret_of(found), scene.token, body)

    async def send(
        self, client: Client, identity_id: str, secret_id: str, token: str | None, body: dict[str, Any] | None
    ) -> Answer:
        """The answer to the request about that identity, and that client secret where it is about one."""
        path = UNIVERSAL_AUTH + self.path.format(id=identity_id, secret=secret_id)
        return await client.send(self.method, path, token=token, **({} if self.body is None else {"json": body}))


UUID, UNKNOWN = ("identity.uuid", Scene(id="robot")), ("identity.unknown", Scene(id=STRANGER))
HOME, MEMBER = ("identity.home", Scene(shared=True)), ("caller.member", Scene(caller=3))
INSTANCE_ADMIN = ("identity.instance-admin", Scene(instance_admin=True))
NO_SECRET = ("client-secret.unknown", Scene(secret_id="5c000000-0000-4000-8000-0000000000ff"))
NOWHERE = {"clientSecretTrustedIps": [{"ipAddress": "nowhere"}]}
PLAN = ("trusted-ips.plan", Scene(poor=True, body=NOWHERE))
INVALID = ("trusted-ips.valid", Scene(body=NOWHERE))
PAST = {"accessTokenNumUsesLimit": 2**63}


def otherwise(rule: str) -> tuple[str, Scene]:
    return rule, Scene(other_way=True)


def allowed(permission: str, boundary: str = "") -> tuple[tuple[str, Scene], ...]:
    """The checks of the caller: who, with which permission, within which boundary."""
    made = (MEMBER, (f"permission.{permission}", Scene(caller=2)))
    return (*made, (f"boundary.{boundary}", Scene(caller=1))) if boundary else made


ABOUT, SECRETS = "identities/{id}", "identities/{id}/client-secrets"
NOT_ATTACHED = otherwise("method.not-attached")

ORDERS = (
    Order(
        "attachUniversalAuth",
        "POST",
        ABOUT,
        False,
        {},
        (
            UUID,
            UNKNOWN,
            otherwise("attach.attached"),
            HOME,
            *allowed("edit-auth", "edit-auth"),
            INSTANCE_ADMIN,
            PLAN,
            INVALID,
            ("universal-auth.attach.database", Scene(body=PAST)),
        ),
    ),
    Order(
        "updateUniversalAuth",
        "PATCH",
        ABOUT,
        True,
        {"lockoutThreshold": 4},
        (
            UUID,
            UNKNOWN,
            otherwise("universal-auth.update.not-attached"),
            HOME,
            ("update.ttl.stored-max", Scene(body={"accessTokenTTL": 7201})),
            *allowed("edit-auth", "edit-auth"),
            INSTANCE_ADMIN,
            PLAN,
            INVALID,
            ("update.nothing-to-write", Scene(body={})),
            ("universal-auth.update.database", Scene(body=PAST)),
        ),
    ),
    Order(
        "getUniversalAuth",
        "GET",
        ABOUT,
        True,
        None,
        (UUID, UNKNOWN, otherwise("get.not-attached"), HOME, *allowed("read")),
    ),
    Order(
        "deleteUniversalAuth",
        "DELETE",
        ABOUT,
        True,
        None,
        (UUID, UNKNOWN, otherwise("revoke.not-attached"), HOME, *allowed("edit", "revoke-auth"), INSTANCE_ADMIN),
    ),
    Order(
        "createUniversalAuthClientSecret",
        "POST",
        SECRETS,
        True,
        {},
        (
            UUID,
            UNKNOWN,
            NOT_ATTACHED,
            HOME,
            *allowed("create", "create-token"),
            INSTANCE_ADMIN,
            ("client-secret.database", Scene(body={"ttl": 0.5})),
        ),
    ),
    Order(
        "listUniversalAuthClientSecrets",
        "GET",
        SECRETS,
        True,
        None,
        (UUID, UNKNOWN, NOT_ATTACHED, HOME, *allowed("read", "get-token")),
    ),
    Order(
        "getUniversalAuthClientSecret",
        "GET",
        f"{SECRETS}/{{secret}}",
        True,
        None,
        (UUID, UNKNOWN, NOT_ATTACHED, HOME, NO_SECRET, *allowed("read", "get-token")),
    ),
    Order(
        "revokeUniversalAuthClientSecret",
        "POST",
        f"{SECRETS}/{{secret}}/revoke",
        True,
        None,
        (UUID, UNKNOWN, NOT_ATTACHED, HOME, NO_SECRET, *allowed("delete", "delete-token"), INSTANCE_ADMIN),
    ),
    Order(
        "clearUniversalAuthLockouts",
        "POST",
        f"{ABOUT}/clear-lockouts",
        True,
        None,
        (UUID, UNKNOWN, NOT_ATTACHED, HOME, *allowed("edit"), INSTANCE_ADMIN),
    ),
)
