"""Rules of the renew operation, in the service's order (behaviour 8)."""

from mockserver.infisical.access_tokens import rules
from mockserver.infisical.access_tokens.expiry import endless
from mockserver.infisical.access_tokens.issue import remaining
from mockserver.infisical.access_tokens.submitted_token import SUBMITTED_TOKEN_RULES, SubmittedToken
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, Source, answers, rule


@rule(
    "renew.budget",
    "Rejected if the token's max TTL, counted from its first issue, is used up.",
    Source("service", "renew, order of checks", "2026-08-20"),
    answers(401, "UnauthorizedError"),
)
def budget(request: SubmittedToken) -> Finding | None:
    if remaining(request.access_token, request.now) > 0:
        return None
    return Finding("The token has reached its max TTL and cannot be renewed: log in again")


RENEW: Rulebook[SubmittedToken] = Rulebook(
    *CONTRACT_RULES,
    *SUBMITTED_TOKEN_RULES,
    endless,
    rules.revoked,
    rules.membership.only(since="2026-08"),
    rules.uses,
    budget,
)
