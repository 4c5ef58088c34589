"""The rules that several operations about identities share: organization, roles, and who manages an identity."""

from typing import Protocol

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.request import NamesOrganization, Written
from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND, beyond, from_service
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Answer, Finding, answers, rule

_ROLES = from_service("roles of identities, create and update")


class AboutStored(Protocol):
    """A request about one identity that is stored, or is not."""

    @property
    def identity(self) -> Identity | None:
        """The identity; None if it is unknown."""


@rule(
    "caller.organization",
    "The organization that the request names is the one that the caller's token is for.",
    from_service("permissions of an organization"),
    answers(403, "You are not allowed to access organization resource"),
)
def caller_organization(request: NamesOrganization) -> Finding | None:
    if request.named_organization_id == request.organization_id:
        return None
    return Finding("The token is for another organization than the one that the request names")


@rule(
    "role.database",
    "The database can look for the role: its slug has no NUL character.",
    from_service("lookup of roles by slug"),
    answers(contract=None, live=Answer(500, "Find one")),
    about=("role",),
)
def role_database(request: Written) -> Finding | None:
    role = request.sent.role
    return None if role is ABSENT or "\0" not in role else Finding("The database refuses the role's slug")


@rule("role.known", "The role is a built-in one or one of the organization's own.", _ROLES, NOT_FOUND, about=("role",))
def role_known(request: Written) -> Finding | None:
    slug = request.sent.role
    if slug is ABSENT or request.facts.role(slug) is not None:
        return None
    return Finding(f"The organization has no role '{slug}'")


@rule(
    "role.plan",
    "A role of the organization's own is given only under a plan with `rbac`.",
    _ROLES,
    BAD_REQUEST,
    about=("role",),
)
def role_plan(request: Written) -> Finding | None:
    role = None if request.sent.role is ABSENT else request.facts.role(request.sent.role)
    if role is None or not role.is_custom or request.facts.plan_has("rbac"):
        return None
    return Finding("The plan has no custom roles: without an upgrade only the built-in ones can be given")


@rule(
    "boundary.grant-privileges",
    "The caller may give the role: it holds `grant-privileges`, or, in an organization of the old privilege system,"
    " every permission of that role. A new identity's `no-access` needs neither.",
    _ROLES,
    answers(403, "PermissionBoundaryError"),
    about=("role",),
)
def grant_privileges(request: Written) -> Finding | None:
    role = request.bounded_role
    return None if role is None else beyond(request.facts.missing("grant-privileges", role), "grant-privileges")


ROLE_RULES = (role_database, role_known, role_plan, grant_privileges)


@rule(
    "identity.project",
    "The identity is not managed by a project.",
    from_service("identities, update and delete"),
    BAD_REQUEST,
)
def not_managed(request: AboutStored) -> Finding | None:
    if request.identity is None or request.identity.project_id is None:
        return None
    return Finding("The identity is managed by a project, and is changed there")
