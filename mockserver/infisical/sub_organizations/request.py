"""Requests about sub-organizations, as their rules read them."""

from dataclasses import dataclass, field

from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.preconditions import CallerFacts
from mockserver.infisical.sub_organizations.change import Change
from mockserver.rules.issues import Issue


@dataclass(slots=True)
class ListRequest:
    """A request for the sub-organizations below the caller's root organization. `facts` are those of the root."""

    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class CreateRequest:
    """A request to create a sub-organization below the caller's organization, which `is_root` or not.

    `slug_taken` says whether another sub-organization of it has the resulting slug.
    """

    facts: CallerFacts
    sent: Change
    is_root: bool
    slug_taken: bool
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class SubOrganizationRequest:
    """A request about one sub-organization; `found` is None if the caller's root organization has none with that id.

    `facts` are those of the caller in the sub-organization.
    """

    sub_organization_id: str
    found: Organization | None
    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def organization(self) -> Organization:
        """The sub-organization. Only rules that follow the check that it exists may read it."""
        assert self.found is not None, "a rule reads the sub-organization before the rule that checks that it exists"
        return self.found


@dataclass(slots=True)
class UpdateRequest(SubOrganizationRequest):
    """A request to update a sub-organization."""

    sent: Change = field(default_factory=Change)
    slug_taken: bool = False
