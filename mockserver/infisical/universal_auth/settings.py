"""The parsed body of attach and update of Universal Auth, and the resulting record."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.auth_methods.token_settings import parsed, whole
from mockserver.infisical.body_fields import NUMBER, Field, fields_of, ip_texts, ranks
from mockserver.infisical.universal_auth.record import UniversalAuth
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.decision_table import Writes

_FIELDS: Mapping[str, Field] = {
    "clientSecretTrustedIps": Field("client_secret_trusted_ips", (list,), ip_texts),
    "accessTokenTrustedIps": Field("access_token_trusted_ips", (list,), ip_texts),
    "accessTokenTTL": Field("access_token_ttl", NUMBER),
    "accessTokenNumUsesLimit": Field("access_token_num_uses_limit", NUMBER),
    "accessTokenMaxTTL": Field("access_token_max_ttl", NUMBER),
    "accessTokenPeriod": Field("access_token_period", NUMBER),
    "lockoutEnabled": Field("lockout_enabled", (bool,)),
    "lockoutThreshold": Field("lockout_threshold", NUMBER),
    "lockoutDurationSeconds": Field("lockout_duration_seconds", NUMBER),
    "lockoutCounterResetSeconds": Field("lockout_counter_reset_seconds", NUMBER),
}

RANKS = ranks(_FIELDS)
"""Ranks by wire name; they order the issues of a 422 as the service's schema of the update does."""

WRITES = Writes.of({name: field.name for name, field in _FIELDS.items()})
"""How coverage counts an update."""


class Settings(NamedTuple):
    """The body of attach or update. A value of a wrong type counts as absent; numbers stay as sent."""

    client_secret_trusted_ips: tuple[str, ...] | Absent = ABSENT
    access_token_trusted_ips: tuple[str, ...] | Absent = ABSENT
    access_token_ttl: float | Absent = ABSENT
    access_token_num_uses_limit: float | Absent = ABSENT
    access_token_max_ttl: float | Absent = ABSENT
    access_token_period: float | Absent = ABSENT
    lockout_enabled: bool | Absent = ABSENT
    lockout_threshold: float | Absent = ABSENT
    lockout_duration_seconds: float | Absent = ABSENT
    lockout_counter_reset_seconds: float | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "Settings":
        """Parse a request body. Unknown properties are dropped, as the service does."""
        return cls(**fields_of(body, _FIELDS))

    @property
    def writes_nothing(self) -> bool:
        """Whether an update with these settings would set no column."""
        return self == NO_SETTINGS


NO_SETTINGS = Settings()


def attached(sent: Settings, id: str, client_id: str, identity_id: str, now: int) -> UniversalAuth:
    """Return the new record, created at `now` (milliseconds), with the service's defaults."""
    return _merged(UniversalAuth(id, identity_id, client_id, now, now), sent, now)


def updated(stored: UniversalAuth, sent: Settings, now: int) -> UniversalAuth:
    """Return the record after the update at `now` (milliseconds); the same object if no column is set."""
    return stored if sent.writes_nothing else _merged(stored, sent, now)


def _merged(stored: UniversalAuth, sent: Settings, now: int) -> UniversalAuth:
    enabled = sent.lockout_enabled
    return stored._replace(
        updated_at=now,
        client_secret_trusted_ips=parsed(sent.client_secret_trusted_ips, stored.client_secret_trusted_ips),
        access_token_trusted_ips=parsed(sent.access_token_trusted_ips, stored.access_token_trusted_ips),
        access_token_ttl=whole(sent.access_token_ttl, stored.access_token_ttl),
        access_token_max_ttl=whole(sent.access_token_max_ttl, stored.access_token_max_ttl),
        access_token_num_uses_limit=whole(sent.access_token_num_uses_limit, stored.access_token_num_uses_limit),
        access_token_period=whole(sent.access_token_period, stored.access_token_period),
        lockout_enabled=stored.lockout_enabled if enabled is ABSENT else enabled,
        lockout_threshold=whole(sent.lockout_threshold, stored.lockout_threshold),
        lockout_duration_seconds=whole(sent.lockout_duration_seconds, stored.lockout_duration_seconds),
        lockout_counter_reset_seconds=whole(sent.lockout_counter_reset_seconds, stored.lockout_counter_reset_seconds),
    )
