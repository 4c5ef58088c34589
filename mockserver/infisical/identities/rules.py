"""Rules shared by operations about identities: organization, roles, management by a project."""

from typing import Protocol

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.request import NamesOrganization, Written
from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND, beyond, from_service
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Answer, Finding, answers, rule

_ROLES = from_service("roles of identities, create and update")


class AboutStored(Protocol):
    """A request about one identity."""

    @property
    def identity(self) -> Identity | None:
        """The stored identity; None if it is unknown."""


@rule(
    "caller.organization",
    "Rejected if the request names another organization than that of the caller's token.",
    from_service("permissions of an organization"),
    answers(403, "You are not allowed to access organization resource"),
)
def caller_organization(request: NamesOrganization) -> Finding | None:
    if request.named_organization_id == request.organization_id:
        return None
    return Finding("The token belongs to another organization than the request names: use a token of that organization")


@rule(
    "role.database",
    "Rejected if `role` contains a NUL character: the database cannot look it up.",
    from_service("lookup of roles by slug"),
    answers(contract=None, live=Answer(500, "Find one")),
    about=("role",),
)
def role_database(request: Written) -> Finding | None:
    role = request.sent.role
    return (
        None
        if role is ABSENT or "\0" not in role
        else Finding("The database cannot look up a role with a NUL character")
    )


@rule(
    "role.known", "Rejected if the organization has no role with the slug `role`.", _ROLES, NOT_FOUND, about=("role",)
)
def role_known(request: Written) -> Finding | None:
    slug = request.sent.role
    if slug is ABSENT or request.facts.role(slug) is not None:
        return None
    return Finding(f"The organization has no role '{slug}'")


@rule(
    "role.plan",
    "Rejected if `role` is a custom role and the plan lacks `rbac`.",
    _ROLES,
    BAD_REQUEST,
    about=("role",),
)
def role_plan(request: Written) -> Finding | None:
    role = None if request.sent.role is ABSENT else request.facts.role(request.sent.role)
    if role is None or not role.is_custom or request.facts.plan_has("rbac"):
        return None
    return Finding("The plan does not include custom roles: choose a built-in role or upgrade the plan")


@rule(
    "boundary.grant-privileges",
    "Rejected if a role is sent and the caller lacks `grant-privileges` on `identity`. In an organization of the old"
    " privilege system: rejected if the caller lacks a permission that the role has. Creating an identity with"
    " `no-access` is always allowed.",
    _ROLES,
    answers(403, "PermissionBoundaryError"),
    about=("role",),
)
def grant_privileges(request: Written) -> Finding | None:
    role = request.bounded_role
    return None if role is None else beyond(request.facts.missing("grant-privileges", role), "grant-privileges")


@rule(
    "boundary.present-role",
    "Rejected if `role` is sent, the organization has the old privilege system, and the caller lacks a permission that"
    " the identity's present role has.",
    from_service("identities, update and delete"),
    answers(403, "PermissionBoundaryError"),
    since="2026-09",
    about=("role",),
)
def present_role(request: Written) -> Finding | None:
    # The rule of the permission `edit` comes first, so nothing is missing in the new privilege system.
    return None if request.sent.role is ABSENT else beyond(request.facts.missing("edit"), "edit")


ROLE_RULES = (role_database, role_known, role_plan, grant_privileges)


@rule(
    "identity.project",
    "Rejected if a project manages the identity.",
    from_service("identities, update and delete"),
    BAD_REQUEST,
)
def not_managed(request: AboutStored) -> Finding | None:
    if request.identity is None or request.identity.project_id is None:
        return None
    return Finding("The identity is managed by a project: change it there")
