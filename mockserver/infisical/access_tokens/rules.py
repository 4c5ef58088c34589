"""Who may call at all: the checks of a bearer token, in the service's order (auth.md, errors.md)."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.rules.rule import Answer, Finding, Rule, Rulebook, Source, answers, rule

_AUTH = Source("service", "bearer tokens, checks of each request", "2026-08-28")
_ERRORS = Source("service", "conditions of token errors", "2026-08-28")
_UNAUTHORIZED = answers(401, "UnauthorizedError")


@dataclass(slots=True)
class Presented:
    """One request's credential, what it stands for, and how its owner stands in the world. `url` is the request's.

    `identities_only` says that the route takes no users.
    """

    credential: Credential
    token: AccessToken | Defect | None
    url: str
    revoked: str | None = None
    member: bool = True
    inactive: bool = False
    uses_left: bool = True
    owner: Any = None  # the identity, for whoever knows identities
    identities_only: bool = False
    is_flawless: bool = field(init=False)
    """Whether no rule here has anything to say: an identity's token in order. It spares the walk; a test compares."""

    def __post_init__(self) -> None:
        token = self.token
        self.is_flawless = (
            isinstance(token, AccessToken)
            and token.kind == "identity"
            and token.complete
            and self.revoked is None
            and self.member
            and self.uses_left
            and not self.credential.api_key
        )


class Held(Protocol):
    """A token that a request holds, as its credential or in its body, and how its owner stands in the world."""

    @property
    def token(self) -> AccessToken | Defect | None:
        """The token, or why it is none."""

    @property
    def revoked(self) -> str | None:
        """What has been revoked of token, identity, auth method and client secret."""

    @property
    def member(self) -> bool:
        """Whether the identity is an active member of the token's organization."""

    @property
    def inactive(self) -> bool:
        """Whether it is no such member because its membership is not active."""

    @property
    def uses_left(self) -> bool:
        """Whether the token may be used once more."""


@rule(
    "token.api-key",
    "No `x-api-key` header is sent: API keys are no longer supported.",
    _ERRORS,
    answers(400, "BadRequest"),
)
def api_key(presented: Presented) -> Finding | None:
    if not presented.credential.api_key:
        return None
    return Finding("API keys are no longer supported: send a machine identity's access token as bearer")


@rule("token.missing", "An `Authorization` header is sent.", _ERRORS, _UNAUTHORIZED)
def missing(presented: Presented) -> Finding | None:
    return Finding("Token missing: send Authorization: Bearer <token>") if presented.credential.text is None else None


@rule(
    "token.service-token",
    "Service tokens are not allowed on these routes.",
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


DEFECTS = (
    _defect(
        "empty", "The token is not empty: something follows the scheme in `Authorization`.", "jwt must be provided"
    ),
    _defect(
        "malformed",
        "The token is a JWT of three parts, or one of the world's; to be renewed it is a JWT.",
        "Malformed token: it is no JWT of three parts, and no token of this world that would do here",
    ),
    _defect("invalid", "A JWT's parts are base64 and JSON.", "invalid token"),
    _defect("algorithm", "A JWT is signed with HS256.", "The token's algorithm is not the one in use: sign with HS256"),
    _defect("signature", "A JWT is signed with the server's secret.", "invalid signature"),
    _defect("not-active", "A JWT's `nbf` has come.", "jwt not active"),
    _defect("expired", "The token has not expired.", "The token has expired: log in again"),
)


def _kind(presented: Presented) -> str:
    return presented.token.kind if isinstance(presented.token, AccessToken) else "none"


@rule(
    "token.kind",
    "The token is a machine identity's or a user's.",
    _ERRORS,
    answers(403, "Forbidden access to <request url>"),
)
def kind(presented: Presented) -> Finding | None:
    if _kind(presented) != "foreign":
        return None
    return Finding("This kind of token is not allowed here", f"Forbidden access to {presented.url}")


@rule(
    "token.identities-only",
    "Where a route is for machine identities only, the token is not a user's.",
    _ERRORS,
    answers(403, "Forbidden access to <request url>"),
)
def identities_only(presented: Presented) -> Finding | None:
    if not presented.identities_only or _kind(presented) != "user":
        return None
    return Finding("This kind of token is not allowed here", f"Forbidden access to {presented.url}")


@rule("token.unknown-kind", "A JWT names a kind of token that the service knows.", _ERRORS, _UNAUTHORIZED)
def unknown_kind(presented: Presented) -> Finding | None:
    return (
        Finding("Token missing: the JWT's authTokenType is none of the service's")
        if _kind(presented) == "unknown"
        else None
    )


@rule(
    "token.user-organization",
    "A user's token names an organization.",
    _ERRORS,
    answers(401, "<request url> Unauthorized Access, no organization found in request"),
)
def user_organization(presented: Presented) -> Finding | None:
    token = presented.token
    if not isinstance(token, AccessToken) or token.kind != "user" or token.organization_id:
        return None
    error = f"{presented.url} Unauthorized Access, no organization found in request"
    return Finding("No organization found in request", error)


@rule("token.claims", "An identity token's claims are complete.", _AUTH, _UNAUTHORIZED)
def claims(presented: Held) -> Finding | None:
    token = presented.token
    if not isinstance(token, AccessToken) or token.kind != "identity" or token.complete:
        return None
    return Finding("The token's claims are incomplete: authenticate again")


@rule("token.revoked", "Neither the token nor its identity nor its auth method has been revoked.", _AUTH, _UNAUTHORIZED)
def revoked(presented: Held) -> Finding | None:
    return None if presented.revoked is None else Finding(f"Access revoked: {presented.revoked}")


@rule("token.membership", "The identity is a member of the token's organization.", _AUTH, _UNAUTHORIZED)
def membership(presented: Held) -> Finding | None:
    if presented.member:
        return None
    if presented.inactive:
        return Finding("The identity's membership of the organization is inactive")
    return Finding("The identity is no longer a member of the organization")


@rule(
    "token.uses",
    "The token has uses left; each authenticated request takes one, refused ones too.",
    _AUTH,
    _UNAUTHORIZED,
)
def uses(presented: Held) -> Finding | None:
    return None if presented.uses_left else Finding("The token has reached its usage limit")


CREDENTIAL: Rulebook[Presented] = Rulebook(api_key, *DEFECTS, claims, revoked, membership, uses)
"""What a credential that is sent must be, on public routes too."""

PROTECTED: Rulebook[Presented] = Rulebook(
    missing, service_token, kind, identities_only, unknown_kind, user_organization
)
"""What a route that needs a token asks beyond that."""


class Arrival(NamedTuple):
    """An address that is not among the trusted IPs that the token's auth method has now."""

    address: str
    readable: bool


@rule(
    "token.address-unreadable",
    "The client address, from whatever header it is taken, is an IP address.",
    _ERRORS,
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError")),
)
def address_unreadable(arrival: Arrival) -> Finding | None:
    return None if arrival.readable else Finding(f"The client address '{arrival.address}' is not an IP address")


@rule(
    "token.address",
    "The client address is among the trusted IPs that the token's auth method has now.",
    _AUTH,
    answers(403, "ForbiddenError"),
)
def address(arrival: Arrival) -> Finding | None:
    return Finding(f"The current IP address {arrival.address} is not allowed")


ARRIVAL: Rulebook[Arrival] = Rulebook(address_unreadable, address)
