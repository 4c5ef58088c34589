"""Requests about Universal Auth and its client secrets, as their rules read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from mockserver.infisical.auth_methods.token_settings import MethodRequest, whole
from mockserver.infisical.body_fields import NUMBER, Field, fields_of, ranks
from mockserver.infisical.javascript import trim
from mockserver.infisical.universal_auth import settings
from mockserver.infisical.universal_auth.record import ClientSecret, UniversalAuth
from mockserver.infisical.universal_auth.settings import NO_SETTINGS, Settings
from mockserver.rules.absent import ABSENT, Absent


@dataclass(slots=True)
class SettingsRequest(MethodRequest[UniversalAuth]):
    """A request to attach or update Universal Auth."""

    sent: Settings = NO_SETTINGS
    ranks: ClassVar[Mapping[str, int]] = settings.RANKS

    @property
    def stored_max_ttl(self) -> int:
        """The stored max TTL in seconds."""
        return self.record.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The trusted IPs that are sent, as texts; those of client secrets first, in the service's order."""
        secrets, tokens = self.sent.client_secret_trusted_ips, self.sent.access_token_trusted_ips
        return (() if secrets is ABSENT else secrets) + (() if tokens is ABSENT else tokens)


@dataclass(slots=True)
class SecretRequest(MethodRequest[UniversalAuth]):
    """A request about a client secret. `found` is None if the identity has no client secret with that id."""

    secret_id: str = ""
    found: ClientSecret | None = None

    @property
    def secret(self) -> ClientSecret:
        """The client secret. Only rules that follow the check for a client secret may read it."""
        assert self.found is not None, "a rule reads the client secret before the rule that checks that it exists"
        return self.found


_FIELDS: Mapping[str, Field] = {
    "description": Field("description", (str,), trim),
    "numUsesLimit": Field("num_uses_limit", NUMBER),
    "ttl": Field("ttl", NUMBER),
}

RANKS = ranks(_FIELDS)
"""Ranks by wire name; they order the issues of a 422 as the service's schema does."""


class NewSecret(NamedTuple):
    """The body of a create. A value of a wrong type counts as absent; numbers stay as sent."""

    description: str = ""
    num_uses_limit: float | Absent = ABSENT
    ttl: float | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "NewSecret":
        """Parse a request body. Unknown properties are dropped, as the service does."""
        return cls(**fields_of(body, _FIELDS))

    def created(self, id: str, secret: str, now: int) -> ClientSecret:
        """Return the new client secret, created at `now` (milliseconds), with the service's defaults."""
        return ClientSecret(
            id=id,
            secret=secret,
            created_at=now,
            updated_at=now,
            description=self.description,
            ttl=whole(self.ttl, 0),
            num_uses_limit=whole(self.num_uses_limit, 0),
        )


_DEFAULT_SECRET = NewSecret()


@dataclass(slots=True)
class CreateRequest(MethodRequest[UniversalAuth]):
    """A request to create a client secret."""

    sent: NewSecret = _DEFAULT_SECRET
