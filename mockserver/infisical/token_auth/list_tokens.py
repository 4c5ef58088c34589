"""The operation that lists tokens: its rules in the service's order, and the selection of a page."""

from collections.abc import Iterable

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

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


def page(tokens: Iterable[IssuedToken], offset: float, limit: float) -> list[IssuedToken]:
    """Return at most `limit` tokens after the first `offset`, latest update first, including revoked ones.

    Fractions are truncated. Tokens updated at the same time are ordered by creation, then by id.
    """
    ordered = sorted(tokens, key=lambda each: (each.updated_at, each.created_at, each.id), reverse=True)
    return ordered[int(offset) : int(offset) + int(limit)]
