"""The operation that searches templates: its rules in the service's order, and a page of the result."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplatesRequest
from mockserver.infisical.identity_templates.template import IdentityTemplate, view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DEFAULT_LIMIT = 5

SEARCH: Rulebook[TemplatesRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.LIST,
)


class Query(NamedTuple):
    """The query of a search. `search` is a part of the name, in any case."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    search: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Query":
        """Parse the query parameters."""
        limit, offset = query.get("limit", DEFAULT_LIMIT), query.get("offset", 0)
        return cls(int(limit), int(offset), query.get("search", "").lower())


def page(templates: Iterable[IdentityTemplate], query: Query) -> dict[str, object]:
    """Return one page of the templates whose name matches, by name, and how many match in all."""
    found = by_name(each for each in templates if query.search in each.name.lower())
    shown = found[query.offset : query.offset + query.limit]
    return {"templates": [view(each) for each in shown], "totalCount": len(found)}


def by_name(templates: Iterable[IdentityTemplate]) -> list[IdentityTemplate]:
    """Return the templates in the order of their names."""
    return sorted(templates, key=lambda each: (each.name, each.id))
