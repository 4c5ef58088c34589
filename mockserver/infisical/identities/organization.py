"""Organizations: plan, roles, and what a role may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

PLAN_FLAGS = ("ipAllowlisting", "gateway", "gatewayPool", "rbac")
FLAGS_ON_BY_DEFAULT = frozenset(("rbac",))
"""An organization that has roles of its own has a plan for them, unless it is said."""

CUSTOM = "custom"
"""What the service calls each role that is not built in."""

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
    """Leave for some actions on one kind of thing; `inverted` takes it away, wherever in the role it stands."""

    subject: str
    actions: tuple[str, ...]
    inverted: bool = False

    def as_json(self) -> dict[str, object]:
        """The permission as the service shows it."""
        shown: dict[str, object] = {"action": list(self.actions), "subject": self.subject}
        return {**shown, "inverted": True} if self.inverted else shown


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions. What one of them takes away no other one gives, whichever stands first."""

    slug: str
    name: str
    permissions: tuple[Permission, ...] = ()
    id: str | None = None
    description: str | None = None
    held: frozenset[tuple[str, str]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        given: set[tuple[str, str]] = set()
        taken: set[tuple[str, str]] = set()
        for each in self.permissions:
            (taken if each.inverted else given).update((action, each.subject) for action in each.actions)
        object.__setattr__(self, "held", frozenset(given - taken))

    @property
    def is_custom(self) -> bool:
        """Whether it is one of an organization's own."""
        return self.slug not in BUILT_IN_ROLES

    def may(self, action: str, subject: str) -> bool:
        """Whether the role holds `action` on `subject`."""
        return (action, subject) in self.held

    def about(self, action: str, subject: str) -> list[dict[str, object]]:
        """The permissions that speak of the pair, as `details` of a refusal list them.

        Those that take away stand first, and of each kind the last one does.
        """
        by_weight = sorted(self.permissions, key=lambda each: each.inverted)
        return [
            {"action": list(each.actions), "inverted": each.inverted, "subject": subject}
            for each in reversed(by_weight)
            if each.subject == subject and action in each.actions
        ]


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
        Role(CUSTOM, "Custom"),  # a slug of the service's own list: a role without a name, and with nothing in it
    )
}


class Organization(NamedTuple):
    """One tenant. `plan` holds the flags that are on; `roles` those beside the built-in ones, by slug.

    `parent_id` is the root organization of a sub-organization. `identity_limit` None is no limit. `legacy_privileges`
    means the old privilege system, in which nobody may touch a role that holds more than the own one.
    """

    id: str
    name: str
    slug: str
    plan: frozenset[str] = frozenset()
    roles: Mapping[str, Role] = MappingProxyType({})
    parent_id: str | None = None
    identity_limit: int | None = None
    legacy_privileges: bool = False
    created_at: int = 0

    @property
    def root_id(self) -> str:
        """The organization at the top: the parent, or itself."""
        return self.parent_id or self.id

    def role(self, slug: str) -> Role | None:
        """The built-in or custom role of that slug."""
        return BUILT_IN_ROLES.get(slug) or self.roles.get(slug)
