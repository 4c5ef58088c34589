"""The renew operation: its rules in the order in which the service asks them (behaviour 8)."""

from mockserver.infisical.access_tokens import rules
from mockserver.infisical.access_tokens.fixture_tokens import HANDED_RULES, Handed
from mockserver.infisical.access_tokens.issue import remaining
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, Source, both, rule


@rule(
    "renew.budget",
    "The max TTL, counted from the first issue, leaves the token some time to live.",
    Source("service", "renew, order of checks", "2026-08-28"),
    both(401, "UnauthorizedError"),
)
def budget(attempt: Handed) -> Finding | None:
    if remaining(attempt.access_token, attempt.now) > 0:
        return None
    return Finding("The token has reached its max TTL: log in again")


RENEW: Rulebook[Handed] = Rulebook(
    *CONTRACT_RULES,
    *HANDED_RULES,
    rules.revoked,
    rules.membership,
    rules.uses,
    budget,
)
