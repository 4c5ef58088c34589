"""The list operation: its rules, and what it answers (behaviour 10)."""

from collections.abc import Iterable

from mockserver.infisical import preconditions
from mockserver.infisical.identities.request import ListRequest
from mockserver.infisical.identities.rules import caller_organization
from mockserver.infisical.identities.view import Member, by_age, listed
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

LIST: Rulebook[ListRequest] = Rulebook(
    *CONTRACT_RULES,
    caller_organization,
    preconditions.caller_member,
    preconditions.permission("read"),
)


def answer(members: Iterable[Member]) -> dict[str, object]:
    """All of them by name. Those that a project manages are counted, but not shown."""
    found = sorted(sorted(members, key=by_age), key=lambda each: each.identity.name)
    shown = [listed(each) for each in found if each.identity.project_id is None]
    return {"identities": shown, "totalCount": len(found)}
