"""Machine identities, and where they are members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

NO_ACCESS = "no-access"


class Metadata(NamedTuple):
    """One key and value that callers keep with an identity."""

    id: str
    key: str
    value: str


class SentPair(Protocol):
    """A key and a value that a body sends."""

    @property
    def key(self) -> str | None:
        """The key; None for what is no text."""

    @property
    def value(self) -> str | None:
        """The value; None for what is no text."""


def metadata(pairs: Iterable[SentPair], ids: Sequence[str]) -> tuple[Metadata, ...]:
    """The pairs as they are kept, each under one of the ids."""
    return tuple(Metadata(one, each.key or "", each.value or "") for one, each in zip(ids, pairs, strict=True))


class Membership(NamedTuple):
    """An identity's place in one organization, and its role there (a slug). Times are milliseconds since 1970."""

    id: str
    organization_id: str
    role: str = NO_ACCESS
    created_at: int = 0
    updated_at: int = 0
    last_login_method: str | None = None
    last_login_at: int | None = None
    is_active: bool = True


class Identity(NamedTuple):
    """One machine identity. `home` is its own organization, `shared` are memberships in sub-organizations."""

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
        """The organization that is its home."""
        return self.home.organization_id

    @property
    def organization_ids(self) -> tuple[str, ...]:
        """Every organization that it is a member of."""
        return (self.home.organization_id, *(each.organization_id for each in self.shared))

    def membership(self, organization_id: str) -> Membership | None:
        """Its place in that organization, at home or shared."""
        if organization_id == self.home.organization_id:
            return self.home
        return next((each for each in self.shared if each.organization_id == organization_id), None)

    def with_role(self, organization_id: str, role: str) -> Identity:
        """The identity with that role in that organization."""

        def given(place: Membership) -> Membership:
            return place._replace(role=role) if place.organization_id == organization_id else place

        return self._replace(home=given(self.home), shared=tuple(map(given, self.shared)))

    def without_membership(self, organization_id: str) -> Identity:
        """The identity without its place in a sub-organization that it was shared with."""
        return self._replace(shared=tuple(each for each in self.shared if each.organization_id != organization_id))
