"""Organizations in fixtures: what their plans have unless it is said, and tokens whose identity has gone."""

import pytest

from mockserver.infisical.state import State
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text

ACME = "0a000000-0000-4000-8000-000000000001"


def loaded(plan: str, more: str = "") -> State:
    organization = f"{{ id: {ACME}, name: Acme, slug: acme, plan: {plan} }}"
    return load([Text("a.yaml", f"version: 1\norganizations: [{organization}]\n{more}")], 0)


@pytest.mark.parametrize(
    ("plan", "flags"),
    [
        ("{}", {"rbac"}),
        ("{ rbac: true }", {"rbac"}),
        ("{ rbac: false }", set()),
        ("{ rbac: false, gateway: true }", {"gateway"}),
    ],
)
def test_a_plan_has_roles_of_the_organizations_own_unless_it_is_said(plan: str, flags: set[str]):
    state = loaded(plan)
    assert state.organizations[ACME].plan == flags
    assert dump(state)["organizations"][0]["plan"]["rbac"] == ("rbac" in flags)


def test_a_token_whose_identity_is_gone_is_in_no_dump():
    identity = "1d000000-0000-4000-8000-000000000001"
    state = loaded(
        "{}",
        f"identities: [{{ id: {identity}, organization: acme, name: i }}]\naccessTokens: [{{ token: t, identity: i }}]",
    )
    assert len(dump(state)["accessTokens"]) == 1
    assert dump(state.without_identity(identity))["accessTokens"] == []
