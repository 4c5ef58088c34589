"""Rules shared by all logins: the organization that the login may name and the token is valid in."""

from typing import NamedTuple, Protocol

from mockserver.infisical.body_fields import Field
from mockserver.infisical.javascript import is_slug, trim
from mockserver.infisical.preconditions import NOT_FOUND, UNAUTHORIZED
from mockserver.rules import issues
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Finding, Source, answers, rule

_SERVICE = Source("service", "login with Kubernetes Auth, row 11", "2026-08-20")
STAYS_AT_HOME = "stays at home"
"""The kind of login that names no organization, so that the token is valid in the identity's own."""


class Scope(NamedTuple):
    """The organization in which the token will be valid: the identity's, or the sub-organization that the login names.

    `known` is False if the login names an organization that does not exist; `member` is False if the identity does not
    belong to it.
    """

    organization_id: str
    root_id: str
    known: bool = True
    member: bool = True


class Scoped(Protocol):
    """A login that may name an organization."""

    @property
    def scope(self) -> Scope:
        """The organization of the token. Only rules that follow the check of the identity may read it."""


class NamesOrganization(Protocol):
    """A body that may name an organization."""

    @property
    def organization_slug(self) -> str | None:
        """The slug, trimmed; None if none was sent."""


class SlugSent(Protocol):
    """A request whose body may name an organization."""

    @property
    def sent(self) -> NamesOrganization:
        """The parsed body."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Violations of the contract."""


@rule(
    "login.organization.slug",
    "Rejected if `organizationSlug`, trimmed, is empty or not a slug. A slug has no capitals.",
    Source("service", "schema of the logins", "2026-08-20"),
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("organizationSlug",),
)
def organization_slug(request: SlugSent) -> Finding | None:
    text = request.sent.organization_slug
    if text is None or is_slug(text):
        return None
    rank, path = issues.OBJECT_RANK - 1, ("organizationSlug",)
    if text == "":  # the contract check has named an empty text, and no blanks
        is_named = any(issue.path == path for issue in request.issues)
        return None if is_named else Finding(issues=(issues.too_small(rank, path, "string", 1),))
    message = "organizationSlug must be a slug: lower-case letters, digits and single hyphens between them"
    return Finding(issues=(issues.custom(rank, path, message),))


@rule(
    "login.organization.unknown",
    "Rejected if `organizationSlug` names neither the identity's organization nor one of its sub-organizations.",
    _SERVICE,
    NOT_FOUND,
    settled_by=STAYS_AT_HOME,
)
def organization_unknown(request: Scoped) -> Finding | None:
    return None if request.scope.known else Finding("No sub-organization has the given organizationSlug")


@rule(
    "login.organization.member",
    "Rejected if the identity is not a member of the sub-organization that `organizationSlug` names.",
    _SERVICE,
    UNAUTHORIZED,
    settled_by=STAYS_AT_HOME,
)
def organization_member(request: Scoped) -> Finding | None:
    return None if request.scope.member else Finding("The identity is not a member of the sub-organization")


SCOPE_RULES = (organization_unknown, organization_member)


SLUG_FIELD = Field("organization_slug", (str,), trim)
