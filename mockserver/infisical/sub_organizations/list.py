"""The operation that lists sub-organizations: its rules and its response."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.infisical import preconditions
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.javascript import trim
from mockserver.infisical.sub_organizations.request import ListRequest
from mockserver.infisical.sub_organizations.view import view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DEFAULT_LIMIT = 25

# Membership is enough: the service checks no permission.
LIST: Rulebook[ListRequest] = Rulebook(*CONTRACT_RULES, preconditions.caller_member)


class Query(NamedTuple):
    """The page, filter and order that a query selects."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    search: str = ""
    descending: bool = False
    accessible_only: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Query":
        """Parse the query, whose parameters are already of the types of the contract."""
        return cls(
            limit=int(query.get("limit", DEFAULT_LIMIT)),
            offset=int(query.get("offset", 0)),
            search=trim(query.get("search", "")).lower(),
            descending=query.get("orderDirection") == "desc",
            accessible_only=query.get("isAccessible") == "true",
        )


def answer(
    organizations: Iterable[Organization], root_id: str, caller: Identity | None, query: Query
) -> dict[str, object]:
    """Return one page of the sub-organizations. `totalCount` counts those of all pages."""
    found = [
        each
        for each in organizations
        if each.parent_id == root_id
        and query.search in each.name.lower()
        and not (query.accessible_only and (caller is None or caller.membership(each.id) is None))
    ]
    found.sort(key=lambda each: (each.name, each.id), reverse=query.descending)
    page = found[query.offset : query.offset + query.limit]
    return {"organizations": [view(each) for each in page], "totalCount": len(found)}
