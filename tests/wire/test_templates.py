"""Auth templates and the two ages of the Terraform provider (`clients.md`): what each sends, and what comes of it."""

from typing import Any

import pytest

from tests.client import ADMIN, IDENTITIES, Client
from tests.conftest import Serve
from tests.wire.kubernetes_auth import HOST
from tests.wire.provider import ApiError, Token
from tests.wire.templates import KubernetesAuthWithTemplates
from tests.wire.terraform import Terraform

TEMPLATED, UNTEMPLATED = "1d000000-0000-4000-8000-000000000040", "1d000000-0000-4000-8000-000000000041"
PAYMENTS = "1d000000-0000-4000-8000-000000000002"
TEMPLATE, NAME = "7e000000-0000-4000-8000-000000000001", "prod"
AUTH = "infisical_identity_kubernetes_auth.mine"
GENERATIONS = ("2026-09", "2026-10")


@pytest.fixture(params=GENERATIONS)
async def newest(serve: Serve, request: pytest.FixtureRequest) -> Client:
    """A server of each generation with templates, in profile live."""
    return await serve(profile="live", as_of=request.param)


def old(client: Client) -> Terraform:
    """The provider of 2026-08, which knows no template."""
    return Terraform(client.url, Token(ADMIN))


def new(client: Client) -> Terraform:
    """The provider of 2026-10."""
    return Terraform(client.url, Token(ADMIN), resources={"infisical_identity_kubernetes_auth": NEW})


NEW = KubernetesAuthWithTemplates()


async def record(client: Client, identity: str) -> dict[str, Any]:
    """The stored record, with its secrets."""
    state = (await client.send("GET", "/_mock/worlds/default/state?secrets=clear", token=None)).json
    return next(each["kubernetesAuth"] for each in state["identities"] if each["id"] == identity)


async def test_each_apply_of_the_old_provider_on_a_linked_identity_is_refused(newest: Client):
    terraform = old(newest)
    await terraform.import_(AUTH, TEMPLATED)
    before = await record(newest, TEMPLATED)
    for ttl in (60, 120):
        with pytest.raises(ApiError) as raised:
            await terraform.apply({AUTH: {"identity_id": TEMPLATED, "kubernetes_host": HOST, "access_token_ttl": ttl}})
        answer = terraform.exchanges[-1].answer
        assert (raised.value.status, answer.headers["Mock-Rule"]) == (400, "update.template.managed-field")
        assert NAME in raised.value.message
        assert "templateId" not in terraform.sent[-1][2]
    assert await record(newest, TEMPLATED) == before


async def test_the_old_provider_goes_on_where_nothing_is_linked(newest: Client):
    terraform = old(newest)
    await terraform.import_(AUTH, PAYMENTS)
    await terraform.apply({AUTH: {"identity_id": PAYMENTS, "kubernetes_host": HOST}})
    assert terraform.sent[-1][3] == 200


async def test_the_new_provider_links_changes_unlinks_and_keeps_the_jwt(newest: Client):
    terraform = new(newest)
    await terraform.import_(AUTH, PAYMENTS)
    linked = {"identity_id": PAYMENTS, "template_id": TEMPLATE, "allowed_namespaces": ("payments",)}
    await terraform.apply({AUTH: linked})
    sent = {"identityId": PAYMENTS, "templateId": TEMPLATE, "allowedNamespaces": "payments", "allowedNames": ""}
    assert terraform.sent[-1][2] == sent  # nothing that the template manages
    assert terraform.sent[-1][3] == 200
    assert (await record(newest, PAYMENTS))["tokenReviewerJwt"] == "reviewer-good"
    assert await terraform.plan({AUTH: linked}) == {}

    await terraform.apply({AUTH: {**linked, "access_token_ttl": 90}})
    assert (terraform.sent[-1][2]["accessTokenTTL"], terraform.sent[-1][3]) == (90, 200)
    assert (await record(newest, PAYMENTS))["templateId"] == TEMPLATE

    free = {**linked, "access_token_ttl": 120, "kubernetes_host": HOST, "allowed_audience": "infisical"}
    del free["template_id"]
    await terraform.apply({AUTH: free})
    sent = terraform.sent[-1][2]
    assert (sent["templateId"], sent["kubernetesHost"], terraform.sent[-1][3]) == (None, HOST, 200)
    assert "tokenReviewerJwt" not in sent  # a template's is kept
    left = await record(newest, PAYMENTS)
    assert left.get("templateId") is None
    assert (left["tokenReviewerJwt"], left["isTokenReviewerJwtTemplateSourced"]) == ("reviewer-good", True)
    assert (await newest.send("GET", IDENTITIES + PAYMENTS)).record["tokenReviewerJwt"] == ""
    assert await terraform.plan({AUTH: free}) == {}


async def test_the_new_provider_sends_a_template_of_null_always(newest: Client):
    terraform = new(newest)
    await terraform.import_(AUTH, UNTEMPLATED)
    config = {"identity_id": UNTEMPLATED, "kubernetes_host": HOST, "access_token_ttl": 60}
    await terraform.apply({AUTH: config})
    assert terraform.sent[-1][2]["templateId"] is None
    assert "tokenReviewerJwt" not in terraform.sent[-1][2]
    assert (await record(newest, UNTEMPLATED))["tokenReviewerJwt"] == "reviewer-good"
    with pytest.raises(ApiError) as raised:  # where the JWT would go may not change
        await terraform.apply({AUTH: {**config, "kubernetes_host": "https://nowhere.example"}})
    assert raised.value.status == 400
    assert terraform.exchanges[-1].answer.headers["Mock-Rule"] == "update.provenance"


async def test_an_unlink_that_changes_nothing_else_goes_to_the_template_first(newest: Client):
    terraform = new(newest)
    await terraform.import_(AUTH, TEMPLATED)
    config = {"identity_id": TEMPLATED, "kubernetes_host": HOST, "allowed_audience": "infisical"}
    provider_state = terraform.state[AUTH]
    assert provider_state["template_id"] == TEMPLATE
    await terraform.apply({AUTH: config})
    assert terraform.sent[-1][:3] == (
        "POST",
        f"/api/v1/identity-templates/{TEMPLATE}/delete-usage",
        {"identityIds": [TEMPLATED]},
    )
    assert terraform.sent[-1][3] == 200
    left = await record(newest, TEMPLATED)
    assert (left.get("templateId"), left["tokenReviewerJwt"], left["kubernetesHost"]) == (None, "reviewer-good", HOST)


async def test_without_the_right_to_unlink_it_falls_back_to_an_update(newest: Client):
    await newest.send(
        "POST",
        "/_mock/worlds/default/faults",
        {"kind": "status", "status": 403, "operation": "deleteIdentityTemplateUsage"},
        token=None,
    )
    terraform = new(newest)
    await terraform.import_(AUTH, TEMPLATED)
    await terraform.apply({AUTH: {"identity_id": TEMPLATED, "kubernetes_host": HOST, "allowed_audience": "infisical"}})
    assert terraform.sent[-1] == ("PATCH", IDENTITIES + TEMPLATED, {"identityId": TEMPLATED, "templateId": None}, 200)
    assert (await record(newest, TEMPLATED))["tokenReviewerJwt"] == "reviewer-good"
