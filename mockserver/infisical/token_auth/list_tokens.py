"""The operation that lists tokens: its rules in the service's order, and the selection of a page."""

from collections.abc import Collection
from operator import attrgetter

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth, token_view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook
from mockserver.steps import LongList, Steps, batched, in_order, page_of

LIST_TOKENS: Rulebook[MethodRequest[TokenAuth]] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.not_attached,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("get-token"),
    preconditions.permission("read"),
    preconditions.instance_admin,
)
DEFAULT_LIMIT = 20


def page(tokens: Collection[IssuedToken], offset: float, limit: float) -> Steps[LongList]:
    """Return at most `limit` tokens after the first `offset`, latest update first, including revoked ones.

    Fractions are truncated. Tokens updated at the same time are ordered by creation, then by id.
    """
    ordered = yield from in_order(tokens, attrgetter("updated_at", "created_at", "id"), reverse=True)
    start = min(int(offset), len(tokens))
    shown = yield from page_of(ordered, start, min(start + int(limit), len(tokens)))
    return LongList("tokens", batched(map(token_view, shown)), {})
