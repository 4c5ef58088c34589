"""What clusters say to the token review of a login: each way to them, each reviewer, each token (kubernetes.md)."""

import pytest

from mockserver.infisical.clusters.service_account import ISSUER
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.login_world import SECONDS, WHO, claims_of, login, server, signed, world
from tests.infisical.kubernetes_auth.world import GATEWAYS, NOW, POOLS, PROD, STATES

# state of the cluster -> `error` directly, through a gateway in mode api, and in mode gateway (None: logged in)
FAILURES = {
    "refused": ("KubernetesConnectionRefused", "BadRequest", "BadRequest"),
    "not-found": ("KubernetesTokenReviewError", "BadRequest", "BadRequest"),
    "timeout": ("KubernetesConnectionError", "BadRequest", "BadRequest"),
    "certificate": ("KubernetesCertificateError", "BadRequest", None),
    "server-error": ("KubernetesTokenReviewRequestError", "BadRequest", "BadRequest"),
}
TUNNEL = {"gatewayId": GATEWAYS["prod"]}
POOLED = {"gatewayPoolId": POOLS["good"]}
GATEWAY_MODE = {"tokenReviewMode": "gateway", **TUNNEL}
WAYS = [pytest.param({}, id="direct"), pytest.param(TUNNEL, id="tunnel"), pytest.param(POOLED, id="pool")]
EVERY_WAY = [*WAYS, pytest.param(GATEWAY_MODE, id="gateway")]
VERIFIED = {"caCert": "CA", "verifyTlsCertificate": True}


def test_every_state_has_a_row():
    assert set(FAILURES) == set(STATES)


@pytest.mark.parametrize("way", range(3), ids=["direct", "tunnel", "gateway"])
@pytest.mark.parametrize("state", FAILURES)
async def test_a_cluster_that_fails_has_a_name_for_each_way_to_it(state: str, way: int, serve: Serve, profile: Profile):
    host = {"kubernetesHost": f"https://{state}.k8s.example", **VERIFIED}
    record = (host, {**host, **TUNNEL}, {"tokenReviewMode": "gateway", "gatewayId": GATEWAYS[state], **VERIFIED})[way]
    answer = await login(await server(serve, record, profile))
    expected = FAILURES[state][way]
    if expected is None:
        assert claims_of(answer)["identityAuth"]["kubernetes"]["name"] == "api"
        return
    assert (in_envelope(answer).status, answer.error, answer.rule) == (400, expected, "login.review.answered")


@pytest.mark.parametrize("way", WAYS)
async def test_a_certificate_that_nobody_verifies_does_no_harm(way, serve: Serve):
    client = await server(serve, {"kubernetesHost": "https://certificate.k8s.example", **way})
    assert (await login(client)).status == 200


async def test_verification_without_a_ca_is_verification(serve: Serve):
    record = {"kubernetesHost": "https://certificate.k8s.example", "verifyTlsCertificate": True}
    assert (await login(await server(serve, record))).error == "KubernetesCertificateError"


@pytest.mark.parametrize("way", EVERY_WAY)
async def test_every_way_leads_to_a_token(way, serve: Serve, profile: Profile):
    claims = claims_of(await login(await server(serve, way, profile)))
    assert claims["identityAuth"] == {"kubernetes": {"namespace": "payments", "name": "api"}}


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize(
    ("token", "rule"),
    [
        pytest.param("sa-error", "login.review.error", id="an error"),
        pytest.param("nobody", "login.review.authenticated", id="unknown"),
        pytest.param("sa-no-status", "login.review.status", id="no status"),
        pytest.param("sa-user", "login.username", id="no service account"),
    ],
)
async def test_what_a_review_says_counts_on_every_way(token: str, rule: str, way, serve: Serve):
    assert (await login(await server(serve, way), token)).rule == rule


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("stored", "token", "error"),
    [
        pytest.param("reviewer-good", "sa", None, id="allowed"),
        pytest.param("never seen", "sa", None, id="not listed"),
        pytest.param("reviewer-expired", "sa", "KubernetesTokenReviewerUnauthorized", id="unauthorized"),
        pytest.param("reviewer-unbound", "sa", "KubernetesTokenReviewerForbidden", id="forbidden"),
        pytest.param("", "sa", None, id="the caller's own"),
        pytest.param("", "reviewer-expired", "KubernetesTokenReviewerUnauthorized", id="the caller's own, 401"),
        pytest.param("", "reviewer-unbound", "KubernetesTokenReviewerForbidden", id="the caller's own, 403"),
        pytest.param("reviewer-good", "reviewer-unbound", "KubernetesTokenReviewError", id="stored before own"),
    ],
)
async def test_the_stored_reviewer_reviews_or_else_the_caller(
    stored, token, error, way, serve: Serve, profile: Profile
):
    answer = await login(await server(serve, {"tokenReviewerJwt": stored, **way}, profile), token)
    if error is None:
        assert answer.status == 200
    else:
        rule = "login.review.authenticated" if error == "KubernetesTokenReviewError" else "login.review.reviewer"
        expected = (401, error, rule)
        if way and rule == "login.review.reviewer":  # behind a gateway the cluster's refusal has no name
            expected = (400, "BadRequest", "login.review.answered")
        assert (in_envelope(answer).status, answer.error, answer.rule) == expected


@pytest.mark.parametrize("stored", ["", "reviewer-expired", "reviewer-unbound"])
async def test_a_gateway_reviews_with_its_own_account(stored: str, serve: Serve):
    client = await server(serve, {**GATEWAY_MODE, "tokenReviewerJwt": stored})
    assert (await login(client)).status == 200
    assert (await login(client, "reviewer-expired")).rule == "login.review.authenticated"


async def test_a_gateway_in_mode_gateway_asks_its_own_cluster_whatever_the_host(serve: Serve):
    for host in (None, "https://dark.k8s.example", "https://10.0.0.1"):
        client = await server(serve, {**GATEWAY_MODE, "kubernetesHost": host})
        assert (await login(client)).status == 200


@pytest.mark.parametrize("way", [TUNNEL, POOLED])
async def test_through_a_gateway_the_host_may_be_local_and_needs_no_scheme(way, serve: Serve):
    accounts = [{"token": "sa", "namespace": "payments", "name": "api"}]
    for host, at in (("prod.k8s.example:6443", PROD), ("https://10.0.0.1", "https://10.0.0.1")):
        client = await server(serve, {"kubernetesHost": host, **way}, hosts=[at], serviceAccounts=accounts)
        assert (await login(client)).status == 200


@pytest.mark.parametrize("host", ["prod.k8s.example:6443", "PROD.k8s.example:6443/", f"{PROD}/api"])
async def test_a_host_without_scheme_or_with_a_path_is_reached_directly(host: str, serve: Serve):
    assert (await login(await server(serve, {"kubernetesHost": host}))).status == 200


@pytest.mark.parametrize("way", [TUNNEL, POOLED])
@pytest.mark.parametrize("host", [f"{PROD}/", f"{PROD}/api", "HTTPS://prod.k8s.example:6443", "prod.k8s.example:6443/"])
async def test_a_path_spoils_a_login_through_a_gateway(host: str, way, serve: Serve, profile: Profile):
    answer = in_envelope(await login(await server(serve, {"kubernetesHost": host, **way}, profile)))
    assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "login.review.answered")


async def test_a_path_spoils_no_login_in_mode_gateway(serve: Serve):
    assert (await login(await server(serve, {"kubernetesHost": f"{PROD}/", **GATEWAY_MODE}))).status == 200


@pytest.mark.parametrize("host", ["HTTPS://prod.k8s.example:6443", "Http://unheard-of.example"])
async def test_a_scheme_in_capitals_does_not_resolve_at_a_direct_login(host: str, serve: Serve, profile: Profile):
    answer = in_envelope(await login(await server(serve, {"kubernetesHost": host}, profile)))
    assert (answer.status, answer.error, answer.rule) == (400, "KubernetesTokenReviewError", "login.review.answered")


@pytest.mark.parametrize("way", [TUNNEL, {**GATEWAY_MODE, **TUNNEL}], ids=["api", "gateway"])
async def test_a_gateway_that_is_down_is_a_bad_request(way, serve: Serve, profile: Profile):
    answer = in_envelope(await login(await server(serve, {**way, "gatewayId": GATEWAYS["down"]}, profile)))
    assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "login.review.answered")


@pytest.mark.parametrize(("way", "rule"), [({}, "login.host.scheme"), (TUNNEL, "accepted"), (GATEWAY_MODE, "accepted")])
async def test_in_2026_05_a_direct_login_needs_the_scheme(way, rule: str, serve: Serve, profile: Profile):
    fixtures = world({"kubernetesHost": "prod.k8s.example:6443", **way})
    client = await serve(fixtures_yaml=fixtures, profile=profile, clock=NOW, as_of=Generation.MAY)
    answer = await login(client)
    assert answer.rule == rule
    assert rule == "accepted" or (answer.status, answer.error) == (400, "KubernetesTokenReviewError")


@pytest.mark.parametrize(("way", "error"), [({}, "KubernetesTokenReviewError"), (TUNNEL, "BadRequest")])
async def test_a_host_that_is_no_url_comes_to_no_review(way, error: str, serve: Serve):
    answer = in_envelope(await login(await server(serve, {"kubernetesHost": "2001:db8::1", **way})))
    assert (answer.status, answer.error, answer.rule) == (400, error, "login.review.answered")


@pytest.mark.parametrize("host", ["https://localhost", "localhost:6443", "https://host.docker.internal", "10.1.2.3"])
async def test_a_local_host_is_refused_directly(host: str, serve: Serve, profile: Profile):
    answer = in_envelope(await login(await server(serve, {"kubernetesHost": host}, profile)))
    assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "login.host.local")


async def test_a_pool_asks_its_first_gateway_that_is_up(serve: Serve):
    for pool, status in (("good", 200), ("bad", 400)):
        client = await server(serve, {"tokenReviewMode": "gateway", "gatewayPoolId": POOLS[pool]})
        assert (await login(client)).status == status


async def test_a_host_that_no_cluster_has_is_up_and_knows_no_token(serve: Serve):
    answer = await login(await server(serve, {"kubernetesHost": "https://unheard-of.example"}))
    assert answer.rule == "login.review.authenticated"


# --- Signed service-account tokens

ERROR, UNAUTHENTICATED = "login.review.error", "login.review.authenticated"


@pytest.mark.parametrize("way", EVERY_WAY)
async def test_a_signed_token_logs_in_everywhere(way, serve: Serve, profile: Profile):
    claims = claims_of(await login(await server(serve, way, profile), signed()))
    assert claims["identityAuth"] == {"kubernetes": {"namespace": "payments", "name": "api"}}


@pytest.mark.parametrize(
    ("token", "rule"),
    [
        pytest.param(signed(expires=1), "accepted", id="a second before it expires"),
        pytest.param(signed(expires=0), ERROR, id="as it expires"),
        pytest.param(signed(expires=-1), ERROR, id="expired"),
        pytest.param(signed(issued=0), "accepted", id="as it begins"),
        pytest.param(signed(issued=1), ERROR, id="a second before it begins"),
        pytest.param(signed(exp=None), ERROR, id="no expiry"),
        pytest.param(signed(nbf=None), "accepted", id="no beginning"),
        pytest.param(signed(iss="https://elsewhere"), ERROR, id="another issuer"),
        pytest.param(signed(iss=None), ERROR, id="no issuer"),
        pytest.param(signed(key="another key that is as long as the usual one"), ERROR, id="another key"),
        pytest.param(signed(sub="jane"), "login.username", id="no service account"),
        pytest.param(signed(sub=None), "login.username", id="no subject"),
        pytest.param(signed()[:-3] + "abc", ERROR, id="a signature that was changed"),
        pytest.param("a.b.c", ERROR, id="three parts that are no JWT"),
        pytest.param("..", ERROR, id="three empty parts"),
        pytest.param("a.b", UNAUTHENTICATED, id="two parts"),
        pytest.param("", UNAUTHENTICATED, id="nothing"),
    ],
)
async def test_a_signed_token_is_judged_by_the_clock_of_the_world(token: str, rule: str, serve: Serve):
    answer = await login(await server(serve), token)
    assert answer.rule == rule
    if rule in (ERROR, UNAUTHENTICATED):
        assert (in_envelope(answer).status, answer.error) == (401, "KubernetesTokenReviewError")


async def test_an_expired_token_is_told_so(serve: Serve):
    assert "expired" in (await login(await server(serve), signed(expires=-1))).json["message"]


async def test_the_clock_may_run_past_the_expiry(serve: Serve):
    client = await server(serve)
    token = signed(expires=30)
    assert (await login(client, token)).status == 200
    client.mock.worlds.default.clock.freeze(NOW + 30_000)
    assert (await login(client, token)).rule == ERROR


@pytest.mark.parametrize(
    ("audiences", "allowed", "rule"),
    [
        pytest.param((), "", "accepted", id="none named, none asked: the server itself"),
        pytest.param((ISSUER,), "", "accepted", id="the server itself"),
        pytest.param((ISSUER, "infisical"), "", "accepted", id="the server among others"),
        pytest.param(("infisical",), "", ERROR, id="another, none asked"),
        pytest.param(("infisical",), "infisical", "accepted", id="the one that is asked for"),
        pytest.param(("vault", "infisical"), "infisical", "accepted", id="among others"),
        pytest.param(("vault",), "infisical", ERROR, id="not the one that is asked for"),
        pytest.param((), "infisical", ERROR, id="none named, one asked"),
        pytest.param((), ISSUER, "accepted", id="the server asked for"),
        pytest.param(("Infisical",), "infisical", ERROR, id="another case"),
        pytest.param(("infisical",), "infisical,vault", ERROR, id="a list is no audience"),
    ],
)
async def test_a_signed_token_is_meant_for_the_audience_that_is_asked_for(audiences, allowed, rule, serve: Serve):
    client = await server(serve, {"allowedAudience": allowed})
    assert (await login(client, signed(*audiences))).rule == rule


async def test_one_audience_may_stand_without_a_list(serve: Serve):
    client = await server(serve, {"allowedAudience": "infisical"})
    assert (await login(client, signed(aud="infisical"))).status == 200
    assert (await login(client, signed(aud=[7, None]))).rule == ERROR


async def test_a_cluster_has_a_key_of_its_own(serve: Serve):
    key = "the key of one cluster, thirty-two characters"
    client = await server(serve, tokenKey=key)
    assert (await login(client, signed(key=key))).status == 200
    assert (await login(client, signed())).rule == ERROR


async def test_a_listed_token_goes_before_what_its_text_says(serve: Serve):
    token = signed(expires=-1)
    client = await server(serve, serviceAccounts=[{"token": token, "namespace": "listed", "name": "one"}])
    claims = claims_of(await login(client, token))
    assert claims["identityAuth"] == {"kubernetes": {"namespace": "listed", "name": "one"}}
    assert (claims["identityId"], claims["iat"]) == (WHO, SECONDS)
