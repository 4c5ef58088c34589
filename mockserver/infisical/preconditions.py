"""Preconditions shared by many operations: identity, caller, permission.

Each operation lists these rules in its own order.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

from mockserver.infisical.javascript import is_uuid
from mockserver.rules.issues import Issue
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers, rule

BAD_REQUEST = answers(400, "BadRequest")
NOT_FOUND = answers(404, "NotFound")
UNAUTHORIZED = answers(401, "UnauthorizedError")
FORBIDDEN = answers(403, "ForbiddenError")
DENIED = answers(403, "PermissionDenied")

_PATH = Source("service", "identity of the path, checks of every operation about one", "2026-08-20")
_CALLER = Source("service", "permissions and privilege boundary", "2026-08-20")
_PROJECT = Source("service", "auth of identities that a project manages, permissions of the project", "2026-08-20")
Pair = tuple[str, str]
"""A permission: action and subject."""


class CallerFacts(Protocol):
    """Facts about the identity and the caller that rules read, all relative to the caller's organization."""

    @property
    def identity_known(self) -> bool:
        """Whether the identity belongs to the organization."""

    @property
    def identity_at_home(self) -> bool:
        """Whether the organization is the identity's home."""

    @property
    def identity_is_instance_admin(self) -> bool:
        """Whether the identity administers the whole instance, and the request names it without capitals."""

    @property
    def caller_is_member(self) -> bool:
        """Whether the caller belongs to the organization."""

    @property
    def caller_is_super_admin(self) -> bool:
        """Whether the caller may modify instance-admin identities."""

    @property
    def managing_project(self) -> str | None:
        """The project whose permissions decide about the identity's auth, in place of the organization's; or None."""

    @property
    def caller_is_project_member(self) -> bool:
        """Whether the caller belongs to the project that manages the identity."""

    def caller_may_in_project(self, action: str) -> bool:
        """Whether the caller's role in the managing project holds `action` on `identity`."""

    def caller_project_rules(self, action: str) -> list[dict[str, object]]:
        """Return the rules of the caller's role in the managing project for `action` on `identity`."""

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""

    def caller_rules(self, action: str, subject: str) -> list[dict[str, object]]:
        """Return the caller's permission rules for `action` on `subject`, as `details` of the response lists them."""

    def missing(self, action: str, role: str | None = None) -> Sequence[Pair]:
        """Return the permissions that the caller lacks for `action` on the identity, or on an identity with `role`."""

    def plan_has(self, flag: str) -> bool:
        """Whether the organization's plan includes `flag`."""


class AuthenticatedRequest(Protocol):
    """A request with an authenticated caller."""

    @property
    def facts(self) -> CallerFacts:
        """Facts about the caller and the identity."""


class AboutIdentity(AuthenticatedRequest, Protocol):
    """A request about one identity."""

    @property
    def identity_id(self) -> str:
        """The identity's id as it was sent."""


class Contracted(NamedTuple):
    """Result of the contract check: violations, unknown properties, and whether a value has a wrong type."""

    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@rule(
    "identity.uuid",
    "Rejected if `identityId` is not a UUID. The running service passes it to its database, which fails.",
    _PATH,
    answers(contract=Answer(404, "NotFound"), live=Answer(500, "MembershipGetByIdentityId")),
)
def identity_uuid(request: AboutIdentity) -> Finding | None:
    if _is_uuid(request.identity_id):
        return None
    return Finding(f"Identity with ID '{request.identity_id}' not found: identityId must be a UUID")


_is_uuid = lru_cache(maxsize=1024)(is_uuid)  # of a path's segments, whose length has a limit


def identity_uuid_live(id: str, error: str) -> tuple[Rule[Any], Rule[Any]]:
    """Return the rules of an operation whose query of the database has another name, `error`, than the others'.

    In profile `contract` the rule is that of all operations; in `live` it is one of its own.
    """

    @rule(
        id,
        "Rejected if `identityId` is not a UUID. The running service passes it to its database, which fails.",
        _PATH,
        answers(contract=None, live=Answer(500, error)),
    )
    def check(request: AboutIdentity) -> Finding | None:
        return identity_uuid.check(request)

    of_contract = {each: found for each, found in identity_uuid.answers.items() if each.profile is Profile.CONTRACT}
    return identity_uuid._replace(answers=of_contract), check


@rule(
    "identity.unknown",
    "Rejected if the identity does not belong to the caller's organization.",
    _PATH,
    NOT_FOUND,
    of_caller=True,
)
def identity_unknown(request: AboutIdentity) -> Finding | None:
    if request.facts.identity_known:
        return None
    return Finding(f"Identity with ID '{request.identity_id}' not found in the caller's organization")


@rule(
    "identity.home",
    "Rejected if the caller's organization is not the identity's home organization.",
    _PATH,
    FORBIDDEN,
    of_caller=True,
)
def identity_home(request: AboutIdentity) -> Finding | None:
    if request.facts.identity_at_home:
        return None
    return Finding(
        "The identity belongs to another organization, and a sub-organization may not manage it:"
        " use a token of the identity's own organization"
    )


@rule(
    "identity.instance-admin",
    "Rejected if the identity is an instance admin and the caller is not a super admin. The service compares ids as"
    " text: an id with capitals in the path is accepted.",
    _PATH,
    FORBIDDEN,
    of_caller=True,
)
def instance_admin(request: AboutIdentity) -> Finding | None:
    if not request.facts.identity_is_instance_admin or request.facts.caller_is_super_admin:
        return None
    return Finding("Changing an instance-admin identity needs elevated privileges: use the token of a super admin")


@rule(
    "caller.member",
    "Rejected if the caller is not a member of the organization.",
    _CALLER,
    FORBIDDEN,
    of_caller=True,
)
def caller_member(request: AuthenticatedRequest) -> Finding | None:
    return None if request.facts.caller_is_member else Finding("The caller is not a member of the organization")


@rule(
    "project.member",
    "Rejected if a project manages the identity and the caller is not a member of that project.",
    _PROJECT,
    FORBIDDEN,
    of_caller=True,
)
def project_member(request: AuthenticatedRequest) -> Finding | None:
    project = request.facts.managing_project
    if project is None or request.facts.caller_is_project_member:
        return None
    return Finding(f"The identity is managed by the project {project}, and the caller is not a member of it")


@cache
def project_permission(action: str) -> Rule[Any]:
    """Return the rule that rejects a caller whose role in the managing project lacks `action` on `identity`."""

    @rule(
        f"project.permission.{action}",
        f"Rejected if a project manages the identity and the caller's role in it lacks the permission `{action}` on"
        " `identity`. The role in the organization does not count.",
        _PROJECT,
        DENIED,
        of_caller=True,
    )
    def check(request: AuthenticatedRequest) -> Finding | None:
        facts = request.facts
        if facts.managing_project is None or facts.caller_may_in_project(action):
            return None
        message = f"The caller is not allowed to {action} on identity in the project {facts.managing_project}"
        return Finding(message, details=facts.caller_project_rules(action))

    return check


@cache
def permission(action: str, subject: str = "identity") -> Rule[Any]:
    """Return the rule that rejects a caller whose role lacks `action` on `subject`; equal arguments, same object.

    About the auth of an identity that a project manages, the rule of `project_permission` decides in its place.
    """

    @rule(
        f"permission.{action}",
        f"Rejected if the caller's role lacks the permission `{action}` on `{subject}`.",
        _CALLER,
        DENIED,
        of_caller=True,
    )
    def check(request: AuthenticatedRequest) -> Finding | None:
        if subject == "identity" and request.facts.managing_project is not None:
            return None
        return denied(request.facts, action, subject)

    return check


def denied(facts: CallerFacts, action: str, subject: str) -> Finding | None:
    """Return a finding if the caller's role lacks `action` on `subject`; None otherwise.

    Its `details` list the role's permission rules for that pair.
    """
    if facts.caller_may(action, subject):
        return None
    return Finding(f"The caller is not allowed to {action} on {subject}", details=facts.caller_rules(action, subject))


@cache
def boundary(action: str) -> Rule[Any]:
    """Return the rule of the privilege boundary for `action`; equal arguments, same object."""

    @rule(
        f"boundary.{action}",
        f"Rejected if the caller lacks `{action}` on `identity`. In an organization of the old privilege system:"
        " rejected if the caller lacks a permission that the role of the target identity has.",
        _CALLER,
        answers(403, "PermissionBoundaryError"),
        of_caller=True,
    )
    def check(request: AuthenticatedRequest) -> Finding | None:
        if request.facts.managing_project is not None:
            return None  # only the permission in the project counts
        return beyond(request.facts.missing(action), action)

    return check


def beyond(missing: Sequence[Pair], action: str) -> Finding | None:
    """Return a finding that lists the permissions the caller lacks; None if it lacks none."""
    if not missing:
        return None
    lacking = [{"action": each, "subject": subject} for each, subject in missing]
    return Finding(
        f"The caller lacks the privileges for {action} on this identity", details={"missingPermissions": lacking}
    )


def from_service(what: str) -> Source:
    """Return the source of a fact about the newest server (generation N); `what` names the place."""
    return Source("service", what, "2026-08-20")


def assumed(what: str) -> Source:
    """Return the source of a decision of this mock, where the service differs from the contract or is not known."""
    return Source("assumption", what, "2026-11-23")
