"""The rules of the login operation, in the service's order (behaviour 9)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hmac import compare_digest
from typing import Any, NamedTuple

from mockserver.infisical import trusted_ips
from mockserver.infisical.auth_methods.login import SCOPE_RULES, SLUG_FIELD, Scope, organization_slug
from mockserver.infisical.body_fields import Field, fields_of
from mockserver.infisical.javascript import trim
from mockserver.infisical.preconditions import FORBIDDEN, UNAUTHORIZED, from_service
from mockserver.infisical.universal_auth.record import ClientSecret, Lockout, UniversalAuth
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

_FIELDS = {
    "clientId": Field("client_id", (str,), trim),
    "clientSecret": Field("client_secret", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}
_ORDER = from_service("login with Universal Auth, order of checks")
_INVALID = "Invalid credentials: the client ID is unknown or the client secret is wrong"
"""One message for both causes, as in the service: it does not reveal which client ids exist."""
_LOOKUP_FAILS = answers(contract=None, live=Answer(500, "Find one"))
PREFIX = 4
"""How many characters of a client secret are stored in clear. The service looks up client secrets by them."""


class Sent(NamedTuple):
    """The body of a login after trimming."""

    client_id: str = ""
    client_secret: str = ""
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object) -> "Sent":
        """Parse a request body."""
        return cls(**fields_of(body, _FIELDS))


@dataclass
class LoginRequest:
    """A login at `now` (milliseconds). `stored` is the record of the client id; None if the client id is unknown.

    `lockout` counts the recent failures, if there are any. `address` is the client address as text. `scope_of` returns
    the organization of the token; it needs a known client id.
    """

    sent: Sent
    stored: UniversalAuth | None
    secrets: Iterable[ClientSecret]
    lockout: Lockout | None
    address: str
    scope_of: Callable[[], Scope]
    now: int
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def record(self) -> UniversalAuth:
        """The record. Only rules that follow the check of the client id may read it."""
        assert self.stored is not None, "a rule reads the record before the rule that checks that it exists"
        return self.stored

    @cached_property
    def trusted(self) -> bool:
        """Whether the client address is within `clientSecretTrustedIps`."""
        return trusted_ips.is_trusted(self.address, self.record.client_secret_trusted_ips)

    @cached_property
    def found(self) -> ClientSecret | None:
        """The client secret that was sent; None if it is wrong or revoked. Compared in constant time."""
        sent = self.sent.client_secret.encode()
        found = None
        for each in self.secrets:
            if compare_digest(each.secret.encode(), sent) and not each.revoked:
                found = each
        return found

    @property
    def secret(self) -> ClientSecret:
        """The client secret. Only rules that follow the check of the secret may read it."""
        assert self.found is not None, "a rule reads the client secret before the rule that checks that it exists"
        return self.found

    @cached_property
    def scope(self) -> Scope:
        """The organization in which the token will be valid."""
        return self.scope_of()


@rule(
    "universal-login.client-id-database",
    "Rejected if `clientId` contains a NUL character: the database cannot look it up.",
    _ORDER,
    _LOOKUP_FAILS,
    about=("clientId",),
)
def client_id_database(request: LoginRequest) -> Finding | None:
    if "\0" not in request.sent.client_id:
        return None
    return Finding("The database cannot look up a client ID with a NUL character")


@rule("universal-login.client-id", "Rejected if no Universal Auth has the client id `clientId`.", _ORDER, UNAUTHORIZED)
def client_id(request: LoginRequest) -> Finding | None:
    return None if request.stored is not None else Finding(_INVALID)


@rule(
    "universal-login.address-unreadable",
    "Rejected if the client address, taken from a proxy header, is not an IP address.",
    _ORDER,
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError")),
)
def address_unreadable(request: LoginRequest) -> Finding | None:
    if request.trusted or trusted_ips.client_address(request.address) is not None:
        return None
    return Finding(f"The client address '{request.address}' is not an IP address")


@rule(
    "universal-login.address",
    "Rejected if the client address is outside `clientSecretTrustedIps`.",
    _ORDER,
    FORBIDDEN,
)
def address(request: LoginRequest) -> Finding | None:
    return (
        None
        if request.trusted
        else Finding(f"The client address {request.address} is not allowed: it is outside clientSecretTrustedIps")
    )


@rule(
    "universal-login.locked",
    "Rejected if failed logins have locked the client id, even if the secret is right. A lockout counts only while"
    " `lockoutEnabled` is true.",
    _ORDER,
    UNAUTHORIZED,
)
def locked(request: LoginRequest) -> Finding | None:
    lockout = request.lockout
    if lockout is None or lockout.locked_until <= request.now or not request.record.lockout_enabled:
        return None
    return Finding("The identity's Universal Auth is locked after too many failed logins: wait or clear the lockout")


@rule(
    "universal-login.secret-database",
    "Rejected if one of the first 4 characters of `clientSecret` is a NUL character: the database cannot look it up.",
    _ORDER,
    _LOOKUP_FAILS,
    about=("clientSecret",),
)
def secret_database(request: LoginRequest) -> Finding | None:
    if "\0" not in request.sent.client_secret[:PREFIX]:
        return None
    return Finding("The database cannot look up a client secret with a NUL character among its first 4 characters")


@rule(
    "universal-login.secret",
    "Rejected if `clientSecret` is wrong or revoked. The failure counts towards the lockout.",
    _ORDER,
    UNAUTHORIZED,
)
def wrong_secret(request: LoginRequest) -> Finding | None:
    return None if request.found is not None else Finding(_INVALID)


@rule(
    "universal-login.secret-expired",
    "Rejected if the client secret has expired: its `ttl` is not 0 and has passed. The service then revokes the"
    " secret.",
    _ORDER,
    UNAUTHORIZED,
)
def secret_expired(request: LoginRequest) -> Finding | None:
    secret = request.secret
    if secret.ttl == 0 or request.now <= secret.created_at + secret.ttl * 1000:
        return None
    return Finding("The client secret has expired: create a new one")


@rule(
    "universal-login.secret-used-up",
    "Rejected if the client secret has reached its `numUsesLimit`, unless that is 0. The service then revokes the"
    " secret.",
    _ORDER,
    UNAUTHORIZED,
)
def secret_used_up(request: LoginRequest) -> Finding | None:
    secret = request.secret
    if secret.num_uses_limit == 0 or secret.num_uses < secret.num_uses_limit:
        return None
    return Finding("The client secret has reached its usage limit: create a new one")


@rule(
    "universal-login.secret-used-up-as-text",
    "Rejected if the use count of the client secret, compared with its `numUsesLimit` as text, is not less: a limit of"
    " 10 allows 2 logins, 25 allows 3. This is a fault of the service, which then revokes the secret. Limits below 10"
    " are not affected.",
    _ORDER,
    answers(contract=None, live=Answer(401, "UnauthorizedError")),
    until="2026-09",
)
def secret_used_up_as_text(request: LoginRequest) -> Finding | None:
    secret = request.secret
    if secret.num_uses_limit == 0 or str(secret.num_uses) < str(secret.num_uses_limit):
        return None
    return Finding(
        f"The client secret has reached its usage limit as the service compares it: '{secret.num_uses}' is not less"
        f" than '{secret.num_uses_limit}' as text. Use a limit below 10, or none"
    )


LOGIN: Rulebook[Any] = Rulebook(
    *CONTRACT_RULES,
    organization_slug,
    client_id_database,
    client_id,
    address_unreadable,
    address,
    locked,
    secret_database,
    wrong_secret,
    secret_expired,
    secret_used_up,
    secret_used_up_as_text,
    *SCOPE_RULES,
)
