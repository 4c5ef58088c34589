"""What many operations ask before they do anything: which identity, who calls, and with what permission.

Each rule is one value, whichever operations list it; the order in which they stand is the operation's own.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from mockserver.infisical.javascript import is_uuid
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers, rule

BAD_REQUEST = answers(400, "BadRequest")
NOT_FOUND = answers(404, "NotFound")
UNAUTHORIZED = answers(401, "UnauthorizedError")
FORBIDDEN = answers(403, "ForbiddenError")
DENIED = answers(403, "PermissionDenied")

_PATH = Source("service", "identity of the path, checks of every operation about one", "2026-08-28")
_CALLER = Source("service", "permissions and privilege boundary", "2026-08-28")
Pair = tuple[str, str]
"""An action and its subject."""


class CallerFacts(Protocol):
    """What the rules may ask of the identity and of the caller. Every question is about the caller's organization."""

    @property
    def identity_known(self) -> bool:
        """Whether the identity belongs to the organization."""

    @property
    def identity_at_home(self) -> bool:
        """Whether the organization is the identity's home."""

    @property
    def identity_is_instance_admin(self) -> bool:
        """Whether the identity administers the whole instance."""

    @property
    def caller_is_member(self) -> bool:
        """Whether the caller belongs to the organization."""

    @property
    def caller_is_super_admin(self) -> bool:
        """Whether the caller may touch instance-admin identities."""

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""

    def caller_rules(self, action: str, subject: str) -> list[dict[str, object]]:
        """The permissions of the caller's role that speak of the pair, as `details` lists them."""

    def missing(self, action: str, role: str | None = None) -> Sequence[Pair]:
        """What the caller lacks to do `action` to the identity, or to an identity of that role (empty: nothing)."""

    def plan_has(self, flag: str) -> bool:
        """Whether the organization's plan has the flag on."""


class AuthenticatedRequest(Protocol):
    """Any request that is judged by its caller."""

    @property
    def facts(self) -> CallerFacts:
        """What is known of the caller and of the identity."""


class AboutIdentity(AuthenticatedRequest, Protocol):
    """A request about one identity."""

    @property
    def identity_id(self) -> str:
        """The identity's id as it was sent."""


class Contracted(NamedTuple):
    """What the contract check found: violations, unnamed properties, and whether a value has a wrong type."""

    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@rule(
    "identity.uuid",
    "`identityId` is a UUID; the running service hands anything to its database and fails.",
    _PATH,
    answers(contract=Answer(404, "NotFound"), live=Answer(500, "MembershipGetByIdentityId")),
)
def identity_uuid(request: AboutIdentity) -> Finding | None:
    if is_uuid(request.identity_id):
        return None
    return Finding(f"Identity with ID '{request.identity_id}' not found: an identity's ID is a UUID")


@rule("identity.unknown", "The identity belongs to the caller's organization.", _PATH, NOT_FOUND)
def identity_unknown(request: AboutIdentity) -> Finding | None:
    if request.facts.identity_known:
        return None
    return Finding(f"Identity with ID '{request.identity_id}' not found in the caller's organization")


@rule("identity.home", "The caller's organization is the identity's home.", _PATH, FORBIDDEN)
def identity_home(request: AboutIdentity) -> Finding | None:
    if request.facts.identity_at_home:
        return None
    return Finding("The identity belongs to another organization: sub-organization not authorized to change it")


@rule("identity.instance-admin", "An instance-admin identity is changed by super admins only.", _PATH, FORBIDDEN)
def instance_admin(request: AboutIdentity) -> Finding | None:
    if not request.facts.identity_is_instance_admin or request.facts.caller_is_super_admin:
        return None
    return Finding("Changing an instance-admin identity needs elevated privileges")


@rule(
    "caller.member",
    "The caller is a member of the organization.",
    _CALLER,
    answers(403, "You are not member of this organization"),
)
def caller_member(request: AuthenticatedRequest) -> Finding | None:
    return None if request.facts.caller_is_member else Finding("The caller is not a member of the organization")


@cache
def permission(action: str, subject: str = "identity") -> Rule[Any]:
    """The rule that the caller's role holds `action` on `subject`; the same one for the same pair."""

    @rule(f"permission.{action}", f"The caller holds `{action}` on `{subject}`.", _CALLER, DENIED)
    def check(request: AuthenticatedRequest) -> Finding | None:
        return denied(request.facts, action, subject)

    return check


def denied(facts: CallerFacts, action: str, subject: str) -> Finding | None:
    """A finding unless the caller's role holds `action` on `subject`; `details` are its rules about that pair."""
    if facts.caller_may(action, subject):
        return None
    return Finding(f"The caller is not allowed to {action} on {subject}", details=facts.caller_rules(action, subject))


@cache
def boundary(action: str) -> Rule[Any]:
    """The rule that the caller may do `action` to an identity of that role; the same one for the same action."""

    @rule(
        f"boundary.{action}",
        f"The caller is within the privilege boundary of `{action}`: it holds the action itself, or, in an organization"
        " of the old privilege system, every permission of the target's role.",
        _CALLER,
        answers(403, "PermissionBoundaryError"),
    )
    def check(request: AuthenticatedRequest) -> Finding | None:
        return beyond(request.facts.missing(action), action)

    return check


def beyond(missing: Sequence[Pair], action: str) -> Finding | None:
    """A finding that names what the caller lacks, if that is anything."""
    if not missing:
        return None
    lacking = [{"action": each, "subject": subject} for each, subject in missing]
    return Finding(
        f"The caller lacks the privileges for {action} on this identity", details={"missingPermissions": lacking}
    )


def from_service(what: str) -> Source:
    """A fact about the newest server (generation N)."""
    return Source("service", what, "2026-08-28")


def assumed(what: str) -> Source:
    """A decision of this mock, where contract and service part or the service is not known."""
    return Source("assumption", what, "2026-11-23")
