"""The second version of the identities' search, and its count: rules, filters, order and responses."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.infisical import preconditions
from mockserver.infisical.body_fields import NUMBER, Field, fields_of
from mockserver.infisical.identities.found_membership import ORGANIZATION, SCOPES, FoundMembership, view
from mockserver.infisical.identities.organization import Organization, Project, Role
from mockserver.infisical.identities.search import OPERATORS, Terms
from mockserver.infisical.javascript import BIGINT_MAX
from mockserver.infisical.preconditions import CallerFacts, from_service
from mockserver.rules import issues
from mockserver.rules.contract_rules import CONTRACT_RULES, VALIDATION_FAILURE
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rulebook, Source, answers, rule
from mockserver.steps import LongList, Steps, batched, in_order, page_of

DEFAULT_LIMIT = 50
_RANKS = {"limit": 3, "offset": 4}
"""Ranks of the numbers among the properties of the body."""


class Page(NamedTuple):
    """The page of a search."""

    limit: float = DEFAULT_LIMIT
    offset: float = 0

    @classmethod
    def from_json(cls, body: object) -> "Page":
        """Parse the page of a body."""
        return cls(**fields_of(body, _PAGE))


_PAGE: Mapping[str, Field] = {"limit": Field("limit", NUMBER), "offset": Field("offset", NUMBER)}


@dataclass(slots=True)
class SearchRequest:
    """A request to search the memberships that the caller may read."""

    facts: CallerFacts
    page: Page
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@dataclass(slots=True)
class CountRequest:
    """A request to count the memberships that the caller may read."""

    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


@rule(
    "identity.memberships.offset",
    "Rejected if `offset` does not fit a signed 64-bit integer.",
    from_service("second search of identities; refused at the schema stage by design of this mock"),
    answers(contract=VALIDATION_FAILURE, live=None),
    until="2026-09",
    gathers=True,
    about=("offset",),
)
def offset_bound(request: SearchRequest) -> Finding | None:
    if request.page.offset <= BIGINT_MAX:
        return None
    return Finding(issues=(issues.too_big(_RANKS["offset"], ("offset",), "number", BIGINT_MAX),))


@rule(
    "identity.memberships.safe",
    "Rejected if `limit` or `offset` is beyond 2^53 - 1, which Zod 4 refuses.",
    Source("service", "recorded issue lists", "2026-10-14"),
    answers(422, "ValidationFailure"),
    since="2026-10",
    gathers=True,
    about=("limit", "offset"),
)
def safe_integers(request: SearchRequest) -> Finding | None:
    found = [
        issues.unsafe_integer(_RANKS[name], (name,), number)
        for name, number in request.page._asdict().items()
        if abs(number) > issues.SAFE and float(number).is_integer()
    ]
    return Finding(issues=tuple(found)) if found else None


@rule(
    "identity.memberships.database",
    "Rejected if the database cannot select the page: `offset` does not fit a signed 64-bit integer.",
    from_service("second search of identities, query"),
    answers(contract=None, live=Answer(500, "SearchIdentitiesV2")),
    until="2026-09",
    about=("offset",),
)
def database(request: SearchRequest) -> Finding | None:
    if request.page.offset <= BIGINT_MAX:
        return None
    return Finding("The database cannot select the page: offset must fit 64 bits")


# The service rejects no caller for a missing permission: the response leaves out what the caller may not read.
SEARCH: Rulebook[SearchRequest] = Rulebook(
    *CONTRACT_RULES, offset_bound, safe_integers, preconditions.caller_member, database
)
COUNT: Rulebook[CountRequest] = Rulebook(*CONTRACT_RULES, preconditions.caller_member)


class Access(NamedTuple):
    """What the caller may read: the identities of the organization or not, and those of which projects."""

    organization: bool
    projects: tuple[Project, ...]

    @classmethod
    def of(cls, organization: Organization, role: Role | None, caller_id: str) -> "Access":
        """Return the access of a member with that role of the organization. Its admins may access every project."""
        readable = role is not None and role.may("read", "identity")
        if readable and role is not None and role.slug == "admin":
            return cls(True, tuple(organization.projects.values()))
        roles = ((each, each.role_of(caller_id)) for each in organization.projects.values())
        return cls(readable, tuple(each for each, own in roles if own is not None and own.may("read", "identity")))


class Query(NamedTuple):
    """The scopes, filter and order of a search: `terms` must hold, and one of the `alternatives` if there are any."""

    scopes: tuple[str, ...]
    terms: Terms
    alternatives: tuple[Terms, ...] = ()
    order_by: str = "name"
    descending: bool = False

    @classmethod
    def from_json(cls, body: Mapping[str, Any], scopes: tuple[str, ...] = (ORGANIZATION,)) -> "Query":
        """Parse a body that the contract check has accepted. Alternatives without conditions are dropped."""
        search = body.get("search", {})
        alternatives = tuple(Terms.from_json(each, OPERATORS) for each in search.get("$or", ()))
        return cls(
            scopes=tuple(body.get("scope", scopes)),
            terms=Terms.from_json(search, OPERATORS),
            alternatives=tuple(each for each in alternatives if not each.is_empty),
            order_by=body.get("orderBy", "name"),
            descending=body.get("orderDirection") == "desc",
        )

    def finds(self, found: FoundMembership) -> bool:
        """Whether the membership matches."""
        name, roles = found.member.identity.name, found.role_names
        if found.scope not in self.scopes or not self.terms.hold(name, roles):
            return False
        return not self.alternatives or any(each.hold(name, roles) for each in self.alternatives)

    def row_of(self, found: FoundMembership) -> "_Row":
        """Return what the membership is sorted by."""
        key: str | int | None
        match self.order_by:
            case "lastLogin":
                key = found.last_login_at
            case "role":
                key = found.membership.role
            case _:
                key = found.member.identity.name.lower()
        return _Row(key, found.membership.id, found.member.identity.id)

    def ordered(self, rows: Iterable["_Row"]) -> "Steps[Iterator[_Row]]":
        """Return the rows in order. Ties are sorted by id, never used ones come last, in either direction."""
        by_id = yield from in_order(rows, itemgetter(1))
        if self.order_by != "lastLogin":
            return (yield from in_order(by_id, itemgetter(0), reverse=self.descending))
        used: list[_Row] = []
        unused: list[_Row] = []
        for batch in batched(by_id):
            used += [each for each in batch if each.key is not None]
            unused += [each for each in batch if each.key is None]
            yield
        return chain((yield from in_order(used, itemgetter(0), reverse=self.descending)), unused)


class _Row(NamedTuple):
    """What a membership is sorted by, and the id of its identity."""

    key: str | int | None
    membership_id: str
    identity_id: str


Find = Callable[[str], FoundMembership | None]
"""Finds the membership of an identity, by its id, that the caller may read; None if it may read none."""


def answer(ids: Iterable[str], find: Find, query: Query, page: Page) -> Steps[LongList]:
    """Return one page. `totalCount` counts all matches, but is 0 if the page is empty, as the service answers."""
    rows: list[_Row] = []
    for batch in batched(map(find, ids)):
        rows += [query.row_of(each) for each in batch if each is not None and query.finds(each)]
        yield
    ordered = yield from query.ordered(rows)
    offset = min(int(page.offset), len(rows))
    shown = yield from page_of(ordered, offset, min(offset + int(page.limit), len(rows)))
    found = filter(None, (find(each.identity_id) for each in shown))
    return LongList("identities", batched(map(view, found)), {"totalCount": len(rows) if shown else 0})


def counts(ids: Iterable[str], find: Find, query: Query) -> Steps[dict[str, object]]:
    """Return the number of matches in each scope that the body names."""
    found = dict.fromkeys((scope for scope in SCOPES if scope in query.scopes), 0)
    for batch in batched(map(find, ids)):
        for each in batch:
            if each is not None and query.finds(each):
                found[each.scope] += 1
        yield
    return {"counts": found}
