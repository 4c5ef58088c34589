"""`infisical_identity_kubernetes_auth`: the requests of each command, and of one changed attribute after the other."""

import pytest

from tests.client import BARE, GATEWAY, IDENTITIES, Client
from tests.wire.kubernetes_auth import (
    AUTH,
    BY_GATEWAY,
    CA,
    HCL,
    HOST,
    LEAST,
    LEAST_PATCHED,
    LEAST_SENT,
    PATH,
    READ,
    SENT,
    UPDATED,
    stored,
    without,
)
from tests.wire.planning import Change
from tests.wire.terraform import Terraform

ACME = "0a000000-0000-4000-8000-000000000001"

# Create, plan, import, destroy


async def test_create_sends_everything_that_is_set(terraform: Terraform):
    await terraform.apply({AUTH: HCL})
    assert terraform.sent == [("POST", PATH, SENT, 200)]
    state = terraform.state[AUTH]
    assert {name: state[name] for name in HCL} == HCL
    assert (state["token_reviewer_mode"], state["gateway_id"]) == ("api", None)
    assert state["id"]


async def test_create_leaves_out_what_is_not_set(terraform: Terraform):
    await terraform.apply({AUTH: LEAST})
    assert terraform.sent == [("POST", PATH, LEAST_SENT, 200)]
    assert without("id", terraform.state[AUTH]) == {
        "identity_id": BARE,
        "kubernetes_host": HOST,
        "kubernetes_ca_certificate": "",
        "token_reviewer_jwt": None,
        "token_reviewer_mode": "api",
        "gateway_id": None,
        "allowed_service_account_names": ("",),
        "allowed_namespaces": ("",),
        "allowed_audience": "",
        "access_token_ttl": 2592000,
        "access_token_max_ttl": 2592000,
        "access_token_num_uses_limit": 0,
        "access_token_trusted_ips": ("0.0.0.0/0", "::/0"),
    }


@pytest.mark.parametrize("config", [HCL, LEAST, BY_GATEWAY], ids=["everything", "least", "gateway"])
async def test_a_plan_after_an_apply_has_no_changes(terraform: Terraform, config):
    await terraform.apply({AUTH: config})
    applied = dict(terraform.state)
    assert await terraform.plan({AUTH: config}) == {}
    assert terraform.sent == [READ]
    assert terraform.state == applied


async def test_a_second_apply_only_reads(terraform: Terraform):
    await terraform.apply({AUTH: HCL})
    await terraform.apply({AUTH: HCL})
    assert terraform.sent == [READ]


async def test_destroy_reads_and_deletes(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: HCL})
    await terraform.destroy()
    assert terraform.sent == [READ, ("DELETE", PATH, {"identityId": BARE}, 200)]
    assert terraform.state == {}
    assert (await live.send("GET", PATH)).status == 404


async def test_a_created_again_one_has_another_id(terraform: Terraform):
    await terraform.apply({AUTH: LEAST})
    first = terraform.state[AUTH]["id"]
    await terraform.destroy()
    await terraform.apply({AUTH: LEAST})
    assert terraform.state[AUTH]["id"] != first


async def test_import_then_plan_shows_a_host_update(terraform: Terraform, terraform_as):
    await terraform.apply({AUTH: HCL})
    other = terraform_as()
    await other.import_(AUTH, BARE)
    assert other.sent == [READ]
    assert other.state[AUTH] == {
        **terraform.state[AUTH],
        "id": None,
        "kubernetes_host": None,
        "token_reviewer_jwt": None,
        "kubernetes_ca_certificate": CA,
    }
    imported = {AUTH: without("token_reviewer_jwt", HCL) | {"kubernetes_ca_certificate": CA}}
    assert await other.plan(imported) == {AUTH: Change("update", frozenset({"kubernetes_host"}))}
    await other.apply(imported)
    assert other.sent == [READ, (*UPDATED, {**SENT, "caCert": CA, "tokenReviewerJwt": None}, 200)]
    assert await other.plan(imported) == {}


async def test_import_of_what_is_not_attached_fails(terraform: Terraform):
    with pytest.raises(AssertionError, match="non-existent"):
        await terraform.import_(AUTH, BARE)
    assert terraform.sent == [("GET", PATH, None, 404)]


# One attribute after the other

CHANGES = [
    ("kubernetes_host", "https://other.k8s.example", {"kubernetesHost": "https://other.k8s.example"}),
    ("kubernetes_ca_certificate", "another CA", {"caCert": "another CA"}),
    ("token_reviewer_jwt", "another-reviewer", {"tokenReviewerJwt": "another-reviewer"}),
    ("token_reviewer_jwt", None, {"tokenReviewerJwt": None}),
    ("allowed_service_account_names", ("worker-*", "api"), {"allowedNames": "worker-*,api"}),
    ("allowed_namespaces", ("checkout",), {"allowedNamespaces": "checkout"}),
    ("allowed_audience", "vault", {"allowedAudience": "vault"}),
    ("allowed_audience", "", {"allowedAudience": ""}),
    ("access_token_ttl", 7200, {"accessTokenTTL": 7200}),
    ("access_token_max_ttl", 3600, {"accessTokenMaxTTL": 3600}),
    ("access_token_num_uses_limit", 3, {"accessTokenNumUsesLimit": 3}),
    ("access_token_trusted_ips", ("192.0.2.0/24",), {"accessTokenTrustedIps": [{"ipAddress": "192.0.2.0/24"}]}),
    ("gateway_id", GATEWAY, {"gatewayId": GATEWAY}),
]


@pytest.mark.parametrize(("name", "value", "differs"), CHANGES, ids=[f"{name}={value}" for name, value, _ in CHANGES])
async def test_change_of_one_attribute(terraform: Terraform, live: Client, name, value, differs):
    await terraform.apply({AUTH: HCL})
    before, config = dict(terraform.state[AUTH]), {AUTH: {**HCL, name: value}}
    assert await terraform.plan(config) == {AUTH: Change("update", frozenset({name}))}
    await terraform.apply(config)
    assert terraform.sent == [READ, (*UPDATED, {**SENT, **differs}, 200)]
    assert terraform.state[AUTH] == {**before, name: value}
    record = await stored(live)
    for key, sent in differs.items():
        if key != "accessTokenTrustedIps":
            assert record[key] == ("" if sent is None and key == "tokenReviewerJwt" else sent)
    assert await terraform.plan(config) == {}


async def test_change_to_the_mode_gateway(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: LEAST})
    await terraform.apply({AUTH: BY_GATEWAY})
    sent = {**LEAST_PATCHED, "kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": GATEWAY}
    assert terraform.sent == [READ, (*UPDATED, sent, 200)]
    assert (await stored(live))["kubernetesHost"] is None
    assert await terraform.plan({AUTH: BY_GATEWAY}) == {}


async def test_change_of_the_identity_replaces(terraform: Terraform, elsewhere):
    other = (await elsewhere("POST", "/api/v1/identities", {"name": "other", "organizationId": ACME}))["identity"]["id"]
    await terraform.apply({AUTH: LEAST})
    config = {AUTH: {**LEAST, "identity_id": other}}
    assert await terraform.plan(config) == {AUTH: Change("replace", frozenset({"identity_id"}))}
    await terraform.apply(config)
    assert [line[:2] for line in terraform.sent] == [("GET", PATH), ("DELETE", PATH), ("POST", IDENTITIES + other)]


async def test_an_attribute_left_out_later_stays_without_a_change(terraform: Terraform):
    await terraform.apply({AUTH: HCL})
    names = [name for name in HCL if name not in ("identity_id", "kubernetes_host", "token_reviewer_jwt")]
    for name in names:
        assert await terraform.plan({AUTH: without(name, HCL)}) == {}


async def test_what_is_left_out_is_unknown_in_an_update_so_numbers_stay_and_texts_go(
    terraform: Terraform, live: Client
):
    await terraform.apply({AUTH: HCL})
    await terraform.apply({AUTH: {**LEAST, "kubernetes_ca_certificate": CA, "allowed_audience": "vault"}})
    sent = {**LEAST_PATCHED, "caCert": CA, "allowedAudience": "vault"}
    assert terraform.sent == [READ, (*UPDATED, sent, 200)]
    state = terraform.state[AUTH]
    assert (state["access_token_ttl"], state["access_token_max_ttl"]) == (3600, 7200)
    assert state["access_token_num_uses_limit"] == 10
    assert state["access_token_trusted_ips"] == HCL["access_token_trusted_ips"]
    assert (state["allowed_namespaces"], state["allowed_service_account_names"]) == (("",), ("",))
    assert (await stored(live))["tokenReviewerJwt"] == ""
