"""Fixtures of projects: what loads, what is refused, and the round trip through a dump."""

import json
from typing import Any

import pytest

from mockserver.errors import FixtureErrors
from mockserver.infisical.state import State
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text

ACME, BELOW = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
SHOP = "9a000000-0000-4000-8000-00000000000A"
LEAD = "1d000000-0000-4000-8000-000000000001"


def document(projects: Any, **identity: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "organizations": [
            {"id": ACME, "name": "Acme", "slug": "acme", **({} if projects is None else {"projects": projects})},
            {"id": BELOW, "name": "Below", "slug": "below", "parent": "acme"},
        ],
        "identities": [
            {"id": LEAD, "organization": "acme", "name": "lead", **identity},
            {"id": LEAD.replace("1", "2"), "organization": "below", "name": "elsewhere"},
        ],
    }


def read(value: dict[str, Any]) -> State:
    return load([Text("world.json", json.dumps(value))], 0)


def complaints(value: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(FixtureErrors) as caught:
        read(value)
    return [(error.path, error.reason) for error in caught.value.errors]


@pytest.mark.parametrize("name", ["lead", LEAD, LEAD.upper()])
def test_a_member_is_named_by_id_or_name(name: str):
    state = read(document([{"id": SHOP, "name": "Shop", "members": [{"identityId": name, "role": "viewer"}]}]))
    project = state.organizations[ACME].projects[SHOP.lower()]
    assert (project.name, dict(project.members)) == ("Shop", {LEAD: "viewer"})


def test_a_dump_reads_as_the_same_state():
    members = [{"identityId": "lead", "role": "admin"}]
    projects = [{"id": SHOP, "name": "Shop", "members": members}, {"id": SHOP.replace("9a", "9b"), "name": "Empty"}]
    state = read(document(projects, projectId=SHOP))
    assert state.identities[LEAD].project_id == SHOP.lower()
    again = read(dump(state))
    assert (again.organizations, again.identities) == (state.organizations, state.identities)
    assert dump(again) == dump(state)


def test_without_projects_a_dump_does_not_name_the_key_and_any_project_id_is_accepted():
    state = read(document(None, projectId=SHOP))
    assert "projects" not in dump(state)["organizations"][0]
    assert state.identities[LEAD].project_id == SHOP.lower()


@pytest.mark.parametrize(
    ("members", "path", "reason"),
    [
        ([{"identityId": "nobody", "role": "admin"}], "[0].identityId", "there is no such identity"),
        ([{"identityId": "elsewhere", "role": "admin"}], "[0].identityId", "is not a member of this organization"),
        ([{"identityId": "lead", "role": "admin"}] * 2, "[1].identityId", "is already a member of this project"),
        ([{"identityId": "lead", "role": "owner"}], "[0].role", "expected"),
        ([{"identityId": "lead"}], "[0]", "role"),
        ([{"identityId": "lead", "role": "admin", "more": 1}], "[0].more", "unknown key"),
    ],
)
def test_bad_members_are_reported_with_their_place(members: Any, path: str, reason: str):
    found = complaints(document([{"id": SHOP, "name": "Shop", "members": members}]))
    assert [where for where, _ in found] == [f"organizations[0].projects[0].members{path}"]
    assert reason in found[0][1]


def test_two_projects_have_two_ids():
    found = complaints(document([{"id": SHOP, "name": "Shop"}, {"id": SHOP.lower(), "name": "Other"}]))
    assert found == [("organizations[0].projects[1].id", "another project has the same id")]


def test_an_identity_names_a_project_that_the_organization_has():
    (found,) = complaints(document([{"id": SHOP, "name": "Shop"}], projectId=ACME))
    assert found == (
        "identities[0].projectId",
        f"the organization has no such project: use one of {SHOP.lower()} (Shop)",
    )


def test_sub_organizations_of_two_roots_may_share_a_slug():
    value = document(None)
    value["organizations"] += [
        {"id": ACME.replace("1", "5"), "name": "Other", "slug": "other"},
        {"id": ACME.replace("1", "6"), "name": "Other below", "slug": "below", "parent": "other"},
    ]
    value["identities"].pop()
    assert len(read(value).organizations) == 4
    value["organizations"][3]["parent"] = "acme"
    assert complaints(value) == [("organizations[3].slug", "another organization has the same slug")]


def test_a_slug_that_two_sub_organizations_have_is_no_reference():
    value = document(None)
    value["organizations"] += [
        {"id": ACME.replace("1", "5"), "name": "Other", "slug": "other"},
        {"id": ACME.replace("1", "6"), "name": "Other below", "slug": "below", "parent": "other"},
    ]
    assert complaints(value) == [("identities[1].organization", "ambiguous name: use the id of the organization")]
