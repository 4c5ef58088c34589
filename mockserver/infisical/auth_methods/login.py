"""What every way to a token shares: the organization that a login may name, and the settings that the token gets."""

from typing import NamedTuple, Protocol

from mockserver.infisical.body_fields import Field
from mockserver.infisical.javascript import is_slug, trim
from mockserver.infisical.preconditions import NOT_FOUND, UNAUTHORIZED
from mockserver.rules import issues
from mockserver.rules.rule import Finding, Source, answers, rule

_SERVICE = Source("service", "login with Kubernetes Auth, row 11", "2026-08-28")


class Scope(NamedTuple):
    """Where a token is to count: the identity's organization, or the sub-organization that the login names."""

    organization_id: str
    root_id: str
    known: bool = True
    member: bool = True


class Scoped(Protocol):
    """A login that may name an organization."""

    @property
    def scope(self) -> Scope:
        """Where its token is to count; for rules that stand where the identity is known."""


class NamesOrganization(Protocol):
    """A body that may name an organization."""

    @property
    def organization_slug(self) -> str | None:
        """The slug, trimmed and in lower case; None if none was sent."""


class SlugSent(Protocol):
    """A request with such a body."""

    @property
    def sent(self) -> NamesOrganization:
        """What the body sends."""


@rule(
    "login.organization.slug",
    "`organizationSlug`, if sent, is a slug.",
    Source("service", "schema of the logins", "2026-08-28"),
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("organizationSlug",),
)
def organization_slug(request: SlugSent) -> Finding | None:
    text = request.sent.organization_slug
    if text is None or is_slug(text):
        return None
    message = "Must be a slug: lower-case letters, digits and single hyphens"
    return Finding(issues=(issues.custom(issues.OBJECT_RANK - 1, ("organizationSlug",), message),))


@rule(
    "login.organization.unknown",
    "`organizationSlug`, if sent, is the identity's organization or one of its sub-organizations.",
    _SERVICE,
    NOT_FOUND,
)
def organization_unknown(request: Scoped) -> Finding | None:
    return None if request.scope.known else Finding("There is no sub-organization with the given organizationSlug")


@rule(
    "login.organization.member",
    "The identity is a member of the sub-organization that `organizationSlug` names.",
    _SERVICE,
    UNAUTHORIZED,
)
def organization_member(request: Scoped) -> Finding | None:
    return None if request.scope.member else Finding("The identity is not a member of that sub-organization")


SCOPE_RULES = (organization_unknown, organization_member)


def slug(text: str) -> str:
    """The slug as the service reads it."""
    return trim(text).lower()


SLUG_FIELD = Field("organization_slug", (str,), slug)
