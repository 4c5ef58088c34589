"""The ordered checks of a login, over HTTP: what each answers, and which of two wins (behaviour 7)."""

from typing import cast

import pytest

from mockserver.infisical.auth_methods.login import Scope
from mockserver.infisical.kubernetes_auth.login import LOGIN
from mockserver.infisical.kubernetes_auth.login_request import Clusters, LoginRequest, Sent
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.rules.edition import edition
from mockserver.rules.profile import Profile
from tests.client import STRANGER, in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.login_world import BARE, WHO, claims_of, login, server
from tests.infisical.kubernetes_auth.world import GATEWAYS, POOLS

GATEWAY_MODE = {"tokenReviewMode": "gateway"}
ROWS = {
    "2: no identity": ("login.not-attached", 404, "NotFound", {}, {"identity": STRANGER}),
    "2: no method": ("login.not-attached", 404, "NotFound", {}, {"identity": BARE}),
    "3: mode gateway, no way": ("login.unconfigured", 400, "BadRequest", GATEWAY_MODE, {}),
    "3: mode api, no host": ("login.unconfigured", 400, "BadRequest", {"kubernetesHost": None}, {}),
    "3: mode api, no host, a gateway": (
        "login.unconfigured",
        400,
        "BadRequest",
        {"kubernetesHost": None, "gatewayId": GATEWAYS["prod"]},
        {},
    ),
    "4b: a gateway that is down": ("login.review.answered", 400, "BadRequest", {"gatewayId": GATEWAYS["down"]}, {}),
    "4: a pool of none": ("login.pool.healthy", 400, "BadRequest", {"gatewayPoolId": POOLS["empty"]}, {}),
    "4: a pool of sick ones": ("login.pool.healthy", 400, "BadRequest", {"gatewayPoolId": POOLS["sick"]}, {}),
    "4b: a local host": ("login.host.local", 400, "BadRequest", {"kubernetesHost": "https://10.0.0.1"}, {}),
    "4b: a dark host": (
        "login.review.answered",
        400,
        "KubernetesConnectionRefused",
        {"kubernetesHost": "https://dark.k8s.example"},
        {},
    ),
    "4b: a bad reviewer": (
        "login.review.reviewer",
        401,
        "KubernetesTokenReviewerUnauthorized",
        {"tokenReviewerJwt": "reviewer-expired"},
        {},
    ),
    "12: no status": ("login.review.status", 400, "KubernetesAuthLoginError", {}, {"token": "sa-no-status"}),
    "5: an error": ("login.review.error", 401, "KubernetesTokenReviewError", {}, {"token": "sa-error"}),
    "5: an empty error": ("login.review.error", 401, "KubernetesTokenReviewError", {}, {"token": "sa-empty-error"}),
    "6: not authenticated": (
        "login.review.authenticated",
        401,
        "KubernetesTokenReviewError",
        {},
        {"token": "sa-unauthenticated"},
    ),
    "6: an unknown token": ("login.review.authenticated", 401, "KubernetesTokenReviewError", {}, {"token": "nobody"}),
    **{
        f"7: {token}": ("login.username", 400, "KubernetesUsernameParseError", {}, {"token": token})
        for token in ("sa-user", "sa-node", "sa-short", "sa-long", "sa-nobody")
    },
    "8: a namespace": ("login.namespace", 401, "UnauthorizedError", {"allowedNamespaces": "checkout, api"}, {}),
    "8: a hidden namespace": (
        "login.namespace",
        401,
        "UnauthorizedError",
        {"allowedNamespaces": "*"},
        {"token": "sa-hidden"},
    ),
    "12: an empty namespace": (
        "login.namespace.entry",
        400,
        "KubernetesAuthLoginError",
        {"allowedNamespaces": "checkout,"},
        {},
    ),
    "9: a name": ("login.name", 401, "UnauthorizedError", {"allowedNames": "worker-*"}, {}),
    "12: an empty name": ("login.name.entry", 400, "KubernetesAuthLoginError", {"allowedNames": "worker-*,,api"}, {}),
    "10: an audience": ("login.audience", 401, "UnauthorizedError", {"allowedAudience": "Infisical"}, {}),
    "10: an audience that is a glob": ("login.audience", 401, "UnauthorizedError", {"allowedAudience": "infis*"}, {}),
    "10: two audiences": ("login.audience", 401, "UnauthorizedError", {"allowedAudience": "infisical,vault"}, {}),
    "11: no such organization": (
        "login.organization.unknown",
        404,
        "NotFound",
        {},
        {"organizationSlug": "acme-nowhere"},
    ),
    "11: another tenant": ("login.organization.unknown", 404, "NotFound", {}, {"organizationSlug": "hobby"}),
    "11: not a member": (
        "login.organization.member",
        401,
        "UnauthorizedError",
        {},
        {"organizationSlug": "acme-closed"},
    ),
}


@pytest.mark.parametrize("row", ROWS)
async def test_each_row_answers(row: str, serve: Serve, profile: Profile):
    rule, status, error, record, sent = ROWS[row]
    client = await server(serve, record, profile)
    before = client.mock.worlds.default.state
    answer = in_envelope(await login(client, **sent))
    assert (answer.status, answer.error, answer.rule) == (status, error, rule)
    assert "details" not in answer.json
    assert client.mock.worlds.default.state is before


@pytest.mark.parametrize("identity", ["", "who", WHO.replace("-", ""), f"{{{WHO}}}", f"{WHO}x"])
async def test_an_identity_id_that_is_no_uuid(identity: str, serve: Serve, profile: Profile):
    answer = in_envelope(await login(await server(serve, {}, profile), identity=identity))
    expected = (404, "NotFound") if profile is Profile.CONTRACT else (500, "Find one")
    assert (answer.status, answer.error, answer.rule) == (*expected, "login.identity.uuid")


BROKEN_LISTS = {"allowedNamespaces": ",", "allowedNames": ",", "allowedAudience": "x"}
WRONG_LISTS = {"allowedNamespaces": "x", "allowedNames": "x", "allowedAudience": "x"}


@pytest.mark.parametrize(
    ("record", "sent", "rule"),
    [
        pytest.param(
            GATEWAY_MODE, {"identity": STRANGER, "organizationSlug": "Bad Slug"}, "login.organization.slug", id="422"
        ),
        pytest.param(GATEWAY_MODE, {"organizationSlug": "nowhere"}, "login.unconfigured", id="row 3 before 11"),
        pytest.param(
            {"kubernetesHost": None, "gatewayId": GATEWAYS["down"]}, {}, "login.unconfigured", id="row 3 before 4"
        ),
        pytest.param(
            {"gatewayId": GATEWAYS["down"], "kubernetesHost": "https://dark.k8s.example"},
            {},
            "login.review.answered",
            id="row 4 before 4b",
        ),
        pytest.param(
            {"gatewayPoolId": POOLS["sick"], "kubernetesHost": "https://dark.k8s.example"},
            {},
            "login.pool.healthy",
            id="row 4 before 4b, a pool",
        ),
        pytest.param(
            {"kubernetesHost": "https://dark.k8s.example", "tokenReviewerJwt": "reviewer-expired"},
            {"token": "sa-error"},
            "login.review.answered",
            id="unreachable before the reviewer",
        ),
        pytest.param(
            {"tokenReviewerJwt": "reviewer-expired", **WRONG_LISTS},
            {"token": "sa-error"},
            "login.review.reviewer",
            id="row 4b before 5",
        ),
        pytest.param(WRONG_LISTS, {"token": "sa-no-status"}, "login.review.status", id="no status before 8"),
        pytest.param(WRONG_LISTS, {"token": "sa-unauthenticated"}, "login.review.authenticated", id="row 6 before 8"),
        pytest.param(WRONG_LISTS, {"token": "sa-user"}, "login.username", id="row 7 before 8"),
        pytest.param(WRONG_LISTS, {}, "login.namespace", id="row 8 before 9"),
        pytest.param(BROKEN_LISTS, {}, "login.namespace.entry", id="an empty entry at 8 before 9"),
        pytest.param({**WRONG_LISTS, "allowedNamespaces": "payments"}, {}, "login.name", id="row 9 before 10"),
        pytest.param({**BROKEN_LISTS, "allowedNamespaces": "*"}, {}, "login.name.entry", id="an empty entry at 9"),
        pytest.param({**WRONG_LISTS, "allowedNames": ",a"}, {}, "login.namespace", id="row 8 before an entry at 9"),
        pytest.param(
            {"allowedAudience": "x"}, {"organizationSlug": "acme-nowhere"}, "login.audience", id="row 10 before 11"
        ),
    ],
)
async def test_of_two_that_both_refuse_the_first_wins(record, sent, rule: str, serve: Serve, profile: Profile):
    answer = await login(await server(serve, record, profile), **sent)
    assert answer.rule == rule


async def test_the_error_goes_before_authenticated_and_is_the_message(serve: Serve):
    accounts = [{"token": "t", "namespace": "n", "name": "a", "error": "expired", "authenticated": False}]
    answer = await login(await server(serve, serviceAccounts=accounts), "t")
    assert (answer.rule, answer.json["message"]) == ("login.review.error", "expired")
    assert (await login(await server(serve), "sa-empty-error")).json["message"] == ""


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"allowedNamespaces": "payments", "allowedNames": "api"}, id="equal"),
        pytest.param({"allowedNamespaces": " checkout , payments ", "allowedNames": "\tapi"}, id="blanks"),
        pytest.param({"allowedNamespaces": "pay*", "allowedNames": "a?i"}, id="wildcards"),
        pytest.param({"allowedNamespaces": "@(checkout|payments)", "allowedNames": "[a-c]*"}, id="groups, classes"),
        pytest.param({"allowedNamespaces": "!(checkout)", "allowedNames": "!worker"}, id="negations"),
        pytest.param({"allowedNamespaces": "payments,", "allowedNames": "api,,"}, id="empty entries behind the match"),
        pytest.param({"allowedAudience": "vault"}, id="one of two audiences"),
        pytest.param({}, id="no restriction"),
    ],
)
async def test_an_account_that_is_allowed_logs_in(record, serve: Serve):
    assert (await login(await server(serve, record))).status == 200


async def test_an_account_of_empty_parts_has_its_parts(serve: Serve):
    claims = claims_of(await login(await server(serve), "sa-blank-parts"))
    assert claims["identityAuth"] == {"kubernetes": {"namespace": "", "name": ""}}
    refused = await login(await server(serve, {"allowedNames": "*"}), "sa-blank-parts")
    assert refused.rule == "login.name"


class NoGateways:
    """A world that has lost the gateway which a record names; no fixture can describe it."""

    def gateway_exists(self, gateway_id: str) -> bool:
        return False


def test_a_gateway_that_is_gone_is_not_found():
    stored = KubernetesAuth("r", WHO, 0, 0, kubernetes_host="https://prod.k8s.example", gateway_id=GATEWAYS["prod"])
    made = LoginRequest(Sent(WHO, "sa"), stored, cast("Clusters", NoGateways()), lambda: Scope("", ""), 0)
    refusal = LOGIN.decide(made, edition(Profile.LIVE)).refusal
    assert refusal is not None
    assert (refusal.rule, refusal.status, refusal.answer.error) == ("login.gateway.exists", 404, "NotFound")
