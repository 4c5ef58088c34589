"""The seam between the pipeline and an operation: what it is given, and what it gives back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from mockserver.api.caller import Caller
from mockserver.api.issue_list import NONE, Issues
from mockserver.api.known_facts import facts_about
from mockserver.api.world_facts import WorldFacts
from mockserver.clock import IdSource
from mockserver.infisical.auth_methods.login import Scope
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.body_fields import BodyShape
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State
from mockserver.rules.contract_rules import KEEPS_CONTRACT
from mockserver.rules.decision_table import Writes
from mockserver.rules.rule import Decision, Rulebook
from mockserver.worlds.world import World

Record = TypeVar("Record")


@dataclass(slots=True)
class Call:
    """One request behind the contract check: where it goes, when (milliseconds), what it says, who says it.

    `parameters` are those of the path, `query` the others by their names, read by type; `client_address` is a text.
    `size` is that of the body, in bytes.
    """

    world: World
    now: int
    parameters: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    issues: Issues
    caller: Caller
    ids: IdSource
    client_address: str
    request_id: str
    size: int
    shape: BodyShape | None
    """The shape of the body; None if it is no object."""

    @property
    def sent(self) -> tuple[str, ...] | None:
        """The properties of the body; None if it is no object."""
        return None if self.shape is None else self.shape.names

    @property
    def state(self) -> State:
        """The world's state as it stands."""
        return self.world.state

    @property
    def identity_id(self) -> str:
        """The `identityId` of the path in the case of the records; any text may stand there."""
        named = self.parameters["identityId"]
        lower = named.lower()
        return named if lower == named else lower  # a text that is not new has its hash already

    @property
    def identity(self) -> Identity | None:
        """The path's identity, in whatever organization it is; None if there is none."""
        return self.state.identities.get(self.identity_id)

    def facts(self, identity_id: str = "") -> WorldFacts:
        """What the rules may ask about the caller, and about the auth of that identity."""
        return self._facts(identity_id, by_project=True)

    def organization_facts(self, identity_id: str) -> WorldFacts:
        """Return the facts for an operation on the identity itself: the organization decides, not a project."""
        return self._facts(identity_id, by_project=False)

    def _facts(self, identity_id: str, *, by_project: bool) -> WorldFacts:
        named = self.parameters.get("identityId", identity_id)
        as_stored = named is identity_id or named == identity_id or named == named.lower()
        return facts_about(identity_id, self.caller, self.world, named_as_stored=as_stored, by_project=by_project)

    def facts_in(self, organization_id: str) -> WorldFacts:
        """Return the facts about the caller in another organization than that of its token."""
        return facts_about("", Caller(self.caller.identity, organization_id), self.world)

    @property
    def root_id(self) -> str:
        """The id of the root organization of the caller; its own if the organization has just been deleted."""
        organization = self.state.organizations.get(self.caller.organization_id)
        return self.caller.organization_id if organization is None else organization.root_id

    def scope(self, identity: Identity, slug: str | None) -> Scope:
        """Where a token of the identity counts: its organization, or the sub-organization of that slug.

        An identity whose home is a sub-organization stays there, whatever slug is sent.
        """
        organizations = self.world.state.organizations
        home = organizations[identity.organization_id]
        if slug is None or slug == home.slug or home.parent_id is not None:
            return Scope(home.id, home.root_id)
        below = (each for each in organizations.values() if each.slug == slug and each.parent_id == home.id)
        found = next(below, None)
        if found is None:
            return Scope("", "", known=False)
        return Scope(found.id, found.root_id, member=identity.membership(found.id) is not None)

    def about(self, method: str, stored: Record | None) -> MethodRequest[Record]:
        """A request about one auth method of the path's identity."""
        return MethodRequest(self.parameters["identityId"], self.facts(self.identity_id), method, stored, *self.issues)

    def commit(self, state: State, touched: str | Collection[str]) -> None:
        """Put that state in place of the world's, as a change that this request made.

        `touched` are the ids of all identities that differ, in whatever: one id, or several.
        """
        self.world.commit(state, self.request_id, self.size, self.now, touched)

    def decide(self, rules: Rulebook[Any], attempt: Any, kinds: frozenset[str] = frozenset()) -> Decision:
        """The walk over the operation's rules, without those that a kind of the attempt settles."""
        facts = getattr(attempt, "facts", None)  # a login has no caller
        held = facts.held if type(facts) is WorldFacts else None  # others stand for facts that are not known
        shape = self.shape
        if self.issues is NONE:
            kinds = _keeping_contract(kinds)
        return rules.decide(attempt, self.world.edition, None if shape is None else shape.names, held, kinds)


@cache
def _keeping_contract(kinds: frozenset[str]) -> frozenset[str]:
    return kinds | {KEEPS_CONTRACT}


@dataclass(slots=True)
class Outcome:
    """The walk over the operation's rules, and the body of the 200 unless one of them refused.

    An operation that `writes` a record says what was stored (None: nothing), what is sent, and, unless it is refused,
    what comes of it: its coverage is counted by them.
    """

    decision: Decision
    body: Any = None
    stored: Any = None
    sent: Any = None
    resulting: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract, by its `operationId`, with its rules and the function that carries it out.

    `identities_only` says that a user's token is of no use to it, `only_reads` that it stores nothing though it is no
    GET; `writes` what a change of a record is counted by.
    """

    id: str
    rules: Rulebook[Any]
    handle: Callable[[Call], Outcome]
    identities_only: bool = False
    only_reads: bool = False
    writes: Writes | None = None
