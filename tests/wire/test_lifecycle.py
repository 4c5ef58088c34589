"""Both resources together, as a team has them: log in, apply, plan, change, import, destroy."""

import pytest

from tests.cli.commands import serving
from tests.client import IDENTITIES
from tests.wire.planning import Change
from tests.wire.provider import ApiError, universal
from tests.wire.robot import (
    ACME,
    AUTH,
    CLIENT_ID,
    HCL,
    HOST,
    LOGGED_IN,
    MADE,
    ROBOT,
    SECRET,
    UA_LOGIN,
    changed,
    reads,
    robot,
)
from tests.wire.terraform import Terraform

# The order of calls


async def test_apply_logs_in_creates_the_identity_and_attaches(team: Terraform):
    await team.apply(HCL)
    assert team.sent == [
        LOGGED_IN,
        (
            "POST",
            MADE,
            {
                "name": "robot",
                "organizationId": ACME,
                "role": "member",
                "hasDeleteProtection": False,
                "metadata": [{"key": "team", "value": "payments"}],
            },
            200,
        ),
        (
            "POST",
            IDENTITIES + robot(team),
            {
                "identityId": robot(team),
                "kubernetesHost": HOST,
                "allowedNamespaces": "payments",
                "allowedNames": "api",
                "allowedAudience": "",
                "tokenReviewMode": "api",
                "gatewayId": None,
                "accessTokenTTL": 3600,
                "accessTokenMaxTTL": 7200,
            },
            200,
        ),
    ]
    assert team.state[AUTH]["identity_id"] == robot(team)


async def test_plan_logs_in_and_reads_both(team: Terraform):
    await team.apply(HCL)
    assert await team.plan(HCL) == {}
    assert team.sent == [LOGGED_IN, *reads(robot(team))]


async def test_plan_of_nothing_yet_shows_two_creates_and_only_logs_in(team: Terraform):
    assert await team.plan(HCL) == {ROBOT: Change("create"), AUTH: Change("create")}
    assert team.sent == [LOGGED_IN]


async def test_change_of_both_patches_both(team: Terraform):
    await team.apply(HCL)
    both = {ROBOT: changed(ROBOT, name="android")[ROBOT], AUTH: changed(AUTH, allowed_audience="vault")[AUTH]}
    await team.apply(both)
    robot_id = robot(team)
    assert [line[:2] for line in team.sent] == [
        ("POST", UA_LOGIN),
        ("GET", f"{MADE}/{robot_id}"),
        ("GET", IDENTITIES + robot_id),
        ("PATCH", f"{MADE}/{robot_id}"),
        ("PATCH", IDENTITIES + robot_id),
    ]
    assert await team.plan(both) == {}


async def test_destroy_reads_both_revokes_and_deletes(team: Terraform):
    await team.apply(HCL)
    robot_id = robot(team)
    await team.destroy()
    assert team.sent == [
        LOGGED_IN,
        *reads(robot_id),
        ("DELETE", IDENTITIES + robot_id, {"identityId": robot_id}, 200),
        ("DELETE", f"{MADE}/{robot_id}", {"identityId": robot_id}, 200),
    ]
    assert team.state == {}


async def test_removing_one_from_the_configuration_deletes_it(team: Terraform):
    await team.apply(HCL)
    robot_id = robot(team)
    only = {ROBOT: HCL[ROBOT]}
    assert await team.plan(only) == {AUTH: Change("delete")}
    await team.apply(only)
    assert team.sent[-1] == ("DELETE", IDENTITIES + robot_id, {"identityId": robot_id}, 200)
    assert await team.plan(only) == {}
    assert team.state[ROBOT]["auth_modes"] is None


async def test_import_of_both(team: Terraform, terraform_as):
    await team.apply(HCL)
    robot_id, other = robot(team), terraform_as(universal(CLIENT_ID, SECRET))
    await other.import_(ROBOT, robot_id)
    assert other.sent == [LOGGED_IN, *[("GET", f"{MADE}/{robot_id}", None, 200)] * 2]
    await other.import_(AUTH, robot_id)
    assert other.sent == [LOGGED_IN, ("GET", IDENTITIES + robot_id, None, 200)]
    assert await other.plan(HCL) == {AUTH: Change("update", frozenset({"kubernetes_host"}))}


async def test_an_identity_deleted_elsewhere_takes_both_along(team: Terraform, elsewhere):
    await team.apply(HCL)
    robot_id = robot(team)
    await elsewhere("DELETE", f"{MADE}/{robot_id}")
    assert await team.plan(HCL) == {ROBOT: Change("create"), AUTH: Change("create")}
    assert [(line[1], line[3]) for line in team.sent[1:]] == [(f"{MADE}/{robot_id}", 404), (IDENTITIES + robot_id, 404)]
    await team.apply(HCL)
    assert robot(team) != robot_id


async def test_protection_fails_the_destroy_after_the_auth_is_gone(team: Terraform):
    await team.apply(changed(ROBOT, has_delete_protection=True))
    with pytest.raises(ApiError):
        await team.destroy()
    assert [(line[0], line[3]) for line in team.sent[-2:]] == [("DELETE", 200), ("DELETE", 400)]
    assert list(team.state) == [ROBOT]


async def test_a_whole_life_against_the_command():
    with serving("--profile", "live") as running:
        team = Terraform(f"http://127.0.0.1:{running.port}", universal(CLIENT_ID, SECRET))
        await team.apply(HCL)
        assert await team.plan(HCL) == {}
        await team.apply(changed(AUTH, allowed_audience="vault"))
        await team.destroy()
        assert [(line[0], line[3]) for line in team.sent] == [
            ("POST", 200),
            ("GET", 200),
            ("GET", 200),
            ("DELETE", 200),
            ("DELETE", 200),
        ]


# auth_modes


async def test_auth_modes_are_null_and_after_a_refresh_kubernetes_auth(team: Terraform):
    await team.apply(HCL)
    assert team.state[ROBOT]["auth_modes"] is None
    assert await team.plan(HCL) == {}
    assert team.state[ROBOT]["auth_modes"] == ("kubernetes-auth",)


async def test_auth_modes_are_null_again_after_an_update(team: Terraform):
    await team.apply(HCL)
    await team.apply(changed(ROBOT, name="android"))
    assert team.state[ROBOT]["auth_modes"] is None
    assert await team.plan(changed(ROBOT, name="android")) == {}
    assert team.state[ROBOT]["auth_modes"] == ("kubernetes-auth",)
