"""Organizations: plan, roles and permissions, and their projects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

PLAN_FLAG_SUB_ORGANIZATION = "subOrganization"
PLAN_FLAGS = (
    "ipAllowlisting",
    "gateway",
    "gatewayPool",
    "rbac",
    "machineIdentityAuthTemplates",
    PLAN_FLAG_SUB_ORGANIZATION,
)
FLAGS_ON_BY_DEFAULT = frozenset(("rbac",))
"""Plan flags that are on unless the fixtures turn them off, so that fixtures may define custom roles."""

CUSTOM = "custom"
"""The service's name for every role that is not built in."""

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

_TEMPLATE_ACTIONS = (
    "list-templates",
    "create-templates",
    "edit-templates",
    "delete-templates",
    "unlink-templates",
    "attach-templates",
)

_SUB_ORGANIZATION_ACTIONS = ("create", "edit", "delete", "direct-access", "link-group")

SUBJECTS = ("identity", "gateway", "gateway-pool", "machine-identity-auth-template", "sub-organization")


class Permission(NamedTuple):
    """Allows some actions on one subject; an `inverted` one forbids them, whatever its position in the role."""

    subject: str
    actions: tuple[str, ...]
    inverted: bool = False

    def packed(self) -> list[object]:
        """Return the permission in the packed form of the service's library, in which it is stored and shown.

        Actions, subject, conditions (0: none), whether it is inverted (1); nothing behind the last that is not 0.
        """
        shown: list[object] = [",".join(self.actions), self.subject]
        return [*shown, 0, 1] if self.inverted else shown


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions. An inverted permission overrides all others, whatever their order."""

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
        """Whether the role is not built in."""
        return self.slug not in BUILT_IN_ROLES

    def may(self, action: str, subject: str) -> bool:
        """Whether the role allows `action` on `subject`."""
        return (action, subject) in self.held

    def about(self, action: str, subject: str) -> list[dict[str, object]]:
        """Return the permissions about that pair, as `details` of an error response list them.

        Inverted ones come first. Within each kind, the last one comes first.
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
                Permission("machine-identity-auth-template", _TEMPLATE_ACTIONS),
                Permission("sub-organization", _SUB_ORGANIZATION_ACTIONS),
            ),
        ),
        Role(
            "member",
            "Member",
            (
                Permission("identity", ("read", "create", "edit", "delete")),
                Permission("gateway", ("list-gateways", "create-gateways", "attach-gateways")),
                Permission(
                    "machine-identity-auth-template", ("list-templates", "unlink-templates", "attach-templates")
                ),
            ),
        ),
        Role("no-access", "No Access"),
        Role(CUSTOM, "Custom"),  # the service lists this slug among its roles, without permissions
    )
}


PROJECT_ROLES: Mapping[str, Role] = {
    role.slug: role
    for role in (
        Role("admin", "Admin", (Permission("identity", _IDENTITY_ACTIONS),)),
        Role("member", "Member", (Permission("identity", ("read", "create", "edit", "delete")),)),
        Role("viewer", "Viewer", (Permission("identity", ("read",)),)),
        Role("no-access", "No Access"),
    )
}
"""The roles that an identity can have in a project."""


class Project(NamedTuple):
    """A project of an organization. `members` has the role (a slug) of each member, by the identity's id."""

    id: str
    name: str
    members: Mapping[str, str] = MappingProxyType({})

    def role_of(self, identity_id: str) -> Role | None:
        """Return the role of that identity in the project; None if it is no member."""
        slug = self.members.get(identity_id)
        return None if slug is None else PROJECT_ROLES[slug]

    def without_member(self, identity_id: str) -> "Project":
        """Return the project without that member."""
        return self._replace(members={each: role for each, role in self.members.items() if each != identity_id})


class Organization(NamedTuple):
    """An organization. `plan` holds the flags that are on; `roles` the custom roles, by slug; `projects` are by id.

    `parent_id` is the root organization of a sub-organization. `identity_limit` None means no limit.
    `legacy_privileges` selects the old privilege system: callers may not manage a role with permissions that they lack.
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
    updated_at: int = 0
    projects: Mapping[str, Project] = MappingProxyType({})

    @property
    def root_id(self) -> str:
        """The id of the root organization: the parent's, or its own."""
        return self.parent_id or self.id

    def role(self, slug: str) -> Role | None:
        """Return the built-in or custom role with that slug; None if there is none."""
        return BUILT_IN_ROLES.get(slug) or self.roles.get(slug)

    def without_member(self, identity_id: str) -> "Organization":
        """Return the organization with that identity in none of its projects; the same one if it is in none."""
        if not any(identity_id in each.members for each in self.projects.values()):
            return self
        projects = {each.id: each.without_member(identity_id) for each in self.projects.values()}
        return self._replace(projects=projects)
