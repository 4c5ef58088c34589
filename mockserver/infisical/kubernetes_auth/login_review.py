"""The rules of a login about the cluster's token review, in the order in which the service checks them."""

from mockserver.infisical.kubernetes_auth.login_kinds import IS_SERVICE_ACCOUNT
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest, account_in
from mockserver.infisical.kubernetes_auth.sources import login
from mockserver.rules.rule import Finding, Rule, answers, rule


def _failure(id: str, summary: str, row: str, status: int, *names: str) -> Rule[LoginRequest]:
    @rule(id, summary, login(row), answers(status, names[0]), errors=names[1:], settled_by=IS_SERVICE_ACCOUNT)
    def check(request: LoginRequest) -> Finding | None:
        failure = request.review.failure
        if failure is None or failure.status != status or failure.error not in names:
            return None
        return Finding(failure.message, failure.error)

    return check


_FAILURES = (
    _failure(
        "login.review.answered",
        "Rejected if the token review request fails: the cluster cannot be reached, or it answers with an error.",
        "4b",
        400,
        "KubernetesTokenReviewError",
        "KubernetesConnectionRefused",
        "KubernetesConnectionError",
        "KubernetesCertificateError",
        "KubernetesTokenReviewRequestError",
        "BadRequest",
    ),
    _failure(
        "login.review.reviewer",
        "Rejected if the cluster does not accept the reviewer, or the reviewer may not create token reviews.",
        "4b",
        401,
        "KubernetesTokenReviewerUnauthorized",
        "KubernetesTokenReviewerForbidden",
    ),
    _failure(
        "login.review.status",
        "Rejected if the cluster's response to the token review has no `status`.",
        "12",
        400,
        "KubernetesAuthLoginError",
    ),
)
_REVIEWED = answers(401, "KubernetesTokenReviewError")


@rule(
    "login.review.error",
    "Rejected if the token review has a `status.error`, even an empty one.",
    login("5"),
    _REVIEWED,
    settled_by=IS_SERVICE_ACCOUNT,
)
def review_error(request: LoginRequest) -> Finding | None:
    error = request.review.error
    return None if error is None else Finding(error)


@rule(
    "login.review.authenticated",
    "Rejected if `status.authenticated` of the token review is not true.",
    login("6"),
    _REVIEWED,
    settled_by=IS_SERVICE_ACCOUNT,
)
def review_authenticated(request: LoginRequest) -> Finding | None:
    return None if request.review.authenticated else Finding("The cluster did not authenticate the token")


@rule(
    "login.username",
    "Rejected if the user name in the token review is not `system:serviceaccount:<namespace>:<name>`.",
    login("7"),
    answers(400, "KubernetesUsernameParseError"),
    settled_by=IS_SERVICE_ACCOUNT,
)
def username(request: LoginRequest) -> Finding | None:
    if account_in(request.review) is not None:
        return None
    return Finding(
        "The user name in the token review is not that of a service account: system:serviceaccount:<namespace>:<name>"
    )


REVIEW_RULES = (*_FAILURES, review_error, review_authenticated, username)
