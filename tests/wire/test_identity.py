"""`infisical_identity`: each command's requests, one attribute after the other, and the traps."""

import pytest

from tests.client import STRANGER, Client
from tests.wire import spoiled
from tests.wire.go import DecodeError
from tests.wire.identity import HCL, HOBBY, IDENTITY, LEAST, METADATA_SENT, TEAM, TIER, patched, path, read, stored
from tests.wire.planning import Change, InconsistentResult
from tests.wire.provider import ApiError, NotFound
from tests.wire.robot import ACME, MADE
from tests.wire.terraform import Terraform

# Create, plan, import, destroy


async def test_create_sends_everything_that_is_set(terraform: Terraform):
    await terraform.apply({IDENTITY: HCL})
    sent = {"name": "robot", "organizationId": ACME, "role": "member", "hasDeleteProtection": False}
    assert terraform.sent == [("POST", MADE, {**sent, "metadata": METADATA_SENT}, 200)]
    assert terraform.state[IDENTITY] == {**HCL, "id": terraform.state[IDENTITY]["id"], "auth_modes": None}


async def test_create_leaves_metadata_out_if_there_is_none_and_always_sends_the_protection(terraform: Terraform):
    await terraform.apply({IDENTITY: LEAST})
    sent = {"name": "robot", "organizationId": ACME, "role": "no-access", "hasDeleteProtection": False}
    assert terraform.sent == [("POST", MADE, sent, 200)]
    state = terraform.state[IDENTITY]
    assert (state["metadata"], state["has_delete_protection"], state["auth_modes"]) == (None, False, None)


@pytest.mark.parametrize("config", [HCL, LEAST], ids=["everything", "least"])
async def test_a_plan_after_an_apply_has_no_changes(terraform: Terraform, config):
    await terraform.apply({IDENTITY: config})
    applied = dict(terraform.state)
    assert await terraform.plan({IDENTITY: config}) == {}
    assert terraform.sent == [read(terraform)]
    assert terraform.state == applied


async def test_destroy_reads_and_deletes(terraform: Terraform, live: Client):
    await terraform.apply({IDENTITY: HCL})
    line, made = read(terraform), terraform.state[IDENTITY]["id"]
    await terraform.destroy()
    assert terraform.sent == [line, ("DELETE", f"{MADE}/{made}", {"identityId": made}, 200)]
    assert terraform.exchanges[-1].headers["Content-Type"] == "application/json"
    assert terraform.state == {}
    assert (await live.send("GET", f"{MADE}/{made}")).status == 404


async def test_import_reads_twice_and_the_plan_has_no_changes(terraform: Terraform, terraform_as):
    await terraform.apply({IDENTITY: HCL})
    other = terraform_as()
    await other.import_(IDENTITY, terraform.state[IDENTITY]["id"])
    assert other.sent == [read(terraform)] * 2
    assert other.state == terraform.state
    assert await other.plan({IDENTITY: HCL}) == {}


async def test_import_without_metadata_shows_an_update_of_none(terraform: Terraform, terraform_as):
    await terraform.apply({IDENTITY: LEAST})
    other = terraform_as()
    await other.import_(IDENTITY, terraform.state[IDENTITY]["id"])
    assert other.state[IDENTITY]["metadata"] == frozenset()
    assert await other.plan({IDENTITY: LEAST}) == {IDENTITY: Change("update", frozenset({"metadata"}))}
    await other.apply({IDENTITY: LEAST})
    assert other.sent == [read(other), patched(other, role="no-access", metadata=[])]
    assert await other.plan({IDENTITY: LEAST}) == {}


async def test_import_of_what_does_not_exist_fails(terraform: Terraform):
    with pytest.raises(NotFound) as raised:
        await terraform.import_(IDENTITY, STRANGER)
    assert raised.value.req_id.startswith("req-")
    assert terraform.sent == [("GET", f"{MADE}/{STRANGER}", None, 404)]


# One attribute after the other

CHANGES = [
    ("name", "android", {"name": "android"}),
    ("role", "admin", {"role": "admin"}),
    ("role", "no-access", {"role": "no-access"}),
    ("role", "auditor", {"role": "auditor"}),
    ("has_delete_protection", True, {"hasDeleteProtection": True}),
    ("metadata", frozenset({TEAM}), {"metadata": [{"key": "team", "value": "payments"}]}),
    ("metadata", frozenset({TIER}), {"metadata": [{"key": "tier", "value": "1"}]}),
    ("metadata", frozenset({("team", "web")}), {"metadata": [{"key": "team", "value": "web"}]}),
    ("metadata", frozenset(), {"metadata": []}),
    ("metadata", None, {"metadata": []}),
]


@pytest.mark.parametrize(("name", "value", "differs"), CHANGES, ids=[f"{name}={value}" for name, value, _ in CHANGES])
async def test_change_of_one_attribute(terraform: Terraform, name, value, differs):
    await terraform.apply({IDENTITY: HCL})
    before, config = dict(terraform.state[IDENTITY]), {IDENTITY: {**HCL, name: value}}
    assert await terraform.plan(config) == {IDENTITY: Change("update", frozenset({name}))}
    await terraform.apply(config)
    assert terraform.sent == [read(terraform), patched(terraform, **differs)]
    assert terraform.state[IDENTITY] == {**before, name: value}
    assert await terraform.plan(config) == {}


async def test_change_of_the_organization_replaces(terraform: Terraform):
    await terraform.apply({IDENTITY: HCL})
    first = path(terraform)
    config = {IDENTITY: {**HCL, "org_id": HOBBY}}
    assert await terraform.plan(config) == {IDENTITY: Change("replace", frozenset({"org_id"}))}
    with pytest.raises(ApiError) as raised:
        await terraform.apply(config)
    assert [(line[0], line[1], line[3]) for line in terraform.sent] == [
        ("GET", first, 200),
        ("DELETE", first, 200),
        ("POST", MADE, 403),
    ]
    assert raised.value.status == 403
    assert terraform.state == {}


async def test_protection_left_out_later_stays_on(terraform: Terraform):
    await terraform.apply({IDENTITY: {**LEAST, "has_delete_protection": True}})
    assert await terraform.plan({IDENTITY: LEAST}) == {}
    await terraform.apply({IDENTITY: {**LEAST, "name": "android"}})
    assert terraform.sent[-1][2]["hasDeleteProtection"] is True
    assert terraform.state[IDENTITY]["has_delete_protection"] is True


# The traps


async def test_metadata_empty_clears(terraform: Terraform, live: Client):
    await terraform.apply({IDENTITY: HCL})
    assert len((await stored(live, terraform))["metadata"]) == 2
    await terraform.apply({IDENTITY: {**HCL, "metadata": None}})
    assert terraform.sent[-1][2]["metadata"] == []
    assert (await stored(live, terraform))["metadata"] == []


async def test_slug_of_a_custom_role_wins_over_the_role(terraform: Terraform, live: Client):
    await terraform.apply({IDENTITY: {**HCL, "role": "auditor"}})
    found = await stored(live, terraform)
    assert (found["role"], found["customRole"]["slug"]) == ("custom", "auditor")
    assert await terraform.plan({IDENTITY: {**HCL, "role": "auditor"}}) == {}
    assert terraform.state[IDENTITY]["role"] == "auditor"


async def test_built_in_role_has_no_custom_role(terraform: Terraform, live: Client):
    await terraform.apply({IDENTITY: HCL})
    found = await stored(live, terraform)
    assert found["role"] == "member"
    assert found.get("customRole") is None


async def test_delete_protection_makes_destroy_fail(terraform: Terraform, live: Client):
    await terraform.apply({IDENTITY: {**HCL, "has_delete_protection": True}})
    with pytest.raises(ApiError) as raised:
        await terraform.destroy()
    assert [(line[0], line[3]) for line in terraform.sent] == [("GET", 200), ("DELETE", 400)]
    assert raised.value.message == terraform.exchanges[-1].answer.json["message"]
    assert (await stored(live, terraform))["identity"]["hasDeleteProtection"] is True


async def test_protection_is_turned_off_again_as_the_name_is_sent_with_it(terraform: Terraform):
    await terraform.apply({IDENTITY: {**HCL, "has_delete_protection": True}})
    await terraform.apply({IDENTITY: HCL})
    assert terraform.sent[-1] == patched(terraform)
    assert terraform.state[IDENTITY]["has_delete_protection"] is False
    await terraform.destroy()
    assert terraform.state == {}


async def test_an_update_is_answered_without_auth_methods(terraform: Terraform):
    await terraform.apply({IDENTITY: HCL})
    await terraform.apply({IDENTITY: {**HCL, "name": "android"}})
    assert "authMethods" not in terraform.exchanges[-1].answer.json["identity"]


async def test_unknown_keys_are_tolerated_and_counted(terraform: Terraform):
    await terraform.apply({IDENTITY: HCL})
    created = terraform.exchanges
    await terraform.apply({IDENTITY: {**HCL, "name": "android"}})
    updated = terraform.exchanges
    await terraform.destroy()
    exchanges = [*created, *updated, *terraform.exchanges]
    assert [(each.method, each.breaches) for each in exchanges] == [
        ("POST", 0),
        ("GET", 0),
        ("PATCH", 1),
        ("GET", 0),
        ("DELETE", 0),
    ]


@pytest.mark.parametrize("method", ["POST", "GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["createdAt", "updatedAt"])
async def test_times_that_go_cannot_read_would_fail(terraform_as, method, name):
    terraform = terraform_as(spoil=spoiled.json_of(method, lambda value: value["identity"].update({name: 1700000000})))
    with pytest.raises(DecodeError):
        await whole_life(terraform)


async def test_a_whole_life_has_nothing_that_go_cannot_read(terraform: Terraform):
    await whole_life(terraform)
    assert terraform.state == {}


async def whole_life(terraform: Terraform):
    await terraform.apply({IDENTITY: HCL})
    await terraform.apply({IDENTITY: {**HCL, "name": "android"}})
    await terraform.destroy()


async def test_another_protection_than_the_planned_would_be_inconsistent(terraform_as):
    spoil = spoiled.json_of("POST", lambda value: value["identity"].pop("hasDeleteProtection"))
    with pytest.raises(InconsistentResult) as raised:
        await terraform_as(spoil=spoil).apply({IDENTITY: {**HCL, "has_delete_protection": True}})
    assert raised.value.attribute == "has_delete_protection"
