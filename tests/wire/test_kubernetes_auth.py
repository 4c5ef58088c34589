"""`infisical_identity_kubernetes_auth`: each command's requests, one attribute after the other, and the traps."""

import pytest

from tests.client import BARE, GATEWAY, IDENTITIES, POOL, STRANGER, Client
from tests.conftest import Serve
from tests.wire.planning import Change, InconsistentResult
from tests.wire.provider import ApiError, NotFound, Token
from tests.wire.resources import InvalidConfiguration
from tests.wire.terraform import Terraform

AUTH = "infisical_identity_kubernetes_auth.bare"
PATH = IDENTITIES + BARE
ACME = "0a000000-0000-4000-8000-000000000001"
HOST = "https://prod.k8s.example:6443"
CA = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----"
HCL = {
    "identity_id": BARE,
    "kubernetes_host": HOST,
    "kubernetes_ca_certificate": CA + "\n",  # as file() reads it
    "token_reviewer_jwt": "reviewer-good",
    "allowed_service_account_names": ("api", "worker-*", "Batch"),
    "allowed_namespaces": ("payments", "checkout"),
    "allowed_audience": "infisical",
    "access_token_ttl": 3600,
    "access_token_max_ttl": 7200,
    "access_token_num_uses_limit": 10,
    "access_token_trusted_ips": ("203.0.113.7", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0", "10.0.0.0/8"),
}
SENT = {
    "identityId": BARE,
    "kubernetesHost": HOST,
    "caCert": CA + "\n",
    "tokenReviewerJwt": "reviewer-good",
    "allowedNamespaces": "payments,checkout",
    "allowedNames": "api,worker-*,Batch",
    "allowedAudience": "infisical",
    "tokenReviewMode": "api",
    "gatewayId": None,
    "accessTokenTrustedIps": [
        {"ipAddress": "203.0.113.7"},
        {"ipAddress": "10.0.0.0/8"},
        {"ipAddress": "0.0.0.0/0"},
        {"ipAddress": "2001:db8::/32"},
        {"ipAddress": "::/0"},
        {"ipAddress": "10.0.0.0/8"},
    ],
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 10,
}
LEAST = {"identity_id": BARE, "kubernetes_host": HOST}
LEAST_SENT = {
    "identityId": BARE,
    "kubernetesHost": HOST,
    "allowedNamespaces": "",
    "allowedNames": "",
    "allowedAudience": "",
    "tokenReviewMode": "api",
    "gatewayId": None,
}
"""What a create sends of it; an update adds `"caCert": ""` and `"tokenReviewerJwt": null`."""
LEAST_PATCHED = {**LEAST_SENT, "caCert": "", "tokenReviewerJwt": None}
BY_GATEWAY = {"identity_id": BARE, "token_reviewer_mode": "gateway", "gateway_id": GATEWAY}
UPDATED = ("PATCH", PATH)
READ = ("GET", PATH, None, 200)


def without(name, values):
    return {each: value for each, value in values.items() if each != name}


async def stored(client: Client):
    return (await client.send("GET", PATH)).record


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


# The server's rules that bite


async def failed(terraform: Terraform, config, status: int):
    """The error of an apply that the server refuses; nothing is stored, and the state is as it was."""
    before = dict(terraform.state)
    with pytest.raises(ApiError) as raised:
        await terraform.apply({AUTH: config})
    assert raised.value.status == terraform.exchanges[-1].answer.status == status
    assert raised.value.req_id == terraform.exchanges[-1].answer.headers["Mock-Request-Id"]
    assert terraform.state == before
    return raised.value


async def test_removing_the_ca_is_refused_as_the_flag_stays_on(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: HCL})
    assert (await stored(live))["verifyTlsCertificate"] is True
    error = await failed(terraform, {**HCL, "kubernetes_ca_certificate": ""}, 400)  # row 29
    assert terraform.sent == [READ, (*UPDATED, {**SENT, "caCert": ""}, 400)]
    assert error.message == terraform.exchanges[-1].answer.json["message"]
    assert (await stored(live))["caCert"] == CA


async def test_leaving_the_ca_out_beside_another_change_is_refused_too(terraform: Terraform):
    await terraform.apply({AUTH: HCL})
    config = without("kubernetes_ca_certificate", HCL)
    assert await terraform.plan({AUTH: config}) == {}
    await failed(terraform, {**config, "allowed_audience": "vault"}, 400)
    assert terraform.sent[-1][2]["caCert"] == ""


async def test_lowering_only_the_max_ttl_is_refused(terraform: Terraform):
    await terraform.apply({AUTH: LEAST})
    await failed(terraform, {**LEAST, "access_token_max_ttl": 3600}, 400)
    assert terraform.sent == [READ, (*UPDATED, {**LEAST_PATCHED, "accessTokenMaxTTL": 3600}, 400)]


async def test_max_ttl_below_the_default_ttl_is_refused_on_create(terraform: Terraform):
    error = await failed(terraform, {**LEAST, "access_token_max_ttl": 2591999}, 422)
    assert terraform.sent == [("POST", PATH, {**LEAST_SENT, "accessTokenMaxTTL": 2591999}, 422)]
    assert error.message == terraform.exchanges[-1].answer.content.decode()  # the raw body
    assert [issue["path"] for issue in terraform.exchanges[-1].answer.json["message"]] == [["accessTokenTTL"]]


async def test_max_ttl_of_the_default_ttl_is_taken_on_create(terraform: Terraform):
    await terraform.apply({AUTH: {**LEAST, "access_token_max_ttl": 2592000}})
    assert terraform.state[AUTH]["access_token_ttl"] == 2592000


async def test_host_is_validated_again_on_every_update(terraform: Terraform, elsewhere):
    host = "https://moved.k8s.example"
    await terraform.apply({AUTH: {**LEAST, "kubernetes_host": host}})
    world = await elsewhere("GET", "/_mock/worlds/default/state?secrets=clear")
    world["clusters"].append({"name": "moved", "hosts": [host], "reachability": "refused"})
    await elsewhere("PUT", "/_mock/worlds/default/state", world)
    config = {**LEAST, "kubernetes_host": host}
    assert await terraform.plan({AUTH: config}) == {}
    await failed(terraform, {**config, "allowed_audience": "vault"}, 400)
    assert terraform.exchanges[-1].answer.json["error"] == "KubernetesHostConnectionRefused"


async def test_reviewer_is_tried_again_on_every_update(terraform: Terraform, elsewhere):
    await terraform.apply({AUTH: HCL})
    world = await elsewhere("GET", "/_mock/worlds/default/state?secrets=clear")
    (prod,) = [each for each in world["clusters"] if each["name"] == "prod"]
    prod["reviewers"] = [{"jwt": "reviewer-good", "verdict": "unauthorized"}]
    await elsewhere("PUT", "/_mock/worlds/default/state", world)
    await failed(terraform, {**HCL, "allowed_audience": "vault"}, 400)
    assert terraform.exchanges[-1].answer.json["error"] == "TokenReviewerPermissionError"


async def test_a_zero_never_leaves_the_provider(terraform: Terraform, live: Client):
    await terraform.apply({AUTH: HCL})
    with pytest.raises(InconsistentResult) as raised:
        await terraform.apply({AUTH: {**HCL, "access_token_num_uses_limit": 0}})
    assert terraform.sent == [READ, (*UPDATED, without("accessTokenNumUsesLimit", SENT), 200)]
    assert raised.value.attribute == "access_token_num_uses_limit"
    assert (await stored(live))["accessTokenNumUsesLimit"] == 10


async def test_a_bad_address_is_refused_with_its_text(terraform: Terraform):
    error = await failed(terraform, {**LEAST, "access_token_trusted_ips": ("10.0.0.0/33",)}, 400)
    assert "10.0.0.0/33" in error.message


async def test_an_auditor_may_plan_and_not_apply(terraform: Terraform, terraform_as):
    await terraform.apply({AUTH: LEAST})
    auditor = terraform_as(Token("acme-auditor-token"))
    auditor.state = dict(terraform.state)
    assert await auditor.plan({AUTH: LEAST}) == {}
    error = await failed(auditor, {**LEAST, "allowed_audience": "vault"}, 403)
    assert "edit-auth" in error.message


# The provider's own rules, and the contract's


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"identity_id": BARE}, "kubernetes_host"),
        ({"identity_id": BARE, "token_reviewer_mode": "gateway"}, "gateway_id"),
        ({**BY_GATEWAY, "kubernetes_host": HOST}, "kubernetes_host"),
        ({**BY_GATEWAY, "kubernetes_ca_certificate": CA}, "kubernetes_ca_certificate"),
        ({**BY_GATEWAY, "token_reviewer_jwt": "reviewer-good"}, "token_reviewer_jwt"),
    ],
)
async def test_the_provider_refuses_before_any_call(terraform: Terraform, config, named):
    with pytest.raises(InvalidConfiguration, match=named):
        await terraform.apply({AUTH: config})
    assert terraform.sent == []


async def test_profile_contract_refuses_every_create(serve: Serve):
    terraform = Terraform((await serve()).url, Token("acme-admin-token"))
    await failed(terraform, LEAST, 422)
    (issue,) = terraform.exchanges[-1].answer.json["message"]
    assert (issue["code"], issue["keys"]) == ("unrecognized_keys", ["identityId"])
