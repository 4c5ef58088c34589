"""The parsed body of attach and update of Token Auth, and the resulting record."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL, parsed, whole
from mockserver.infisical.body_fields import NUMBER, Field, fields_of, ip_texts, ranks
from mockserver.infisical.token_auth.record import TokenAuth
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.decision_table import Writes

_FIELDS: Mapping[str, Field] = {
    "accessTokenTrustedIps": Field("access_token_trusted_ips", (list,), ip_texts),
    "accessTokenTTL": Field("access_token_ttl", NUMBER),
    "accessTokenMaxTTL": Field("access_token_max_ttl", NUMBER),
    "accessTokenNumUsesLimit": Field("access_token_num_uses_limit", NUMBER),
}

RANKS = ranks(_FIELDS)
"""The rank of each property among the issues of a 422."""
WRITES = Writes.of({name: field.name for name, field in _FIELDS.items()})
"""How coverage counts an update."""


class Settings(NamedTuple):
    """The body of attach or update. A value of a wrong type counts as absent; numbers stay as sent."""

    access_token_trusted_ips: tuple[str, ...] | Absent = ABSENT
    access_token_ttl: float | Absent = ABSENT
    access_token_max_ttl: float | Absent = ABSENT
    access_token_num_uses_limit: float | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "Settings":
        """Parse a request body. Unknown properties are dropped, as the service does."""
        return cls(**fields_of(body, _FIELDS))

    @property
    def writes_nothing(self) -> bool:
        """Whether an update with these settings would set no column."""
        return self == _NOTHING


_NOTHING = Settings()


def attached(sent: Settings, id: str, identity_id: str, now: int) -> TokenAuth:
    """Return the new record, created at `now` (milliseconds), with the service's defaults."""
    return TokenAuth(
        id=id,
        identity_id=identity_id,
        created_at=now,
        updated_at=now,
        access_token_trusted_ips=parsed(sent.access_token_trusted_ips, EVERYWHERE),
        access_token_ttl=whole(sent.access_token_ttl, DEFAULT_TTL),
        access_token_max_ttl=whole(sent.access_token_max_ttl, DEFAULT_TTL),
        access_token_num_uses_limit=whole(sent.access_token_num_uses_limit, 0),
    )


def updated(stored: TokenAuth, sent: Settings, now: int) -> TokenAuth:
    """Return the record after the update at `now` (milliseconds); the same object if no column is set."""
    if sent.writes_nothing:
        return stored
    return stored._replace(
        updated_at=now,
        access_token_trusted_ips=parsed(sent.access_token_trusted_ips, stored.access_token_trusted_ips),
        access_token_ttl=whole(sent.access_token_ttl, stored.access_token_ttl),
        access_token_max_ttl=whole(sent.access_token_max_ttl, stored.access_token_max_ttl),
        access_token_num_uses_limit=whole(sent.access_token_num_uses_limit, stored.access_token_num_uses_limit),
    )
