"""The result of a run: rules confirmed, rules that differ, rules not reached, and the generation that fits best."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver import masking
from mockserver.parity.comparison import ABSENT, Difference
from mockserver.parity.player import Mismatch, Played
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.rule import ACCEPTED


class Report(NamedTuple):
    """What a run has found. `unscripted` maps rules without a script to the reason.

    `requests` counts those to the tenant, `waited` the answers 429, `left` names what could not be removed.
    """

    tenant: str
    generation: Generation
    played: tuple[Played, ...]
    unscripted: Mapping[str, str]
    requests: int = 0
    waited: int = 0
    left: tuple[str, ...] = ()

    @property
    def mismatches(self) -> list[Mismatch]:
        """Every difference once: the same fields with the same values of the same operation are one."""
        found: dict[tuple[str, ...], Mismatch] = {}
        for each in (each for played in self.played for each in played.mismatches):
            found.setdefault(_key(each), each)
        return list(found.values())

    @property
    def confirmed(self) -> list[str]:
        """The rules that hold in the tenant as they do in the mock."""
        different = {each.rule for each in self.mismatches}
        return sorted({rule for each in self.played for rule in each.confirmed} - different)

    @property
    def not_reached(self) -> dict[str, str]:
        """The rules about which the run says nothing, with the reason; and each recording that was not played out."""
        known = {*self.confirmed, *(each.rule for each in self.mismatches)}
        reasons = dict(self.unscripted)
        for each in self.played:
            if each.verdict == "not reached" and not each.script.is_recording:
                reasons.setdefault(each.script.rule, each.reason)
        found = {rule: reasons[rule] for rule in sorted(reasons) if rule not in known}
        for each in self.played:
            if each.verdict == "not reached" and each.script.is_recording:
                before = f"{found[each.script.rule]}; " if each.script.rule in found else ""
                found[each.script.rule] = f"{before}{each.script.name}: {each.reason}"
        return found

    @property
    def contradictions(self) -> list[tuple[Generation, str]]:
        """The generations with the rules in which the tenant contradicts them, each pair once."""
        return sorted({pair for each in self.played for pair in each.contradictions})

    @property
    def best(self) -> Generation:
        """The generation that the fewest scripts contradict; of equals the one asked for, or the newest."""
        against = Counter(
            generation for each in self.played for generation in {generation for generation, _ in each.contradictions}
        )
        rank = {each: (-against[each], each is self.generation, number) for number, each in enumerate(GENERATIONS)}
        return max(GENERATIONS, key=lambda each: rank[each])

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is written with `--format json`."""
        return {
            "tenant": self.tenant,
            "generation": self.generation.value,
            "bestGeneration": self.best.value,
            "confirmed": self.confirmed,
            "different": [_row(each) for each in self.mismatches],
            "notReached": [{"rule": rule, "reason": reason} for rule, reason in self.not_reached.items()],
            "contradictions": [
                {"generation": generation.value, "rule": rule} for generation, rule in self.contradictions
            ],
        }


def _key(found: Mismatch) -> tuple[str, ...]:
    """Return what tells a difference from others: one in an accepted request shows in every such request."""
    field, tenant, mock, kind = found.difference
    where = _PLACEHOLDER.sub("{}", str(found.request)) if found.rule == ACCEPTED else found.script
    if kind == "issues":
        where, field = "", ".".join(each for each in field.split(".") if not each.isdecimal())
    return found.rule, where, field, str(tenant), str(mock)


_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def shown(difference: Difference) -> tuple[Any, Any]:
    """Return the two values with the secrets in them masked."""
    name = difference.field.rpartition(".")[2]
    tenant, mock = (_masked(each, name) for each in (difference.tenant, difference.mock))
    return tenant, mock


def _masked(value: Any, name: str) -> Any:
    if isinstance(value, str) and value in (ABSENT, "(token)", "(secret)"):
        return value
    return masking.json_value(value, name) if isinstance(value, str | dict | list) else value


def _row(found: Mismatch) -> dict[str, Any]:
    tenant, mock = shown(found.difference)
    return {
        "rule": found.rule,
        "script": found.script,
        "step": found.step,
        "field": found.difference.field,
        "tenant": tenant,
        "mock": mock,
    }
