"""The login operation: its rules in the service's order, and the records that a login writes (behaviour 9)."""

from collections.abc import Callable, Iterable, Mapping
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
from mockserver.infisical.universal_auth.store import UniversalAuths
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.edition import Edition, by_edition
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Refusal, Rulebook, answers, rule

_FIELDS = {
    "clientId": Field("client_id", (str,), trim),
    "clientSecret": Field("client_secret", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}
_ORDER = from_service("login with Universal Auth, order of checks")
_INVALID = "Invalid credentials: the client ID is unknown or the client secret is wrong"
"""One message for both causes, as in the service: it does not reveal which client ids exist."""


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


LOGIN: Rulebook[Any] = Rulebook(
    *CONTRACT_RULES,
    organization_slug,
    client_id,
    address_unreadable,
    address,
    locked,
    wrong_secret,
    secret_expired,
    secret_used_up,
    *SCOPE_RULES,
)

_REVOKES_SECRET = frozenset((secret_expired.id, secret_used_up.id))
_SECRET_FOUND = _REVOKES_SECRET | frozenset(each.id for each in SCOPE_RULES)


Count = Callable[[ClientSecret, int], ClientSecret]
COUNT_INTERVAL = 10_000
"""Milliseconds."""


def _each_use(secret: ClientSecret, now: int) -> ClientSecret:
    return secret._replace(num_uses=secret.num_uses + 1, updated_at=now, counted_at=now)


def _at_intervals(secret: ClientSecret, now: int) -> ClientSecret:
    """Count a use of a secret without a limit only if none was counted within the interval before `now`."""
    counted = secret.counted_at
    if secret.num_uses_limit == 0 and counted is not None and 0 <= now - counted < COUNT_INTERVAL:
        return secret
    return _each_use(secret, now)


COUNT: Mapping[Edition, Count] = by_edition({"2026-05": _each_use, "2026-08": _at_intervals})
"""Counts a use of a client secret at a time in milliseconds, in each edition. The interval came on 2026-06-26."""


def after_login(store: UniversalAuths, request: LoginRequest, refusal: Refusal | None, count: Count) -> UniversalAuths:
    """Return the store after a login; the same one if nothing is written. `count` counts a use of the client secret.

    A rejected login may write, unlike any other rejected request: the service counts failures, and revokes a secret
    that has expired or reached its usage limit.
    """
    if refusal is not None and refusal.rule == wrong_secret.id:
        failed = after_failure(request.record, request.lockout, request.now)
        return store if failed is None else store.with_lockout(request.record.identity_id, failed)
    if refusal is not None and refusal.rule not in _SECRET_FOUND:
        return store
    identity_id, secret, now = request.record.identity_id, request.secret, request.now
    if request.lockout is not None:
        store = store.with_lockout(identity_id, None)
    if refusal is None:
        counted = count(secret, now)
        return store if counted is secret else store.with_secret(identity_id, counted)
    if refusal.rule in _REVOKES_SECRET:
        return store.with_secret(identity_id, secret._replace(revoked=True, updated_at=now))
    return store


def after_failure(record: UniversalAuth, lockout: Lockout | None, now: int) -> Lockout | None:
    """Return the lockout after one more failure at `now` (milliseconds); None if lockouts are turned off."""
    if not record.lockout_enabled:
        return None
    failures = 1 if lockout is None else lockout.failures + 1
    if failures < record.lockout_threshold:
        return Lockout(failures, now + record.lockout_counter_reset_seconds * 1000)
    until = now + record.lockout_duration_seconds * 1000
    return Lockout(failures, until, until)
