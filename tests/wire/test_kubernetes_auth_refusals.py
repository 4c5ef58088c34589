"""What Terraform is refused: the server's rules that bite it, the provider's own, and the contract's."""

import pytest

from tests.client import BARE, GATEWAY, HOBBY_ADMIN, HOBBYIST, STRANGER, Client
from tests.conftest import Serve
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
from tests.wire.planning import InconsistentResult
from tests.wire.provider import ApiError, Token
from tests.wire.resources import InvalidConfiguration
from tests.wire.terraform import Terraform

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


@pytest.mark.parametrize(
    "differs",
    [{"access_token_trusted_ips": ("0.0.0.0/0", "10.0.0.0/8")}, {"gateway_id": GATEWAY}],
    ids=["addresses", "gateway"],
)
async def test_a_plan_without_a_feature_refuses_it(terraform_as, differs):
    hobby = terraform_as(Token(HOBBY_ADMIN))
    await hobby.import_(AUTH, HOBBYIST)
    config = {"identity_id": HOBBYIST, "kubernetes_host": HOST}
    error = await failed(hobby, {**config, **differs}, 400)
    assert "plan" in error.message.lower()
    await hobby.apply({AUTH: {**config, "access_token_trusted_ips": ("::/0", "0.0.0.0/0")}})
    assert hobby.state[AUTH]["access_token_trusted_ips"] == ("::/0", "0.0.0.0/0")


async def test_an_unknown_gateway_is_refused(terraform: Terraform):
    error = await failed(terraform, {**LEAST, "gateway_id": STRANGER}, 404)
    assert STRANGER in error.message


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
