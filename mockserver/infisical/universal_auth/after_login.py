"""The records that a login writes (behaviour 9)."""

from collections.abc import Callable, Mapping

from mockserver.infisical.auth_methods.login import SCOPE_RULES
from mockserver.infisical.universal_auth.login import (
    LoginRequest,
    secret_expired,
    secret_used_up,
    secret_used_up_as_text,
    wrong_secret,
)
from mockserver.infisical.universal_auth.record import ClientSecret, Lockout, UniversalAuth
from mockserver.infisical.universal_auth.store import UniversalAuths
from mockserver.rules.edition import Edition, by_edition
from mockserver.rules.rule import Refusal

_REVOKES_SECRET = frozenset((secret_expired.id, secret_used_up.id, secret_used_up_as_text.id))
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
