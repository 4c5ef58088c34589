"""One request about identities, as its rules see it: what is sent, what is stored, and facts of the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from mockserver.infisical.identities.change import CREATE_RANKS, UPDATE_RANKS, Change
from mockserver.infisical.identities.identity import NO_ACCESS, Identity
from mockserver.infisical.identities.organization import Role
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import Issue


class Facts(CallerFacts, Protocol):
    """What the rules may ask of the caller's organization beside the caller and the identity."""

    @property
    def identity_limit(self) -> int:
        """How many identities the plan allows; 0 is no limit."""

    def identities_used(self) -> int:
        """How many identities are at home in the organization."""

    def role(self, slug: str) -> Role | None:
        """The organization's role of that slug, built-in or its own."""


class NamesOrganization(Protocol):
    """A request that names the organization that it is about."""

    @property
    def organization_id(self) -> str:
        """The organization that the caller's token is for."""

    @property
    def named_organization_id(self) -> str:
        """The organization that the request names, as it was sent."""


class Written(Protocol):
    """A request to make or to change an identity."""

    facts: Facts
    sent: Change
    issues: tuple[Issue, ...]
    ranks: ClassVar[Mapping[str, int]]

    @property
    def bounded_role(self) -> str | None:
        """The role whose privileges the caller has to be able to give; None if there is none to judge."""


@dataclass(slots=True)
class CreateRequest:
    """One create. `organization_id` is the one that the caller's token is for."""

    facts: Facts
    organization_id: str
    sent: Change
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    ranks: ClassVar[Mapping[str, int]] = CREATE_RANKS

    @property
    def named_organization_id(self) -> str:
        """The organization that the body names."""
        named = self.sent.organization_id
        return "" if named is ABSENT else named

    @property
    def bounded_role(self) -> str | None:
        """The role that is sent; a new identity without access is within every caller's bounds."""
        return None if self.sent.role in (ABSENT, NO_ACCESS) else self.sent.role


@dataclass(slots=True)
class IdentityRequest:
    """One request about one identity: to get it, or to delete it. `identity` is None if it is unknown."""

    identity_id: str
    facts: Facts
    identity: Identity | None
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class UpdateRequest:
    """One update. `identity` is None if it is unknown."""

    identity_id: str
    facts: Facts
    identity: Identity | None
    sent: Change
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    ranks: ClassVar[Mapping[str, int]] = UPDATE_RANKS

    @property
    def bounded_role(self) -> str | None:
        """The role that is sent: here `no-access` too is a privilege to give."""
        return None if self.sent.role is ABSENT else self.sent.role


@dataclass(slots=True)
class ListRequest:
    """A request for the identities of an organization. `organization_id` is the one that the caller's token is for."""

    facts: Facts
    organization_id: str
    named_organization_id: str
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
