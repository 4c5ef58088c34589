"""The ordered checks of each operation about an identity: what each answers, and which of two wins (behaviour 9)."""

from itertools import combinations
from typing import Any

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import MEMBER, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import ABOUT, GOOD, ROBOT
from tests.infisical.universal_auth.scenes import ORDERS, Order, Scene, secret_of, target, world

TARGET = target("rich", True, False)
SECRET = secret_of(TARGET)

NOT_FOUND, BAD_REQUEST, DENIED = (404, "NotFound"), (400, "BadRequest"), (403, "PermissionDenied")
BEYOND = (403, "PermissionBoundaryError")
NOTHING = "update.nothing-to-write"

ANSWERS: dict[str, tuple[int, str] | dict[Profile, tuple[int, str]]] = {
    "identity.uuid": {Profile.CONTRACT: NOT_FOUND, Profile.LIVE: (500, "MembershipGetByIdentityId")},
    "identity.unknown": NOT_FOUND,
    "attach.attached": BAD_REQUEST,
    "universal-auth.update.not-attached": NOT_FOUND,
    "get.not-attached": NOT_FOUND,
    "revoke.not-attached": BAD_REQUEST,
    "method.not-attached": BAD_REQUEST,
    "identity.home": (403, "ForbiddenError"),
    "client-secret.unknown": NOT_FOUND,
    "update.ttl.stored-max": BAD_REQUEST,
    "caller.member": (403, "ForbiddenError"),
    "permission.edit-auth": DENIED,
    "permission.read": DENIED,
    "permission.edit": DENIED,
    "permission.create": DENIED,
    "permission.delete": DENIED,
    "boundary.edit-auth": BEYOND,
    "boundary.revoke-auth": BEYOND,
    "boundary.create-token": BEYOND,
    "boundary.get-token": BEYOND,
    "boundary.delete-token": BEYOND,
    "identity.instance-admin": (403, "ForbiddenError"),
    "trusted-ips.plan": BAD_REQUEST,
    "trusted-ips.valid": BAD_REQUEST,
    NOTHING: {Profile.LIVE: (500, "Update by id")},
    "universal-auth.attach.database": {Profile.LIVE: (500, "Create")},
    "universal-auth.update.database": {Profile.LIVE: (500, "Update by id")},
    "client-secret.database": {Profile.LIVE: (500, "Create")},
}
"""Status and `error` of each rule; by profile where they part."""

NEVER_TOGETHER = {
    ("update.ttl.stored-max", NOTHING),
    ("trusted-ips.plan", NOTHING),
    ("trusted-ips.valid", NOTHING),
    (NOTHING, "universal-auth.update.database"),
}
"""A body that says nothing says nothing wrong."""


def answer_of(rule: str, profile: Profile) -> tuple[int, str] | None:
    """What the rule answers; None where it does not hold."""
    answer = ANSWERS[rule]
    return answer.get(profile) if isinstance(answer, dict) else answer


def checks(order: Order, profile: Profile) -> list[tuple[str, Scene]]:
    return [(rule, scene) for rule, scene in order.checks if answer_of(rule, profile) is not None]


every_order = pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.operation)


SEPTEMBER = edition(Profile.LIVE, Generation.SEPTEMBER)


@pytest.fixture
async def stage(serve: Serve, profile: Profile) -> Client:
    """A server of either profile with the world of the scenes."""
    return await serve(profile=profile, fixtures_yaml=world(), as_of="2026-09")


@every_order
async def test_each_check_answers_and_changes_nothing(order: Order, stage: Client, profile: Profile):
    before = await stage.state()
    for rule, scene in checks(order, profile):
        answer = in_envelope(await order.ask(stage, scene))
        assert (answer.rule, (answer.status, answer.error)) == (rule, answer_of(rule, profile))
    assert await stage.state() == before


@every_order
async def test_of_two_that_both_refuse_the_first_wins(order: Order, stage: Client, profile: Profile):
    for (first, one), (second, other) in combinations(checks(order, profile), 2):
        if (first, second) in NEVER_TOGETHER:
            continue
        answer = await order.ask(stage, one | other)
        assert answer.rule == first, f"{first} before {second}"


@every_order
async def test_a_token_and_the_schema_go_before_every_check(order: Order, stage: Client, profile: Profile):
    for _, scene in checks(order, profile):
        if order.body is not None:
            assert (await order.ask(stage, scene | Scene(body={"ttl": "1", "accessTokenTTL": "1"}))).status == 422
        answer = await order.send(stage, scene.id or TARGET, scene.secret_id or SECRET, None, scene.body)
        assert (answer.status, answer.rule) == (401, "token.missing")


@every_order
def test_the_table_has_every_rule_behind_the_schema_in_its_order(order: Order):
    operation = next(each for each in OPERATIONS if each.id == order.operation)
    assert [rule for rule, _ in order.checks] == [
        each.id
        for each in operation.rules.rules
        if not each.gathers and SEPTEMBER in each.answers and not each.id.startswith("project.")
    ]


@every_order
async def test_a_request_that_nothing_stands_against_is_accepted(order: Order, stage: Client):
    answer = await order.ask(stage, Scene())
    assert (answer.status, answer.rule) == (200, "accepted")


@every_order
async def test_an_id_in_capitals_is_the_same_id(order: Order, stage: Client):
    found = target("rich", order.attached, False)
    answer = await order.send(stage, found.upper(), secret_of(found), "rich-admin", order.body)
    assert answer.status == 200, answer.content


@every_order
async def test_only_attach_trims_the_id(order: Order, server_of_scenes: Client):
    found = target("rich", order.attached, False)
    answer = await order.send(server_of_scenes, f"%20{found}%20", secret_of(found), "rich-admin", order.body)
    assert answer.rule == ("accepted" if order.operation == "attachUniversalAuth" else "identity.uuid")


@pytest.fixture
async def server_of_scenes(serve: Serve) -> Client:
    """A server of the default profile with the world of the scenes."""
    return await serve(fixtures_yaml=world())


async def test_an_identity_is_looked_for_in_the_organization_of_the_caller_only(server_of_scenes: Client):
    path = f"{ABOUT}{target('poor', True, False)}"
    assert (await server_of_scenes.get(path, token="rich-admin")).rule == "identity.unknown"
    assert (await server_of_scenes.get(path, token="poor-below-admin")).rule == "identity.home"


async def test_a_boundary_names_what_the_caller_lacks_of_the_targets_role(server_of_scenes: Client):
    answer = await server_of_scenes.send("DELETE", ABOUT + TARGET, token="rich-clerk")
    missing = answer.json["details"]["missingPermissions"]
    assert {"action": "grant-privileges", "subject": "identity"} in missing
    assert {"action": "attach-gateways", "subject": "gateway"} in missing
    assert {"action": "edit", "subject": "identity"} not in missing


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "/client-secrets", "create-token"),
        ("GET", "/client-secrets", "get-token"),
        ("GET", f"/client-secrets/{GOOD}", "get-token"),
        ("POST", f"/client-secrets/{GOOD}/revoke", "delete-token"),
        ("DELETE", "", "revoke-auth"),
    ],
)
async def test_in_the_new_privilege_system_the_boundary_is_the_action_itself(
    server: Client, method: str, path: str, action: str
):
    """A member may edit, create and delete identities, but has none of the actions about their tokens."""
    json: dict[str, Any] = {"json": {}} if path == "/client-secrets" and method == "POST" else {}
    answer = await server.send(method, ABOUT + ROBOT + path, token=MEMBER, **json)
    assert (answer.status, answer.rule) == (403, f"boundary.{action}")
    assert answer.json["details"] == {"missingPermissions": [{"action": action, "subject": "identity"}]}
