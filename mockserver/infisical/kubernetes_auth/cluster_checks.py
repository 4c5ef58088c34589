"""What attach and update ask pools and clusters before they write, about the resulting record (rows 26 and 27)."""

from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.preconditions import BAD_REQUEST, assumed
from mockserver.rules.rule import Answer, Finding, answers, rule

CLUSTER_ERRORS = (
    "KubernetesHostConnectionRefused",
    "KubernetesHostConnectionError",
    "KubernetesHostConnectionTimeout",
    "KubernetesHostCertificateError",
    "GatewayConnectionRefused",
    "GatewayConnectionError",
    "GatewayConnectionTimeout",
    "GatewayHostNotFound",
    "GatewayCertificateError",
)
REVIEWER_ERRORS = (
    "TokenReviewerPermissionError",
    "KubernetesConnectionRefused",
    "KubernetesConnectionTimeout",
    "KubernetesCertificateError",
    "GatewayConnectionRefused",
    "GatewayConnectionTimeout",
    "GatewayHostNotFound",
    "GatewayCertificateError",
    "GatewayTokenReviewPermissionError",
)


@rule(
    "pool.healthy",
    "A pool that the validation goes through has a healthy gateway, whatever mode and host.",
    decision_list(26),
    BAD_REQUEST,
)
def pool_healthy(request: Configuration) -> Finding | None:
    pool = request.record.route.gateway_pool_id
    if pool is None or request.facts.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways")


@rule(
    "host.local",
    "A host that is called directly is not local or private.",
    decision_list(27),
    BAD_REQUEST,
    about=("kubernetesHost", "tokenReviewerJwt"),
)
def host_local(request: Configuration) -> Finding | None:
    for check in (request.record.connectivity_check, request.record.review_check):
        if check is None or check.host is None or not check.route.is_direct:
            continue
        if request.facts.host_is_local(check.host):
            return Finding("Local and private IP addresses are not allowed as Kubernetes host")
    return None


@rule(
    "cluster.scheme",
    "Through a gateway in mode `api` the host names its scheme; the running service fails on one that does not.",
    assumed("decision list row 27: the service fails on the URL; the contract profile refuses"),
    answers(contract=Answer(400, "GatewayConnectionError"), live=Answer(500, "InternalServerError")),
)
def cluster_scheme(request: Configuration) -> Finding | None:
    check = request.record.connectivity_check
    if check is None or check.route.is_direct or check.host is None or request.facts.host_is_url(check.host):
        return None
    return Finding(
        "Through a gateway in mode 'api' the Kubernetes host must be a URL with its scheme, such as https://…"
    )


@rule(
    "cluster.connectivity",
    "The cluster answers `GET /version`, where the change calls for it.",
    decision_list(27),
    answers(400, "KubernetesHostConnectionError"),
    errors=CLUSTER_ERRORS,
)
def cluster_connectivity(request: Configuration) -> Finding | None:
    check = request.record.connectivity_check
    problem = None if check is None else request.facts.connectivity(check)
    return None if problem is None else Finding(problem.message, problem.error)


@rule(
    "cluster.reviewer",
    "The cluster lets the reviewer create token reviews, where the change calls for it.",
    decision_list(27),
    answers(400, "TokenReviewerPermissionError"),
    errors=REVIEWER_ERRORS,
)
def cluster_reviewer(request: Configuration) -> Finding | None:
    check = request.record.review_check
    problem = None if check is None else request.facts.review(check)
    return None if problem is None else Finding(problem.message, problem.error)


OUTBOUND = (host_local, cluster_scheme, cluster_connectivity, cluster_reviewer)
"""In the order in which the service comes upon them."""
