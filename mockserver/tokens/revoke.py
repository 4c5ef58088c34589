"""The revoke operation: its rules in the order in which the service asks them (behaviour 8)."""

from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.tokens.handed import HANDED_RULES, Handed

REVOKE: Rulebook[Handed] = Rulebook(*CONTRACT_RULES, *HANDED_RULES)
