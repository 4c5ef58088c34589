"""Rules of the operations on sub-organizations."""

import re
from typing import Protocol

from mockserver.infisical.identities.organization import PLAN_FLAG_SUB_ORGANIZATION
from mockserver.infisical.javascript import is_slug, is_uuid
from mockserver.infisical.preconditions import (
    BAD_REQUEST,
    DENIED,
    FORBIDDEN,
    AuthenticatedRequest,
    assumed,
    denied,
    from_service,
)
from mockserver.infisical.sub_organizations.change import RANKS, Change
from mockserver.infisical.sub_organizations.request import CreateRequest, SubOrganizationRequest
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rule, answers, rule

LENGTH = 64
SUBJECT = "sub-organization"
_SCHEMA = from_service("schema of sub-organizations, create and update")
_OPERATIONS = from_service("sub-organizations, order of checks")
_CHARACTERS = re.compile(r"[A-Za-z0-9_\t\n\f\r -]+", re.ASCII)


class SendsSubOrganization(Protocol):
    """A request that sends a name or slug."""

    @property
    def sent(self) -> Change:
        """The parsed body."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Violations of the contract."""

    @property
    def slug_taken(self) -> bool:
        """Whether another sub-organization of the same root organization has the resulting slug."""


def _bounds(field: str, text: str, request: SendsSubOrganization) -> list[Issue]:
    """Return the issue of a text that is empty after trimming or too long. The contract reports one sent empty."""
    if len(text) > LENGTH:
        return [issues.too_big(RANKS[field], (field,), "string", LENGTH)]
    if text or any(issue.path == (field,) for issue in request.issues):
        return []
    return [issues.too_small(RANKS[field], (field,), "string", 1)]


@rule(
    "sub-organization.name",
    f"Rejected if `name`, trimmed, is empty, has more than {LENGTH} characters, or contains a character other than"
    " letters, digits, white space, hyphens and underscores.",
    _SCHEMA,
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("name",),
)
def name(request: SendsSubOrganization) -> Finding | None:
    text = request.sent.name
    if text is ABSENT:
        return None
    found = _bounds("name", text, request)
    if not _CHARACTERS.fullmatch(text):
        message = "name may contain only letters, digits, white space, hyphens and underscores"
        found.append(issues.custom(RANKS["name"], ("name",), message))
    return Finding(issues=tuple(found)) if found else None


@rule(
    "sub-organization.slug",
    f"Rejected if `slug`, trimmed, is empty, has more than {LENGTH} characters, or is not a slug: lower-case letters"
    " and digits, with single hyphens between them.",
    _SCHEMA,
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("slug",),
)
def slug(request: SendsSubOrganization) -> Finding | None:
    text = request.sent.slug
    if text is ABSENT:
        return None
    found = _bounds("slug", text, request)
    if text and not is_slug(text):
        message = "slug may contain only lower-case letters, digits, and single hyphens between them"
        found.append(issues.custom(RANKS["slug"], ("slug",), message))
    return Finding(issues=tuple(found)) if found else None


FIELD_RULES = (name, slug)
"""The rules that add to the 422."""


@rule(
    "sub-organization.root",
    "Rejected if the caller acts in a sub-organization: only a root organization can have others below it.",
    _OPERATIONS,
    FORBIDDEN,
)
def root(request: CreateRequest) -> Finding | None:
    if request.is_root:
        return None
    return Finding("A sub-organization cannot have sub-organizations: use a token of the root organization")


@rule(
    "sub-organization.plan",
    f"Rejected if the plan of the root organization lacks `{PLAN_FLAG_SUB_ORGANIZATION}`.",
    _OPERATIONS,
    BAD_REQUEST,
)
def plan(request: CreateRequest) -> Finding | None:
    if request.facts.plan_has(PLAN_FLAG_SUB_ORGANIZATION):
        return None
    return Finding("The plan does not include sub-organizations: upgrade it to create one")


@rule(
    "sub-organization.slug-taken",
    "Rejected if another sub-organization of the same root organization has the slug: the one sent, or the one made"
    " from the name.",
    _OPERATIONS,
    BAD_REQUEST,
    about=("name", "slug"),
)
def slug_taken(request: SendsSubOrganization) -> Finding | None:
    if not request.slug_taken:
        return None
    return Finding(f"A sub-organization with the slug '{request.sent.resulting_slug}' already exists")


@rule(
    "sub-organization.uuid",
    "Rejected if `subOrgId` is not a UUID. The running service passes it to its database, which fails.",
    assumed("sub-organizations by id: the database's answer to a text that is no UUID"),
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "Find one")),
)
def sub_organization_uuid(request: SubOrganizationRequest) -> Finding | None:
    if is_uuid(request.sub_organization_id):
        return None
    return Finding(f"Sub-organization '{request.sub_organization_id}' not found: subOrgId must be a UUID")


@rule(
    "sub-organization.unknown",
    "Rejected if the caller's root organization has no sub-organization with that id.",
    _OPERATIONS,
    BAD_REQUEST,
)
def unknown(request: SubOrganizationRequest) -> Finding | None:
    if request.found is not None:
        return None
    return Finding(f"Sub-organization with ID '{request.sub_organization_id}' not found below the root organization")


@rule(
    "sub-organization.member",
    "Rejected if the caller is not a member of the sub-organization. A role in the root organization does not count.",
    _OPERATIONS,
    FORBIDDEN,
)
def member(request: SubOrganizationRequest) -> Finding | None:
    if request.facts.caller_is_member:
        return None
    return Finding(f"The caller is not a member of the sub-organization '{request.organization.name}'")


def _permission(action: str, where: str) -> Rule[AuthenticatedRequest]:
    @rule(
        f"sub-organization.permission.{action}",
        f"Rejected if the caller's role in {where} lacks the permission `{action}` on `{SUBJECT}`.",
        _OPERATIONS,
        DENIED,
    )
    def check(request: AuthenticatedRequest) -> Finding | None:
        return denied(request.facts, action, SUBJECT)

    return check


CREATE, EDIT, DELETE = (
    _permission("create", "the root organization"),
    _permission("edit", "the sub-organization"),
    _permission("delete", "the sub-organization"),
)
"""The rule about each permission."""
