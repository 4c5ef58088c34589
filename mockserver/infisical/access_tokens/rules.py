"""Authentication: the rules for bearer tokens, in the service's order (auth.md, errors.md)."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.infisical.access_tokens.expiry import EXPIRY, Timed, endless
from mockserver.rules.rule import Answer, Finding, Rule, Rulebook, Source, answers, rule

_AUTH = Source("service", "bearer tokens, checks of each request", "2026-08-20")
_ERRORS = Source("service", "conditions of token errors", "2026-08-20")
_UNAUTHORIZED = answers(401, "UnauthorizedError")


@dataclass(slots=True)
class Presented:
    """A request's credential, with the status of its token and identity in the world. `url` is the request's.

    `identities_only` says that the route rejects users. `now` is the world's time in milliseconds, `expiry_status` the
    status with which the world rejects an expired token.
    """

    credential: Credential
    token: AccessToken | Defect | None
    url: str
    revoked: str | None = None
    member: bool = True
    inactive: bool = False
    uses_left: bool = True
    owner: Any = None  # an Identity; typed as Any because this package does not import identities
    identities_only: bool = False
    now: int = 0
    expiry_status: int = 403
    is_flawless: bool = field(init=False)
    """Whether no rule of this module rejects the request. Skips the rules for a valid token; a test compares both."""

    def __post_init__(self) -> None:
        token = self.token
        self.is_flawless = (
            isinstance(token, AccessToken)
            and token.kind == "identity"
            and token.complete
            and not token.endless
            and self.revoked is None
            and self.member
            and self.uses_left
            and not self.credential.api_key
        )


class Held(Timed, Protocol):
    """A token from the headers or the body of a request, with the status of token and identity in the world."""

    @property
    def revoked(self) -> str | None:
        """Why the token is revoked; None if it is not."""

    @property
    def member(self) -> bool:
        """Whether the identity is an active member of the token's organization."""

    @property
    def inactive(self) -> bool:
        """Whether the identity is an inactive member of the token's organization."""

    @property
    def uses_left(self) -> bool:
        """Whether the token is below its usage limit."""


@rule(
    "token.api-key",
    "Rejected if the request has an `x-api-key` header that is not empty: API keys are no longer supported.",
    _ERRORS,
    answers(400, "BadRequest"),
)
def api_key(presented: Presented) -> Finding | None:
    if not presented.credential.api_key:
        return None
    return Finding("API keys are no longer supported: send a machine identity's access token as bearer token")


@rule("token.missing", "Rejected if the request has no `Authorization` header.", _ERRORS, _UNAUTHORIZED)
def missing(presented: Presented) -> Finding | None:
    return Finding("Token missing: send Authorization: Bearer <token>") if presented.credential.text is None else None


@rule(
    "token.service-token",
    "Rejected if the token is a service token (prefix `st.`).",
    _ERRORS,
    answers(403, "Forbidden access to <request url>"),
)
def service_token(presented: Presented) -> Finding | None:
    if not presented.credential.is_service_token:
        return None
    return Finding("This kind of token is not allowed here", f"Forbidden access to {presented.url}")


def _defect(name: str, summary: str, message: str) -> Rule[Held]:
    def check(presented: Held) -> Finding | None:
        return Finding(message) if isinstance(presented.token, Defect) and presented.token.name == name else None

    return Rule(id=f"token.{name}", summary=summary, source=_ERRORS, answers=answers(403, "TokenError"), check=check)


DEFECTS: tuple[Rule[Held], ...] = (
    _defect(
        "empty",
        "Rejected if the token is empty: nothing follows the scheme in `Authorization`.",
        "jwt must be provided",
    ),
    _defect(
        "malformed",
        "Rejected if the token is neither a JWT of three parts nor a fixture token of this world. Only a JWT can be"
        " renewed.",
        "Malformed token: neither a JWT nor a fixture token of this world. A fixture token cannot be renewed",
    ),
    _defect(
        "invalid",
        "Rejected if a part of the JWT is not base64 or not JSON, or `exp` or `nbf` is not a number.",
        "invalid token",
    ),
    _defect(
        "algorithm",
        "Rejected if the JWT is not signed with HS256.",
        "The token is signed with an unsupported algorithm: sign with HS256",
    ),
    _defect("signature", "Rejected if the JWT is not signed with the server's secret.", "invalid signature"),
    _defect("not-active", "Rejected if the JWT's `nbf` is in the future.", "jwt not active"),
    *EXPIRY,
)


def _kind(presented: Presented) -> str:
    return presented.token.kind if isinstance(presented.token, AccessToken) else "none"


@rule(
    "token.kind",
    "Rejected if the token belongs to neither a machine identity nor a user, such as a SCIM token.",
    _ERRORS,
    answers(403, "Forbidden access to <request url>"),
)
def kind(presented: Presented) -> Finding | None:
    if _kind(presented) != "foreign":
        return None
    return Finding("This kind of token is not allowed here", f"Forbidden access to {presented.url}")


@rule(
    "token.identities-only",
    "Rejected if the route is for machine identities only and the token is a user's.",
    _ERRORS,
    answers(403, "Forbidden access to <request url>"),
)
def identities_only(presented: Presented) -> Finding | None:
    if not presented.identities_only or _kind(presented) != "user":
        return None
    return Finding("This kind of token is not allowed here", f"Forbidden access to {presented.url}")


@rule("token.unknown-kind", "Rejected if the JWT's `authTokenType` is unknown.", _ERRORS, _UNAUTHORIZED)
def unknown_kind(presented: Presented) -> Finding | None:
    return (
        Finding("Token missing: the JWT's authTokenType is unknown to the service")
        if _kind(presented) == "unknown"
        else None
    )


@rule(
    "token.user-organization",
    "Rejected if a user's token names no organization.",
    _ERRORS,
    answers(401, "<request url> Unauthorized Access, no organization found in request"),
)
def user_organization(presented: Presented) -> Finding | None:
    token = presented.token
    if not isinstance(token, AccessToken) or token.kind != "user" or token.organization_id:
        return None
    error = f"{presented.url} Unauthorized Access, no organization found in request"
    return Finding("No organization found in request", error)


@rule(
    "token.claims",
    "Rejected if the token of a machine identity lacks a required claim: its ids, its organizations, its auth method,"
    " or one of the numbers `iat`, `creationEpoch`, TTL, max TTL and period.",
    _AUTH,
    _UNAUTHORIZED,
)
def claims(presented: Held) -> Finding | None:
    token = presented.token
    if not isinstance(token, AccessToken) or token.kind != "identity" or token.complete:
        return None
    return Finding("The token's claims are incomplete: authenticate again")


@rule(
    "token.revoked",
    "Rejected if the token, its client secret or its auth method has been revoked, or its identity deleted.",
    _AUTH,
    _UNAUTHORIZED,
)
def revoked(presented: Held) -> Finding | None:
    return None if presented.revoked is None else Finding(f"Access revoked: {presented.revoked}")


@rule(
    "token.membership",
    "Rejected if the identity is not an active member of the token's organization.",
    _AUTH,
    _UNAUTHORIZED,
)
def membership(presented: Held) -> Finding | None:
    if presented.member:
        return None
    if presented.inactive:
        return Finding("The identity's membership of the organization is inactive")
    return Finding("The identity is no longer a member of the organization")


@rule(
    "token.uses",
    "Rejected if the token has reached its usage limit. Each authenticated request counts, rejected ones included.",
    _AUTH,
    _UNAUTHORIZED,
)
def uses(presented: Held) -> Finding | None:
    return None if presented.uses_left else Finding("The token has reached its usage limit")


CREDENTIAL: Rulebook[Presented] = Rulebook(
    api_key, *DEFECTS, claims, endless, revoked, membership.only(since="2026-08"), uses
)
"""Rules for every credential that is sent, on public routes too."""

PROTECTED: Rulebook[Presented] = Rulebook(
    missing, service_token, kind, identities_only, unknown_kind, user_organization
)
"""Further rules of routes that require a token."""


class Arrival(NamedTuple):
    """The client address of a request, if it is outside the trusted IPs that the token's auth method has now."""

    address: str
    readable: bool


@rule(
    "token.address-unreadable",
    "Rejected if the client address, taken from a proxy header, is not an IP address.",
    _ERRORS,
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError")),
)
def address_unreadable(arrival: Arrival) -> Finding | None:
    return None if arrival.readable else Finding(f"The client address '{arrival.address}' is not an IP address")


@rule(
    "token.address",
    "Rejected if the client address is outside the current trusted IPs of the token's auth method.",
    _AUTH,
    answers(403, "ForbiddenError"),
)
def address(arrival: Arrival) -> Finding | None:
    return Finding(f"The client address {arrival.address} is not allowed: it is outside the auth method's trusted IPs")


ARRIVAL: Rulebook[Arrival] = Rulebook(address_unreadable, address)

MEMBERSHIP: Rulebook[Presented] = Rulebook(membership.only(until="2026-05"))
"""The server of 2026-05 checks the membership after the client address."""
