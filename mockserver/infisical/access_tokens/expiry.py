"""Rules for tokens whose time has passed: expired ones, and JWTs that have no end."""

from typing import Protocol

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.rules.rule import Finding, Rule, Source, answers, rule

ENDLESS_UNTIL = 1_785_628_800_000
"""2026-08-02T00:00:00Z in milliseconds: the longest lifetime of a token (90 days) after 2026-05-04."""


class Timed(Protocol):
    """A token at a time in the world."""

    @property
    def token(self) -> AccessToken | Defect | None:
        """The token or its defect; None if no token is sent."""

    @property
    def now(self) -> int:
        """The world's time in milliseconds."""

    @property
    def expiry_status(self) -> int:
        """The status with which the world rejects an expired token: 401 or 403."""


def _expired(sent: Timed, status: int) -> Finding | None:
    if not isinstance(sent.token, Defect) or sent.token.name != "expired" or sent.expiry_status != status:
        return None
    return Finding("The token has expired: log in again")


@rule(
    "token.expired",
    "Rejected if the token has expired.",
    Source("service", "conditions of token errors", "2026-08-20"),
    answers(403, "TokenError"),
)
def expired(sent: Timed) -> Finding | None:
    return _expired(sent, 403)


@rule(
    "token.expired-unauthorized",
    "Rejected if the token has expired, in a world whose `tokenExpiryStatus` is 401.",
    Source("assumption", "a proposed change of the service, not released", "2026-07-27"),
    answers(401, "TokenError"),
)
def expired_unauthorized(sent: Timed) -> Finding | None:
    return _expired(sent, 401)


EXPIRY: tuple[Rule[Timed], ...] = (expired, expired_unauthorized)
"""A world has one of them: its setting selects it."""


@rule(
    "token.endless",
    "Rejected if the token of a machine identity is a JWT without `exp`, from 2026-08-02T00:00:00Z on by the world's"
    " clock.",
    Source("service", "maximum age of machine tokens", "2026-08-20"),
    answers(401, "UnauthorizedError"),
    since="2026-08",
)
def endless(sent: Timed) -> Finding | None:
    token = sent.token
    if not isinstance(token, AccessToken) or token.kind != "identity" or not token.endless:
        return None
    if sent.now < ENDLESS_UNTIL:
        return None
    return Finding("The token has no end, and the service has ended all such tokens: authenticate again")
