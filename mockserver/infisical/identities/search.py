"""The search operation: its rules, its filters and its response (behaviour 10)."""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.infisical import preconditions
from mockserver.infisical.body_fields import NUMBER, Field, fields_of
from mockserver.infisical.identities.organization import CUSTOM
from mockserver.infisical.identities.request import Facts
from mockserver.infisical.identities.view import Member, search_view
from mockserver.infisical.javascript import BIGINT_MAX
from mockserver.infisical.preconditions import from_service
from mockserver.rules import issues
from mockserver.rules.contract_rules import CONTRACT_RULES, VALIDATION_FAILURE
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule
from mockserver.steps import LongList, Steps, batched, in_order, page_of

DEFAULT_LIMIT = 50


class Page(NamedTuple):
    """The page of a search. A limit of 0 selects all results, whatever the offset. Fractions are truncated."""

    limit: float = DEFAULT_LIMIT
    offset: float = 0

    @classmethod
    def from_json(cls, body: object) -> "Page":
        """Parse the page of a body."""
        return cls(**fields_of(body, _PAGE))


_PAGE: Mapping[str, Field] = {"limit": Field("limit", NUMBER), "offset": Field("offset", NUMBER)}
_RANKS = {"limit": 2, "offset": 3}


@dataclass(slots=True)
class SearchRequest:
    """A request to search the identities of the caller's organization."""

    facts: Facts
    page: Page
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


def _unpageable(page: Page) -> tuple[Issue, ...]:
    """Return an issue for each number that the database rejects. With a limit of 0 it is not asked for a page."""
    if page.limit == 0:
        return ()
    rejected = [
        issues.too_small(_RANKS[name], (name,), "number", 0) for name, number in page._asdict().items() if number <= -1
    ]
    if page.offset > BIGINT_MAX:
        rejected.append(issues.too_big(_RANKS["offset"], ("offset",), "number", BIGINT_MAX))
    return tuple(rejected)


_COLUMN = from_service("search of identities; refused at the schema stage by design of this mock")


@rule(
    "identity.search.page",
    "Rejected if `limit` or `offset` is -1 or less, or `offset` does not fit a signed 64-bit integer. With a `limit` of"
    " 0 any offset is accepted.",
    _COLUMN,
    answers(contract=VALIDATION_FAILURE, live=None),
    gathers=True,
    about=("limit", "offset"),
)
def page_bounds(request: SearchRequest) -> Finding | None:
    refused = _unpageable(request.page)
    return Finding(issues=refused) if refused else None


@rule(
    "identity.search.database",
    "Rejected if the database cannot select the page: `limit` or `offset` is -1 or less, or `offset` does not fit a"
    " signed 64-bit integer. With a `limit` of 0 any offset is accepted.",
    from_service("search of identities, query"),
    answers(contract=None, live=Answer(500, "FindByOrgId")),
    about=("limit", "offset"),
)
def database(request: SearchRequest) -> Finding | None:
    if not _unpageable(request.page):
        return None
    return Finding(
        "The database cannot select the page: limit and offset must not be negative, and offset must fit 64 bits"
    )


SEARCH: Rulebook[SearchRequest] = Rulebook(
    *CONTRACT_RULES,
    page_bounds,
    preconditions.caller_member,
    preconditions.permission("read"),
    database,
)


class Terms(NamedTuple):
    """The conditions on name and role: each operator with its operand. All of them must hold."""

    name: Mapping[str, Any]
    role: Mapping[str, Any]

    @classmethod
    def from_json(cls, filter: Mapping[str, Any], of_roles: tuple[str, ...] = ("$eq", "$in")) -> "Terms":
        """Parse a filter that the contract check has accepted. A plain string means `$eq`."""
        return cls(_operators(filter.get("name", {}), OPERATORS), _operators(filter.get("role", {}), of_roles))

    @property
    def is_empty(self) -> bool:
        """Whether there is no condition."""
        return not self.name and not self.role

    def hold(self, name: str, roles: Set[str]) -> bool:
        """Whether an identity of that name meets all conditions; `roles` are the texts that name its role."""
        return _hold(self.name, {name}) and _hold(self.role, roles)


OPERATORS = ("$eq", "$contains", "$in")


def _operators(value: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the operators that are sent. Unknown ones are dropped, as the service does."""
    operators = {"$eq": value} if isinstance(value, str) else value
    return {name: operators[name] for name in known if name in operators}


def _hold(operators: Mapping[str, Any], names: Set[str]) -> bool:
    if "$eq" in operators and operators["$eq"] not in names:
        return False
    if "$in" in operators and names.isdisjoint(operators["$in"]):
        return False
    return "$contains" not in operators or any(_is_part(operators["$contains"], name) for name in names)


def _is_part(text: str, name: str) -> bool:
    """Whether the name contains the text, as `ILIKE` compares: case does not matter, `_` matches any character."""
    pattern = "".join("." if character == "_" else re.escape(character) for character in text)
    return re.search(pattern, name, re.IGNORECASE | re.DOTALL) is not None


class Query(NamedTuple):
    """The filter and order of a search: `terms` must hold, and one of the `alternatives` if there are any."""

    terms: Terms
    alternatives: tuple[Terms, ...] = ()
    by_role: bool = False
    descending: bool = False

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Query":
        """Parse a body that the contract check has accepted. Alternatives without conditions are dropped."""
        search = body.get("search", {})
        alternatives = tuple(map(Terms.from_json, search.get("$or", ())))
        return cls(
            Terms.from_json(search),
            tuple(each for each in alternatives if not each.is_empty),
            by_role=body.get("orderBy") == "role",
            descending=body.get("orderDirection") == "desc",
        )

    def finds(self, member: Member) -> bool:
        """Whether the member matches. One that a project manages never does; `custom` names every custom role."""
        identity, slug = member.identity, member.membership.role
        roles = {slug} if member.custom_role is None else {slug, CUSTOM}
        if identity.project_id is not None or not self.terms.hold(identity.name, roles):
            return False
        return not self.alternatives or any(each.hold(identity.name, roles) for each in self.alternatives)


class _Found(NamedTuple):
    """What a member is sorted by: its name or role as the search orders by, when it was created, its id, its role."""

    key: str
    created_at: int
    id: str
    slug: str


_age, _key, _slug = itemgetter(1, 2), itemgetter(0), itemgetter(3)


def answer(ids: Iterable[str], member: Callable[[str], Member], query: Query, page: Page) -> Steps[LongList]:
    """Return one page. `totalCount` counts all matches, but is 0 if the page is empty, as the service answers.

    Ordered by role, pages are cut while all custom roles count as one; then each page is sorted by slug.
    """
    found: list[_Found] = []
    for batch in batched(map(member, ids)):
        found += [_row(each, by_role=query.by_role) for each in batch if query.finds(each)]
        yield
    by_age = yield from in_order(found, _age)
    ordered = yield from in_order(by_age, _key, reverse=query.descending)
    shown = ordered
    if page.limit != 0:
        offset = min(int(page.offset), len(found))
        cut = yield from page_of(ordered, offset, min(offset + int(page.limit), len(found)))
        shown = iter(cut)
        total = len(found) if cut else 0
    else:
        total = len(found)
    if query.by_role:
        shown = yield from in_order(shown, _slug, reverse=query.descending)
    return LongList("identities", batched(search_view(member(each.id)) for each in shown), {"totalCount": total})


def _row(each: Member, *, by_role: bool) -> _Found:
    identity = each.identity
    key = each.shown_role if by_role else identity.name
    return _Found(key, identity.created_at, identity.id, each.membership.role)
