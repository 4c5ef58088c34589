"""Machine identities, and where they are members."""

from dataclasses import dataclass
from typing import NamedTuple

NO_ACCESS = "no-access"


class Metadata(NamedTuple):
    """One key and value that callers keep with an identity."""

    id: str
    key: str
    value: str


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


@dataclass(frozen=True, slots=True)
class Identity:
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

    def membership(self, organization_id: str) -> Membership | None:
        """Its place in that organization, at home or shared."""
        if organization_id == self.home.organization_id:
            return self.home
        return next((each for each in self.shared if each.organization_id == organization_id), None)
