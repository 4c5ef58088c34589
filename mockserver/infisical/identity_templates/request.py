"""The requests about templates that the rules check."""

from dataclasses import dataclass, field
from typing import Protocol

from mockserver.infisical.identity_templates.change import Change
from mockserver.infisical.identity_templates.template import IdentityTemplate
from mockserver.infisical.kubernetes_auth.connection import Connection
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.issues import Issue

NO_SETTINGS = Connection()
"""The settings of a template before any is sent."""


class Facts(CallerFacts, Protocol):
    """Facts about the organization that the rules read."""

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""

    def pool_known(self, pool_id: str) -> bool:
        """Whether the gateway pool exists in the organization."""

    def host_is_local(self, host: str) -> bool:
        """Whether the service refuses to call the host directly because it is local or private."""


@dataclass(slots=True)
class TemplatesRequest:
    """A request about the templates of the caller's organization."""

    facts: Facts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class TemplateRequest:
    """A request about one template; `found` is None if the organization has none with that id."""

    template_id: str
    found: IdentityTemplate | None
    facts: Facts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def template(self) -> IdentityTemplate:
        """The template. Only rules that follow the check that it exists may read it."""
        assert self.found is not None, "a rule reads the template before the rule that checks that it exists"
        return self.found


@dataclass(slots=True)
class CreateRequest:
    """A request to create a template with the settings `after`."""

    facts: Facts
    sent: Change
    after: Connection
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class UpdateRequest(TemplateRequest):
    """A request to update a template. `after` are its settings after the change; `has_users` whether any are linked."""

    sent: Change = field(default_factory=Change)
    after: Connection = NO_SETTINGS
    has_users: bool = False
