"""Requests about identities, as their rules read them: the parsed body, the stored identity, facts of the world."""

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
    """Facts about the caller, the identity and the caller's organization."""

    @property
    def identity_limit(self) -> int:
        """How many identities the plan allows; 0 means no limit."""

    def identities_used(self) -> int:
        """Return how many identities have the organization as their home."""

    def role(self, slug: str) -> Role | None:
        """Return the built-in or custom role with that slug; None if the organization has none."""


class NamesOrganization(Protocol):
    """A request that names an organization."""

    @property
    def organization_id(self) -> str:
        """The organization of the caller's token."""

    @property
    def named_organization_id(self) -> str:
        """The organization that the request names, as sent."""


class Written(Protocol):
    """A request to create or update an identity."""

    facts: Facts
    sent: Change
    issues: tuple[Issue, ...]
    ranks: ClassVar[Mapping[str, int]]

    @property
    def bounded_role(self) -> str | None:
        """The role that the caller must be allowed to grant; None if the request grants none."""


@dataclass(slots=True)
class CreateRequest:
    """A request to create an identity. `organization_id` is that of the caller's token."""

    facts: Facts
    organization_id: str
    sent: Change
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    ranks: ClassVar[Mapping[str, int]] = CREATE_RANKS

    @property
    def named_organization_id(self) -> str:
        """The organization that the body names; empty if it names none."""
        named = self.sent.organization_id
        return "" if named is ABSENT else named

    @property
    def bounded_role(self) -> str | None:
        """The role that is sent; None for `no-access`, which every caller may give to a new identity."""
        return None if self.sent.role in (ABSENT, NO_ACCESS) else self.sent.role


@dataclass(slots=True)
class IdentityRequest:
    """A request to get or delete an identity. `identity` is None if it is unknown."""

    identity_id: str
    facts: Facts
    identity: Identity | None
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class UpdateRequest:
    """A request to update an identity. `identity` is None if it is unknown."""

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
        """The role that is sent; in an update, `no-access` needs the privilege too."""
        return None if self.sent.role is ABSENT else self.sent.role


@dataclass(slots=True)
class ListRequest:
    """A request to list the identities of an organization. `organization_id` is that of the caller's token."""

    facts: Facts
    organization_id: str
    named_organization_id: str
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
