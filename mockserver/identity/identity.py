"""Machine identities, as far as fixtures describe them."""

from dataclasses import dataclass
from typing import NamedTuple


class UniversalAuth(NamedTuple):
    """Universal Auth of one identity: what a login needs."""

    client_id: str
    client_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """One machine identity. `organization_id` is its home; `role` a slug there."""

    id: str
    organization_id: str
    name: str
    role: str = "no-access"
    has_delete_protection: bool = False
    metadata: tuple[tuple[str, str], ...] = ()
    universal_auth: UniversalAuth | None = None
    instance_admin: bool = False
    shared_with: frozenset[str] = frozenset()

    def is_member_of(self, organization_id: str) -> bool:
        """Whether the identity belongs to the organization, at home there or shared with it."""
        return organization_id == self.organization_id or organization_id in self.shared_with
