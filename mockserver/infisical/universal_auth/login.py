"""The login operation: its rules in the order in which the service asks them, and what a login leaves (behaviour 9)."""

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
from mockserver.infisical.universal_auth.store import UniversalAuths
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Refusal, Rulebook, answers, rule

_FIELDS = {
    "clientId": Field("client_id", (str,), trim),
    "clientSecret": Field("client_secret", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}
_ORDER = from_service("login with Universal Auth, order of checks")
_INVALID = "Invalid credentials: no such client ID, or another client secret"
"""Of an unknown client id and of a wrong secret alike, as the service has it."""


class Sent(NamedTuple):
    """The body of a login after trimming."""

    client_id: str = ""
    client_secret: str = ""
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object) -> "Sent":
        """The login that a body asks for."""
        return cls(**fields_of(body, _FIELDS))


@dataclass
class LoginRequest:
    """One login at `now` (milliseconds), whole. `stored` is the record of the client id, None if there is none.

    `lockout` holds the failures that are remembered at that time; `address` is the text of the client's address.
    `scope_of` finds where the token is to count; it is asked once the identity is known.
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
        """The record; for whoever stands behind the rule that refuses an unknown client id."""
        assert self.stored is not None, "asked for the record before the rule that makes sure there is one"
        return self.stored

    @cached_property
    def trusted(self) -> bool:
        """Whether the client's address may use client secrets."""
        return trusted_ips.is_trusted(self.address, self.record.client_secret_trusted_ips)

    @cached_property
    def found(self) -> ClientSecret | None:
        """The client secret that was sent; a revoked one is none. How long it takes does not tell how much is right."""
        sent = self.sent.client_secret.encode()
        found = None
        for each in self.secrets:
            if compare_digest(each.secret.encode(), sent) and not each.revoked:
                found = each
        return found

    @property
    def secret(self) -> ClientSecret:
        """The client secret; for whoever stands behind the rule that refuses a wrong one."""
        assert self.found is not None, "asked for the client secret before the rule that makes sure there is one"
        return self.found

    @cached_property
    def scope(self) -> Scope:
        """Where the token is to count."""
        return self.scope_of()


@rule("universal-login.client-id", "`clientId` is that of a Universal Auth.", _ORDER, UNAUTHORIZED)
def client_id(request: LoginRequest) -> Finding | None:
    return None if request.stored is not None else Finding(_INVALID)


@rule(
    "universal-login.address-unreadable",
    "The client address, from whatever header it is taken, is an IP address.",
    _ORDER,
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError")),
)
def address_unreadable(request: LoginRequest) -> Finding | None:
    if request.trusted or trusted_ips.client_address(request.address) is not None:
        return None
    return Finding(f"The client address '{request.address}' is not an IP address")


@rule(
    "universal-login.address",
    "The client address is among `clientSecretTrustedIps`.",
    _ORDER,
    FORBIDDEN,
)
def address(request: LoginRequest) -> Finding | None:
    return None if request.trusted else Finding(f"The current IP address {request.address} is not allowed")


@rule(
    "universal-login.locked",
    "The client id is not locked by failed logins, whatever the secret; a lock outlives that lockouts are turned off.",
    _ORDER,
    UNAUTHORIZED,
)
def locked(request: LoginRequest) -> Finding | None:
    if request.lockout is None or request.lockout.locked_until <= request.now:
        return None
    return Finding("The identity's Universal Auth is locked for a while: too many logins have failed")


@rule(
    "universal-login.secret",
    "`clientSecret` is one that is not revoked. A wrong one counts towards the lockout.",
    _ORDER,
    UNAUTHORIZED,
)
def wrong_secret(request: LoginRequest) -> Finding | None:
    return None if request.found is not None else Finding(_INVALID)


@rule(
    "universal-login.secret-expired",
    "The client secret's `ttl`, if not 0, is not over. One whose is gets revoked.",
    _ORDER,
    UNAUTHORIZED,
)
def secret_expired(request: LoginRequest) -> Finding | None:
    secret = request.secret
    if secret.ttl == 0 or request.now <= secret.created_at + secret.ttl * 1000:
        return None
    return Finding("The client secret has expired")


@rule(
    "universal-login.secret-used-up",
    "The client secret's `numUsesLimit`, if not 0, is not reached. One whose is gets revoked.",
    _ORDER,
    UNAUTHORIZED,
)
def secret_used_up(request: LoginRequest) -> Finding | None:
    secret = request.secret
    if secret.num_uses_limit == 0 or secret.num_uses < secret.num_uses_limit:
        return None
    return Finding("The client secret has been used as often as it may be")


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

_GIVEN_UP = frozenset((secret_expired.id, secret_used_up.id))
_SECRET_IS_GOOD = _GIVEN_UP | frozenset(each.id for each in SCOPE_RULES)


def left_behind(store: UniversalAuths, request: LoginRequest, refusal: Refusal | None) -> UniversalAuths:
    """The store after a login, the same one if nothing is written.

    The one exception to the law that a refused request changes nothing: the service counts failures, and revokes a
    secret that has come to its end, before it refuses.
    """
    if refusal is not None and refusal.rule == wrong_secret.id:
        failed = after_failure(request.record, request.lockout, request.now)
        return store if failed is None else store.with_lockout(request.record.identity_id, failed)
    if refusal is not None and refusal.rule not in _SECRET_IS_GOOD:
        return store
    identity_id, secret, now = request.record.identity_id, request.secret, request.now
    if request.lockout is not None:
        store = store.with_lockout(identity_id, None)
    if refusal is None:
        return store.with_secret(identity_id, secret._replace(num_uses=secret.num_uses + 1, updated_at=now))
    if refusal.rule in _GIVEN_UP:
        return store.with_secret(identity_id, secret._replace(revoked=True, updated_at=now))
    return store


def after_failure(record: UniversalAuth, lockout: Lockout | None, now: int) -> Lockout | None:
    """The failures after one more at `now` (milliseconds), remembered from then on; None if none are counted."""
    if not record.lockout_enabled:
        return None
    failures = 1 if lockout is None else lockout.failures + 1
    if failures < record.lockout_threshold:
        return Lockout(failures, now + record.lockout_counter_reset_seconds * 1000)
    until = now + record.lockout_duration_seconds * 1000
    return Lockout(failures, until, until)
