"""What Terraform itself does around a provider: the plan of one resource, and the checks of what a provider returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Values = dict[str, Any]
"""Attributes by name. None is null; UNKNOWN is "known after apply", in plans only."""


class Unknown(Enum):
    """The one value of a plan that is not known yet."""

    UNKNOWN = "known after apply"

    def __repr__(self) -> str:
        return self.name


UNKNOWN = Unknown.UNKNOWN


class InconsistentResult(Exception):
    """Terraform's "Provider produced inconsistent result after apply", with the attribute that it names."""

    def __init__(self, attribute: str, planned: Any, got: Any) -> None:
        super().__init__(f".{attribute}: was {planned!r}, but now {got!r}")
        self.attribute = attribute


@dataclass(frozen=True)
class Attribute:
    """One attribute of a schema.

    `computed`: the provider may say what the configuration leaves out. `default`: what it says then. `keeps`: a plan
    keeps the value of the state, null too. `replaces`: another value needs a new resource. `trimmed`: two texts are
    the same if they are so after trimming.
    """

    computed: bool = False
    default: Any = None
    keeps: bool = False
    replaces: bool = False
    trimmed: bool = False


Schema = Mapping[str, Attribute]


@dataclass(frozen=True)
class Change:
    """One line of a plan: what is to be done, and the attributes that the configuration and the state differ in."""

    action: str
    attributes: frozenset[str] = frozenset()


def planned(schema: Schema, config: Values, prior: Values | None) -> Values:
    """What is to be after apply. Where anything changes, all that only the provider says is unknown."""
    proposed: Values = {}
    for name, attribute in schema.items():
        value = config.get(name)
        if value is None:
            value = attribute.default
        if value is None and attribute.computed and prior is not None:
            value = prior[name]
        proposed[name] = value
    if proposed == prior:
        return proposed
    for name, attribute in schema.items():
        if not attribute.computed or attribute.default is not None or config.get(name) is not None:
            continue
        proposed[name] = prior[name] if attribute.keeps and prior is not None else UNKNOWN
    return proposed


def change(schema: Schema, plan: Values, prior: Values | None) -> Change | None:
    """The line that such a plan shows, None for none."""
    if prior is None:
        return Change("create")
    if plan == prior:
        return None
    different = frozenset(name for name in schema if plan[name] is not UNKNOWN and plan[name] != prior[name])
    replaces = any(schema[name].replaces for name in different)
    return Change("replace" if replaces else "update", different)


def settled(schema: Schema, before: Values, after: Values) -> Values:
    """The new values, where a text that is the same after trimming stays as it was."""
    return {
        name: before[name] if schema[name].trimmed and _same_trimmed(before.get(name), value) else value
        for name, value in after.items()
    }


def check_consistent(plan: Values, result: Values) -> None:
    """Raises InconsistentResult unless everything known in the plan came true and nothing is left unknown."""
    for name, value in plan.items():
        if result[name] is UNKNOWN or (value is not UNKNOWN and result[name] != value):
            raise InconsistentResult(name, value, result[name])


def _same_trimmed(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.strip() == other.strip()
