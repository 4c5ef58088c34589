"""What a cluster call comes to, by state of the cluster and way to it (kubernetes.md)."""

import pytest

from mockserver.infisical.clusters.cluster import Cluster, Reachability, Verdict
from mockserver.infisical.clusters.host import Authority
from mockserver.infisical.clusters.outcomes import Access, Target, connectivity, review

DIRECT, TUNNEL, GATEWAY = Access.DIRECT, Access.TUNNEL, Access.GATEWAY
OK, REFUSED, NOT_FOUND = Reachability.OK, Reachability.REFUSED, Reachability.NOT_FOUND
TIMEOUT, CERTIFICATE, SERVER_ERROR = Reachability.TIMEOUT, Reachability.CERTIFICATE, Reachability.SERVER_ERROR

CONNECTIVITY = {
    (OK, DIRECT): None,
    (OK, TUNNEL): None,
    (OK, GATEWAY): None,
    (REFUSED, DIRECT): "KubernetesHostConnectionRefused",
    (REFUSED, TUNNEL): "BadRequest",
    (REFUSED, GATEWAY): "GatewayConnectionError",
    (NOT_FOUND, DIRECT): "KubernetesHostConnectionError",
    (NOT_FOUND, TUNNEL): "BadRequest",
    (NOT_FOUND, GATEWAY): "GatewayConnectionError",
    (TIMEOUT, DIRECT): "KubernetesHostConnectionError",
    (TIMEOUT, TUNNEL): "BadRequest",
    (TIMEOUT, GATEWAY): "BadRequest",
    (CERTIFICATE, DIRECT): "KubernetesHostCertificateError",
    (CERTIFICATE, TUNNEL): "BadRequest",
    (CERTIFICATE, GATEWAY): None,
    (SERVER_ERROR, DIRECT): "KubernetesHostConnectionError",
    (SERVER_ERROR, TUNNEL): "GatewayConnectionError",
    (SERVER_ERROR, GATEWAY): "GatewayConnectionError",
}
REVIEW = {
    (OK, DIRECT): None,
    (OK, TUNNEL): None,
    (OK, GATEWAY): None,
    (REFUSED, DIRECT): "KubernetesConnectionRefused",
    (REFUSED, TUNNEL): "BadRequest",
    (REFUSED, GATEWAY): "GatewayTokenReviewPermissionError",
    (NOT_FOUND, DIRECT): "TokenReviewerPermissionError",
    (NOT_FOUND, TUNNEL): "BadRequest",
    (NOT_FOUND, GATEWAY): "GatewayTokenReviewPermissionError",
    (TIMEOUT, DIRECT): "KubernetesConnectionError",
    (TIMEOUT, TUNNEL): "BadRequest",
    (TIMEOUT, GATEWAY): "BadRequest",
    (CERTIFICATE, DIRECT): "KubernetesCertificateError",
    (CERTIFICATE, TUNNEL): "BadRequest",
    (CERTIFICATE, GATEWAY): None,
    (SERVER_ERROR, DIRECT): "TokenReviewerPermissionError",
    (SERVER_ERROR, TUNNEL): "TokenReviewerPermissionError",
    (SERVER_ERROR, GATEWAY): "GatewayTokenReviewPermissionError",
}
EVERY_WAY = [(state, access) for state in Reachability for access in Access]
REVIEWERS = {"good": Verdict.ALLOWED, "expired": Verdict.UNAUTHORIZED, "unbound": Verdict.FORBIDDEN}


def target(state, access=DIRECT, *, verify_tls=True):
    cluster = Cluster(name="prod", hosts=(), reachability=state, reviewers=REVIEWERS)
    authority = None if access is GATEWAY else Authority("prod.k8s.example", 6443)
    return Target(cluster, access, authority, verify_tls)


def error(problem):
    return None if problem is None else problem.error


@pytest.mark.parametrize(("state", "access"), EVERY_WAY)
def test_connectivity(state, access):
    assert error(connectivity(target(state, access))) == CONNECTIVITY[state, access]


@pytest.mark.parametrize(("state", "access"), EVERY_WAY)
def test_the_reviewer_probe(state, access):
    jwt = None if access is GATEWAY else "good"
    assert error(review(target(state, access), jwt)) == REVIEW[state, access]


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("ask", [connectivity, lambda made: review(made, "good")], ids=["connectivity", "review"])
def test_a_bad_certificate_does_no_harm_where_it_is_not_verified(ask, access):
    assert ask(target(CERTIFICATE, access, verify_tls=False)) is None


@pytest.mark.parametrize("access", [DIRECT, TUNNEL])
@pytest.mark.parametrize(
    ("jwt", "outcome", "says"),
    [
        pytest.param("good", None, "", id="allowed"),
        pytest.param("never listed", None, "", id="not listed"),
        pytest.param("expired", "TokenReviewerPermissionError", "401", id="unauthorized"),
        pytest.param("unbound", "TokenReviewerPermissionError", "system:auth-delegator", id="forbidden"),
    ],
)
def test_the_verdict_on_a_reviewer_jwt(jwt, outcome, says, access):
    problem = review(target(OK, access), jwt)
    assert error(problem) == outcome
    assert says in ("" if problem is None else problem.message)


@pytest.mark.parametrize("state", [each for each in Reachability if each is not OK])
def test_an_unreachable_cluster_gives_no_verdict(state):
    assert error(review(target(state), "expired")) == REVIEW[state, DIRECT]


def test_the_gateway_reviews_with_its_own_account_whatever_the_reviewers():
    assert review(target(OK, GATEWAY), None) is None


@pytest.mark.parametrize("state", [each for each in Reachability if each is not OK])
@pytest.mark.parametrize("access", [DIRECT, TUNNEL])
def test_a_problem_names_the_host_and_never_the_jwt(state, access):
    for problem in (connectivity(target(state, access)), review(target(state, access), "good")):
        assert "prod.k8s.example:6443" in problem.message
        assert "good" not in problem.message
