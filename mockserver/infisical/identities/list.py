"""The list operation: its rules and its response (behaviour 10)."""

from collections.abc import Callable, Iterable
from operator import itemgetter

from mockserver.infisical import preconditions
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.request import ListRequest
from mockserver.infisical.identities.rules import caller_organization
from mockserver.infisical.identities.view import Member, list_view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook
from mockserver.steps import LongList, Steps, batched, in_order

LIST: Rulebook[ListRequest] = Rulebook(
    *CONTRACT_RULES,
    caller_organization,
    preconditions.caller_member,
    preconditions.permission("read"),
)


_order = itemgetter(0, 1, 2)


def answer(identities: Iterable[Identity], member: Callable[[Identity], Member]) -> Steps[LongList]:
    """Return all identities, by name. `totalCount` includes those that a project manages; the list does not.

    `member` returns an identity as a member of the organization.
    """
    found: list[tuple[str, int, str, Identity]] = []
    total = 0
    for batch in batched(identities):
        total += len(batch)
        found += [(each.name, each.created_at, each.id, each) for each in batch if each.project_id is None]
        yield
    ordered = yield from in_order(found, _order)
    return LongList("identities", batched(list_view(member(each)) for _, _, _, each in ordered), {"totalCount": total})
