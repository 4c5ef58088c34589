"""The operation that lists tokens: its rules in the order in which the service asks them, and the page it gives."""

from collections.abc import Iterable

from mockserver import attachment, standing
from mockserver.auth_method import MethodAttempt
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.token_auth.record import IssuedToken, TokenAuth

LIST_TOKENS: Rulebook[MethodAttempt[TokenAuth]] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.not_attached,
    standing.caller_member,
    standing.permission("read"),
    standing.instance_admin,
)
DEFAULT_LIMIT = 20


def page(tokens: Iterable[IssuedToken], offset: float, limit: float) -> list[IssuedToken]:
    """At most `limit` tokens behind the first `offset`: the last changed first, revoked ones too.

    Of a fraction the whole part counts. Tokens changed at the same time stand by creation and id, as ever.
    """
    ordered = sorted(tokens, key=lambda each: (each.updated_at, each.created_at, each.id), reverse=True)
    return ordered[int(offset) : int(offset) + int(limit)]
