"""The ledger's sources: the date of each, by generation, and how many rules have which kind."""

from collections import Counter
from typing import Any

from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.rule import Rule, Rulebook

KINDS = ("contract", "service", "assumption")


def source_date(rule: Rule[Any]) -> str:
    """Return the date of the rule's source: for the service, the first day of the generation that it is read of.

    That is the generation in which the rule begins; for one that ends before 2026-08, the oldest; else 2026-08.
    """
    if rule.source.kind != "service":
        return rule.source.date
    if rule.since is not None:
        return max(rule.since, Generation.AUGUST).date
    return GENERATIONS[0].date if rule.until == GENERATIONS[0] else Generation.AUGUST.date


def source_counts(book: Rulebook[Any]) -> dict[str, int]:
    """Return the number of an operation's rules by the kind of their source; each rule counts once."""
    found = Counter[str](kind for _, kind in {(rule.id, rule.source.kind) for rule in book.rules})
    return {kind: found[kind] for kind in KINDS}
