"""Rules of the revoke operation, in the service's order (behaviour 8)."""

from mockserver.infisical.access_tokens.submitted_token import SUBMITTED_TOKEN_RULES, SubmittedToken
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

REVOKE: Rulebook[SubmittedToken] = Rulebook(*CONTRACT_RULES, *SUBMITTED_TOKEN_RULES)
