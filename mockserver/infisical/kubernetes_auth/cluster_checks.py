"""Rules of attach and update that check pools and clusters for the resulting record (decision list, rows 26, 27)."""

from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.kubernetes_auth.update_kinds import CALLS_NO_CLUSTER
from mockserver.infisical.preconditions import BAD_REQUEST, assumed
from mockserver.rules.rule import Answer, Finding, answers, rule

CLUSTER_ERRORS = (
    "KubernetesHostConnectionRefused",
    "KubernetesHostConnectionError",
    "KubernetesHostCertificateError",
    "GatewayConnectionError",
    "BadRequest",
)
REVIEWER_ERRORS = (
    "TokenReviewerPermissionError",
    "KubernetesConnectionRefused",
    "KubernetesConnectionError",
    "KubernetesCertificateError",
    "GatewayTokenReviewPermissionError",
    "BadRequest",
)


LOCAL_HOST = "Local and private IP addresses are not allowed as Kubernetes host: use a public address or a gateway"


@rule(
    "pool.healthy",
    "Rejected if the cluster is reached through a gateway pool without a healthy gateway, whatever the mode and host.",
    decision_list(26),
    BAD_REQUEST,
    settled_by=CALLS_NO_CLUSTER,
)
def pool_healthy(request: Configuration) -> Finding | None:
    pool = request.record.route.gateway_pool_id
    if pool is None or request.facts.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways: use another pool, or connect one of its gateways")


@rule(
    "host.local",
    "Rejected if the Kubernetes host is local or private and is called without a gateway.",
    decision_list(27),
    BAD_REQUEST,
    about=("kubernetesHost", "tokenReviewerJwt", "templateId"),
)
def host_local(request: Configuration) -> Finding | None:
    for check in (request.record.connectivity_check, request.record.review_check):
        if check is None or check.host is None or not check.route.is_direct:
            continue
        if request.facts.host_is_local(check.host):
            return Finding(LOCAL_HOST)
    return None


@rule(
    "host.scheme",
    "Rejected if the Kubernetes host is called without a gateway and names no scheme. Later generations assume"
    " `https://`.",
    decision_list(27),
    answers(400, "KubernetesHostConnectionError"),
    until="2026-05",
    errors=("TokenReviewerPermissionError",),
    about=("kubernetesHost", "tokenReviewerJwt"),
)
def host_scheme(request: Configuration) -> Finding | None:
    judged = request.record
    check = judged.connectivity_check or judged.review_check
    if check is None or check.host is None or not check.route.is_direct or names_scheme(check.host):
        return None
    error = "TokenReviewerPermissionError" if judged.connectivity_check is None else None
    return Finding(f"'{check.host}' is not a URL: send https://{check.host}", error)


def names_scheme(host: str) -> bool:
    """Whether the text begins with the scheme of an HTTP URL, in any case."""
    return host.lower().startswith(("https:", "http:"))


@rule(
    "cluster.scheme",
    "Rejected if a gateway in mode `api` has to connect to a Kubernetes host that is not a URL. The running service"
    " fails on such a host.",
    assumed("decision list row 27: the service fails on the URL; the contract profile rejects it"),
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError")),
    settled_by=CALLS_NO_CLUSTER,
)
def cluster_scheme(request: Configuration) -> Finding | None:
    check = request.record.connectivity_check
    if check is None or check.route.is_direct or check.host is None or request.facts.host_is_url(check.host):
        return None
    return Finding(
        f"A Kubernetes host that is reached through a gateway in mode 'api' must be a URL: send https://{check.host}"
    )


@rule(
    "cluster.connectivity",
    "Rejected if `GET /version` to the cluster fails. The request is sent if `kubernetesHost` is sent or the cluster is"
    " reached through a gateway.",
    decision_list(27),
    answers(400, "KubernetesHostConnectionError"),
    errors=CLUSTER_ERRORS,
    settled_by=CALLS_NO_CLUSTER,
)
def cluster_connectivity(request: Configuration) -> Finding | None:
    check = request.record.connectivity_check
    problem = None if check is None else request.facts.connectivity(check)
    return None if problem is None else Finding(problem.message, problem.error)


@rule(
    "cluster.reviewer",
    "Rejected if a test token review in the cluster fails. The request is sent if `tokenReviewerJwt` is sent, and in"
    " mode `gateway`.",
    decision_list(27),
    answers(400, "TokenReviewerPermissionError"),
    errors=REVIEWER_ERRORS,
    settled_by=CALLS_NO_CLUSTER,
)
def cluster_reviewer(request: Configuration) -> Finding | None:
    check = request.record.review_check
    problem = None if check is None else request.facts.review(check)
    return None if problem is None else Finding(problem.message, problem.error)


OUTBOUND = (host_local, host_scheme, cluster_scheme, cluster_connectivity, cluster_reviewer)
"""The rules about outbound requests, in the service's order."""
