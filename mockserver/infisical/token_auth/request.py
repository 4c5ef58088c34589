"""Requests about Token Auth and the tokens made through it, as their rules see them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mockserver.infisical.auth_methods.login import SLUG_FIELD, Scope
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.body_fields import Field, fields_of
from mockserver.infisical.preconditions import CallerFacts
from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth
from mockserver.infisical.token_auth.settings import Settings
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.issues import Issue

_NAME = Field("name", (str,))


@dataclass(kw_only=True)
class SettingsRequest(MethodRequest[TokenAuth]):
    """A request to attach Token Auth, or to update it. `stored` is the identity's record, if there is one."""

    sent: Settings

    @property
    def stored_max_ttl(self) -> int:
        """The max TTL that is stored."""
        return self.record.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent."""
        texts = self.sent.access_token_trusted_ips
        return () if texts is ABSENT else texts


class NewToken(NamedTuple):
    """A body that asks for a token."""

    name: str | Absent = ABSENT
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object) -> "NewToken":
        """The token that a body asks for. Its name is not trimmed."""
        return cls(**fields_of(body, {"name": _NAME, "organizationSlug": SLUG_FIELD}))


@dataclass(kw_only=True)
class CreateRequest(MethodRequest[TokenAuth]):
    """A request to make a token. `scope_of` finds where it is to count; it is asked once the identity is known."""

    sent: NewToken
    scope_of: Callable[[], Scope]

    @cached_property
    def scope(self) -> Scope:
        """Where the token is to count."""
        return self.scope_of()


class TokenChange(NamedTuple):
    """A body that renames a token."""

    name: str | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "TokenChange":
        """The change that a body asks for."""
        return cls(**fields_of(body, {"name": _NAME}))


_NO_CHANGE = TokenChange()


@dataclass(slots=True)
class TokenRequest:
    """A request about one token that was made through Token Auth; `found` is None if there is no such token."""

    token_id: str
    found: IssuedToken | None
    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    sent: TokenChange = _NO_CHANGE

    @property
    def token(self) -> IssuedToken:
        """The token; for whoever stands behind the rule that refuses the id of none."""
        assert self.found is not None, "asked for the token before the rule that makes sure there is one"
        return self.found

    @property
    def identity_id(self) -> str:
        """The identity that the token stands for."""
        return self.token.identity_id
