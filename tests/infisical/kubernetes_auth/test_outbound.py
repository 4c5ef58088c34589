"""Which cluster calls an update makes, through what, with what; and the reviewer JWT (behaviour 3.8, 3.9)."""

import pytest

from mockserver.infisical.clusters.outcomes import Problem
from mockserver.infisical.kubernetes_auth.request import ClusterCheck
from mockserver.infisical.kubernetes_auth.resulting import Route
from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import GATEWAY, HOST, OTHER_GATEWAY, POOL, FakeFacts, record, update

NEW_HOST = "https://other.k8s.example"
VERSION, REVIEW = "version", "review"
BOTH = [VERSION, REVIEW]
WAYS = {"direct": {}, "gateway": {"gateway_id": GATEWAY}, "pool": {"gateway_pool_id": POOL}}
BODIES = {
    "nothing about clusters": {"allowedNames": "x"},
    "a new host": {"kubernetesHost": NEW_HOST},
    "the stored host": {"kubernetesHost": HOST},
    "host null": {"kubernetesHost": None},
    "a JWT": {"tokenReviewerJwt": "jwt"},
    "JWT null": {"tokenReviewerJwt": None},
    "JWT empty": {"tokenReviewerJwt": "", "allowedNames": "x"},
    "JWT blank": {"tokenReviewerJwt": " \ufeff", "allowedNames": "x"},
    "host and JWT": {"kubernetesHost": NEW_HOST, "tokenReviewerJwt": "jwt"},
    "host null and JWT": {"kubernetesHost": None, "tokenReviewerJwt": "jwt"},
    "mode api": {"tokenReviewMode": "api"},
}
DIRECT_API = {"a new host": [VERSION], "the stored host": [VERSION], "a JWT": [REVIEW], "host and JWT": BOTH}
THROUGH_API = {
    **{body: [VERSION] for body in BODIES},
    "host null": [],
    "host null and JWT": [],
    "a JWT": BOTH,
    "host and JWT": BOTH,
}
# effective route and mode -> the calls for each body; none where a body is not listed
CALLS = {
    ("direct", "api"): DIRECT_API,
    ("gateway", "api"): THROUGH_API,
    ("pool", "api"): THROUGH_API,
    ("direct", "gateway"): {},
    ("gateway", "gateway"): dict.fromkeys(BODIES, BOTH),
    ("pool", "gateway"): dict.fromkeys(BODIES, BOTH),
}


def calls(made):
    return [call for call, _ in made.asked]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("way", "mode"), CALLS)
def test_when_which_call_is_made(way, mode, body, profile):
    stored = record(token_review_mode=mode, **WAYS[way])
    effective = "api" if body == "mode api" else mode
    made = update(BODIES[body], profile, stored=stored)
    assert calls(made) == CALLS[way, effective].get(body, [])
    assert made.status == 200


@pytest.mark.parametrize("way", WAYS)
def test_without_a_host_mode_api_asks_nothing(way, profile):
    stored = record(kubernetes_host=None, **WAYS[way])
    assert calls(update({"tokenReviewerJwt": "jwt"}, profile, stored=stored)) == []


@pytest.mark.parametrize(
    ("body", "stored", "asked"),
    [
        pytest.param(
            {"kubernetesHost": f" {NEW_HOST} ", "tokenReviewerJwt": " jwt "},
            {},
            [(VERSION, None, NEW_HOST, None), (REVIEW, None, NEW_HOST, "jwt")],
            id="directly, as trimmed",
        ),
        pytest.param(
            {"tokenReviewerJwt": "jwt"},
            {"gateway_id": GATEWAY, "token_reviewer_jwt": "old"},
            [(VERSION, GATEWAY, HOST, None), (REVIEW, GATEWAY, HOST, "jwt")],
            id="through a gateway in mode api, the stored host",
        ),
        pytest.param(
            {"tokenReviewerJwt": "jwt"},
            {"gateway_id": GATEWAY, "token_review_mode": "gateway"},
            [(VERSION, GATEWAY, None, None), (REVIEW, GATEWAY, None, None)],
            id="in mode gateway, the gateway's own account",
        ),
        pytest.param(
            {"tokenReviewMode": "gateway", "gatewayId": GATEWAY},
            {},
            [(VERSION, GATEWAY, None, None), (REVIEW, GATEWAY, None, None)],
            id="turning to mode gateway",
        ),
        pytest.param(
            {"gatewayId": None, "kubernetesHost": NEW_HOST},
            {"gateway_id": GATEWAY},
            [(VERSION, None, NEW_HOST, None)],
            id="the gateway taken away",
        ),
    ],
)
def test_what_is_asked_through_what(body, stored, asked):
    made = update(body, stored=record(**stored))
    expected = [
        (call, ClusterCheck(Route(gateway, None), host, verify_tls=False, reviewer_jwt=jwt))
        for call, gateway, host, jwt in asked
    ]
    assert list(made.asked) == expected


def test_a_gateway_sent_alone_is_checked_through_the_stored_pool():
    made = update({"gatewayId": OTHER_GATEWAY}, stored=record(gateway_pool_id=POOL))
    assert [check.route for _, check in made.asked] == [Route(None, POOL)]


@pytest.mark.parametrize(
    ("body", "stored", "verified"),
    [
        pytest.param({}, {}, False, id="off"),
        pytest.param({}, {"verify_tls_certificate": True, "ca_cert": "CA"}, True, id="as stored"),
        pytest.param({"caCert": "CA"}, {}, True, id="turned on by a CA"),
        pytest.param(
            {"verifyTlsCertificate": False, "caCert": ""},
            {"verify_tls_certificate": True, "ca_cert": "CA"},
            False,
            id="turned off",
        ),
    ],
)
def test_the_effective_flag_says_whether_the_certificate_is_verified(body, stored, verified):
    made = update({"kubernetesHost": NEW_HOST, **body}, stored=record(**stored))
    assert [check.verify_tls for _, check in made.asked] == [verified]


def test_connectivity_goes_before_the_reviewer_and_its_failure_ends_the_update(profile):
    facts = FakeFacts(unreachable=Problem("KubernetesHostCertificateError", ""), reviewer_refused=Problem("X", ""))
    made = update({"kubernetesHost": HOST, "tokenReviewerJwt": "jwt"}, profile, facts=facts)
    assert calls(made) == [VERSION]
    assert (made.status, made.error) == (400, "KubernetesHostCertificateError")


def test_the_guard_holds_before_any_direct_call_and_for_no_other(profile):
    facts = FakeFacts(hosts_are_local=True)
    body = {"kubernetesHost": "https://10.0.0.1", "tokenReviewerJwt": "jwt"}
    direct = update(body, profile, facts=facts)
    assert (direct.rule, calls(direct)) == ("host.local", [])
    assert calls(update(body, profile, stored=record(gateway_id=GATEWAY), facts=facts)) == BOTH


def test_a_stored_local_host_is_not_asked_about(profile):
    assert update({"allowedNames": "x"}, profile, facts=FakeFacts(hosts_are_local=True)).status == 200


@pytest.mark.parametrize("mode", ["api", "gateway"])
@pytest.mark.parametrize("host", [HOST, None])
def test_a_pool_without_a_healthy_member_is_refused_whatever_mode_and_host(mode, host, profile):
    stored = record(gateway_pool_id=POOL, token_review_mode=mode, kubernetes_host=host)
    made = update({"allowedNames": "x"}, profile, stored=stored, facts=FakeFacts(pools_are_healthy=False))
    assert (made.rule, calls(made)) == ("pool.healthy", [])


def test_a_pool_that_is_left_has_to_be_healthy_where_the_check_goes_through_it():
    sick = FakeFacts(pools_are_healthy=False)
    stored = record(gateway_pool_id=POOL)
    assert update({"gatewayId": None}, stored=stored, facts=sick).rule == "pool.healthy"
    assert update({"gatewayId": None, "gatewayPoolId": None}, stored=stored, facts=sick).status == 200


def test_a_host_without_scheme_is_a_problem_through_a_gateway_in_mode_api_only():
    bare = FakeFacts(hosts_are_urls=False)
    sent = {"kubernetesHost": "prod.k8s.example"}
    through = record(gateway_id=GATEWAY)
    assert update(sent, facts=bare).status == 200
    assert update(sent, stored=through._replace(token_review_mode="gateway"), facts=bare).status == 200
    refused, failed = (update(sent, profile, stored=through, facts=bare) for profile in Profile)
    assert (refused.status, refused.error) == (400, "BadRequest")
    assert (failed.status, failed.error) == (500, "InternalServerError")


@pytest.mark.parametrize("stored", ["", "stored-jwt"])
@pytest.mark.parametrize(
    ("sent", "after"),
    [
        pytest.param({}, None, id="omitted"),
        pytest.param({"tokenReviewerJwt": None}, "", id="null"),
        pytest.param({"tokenReviewerJwt": ""}, None, id="empty"),
        pytest.param({"tokenReviewerJwt": " \t\u2003"}, None, id="blank"),
        pytest.param({"tokenReviewerJwt": "\ufeffjwt\n"}, "jwt", id="value"),
    ],
)
def test_the_reviewer_jwt_stays_unless_null_or_a_value_is_sent(sent, after, stored, profile):
    made = update({"allowedNames": "x", **sent}, profile, stored=record(token_reviewer_jwt=stored))
    assert made.after.token_reviewer_jwt == (stored if after is None else after)
