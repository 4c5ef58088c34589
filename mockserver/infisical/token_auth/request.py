"""Requests about Token Auth and the tokens that it issued, as their rules read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from mockserver.infisical.auth_methods.login import SLUG_FIELD, Scope
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.body_fields import Field, fields_of
from mockserver.infisical.preconditions import CallerFacts
from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth
from mockserver.infisical.token_auth.settings import RANKS, Settings
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.issues import Issue

_NAME = Field("name", (str,))
_TOKEN = {"name": _NAME}
_NEW_TOKEN = {"name": _NAME, "organizationSlug": SLUG_FIELD}


@dataclass(kw_only=True)
class SettingsRequest(MethodRequest[TokenAuth]):
    """A request to attach or update Token Auth."""

    sent: Settings
    ranks: ClassVar[Mapping[str, int]] = RANKS

    @property
    def stored_max_ttl(self) -> int:
        """The stored max TTL in seconds."""
        return self.record.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The trusted IPs that are sent, as texts."""
        texts = self.sent.access_token_trusted_ips
        return () if texts is ABSENT else texts


class NewToken(NamedTuple):
    """The body of a create."""

    name: str | Absent = ABSENT
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object) -> "NewToken":
        """Parse a request body. The name is not trimmed."""
        return cls(**fields_of(body, _NEW_TOKEN))


@dataclass(kw_only=True)
class CreateRequest(MethodRequest[TokenAuth]):
    """A request to create a token. `scope_of` returns the organization of the token; it needs a known identity."""

    sent: NewToken
    scope_of: Callable[[], Scope]

    @cached_property
    def scope(self) -> Scope:
        """The organization in which the token will be valid."""
        return self.scope_of()


class TokenChange(NamedTuple):
    """The body of an update, which renames a token."""

    name: str | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "TokenChange":
        """Parse a request body. The name is not trimmed."""
        return cls(**fields_of(body, _TOKEN))


_NO_CHANGE = TokenChange()


@dataclass(slots=True)
class TokenRequest:
    """A request about a token by its id. `found` is None if Token Auth issued no such token."""

    token_id: str
    found: IssuedToken | None
    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    sent: TokenChange = _NO_CHANGE

    @property
    def token(self) -> IssuedToken:
        """The token. Only rules that follow the check for a token may read it."""
        assert self.found is not None, "a rule reads the token before the rule that checks that it exists"
        return self.found

    @property
    def identity_id(self) -> str:
        """The identity that the token belongs to."""
        return self.token.identity_id
