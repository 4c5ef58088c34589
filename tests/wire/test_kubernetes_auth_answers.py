"""What of Kubernetes Auth's answers Terraform reads, and what it makes of others' changes."""

import pytest

from tests.client import GATEWAY, POOL, STRANGER, Client
from tests.wire.kubernetes_auth import AUTH, CA, HCL, LEAST, LEAST_PATCHED, LEAST_SENT, PATH, READ, UPDATED, stored
from tests.wire.planning import Change
from tests.wire.provider import ApiError, NotFound
from tests.wire.terraform import Terraform

# What the provider reads


async def test_plain_address_comes_back_without_a_prefix(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: {**LEAST, "access_token_trusted_ips": ("203.0.113.7", "2001:db8::1")}})
    assert terraform.state[AUTH]["access_token_trusted_ips"] == ("203.0.113.7", "2001:db8::1")
    assert all("prefix" not in each for each in (await stored(live))["accessTokenTrustedIps"])


async def test_prefix_0_is_kept(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: {**LEAST, "access_token_trusted_ips": ("0.0.0.0/0", "::/0")}})
    assert terraform.state[AUTH]["access_token_trusted_ips"] == ("0.0.0.0/0", "::/0")
    assert [each["prefix"] for each in (await stored(live))["accessTokenTrustedIps"]] == [0, 0]


async def test_host_bits_of_a_range_are_kept(terraform: Terraform):
    await terraform.apply({AUTH: {**LEAST, "access_token_trusted_ips": ("10.1.2.3/8",)}})
    assert terraform.state[AUTH]["access_token_trusted_ips"] == ("10.1.2.3/8",)


async def test_order_and_text_of_lists_are_kept(terraform: Terraform, live: Client):
    lists = {
        "allowed_namespaces": ("zeta", "Alpha", "zeta"),
        "allowed_service_account_names": ("worker-*", "api", "{a"),
        "access_token_trusted_ips": ("10.0.0.0/8", "::1", "10.0.0.0/8", "192.0.2.1"),
    }
    await terraform.apply({AUTH: {**LEAST, **lists}})
    assert {name: terraform.state[AUTH][name] for name in lists} == lists
    record = await stored(live)
    assert (record["allowedNamespaces"], record["allowedNames"]) == ("zeta,Alpha,zeta", "worker-*,api,{a")


@pytest.mark.parametrize("method", ["POST", "PATCH", "GET"])
async def test_token_review_mode_is_present(terraform: Terraform, method):
    answer = await answered(terraform, method)
    assert answer["tokenReviewMode"] == "api"


@pytest.mark.parametrize("method", ["POST", "PATCH", "GET"])
async def test_ca_is_in_clear_and_trimmed(terraform: Terraform, method):
    answer = await answered(terraform, method)
    assert answer["caCert"] == CA
    assert terraform.state[AUTH]["kubernetes_ca_certificate"] == CA + "\n"


@pytest.mark.parametrize("method", ["POST", "PATCH", "GET", "DELETE"])
async def test_numbers_are_json_integers(terraform: Terraform, method):
    answer = await answered(terraform, method)
    names = ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit")
    assert [type(answer[name]) for name in names] == [int, int, int]


async def test_numbers_written_with_a_point_come_back_as_integers(terraform: Terraform, elsewhere):
    await terraform.apply({AUTH: HCL})
    await elsewhere("PATCH", PATH, {"accessTokenTTL": 3600.0, "accessTokenMaxTTL": 7.2e3})
    assert await terraform.plan({AUTH: HCL}) == {}


async def answered(terraform: Terraform, method: str):
    """The record in the answer to that method, of a whole life of a resource."""
    await terraform.apply({AUTH: HCL})
    exchanges = list(terraform.exchanges)
    if method != "POST":
        await terraform.apply({AUTH: {**HCL, "allowed_audience": "vault"}})
        exchanges += terraform.exchanges
    if method == "DELETE":
        await terraform.destroy()
        exchanges += terraform.exchanges
    (answer, *_) = [each.answer for each in exchanges if each.method == method]
    assert answer.headers["Content-Type"].startswith("application/json")
    return answer.json["identityKubernetesAuth"]


async def test_delete_takes_a_json_body_and_answers_without_secrets(terraform: Terraform):
    assert not {"caCert", "tokenReviewerJwt"} & set(await answered(terraform, "DELETE"))
    assert terraform.exchanges[-1].headers["Content-Type"] == "application/json"


async def test_unknown_keys_are_tolerated_and_counted(terraform: Terraform):
    await terraform.apply({AUTH: HCL})
    created = terraform.exchanges
    await terraform.apply({AUTH: {**HCL, "allowed_audience": "vault"}})
    exchanges = [*created, *terraform.exchanges]
    assert [(each.method, each.breaches) for each in exchanges] == [("POST", 1), ("GET", 0), ("PATCH", 1)]


async def test_gateway_is_only_taken_into_the_state_if_there_is_one(terraform: Terraform, elsewhere):
    config = {AUTH: {**LEAST, "gateway_id": GATEWAY}}
    await terraform.apply(config)
    await elsewhere("PATCH", PATH, {"gatewayId": None})
    assert await terraform.plan(config) == {}  # detached elsewhere, and Terraform does not see it
    assert terraform.state[AUTH]["gateway_id"] == GATEWAY


# What others do in the meantime


async def test_gateway_set_elsewhere_is_detached(terraform: Terraform, live: Client, elsewhere):
    await terraform.apply({AUTH: LEAST})
    await elsewhere("PATCH", PATH, {"gatewayId": GATEWAY})
    assert await terraform.plan({AUTH: LEAST}) == {AUTH: Change("update", frozenset({"gateway_id"}))}
    await terraform.apply({AUTH: LEAST})
    assert (await stored(live))["gatewayId"] is None


async def test_pool_set_elsewhere_is_detached_by_any_update(terraform: Terraform, live: Client, elsewhere):
    await terraform.apply({AUTH: LEAST})
    await elsewhere("PATCH", PATH, {"gatewayPoolId": POOL})
    assert await terraform.plan({AUTH: LEAST}) == {}
    assert (await stored(live))["gatewayPoolId"] == POOL
    await terraform.apply({AUTH: {**LEAST, "allowed_audience": "vault"}})
    assert (await stored(live))["gatewayPoolId"] is None


async def test_the_update_that_detaches_a_pool_is_tried_through_it(terraform: Terraform, live: Client, elsewhere):
    await terraform.apply({AUTH: LEAST})
    await elsewhere("PATCH", PATH, {"gatewayPoolId": POOL})
    world = await elsewhere("GET", "/_mock/worlds/default/state?secrets=clear")
    (pool,) = [each for each in world["gatewayPools"] if each["id"] == POOL]
    pool["gateways"] = []
    await elsewhere("PUT", "/_mock/worlds/default/state", world)
    with pytest.raises(ApiError) as raised:
        await terraform.apply({AUTH: {**LEAST, "allowed_audience": "vault"}})
    assert terraform.sent == [READ, (*UPDATED, {**LEAST_PATCHED, "allowedAudience": "vault"}, 400)]
    assert "healthy" in raised.value.message
    assert (await stored(live))["gatewayPoolId"] == POOL


async def test_drift_is_shown_and_mended(terraform: Terraform, live: Client, elsewhere):
    await terraform.apply({AUTH: HCL})
    await elsewhere("PATCH", PATH, {"allowedNamespaces": "default", "accessTokenTrustedIps": [{"ipAddress": "::1"}]})
    drift = frozenset({"allowed_namespaces", "access_token_trusted_ips"})
    assert await terraform.plan({AUTH: HCL}) == {AUTH: Change("update", drift)}
    await terraform.apply({AUTH: HCL})
    assert (await stored(live))["allowedNamespaces"] == "payments,checkout"
    assert await terraform.plan({AUTH: HCL}) == {}


@pytest.mark.parametrize("sent", [{"kubernetesHost": "https://else.k8s.example"}, {"tokenReviewerJwt": None}])
async def test_drift_of_host_and_reviewer_is_not_seen(terraform: Terraform, elsewhere, sent):
    await terraform.apply({AUTH: HCL})
    await elsewhere("PATCH", PATH, sent)
    assert await terraform.plan({AUTH: HCL}) == {}


async def test_what_was_revoked_elsewhere_leaves_the_state_and_is_created_again(terraform: Terraform, elsewhere):
    await terraform.apply({AUTH: LEAST})
    await elsewhere("DELETE", PATH)
    assert await terraform.plan({AUTH: LEAST}) == {AUTH: Change("create")}
    assert terraform.sent == [("GET", PATH, None, 404)]
    assert terraform.state == {}
    await terraform.apply({AUTH: LEAST})
    assert terraform.sent == [("POST", PATH, LEAST_SENT, 200)]


async def test_destroy_of_what_is_gone_meanwhile_fails(terraform: Terraform, elsewhere):
    await terraform.apply({AUTH: LEAST})
    await elsewhere("DELETE", PATH)
    with pytest.raises(ApiError) as raised:
        await terraform.destroy(refresh=False)
    assert (raised.value.status, terraform.exchanges[-1].rule) == (400, "revoke.not-attached")
    assert AUTH in terraform.state


async def test_create_of_what_exists_fails(terraform: Terraform, terraform_as):
    await terraform.apply({AUTH: LEAST})
    other = terraform_as()
    with pytest.raises(ApiError) as raised:
        await other.apply({AUTH: LEAST})
    assert raised.value.status == 400
    assert other.state == {}


async def test_create_for_an_unknown_identity_fails(terraform: Terraform):
    with pytest.raises(ApiError) as raised:
        await terraform.apply({AUTH: {**LEAST, "identity_id": STRANGER}})
    assert raised.value.status == 404
    assert not isinstance(raised.value, NotFound)
    assert STRANGER in raised.value.message
