"""Organizations: plan, roles, and what a role may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

PLAN_FLAGS = ("ipAllowlisting", "gateway", "gatewayPool")

_IDENTITY_ACTIONS = (
    "read",
    "create",
    "edit",
    "delete",
    "edit-auth",
    "grant-privileges",
    "revoke-auth",
    "create-token",
    "get-token",
    "delete-token",
)
_GATEWAY_ACTIONS = ("list-gateways", "create-gateways", "edit-gateways", "delete-gateways", "attach-gateways")
_GATEWAY_POOL_ACTIONS = (
    "list-gateway-pools",
    "create-gateway-pools",
    "edit-gateway-pools",
    "delete-gateway-pools",
    "attach-gateway-pools",
)

SUBJECTS = ("identity", "gateway", "gateway-pool")


class Permission(NamedTuple):
    """Leave for some actions on one kind of thing."""

    subject: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    slug: str
    name: str
    permissions: tuple[Permission, ...] = ()
    held: frozenset[tuple[str, str]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        pairs = ((action, each.subject) for each in self.permissions for action in each.actions)
        object.__setattr__(self, "held", frozenset(pairs))

    def may(self, action: str, subject: str) -> bool:
        """Whether the role holds `action` on `subject`."""
        return (action, subject) in self.held


BUILT_IN_ROLES: Mapping[str, Role] = {
    role.slug: role
    for role in (
        Role(
            "admin",
            "Admin",
            (
                Permission("identity", _IDENTITY_ACTIONS),
                Permission("gateway", _GATEWAY_ACTIONS),
                Permission("gateway-pool", _GATEWAY_POOL_ACTIONS),
            ),
        ),
        Role(
            "member",
            "Member",
            (
                Permission("identity", ("read", "create", "edit", "delete")),
                Permission("gateway", ("list-gateways", "create-gateways", "attach-gateways")),
            ),
        ),
        Role("no-access", "No Access"),
    )
}


class Organization(NamedTuple):
    """One tenant. `plan` holds the flags that are on; `roles` those beside the built-in ones, by slug."""

    id: str
    name: str
    slug: str
    plan: frozenset[str] = frozenset()
    roles: Mapping[str, Role] = MappingProxyType({})

    def role(self, slug: str) -> Role | None:
        """The built-in or custom role of that slug."""
        return BUILT_IN_ROLES.get(slug) or self.roles.get(slug)
