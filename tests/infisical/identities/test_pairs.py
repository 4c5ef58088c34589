"""Two things against one request, over HTTP: for every pair of checks of an operation the first one answers."""

import json
from itertools import combinations, product
from typing import Any, NamedTuple

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import user
from tests.infisical.identities.world import IDENTITIES, NOT_A_MEMBER, OTHER_ORGANIZATION, path

PLACES = tuple(f"{plan}{full}" for plan, full in product(("rich", "poor"), ("", "-full")))
"""Organizations with and without roles of their own in the plan, and with all identities used up or not."""

KINDS = ("instance", "project", "protected")
CALLERS = ("admin", "member", "no-access", "user")
"""Each lacks what the one before it lacks, and more: nothing, the boundary, all permissions, the membership."""


def organization(place: str) -> str:
    return f"0a000000-0000-4000-8000-{(*PLACES, 'elsewhere').index(place):012x}"


def target(place: str, kinds: frozenset[str]) -> str:
    number = sum(2**bit for bit, kind in enumerate(KINDS) if kind in kinds)
    return f"1d000000-0000-4000-800{(*PLACES, 'elsewhere').index(place)}-{number:012x}"


def world() -> str:
    organizations: list[dict[str, Any]] = []
    identities: list[dict[str, Any]] = []
    tokens = []
    for place in (*PLACES, "elsewhere"):
        plan = {"rbac": "rich" in place, "identityLimit": 1 if "full" in place else None}
        organizations.append(
            {
                "id": organization(place),
                "name": place,
                "slug": place,
                "plan": plan,
                "roles": [{"slug": "own", "name": "Own", "permissions": []}],
            }
        )
        for bits in product((False, True), repeat=len(KINDS)):
            kinds = frozenset(kind for kind, is_one in zip(KINDS, bits, strict=True) if is_one)
            identity = {"id": target(place, kinds), "organization": place, "name": "target"}
            project = {"projectId": "9a000000-0000-4000-8000-000000000001"} if "project" in kinds else {}
            flags = {"instanceAdmin": "instance" in kinds, "hasDeleteProtection": "protected" in kinds}
            identities.append({**identity, **flags, **project})
        for number, role in enumerate(CALLERS[:3]):
            who = f"1c000000-0000-4000-800{(*PLACES, 'elsewhere').index(place)}-{number:012x}"
            identities.append({"id": who, "organization": place, "name": role, "role": role})
            tokens.append({"token": f"{place}-{role}", "identity": who})
    every = {"organizations": organizations, "identities": identities, "accessTokens": tokens}
    return json.dumps({"version": 1, **every})


WORLD = world()


class Scene(NamedTuple):
    """What stands against a request. `|` puts two together; of two roles the first one is sent."""

    kinds: frozenset[str] = frozenset()
    caller: int = 0
    role: str | None = None
    elsewhere: bool = False
    poor: bool = False
    full: bool = False
    refused_by_database: bool = False

    def __or__(self, other: Any) -> "Scene":
        return Scene(
            self.kinds | other.kinds,
            max(self.caller, other.caller),
            self.role or other.role,
            self.elsewhere or other.elsewhere,
            self.poor or other.poor,
            self.full or other.full,
            self.refused_by_database or other.refused_by_database,
        )

    @property
    def place(self) -> str:
        """Where the caller is."""
        return f"{'poor' if self.poor else 'rich'}{'-full' if self.full else ''}"

    @property
    def about(self) -> str:
        """Where what it asks for is."""
        return "elsewhere" if self.elsewhere else self.place

    @property
    def token(self) -> str:
        role = CALLERS[self.caller]
        return user(organizationId=organization(self.place)) if role == "user" else f"{self.place}-{role}"

    @property
    def body(self) -> dict[str, Any]:
        """Of a create or an update."""
        sent = {} if self.role is None else {"role": self.role}
        return {"name": "a" * 256 if self.refused_by_database else "n", **sent}


class Check(NamedTuple):
    """One row of an operation's list."""

    rule: str
    scene: Scene
    status: int
    error: str


OTHER = Check("caller.organization", Scene(elsewhere=True), 403, OTHER_ORGANIZATION)
SUPER = Check("identity.instance-admin", Scene(frozenset({"instance"})), 403, "ForbiddenError")
UNKNOWN = Check("identity.unknown", Scene(elsewhere=True), 404, "NotFound")
MEMBER = Check("caller.member", Scene(caller=3), 403, NOT_A_MEMBER)
PROJECT = Scene(frozenset({"project"}))
ROLES = (
    Check("role.known", Scene(role="nobody"), 404, "NotFound"),
    Check("role.plan", Scene(role="own", poor=True), 400, "BadRequest"),
    Check("boundary.grant-privileges", Scene(role="own", caller=1), 403, "PermissionBoundaryError"),
)
ODD = Scene(refused_by_database=True)


def permission(action: str, caller: int = 2) -> Check:
    return Check(f"permission.{action}", Scene(caller=caller), 403, "PermissionDenied")


LISTS: dict[str, tuple[Check, ...]] = {
    "createMachineIdentity": (
        OTHER,
        MEMBER,
        permission("create"),
        *ROLES,
        Check("identity.limit", Scene(full=True), 400, "BadRequest"),
        Check("identity.create.database", ODD, 500, "Create"),
    ),
    "updateMachineIdentity": (
        SUPER,
        UNKNOWN,
        MEMBER,
        permission("edit"),
        *ROLES,
        Check("identity.project", PROJECT, 400, "BadRequest"),
        Check("identity.update.database", ODD, 500, "Update by id"),
    ),
    "getMachineIdentityById": (
        UNKNOWN,
        Check("identity.project-hidden", PROJECT, 404, "NotFound"),
        MEMBER,
        permission("read"),
    ),
    "deleteMachineIdentity": (
        SUPER,
        UNKNOWN,
        MEMBER,
        permission("delete"),
        Check("identity.project", PROJECT, 400, "BadRequest"),
        Check("identity.delete-protection", Scene(frozenset({"protected"})), 400, "BadRequest"),
    ),
    "listMachineIdentities": (OTHER, MEMBER, permission("read")),
    "searchMachineIdentities": (
        MEMBER,
        permission("read"),
        Check("identity.search.database", ODD, 500, "FindByOrgId"),
    ),
    "listGateways": (MEMBER, permission("list-gateways")),
    "listSubOrganizations": (MEMBER,),
}
APART = {("role.known", "role.plan")}
"""A role is unknown or one of the organization's own."""


async def ask(client: Client, operation: str, scene: Scene) -> Answer:
    identity = target(scene.about, scene.kinds)
    match operation:
        case "createMachineIdentity":
            body = {**scene.body, "organizationId": organization(scene.about)}
            return await client.send("POST", IDENTITIES, body, token=scene.token)
        case "updateMachineIdentity":
            return await client.send("PATCH", path(identity), scene.body, token=scene.token)
        case "getMachineIdentityById":
            return await client.send("GET", path(identity), token=scene.token)
        case "deleteMachineIdentity":
            return await client.send("DELETE", path(identity), token=scene.token)
        case "listMachineIdentities":
            return await client.send("GET", f"{IDENTITIES}?orgId={organization(scene.about)}", token=scene.token)
        case "searchMachineIdentities":
            page = {"limit": -1 if scene.refused_by_database else 1}
            return await client.send("POST", f"{IDENTITIES}/search", page, token=scene.token)
        case "listGateways":
            return await client.send("GET", "/api/v2/gateways", token=scene.token)
    return await client.send("GET", "/api/v1/sub-organizations", token=scene.token)


def of_profile(check: Check, profile: Profile) -> bool:
    """Whether the check can refuse there: what the database would refuse is a 422 in `contract`, before all others."""
    return profile is Profile.LIVE or not check.scene.refused_by_database


NO_UUID = ("identity.uuid", "identity.get.uuid", "identity.update.uuid")
AUGUST = edition(Profile.LIVE, Generation.AUGUST)


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile, fixtures_yaml=WORLD, as_of="2026-08")


@pytest.mark.parametrize("operation", LISTS)
def test_the_lists_have_every_check_behind_the_schema(operation: str):
    rules = next(each.rules.rules for each in OPERATIONS if each.id == operation)
    elsewhere = {*NO_UUID, "role.database"}  # an id or a slug of its own: see test_get.py and test_bad_input.py
    behind = [rule.id for rule in rules if not rule.gathers and AUGUST in rule.answers and rule.id not in elsewhere]
    assert behind == [check.rule for check in LISTS[operation]]


@pytest.mark.parametrize("operation", LISTS)
async def test_nothing_stands_against_an_empty_scene(client: Client, operation: str):
    assert (await ask(client, operation, Scene())).rule == "accepted"


@pytest.mark.parametrize("operation", LISTS)
async def test_the_first_of_two_answers_and_nothing_changes(client: Client, profile: Profile, operation: str):
    checks = [each for each in LISTS[operation] if of_profile(each, profile)]
    before = await client.state()
    for first, second in [*zip(checks, checks, strict=True), *combinations(checks, 2)]:
        if (first.rule, second.rule) in APART:
            continue
        answer = in_envelope(await ask(client, operation, first.scene | second.scene))
        expected = (first.status, first.error, first.rule)
        assert (answer.status, answer.error, answer.rule) == expected, f"{first.rule}, then {second.rule}"
    assert await client.state() == before


@pytest.mark.parametrize("operation", ["createMachineIdentity", "updateMachineIdentity", "searchMachineIdentities"])
async def test_in_contract_the_database_is_asked_before_everything(serve: Serve, operation: str):
    client = await serve(fixtures_yaml=WORLD)
    rule = "identity.search.page" if operation == "searchMachineIdentities" else "identity.column.length"
    for check in LISTS[operation]:
        answer = in_envelope(await ask(client, operation, ODD | check.scene))
        assert (answer.status, answer.rule) == (422, rule), check.rule
