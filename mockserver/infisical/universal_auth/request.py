"""Requests about Universal Auth and its client secrets, as their rules see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mockserver.infisical.auth_methods.token_settings import MethodRequest, whole
from mockserver.infisical.body_fields import NUMBER, Field, fields_of, ranks
from mockserver.infisical.javascript import trim
from mockserver.infisical.universal_auth.record import ClientSecret, UniversalAuth
from mockserver.infisical.universal_auth.settings import NO_SETTINGS, Settings
from mockserver.rules.absent import ABSENT, Absent


@dataclass(slots=True)
class SettingsRequest(MethodRequest[UniversalAuth]):
    """A request to attach Universal Auth, or to update it."""

    sent: Settings = NO_SETTINGS

    @property
    def stored_max_ttl(self) -> int:
        """The max TTL that is stored."""
        return self.record.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent: those of client secrets first, as the service asks."""
        secrets, tokens = self.sent.client_secret_trusted_ips, self.sent.access_token_trusted_ips
        return (() if secrets is ABSENT else secrets) + (() if tokens is ABSENT else tokens)


@dataclass(slots=True)
class SecretRequest(MethodRequest[UniversalAuth]):
    """A request about one client secret of an identity. `found` is None if the identity has none of that id."""

    secret_id: str = ""
    found: ClientSecret | None = None

    @property
    def secret(self) -> ClientSecret:
        """The client secret; for whoever stands behind the rule that refuses an id of none."""
        assert self.found is not None, "asked for the client secret before the rule that makes sure there is one"
        return self.found


_FIELDS: Mapping[str, Field] = {
    "description": Field("description", (str,), trim),
    "numUsesLimit": Field("num_uses_limit", NUMBER),
    "ttl": Field("ttl", NUMBER),
}

RANKS = ranks(_FIELDS)
"""The rank of each wire name among the issues of a 422: the order of the service's schema."""


class NewSecret(NamedTuple):
    """A body that asks for a client secret. A value of a wrong type reads as absent; numbers stay as they were sent."""

    description: str = ""
    num_uses_limit: float | Absent = ABSENT
    ttl: float | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "NewSecret":
        """The client secret that a body asks for; names it does not know are dropped, as the service drops them."""
        return cls(**fields_of(body, _FIELDS))

    def made(self, id: str, secret: str, now: int) -> ClientSecret:
        """The new client secret at `now` (milliseconds). What is not sent has the service's default."""
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
    """A request to make a client secret."""

    sent: NewSecret = _DEFAULT_SECRET
