"""Machine identities and their memberships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

NO_ACCESS = "no-access"


class Metadata(NamedTuple):
    """A key and value stored with an identity."""

    id: str
    key: str
    value: str


class SentPair(Protocol):
    """A key and value of a request body."""

    @property
    def key(self) -> str | None:
        """The key; None if it is not a string."""

    @property
    def value(self) -> str | None:
        """The value; None if it is not a string."""


def metadata(pairs: Iterable[SentPair], ids: Sequence[str]) -> tuple[Metadata, ...]:
    """Return the pairs as metadata entries, each with one of the ids."""
    return tuple(Metadata(one, each.key or "", each.value or "") for one, each in zip(ids, pairs, strict=True))


class Membership(NamedTuple):
    """An identity's membership of one organization, with its role (a slug). Times are milliseconds since 1970."""

    id: str
    organization_id: str
    role: str = NO_ACCESS
    created_at: int = 0
    updated_at: int = 0
    last_login_method: str | None = None
    last_login_at: int | None = None
    is_active: bool = True


class Identity(NamedTuple):
    """A machine identity. `home` is the membership of its own organization, `shared` those of sub-organizations."""

    id: str
    name: str
    home: Membership
    shared: tuple[Membership, ...] = ()
    has_delete_protection: bool = False
    metadata: tuple[Metadata, ...] = ()
    instance_admin: bool = False
    project_id: str | None = None
    created_at: int = 0
    updated_at: int = 0

    @property
    def organization_id(self) -> str:
        """The id of the home organization."""
        return self.home.organization_id

    @property
    def organization_ids(self) -> tuple[str, ...]:
        """The ids of all organizations that the identity belongs to."""
        return (self.home.organization_id, *(each.organization_id for each in self.shared))

    def membership(self, organization_id: str) -> Membership | None:
        """Return the membership of that organization; None if the identity does not belong to it."""
        if organization_id == self.home.organization_id:
            return self.home
        return next((each for each in self.shared if each.organization_id == organization_id), None)

    def with_role(self, organization_id: str, role: str) -> Identity:
        """Return the identity with that role in that organization."""

        def changed(membership: Membership) -> Membership:
            return membership._replace(role=role) if membership.organization_id == organization_id else membership

        return self._replace(home=changed(self.home), shared=tuple(map(changed, self.shared)))

    def with_membership(self, membership: Membership) -> Identity:
        """Return the identity with that membership of a sub-organization added."""
        return self._replace(shared=(*self.shared, membership))

    def without_membership(self, organization_id: str) -> Identity:
        """Return the identity without its membership of that sub-organization."""
        return self._replace(shared=tuple(each for each in self.shared if each.organization_id != organization_id))
