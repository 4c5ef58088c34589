"""The search operation: its rules, what a filter means, and what is answered (behaviour 10)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockserver.infisical import preconditions
from mockserver.infisical.body_fields import NUMBER, Field, fields_of
from mockserver.infisical.identities.organization import CUSTOM
from mockserver.infisical.identities.request import Facts
from mockserver.infisical.identities.view import Member, by_age, found
from mockserver.infisical.javascript import BIGINT_MAX
from mockserver.infisical.preconditions import from_service
from mockserver.rules import issues
from mockserver.rules.contract_rules import CONTRACT_RULES, VALIDATION_FAILURE
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

DEFAULT_LIMIT = 50


class Page(NamedTuple):
    """Which of what is found to answer; a limit of 0 is all, wherever the page would begin. Fractions are cut off."""

    limit: float = DEFAULT_LIMIT
    offset: float = 0

    @classmethod
    def from_json(cls, body: object) -> "Page":
        """The page that a body asks for."""
        return cls(**fields_of(body, _PAGE))


_PAGE: Mapping[str, Field] = {"limit": Field("limit", NUMBER), "offset": Field("offset", NUMBER)}
_RANKS = {"limit": 2, "offset": 3}


@dataclass(slots=True)
class SearchRequest:
    """A search among the identities of the caller's organization."""

    facts: Facts
    page: Page
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


def _unpageable(page: Page) -> tuple[Issue, ...]:
    """What the database would refuse of the page; a limit of 0 never gets as far as that."""
    if page.limit == 0:
        return ()
    refused = [
        issues.too_small(_RANKS[name], (name,), "number", 0) for name, number in page._asdict().items() if number <= -1
    ]
    if page.offset > BIGINT_MAX:
        refused.append(issues.too_big(_RANKS["offset"], ("offset",), "number", BIGINT_MAX))
    return tuple(refused)


_COLUMN = from_service("search of identities; refused at the schema stage by design of this mock")


@rule(
    "identity.search.page",
    "`limit` and `offset` are not below 0, and `offset` fits 64 bits; with a limit of 0 the offset is not looked at.",
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
    "The database takes the page: no negative limit or offset, and an offset of 64 bits.",
    from_service("search of identities, query"),
    answers(contract=None, live=Answer(500, "FindByOrgId")),
    about=("limit", "offset"),
)
def database(request: SearchRequest) -> Finding | None:
    return Finding("The database refuses the limit or the offset") if _unpageable(request.page) else None


SEARCH: Rulebook[SearchRequest] = Rulebook(
    *CONTRACT_RULES,
    page_bounds,
    preconditions.caller_member,
    preconditions.permission("read"),
    database,
)


class Terms(NamedTuple):
    """What name and role have to be: each operator that was sent with its text or texts. All of them have to hold."""

    name: Mapping[str, Any]
    role: Mapping[str, Any]

    @classmethod
    def from_json(cls, filter: Mapping[str, Any]) -> "Terms":
        """The terms of a filter that keeps to the contract; a bare text stands for `$eq`."""
        return cls(_operators(filter.get("name", {}), _OF_NAMES), _operators(filter.get("role", {}), _OF_ROLES))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.name and not self.role

    def hold(self, member: Member) -> bool:
        """Whether the member is what is asked for. `custom` is the name of all roles of the organization's own."""
        roles = {member.place.role, CUSTOM} if member.custom_role is not None else {member.place.role}
        return _hold(self.name, {member.identity.name}) and _hold(self.role, roles)


_OF_NAMES, _OF_ROLES = ("$eq", "$contains", "$in"), ("$eq", "$in")


def _operators(value: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
    """The operators that are sent; those that are not known are dropped, as by the service."""
    operators = {"$eq": value} if isinstance(value, str) else value
    return {name: operators[name] for name in known if name in operators}


def _hold(operators: Mapping[str, Any], names: set[str]) -> bool:
    if "$eq" in operators and operators["$eq"] not in names:
        return False
    if "$in" in operators and names.isdisjoint(operators["$in"]):
        return False
    return "$contains" not in operators or any(_is_part(operators["$contains"], name) for name in names)


def _is_part(text: str, name: str) -> bool:
    """Whether the text is in the name, as the database compares patterns: any case, `_` stands for any character."""
    pattern = "".join("." if character == "_" else re.escape(character) for character in text)
    return re.search(pattern, name, re.IGNORECASE | re.DOTALL) is not None


class Wanted(NamedTuple):
    """A search: terms that all have to hold, others of which one has to, and the order."""

    terms: Terms
    alternatives: tuple[Terms, ...] = ()
    by_role: bool = False
    descending: bool = False

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Wanted":
        """The search of a body that keeps to the contract. Alternatives that ask for nothing are none."""
        wanted = body.get("search", {})
        alternatives = tuple(map(Terms.from_json, wanted.get("$or", ())))
        return cls(
            Terms.from_json(wanted),
            tuple(each for each in alternatives if not each.is_empty),
            by_role=body.get("orderBy") == "role",
            descending=body.get("orderDirection") == "desc",
        )

    def finds(self, member: Member) -> bool:
        """Whether the member is wanted. What a project manages never is."""
        if member.identity.project_id is not None or not self.terms.hold(member):
            return False
        return not self.alternatives or any(each.hold(member) for each in self.alternatives)


def answer(members: Iterable[Member], wanted: Wanted, page: Page) -> dict[str, object]:
    """One page, and how many were found: 0 where the page is empty, however many there are on others.

    By role the service cuts pages with all custom roles as one, and orders each page by their slugs only then.
    """
    all_found = sorted((each for each in members if wanted.finds(each)), key=by_age)
    all_found.sort(
        key=lambda each: each.shown_role if wanted.by_role else each.identity.name, reverse=wanted.descending
    )
    shown = _cut(all_found, page)
    if wanted.by_role:
        shown.sort(key=lambda each: each.place.role, reverse=wanted.descending)
    return {"identities": [found(each) for each in shown], "totalCount": len(all_found) if shown else 0}


def _cut(members: list[Member], page: Page) -> list[Member]:
    if page.limit == 0:
        return members
    offset = int(page.offset)
    return members[offset : offset + int(page.limit)]
