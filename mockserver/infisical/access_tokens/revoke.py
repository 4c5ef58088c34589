"""The revoke operation: its rules in the order in which the service asks them (behaviour 8)."""

from mockserver.infisical.access_tokens.fixture_tokens import HANDED_RULES, Handed
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

REVOKE: Rulebook[Handed] = Rulebook(*CONTRACT_RULES, *HANDED_RULES)
