"""TLS pair and cluster checks of an update, judged on the resulting record (decision list, rows 24 to 27)."""

from mockserver.kubernetes_auth.attempt import UpdateAttempt
from mockserver.kubernetes_auth.sources import decided, decision_list
from mockserver.kubernetes_auth.update_standing import BAD_REQUEST
from mockserver.rules import Answer, Finding, both, parted, rule

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
    "update.tls.ca-required",
    "In mode `api`, verification that would be on has a CA, sent or stored.",
    decision_list(24),
    BAD_REQUEST,
)
def ca_required(attempt: UpdateAttempt) -> Finding | None:
    judged = attempt.record
    if judged.in_api_mode and judged.after.verify_tls_certificate and not judged.after.ca_cert:
        return Finding(
            "TLS verification needs a CA certificate: send caCert, or verifyTlsCertificate false with caCert ''"
        )
    return None


@rule(
    "update.tls.ca-conflict",
    "In mode `api`, no CA, sent or stored, stands beside verification that would be off.",
    decision_list(25),
    BAD_REQUEST,
)
def ca_conflict(attempt: UpdateAttempt) -> Finding | None:
    judged = attempt.record
    if judged.in_api_mode and not judged.after.verify_tls_certificate and judged.after.ca_cert:
        return Finding(
            "A CA certificate cannot stand beside TLS verification that is off: send caCert '', or turn it on"
        )
    return None


@rule(
    "update.pool.healthy",
    "A pool that the validation goes through has a healthy gateway, whatever mode and host.",
    decision_list(26),
    BAD_REQUEST,
)
def pool_healthy(attempt: UpdateAttempt) -> Finding | None:
    pool = attempt.record.route.gateway_pool_id
    if pool is None or attempt.facts.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways")


@rule(
    "update.host.local",
    "A host that is called directly is not local or private.",
    decision_list(27),
    BAD_REQUEST,
    about=("kubernetesHost", "tokenReviewerJwt"),
)
def host_local(attempt: UpdateAttempt) -> Finding | None:
    for check in (attempt.record.connectivity_check, attempt.record.review_check):
        if check is None or check.host is None or not check.route.is_direct:
            continue
        if attempt.facts.host_is_local(check.host):
            return Finding("Local and private IP addresses are not allowed as Kubernetes host")
    return None


@rule(
    "update.cluster.scheme",
    "Through a gateway in mode `api` the host names its scheme; the running service fails on one that does not.",
    decided("decision list row 27: the service fails on the URL; the contract profile refuses"),
    parted(contract=Answer(400, "GatewayConnectionError"), live=Answer(500, "InternalServerError")),
)
def cluster_scheme(attempt: UpdateAttempt) -> Finding | None:
    check = attempt.record.connectivity_check
    if check is None or check.route.is_direct or check.host is None or attempt.facts.host_is_url(check.host):
        return None
    return Finding(
        "Through a gateway in mode 'api' the Kubernetes host must be a URL with its scheme, such as https://…"
    )


@rule(
    "update.cluster.connectivity",
    "The cluster answers `GET /version`, where the change calls for it.",
    decision_list(27),
    both(400, "KubernetesHostConnectionError"),
    errors=CLUSTER_ERRORS,
)
def cluster_connectivity(attempt: UpdateAttempt) -> Finding | None:
    check = attempt.record.connectivity_check
    problem = None if check is None else attempt.facts.connectivity(check)
    return None if problem is None else Finding(problem.message, problem.error)


@rule(
    "update.cluster.reviewer",
    "The cluster lets the reviewer create token reviews, where the change calls for it.",
    decision_list(27),
    both(400, "TokenReviewerPermissionError"),
    errors=REVIEWER_ERRORS,
)
def cluster_reviewer(attempt: UpdateAttempt) -> Finding | None:
    check = attempt.record.review_check
    problem = None if check is None else attempt.facts.review(check)
    return None if problem is None else Finding(problem.message, problem.error)
