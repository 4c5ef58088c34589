"""The list operation: its rules and its response (behaviour 10)."""

from collections.abc import Iterable

from mockserver.infisical import preconditions
from mockserver.infisical.identities.request import ListRequest
from mockserver.infisical.identities.rules import caller_organization
from mockserver.infisical.identities.view import Member, by_age, list_view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

LIST: Rulebook[ListRequest] = Rulebook(
    *CONTRACT_RULES,
    caller_organization,
    preconditions.caller_member,
    preconditions.permission("read"),
)


def answer(members: Iterable[Member]) -> dict[str, object]:
    """Return all identities, by name. `totalCount` includes those that a project manages; the list does not."""
    found = sorted(sorted(members, key=by_age), key=lambda each: each.identity.name)
    shown = [list_view(each) for each in found if each.identity.project_id is None]
    return {"identities": shown, "totalCount": len(found)}
