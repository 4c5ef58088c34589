"""The parsed body of a create or update of an identity; each field is a value or absent (behaviour 10).

This module maps wire names and trims texts. It does not read stored records.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.body_fields import Field, fields_of, ranks
from mockserver.infisical.javascript import trim
from mockserver.rules.absent import ABSENT, Absent


class Pair(NamedTuple):
    """A metadata key and value, trimmed. None replaces what is not a string; the contract check rejects it."""

    key: str | None
    value: str | None


class Change(NamedTuple):
    """A body after trimming. A value of a wrong type counts as absent: the contract check rejects it."""

    name: str | Absent = ABSENT
    organization_id: str | Absent = ABSENT
    role: str | Absent = ABSENT
    has_delete_protection: bool | Absent = ABSENT
    metadata: tuple[Pair, ...] | Absent = ABSENT

    @classmethod
    def to_create(cls, body: object) -> "Change":
        """Parse the body of a create. Unknown properties are dropped, as the service does."""
        return cls(**fields_of(body, _CREATE))

    @classmethod
    def to_update(cls, body: object) -> "Change":
        """Parse the body of an update, which cannot move an identity to another organization."""
        return cls(**fields_of(body, _UPDATE))


def _pairs(items: list[object]) -> tuple[Pair, ...]:
    return tuple(Pair(_text(item, "key"), _text(item, "value")) for item in items)


def _text(item: object, name: str) -> str | None:
    text = item.get(name) if isinstance(item, dict) else None
    return trim(text) if isinstance(text, str) else None


_CREATE: Mapping[str, Field] = {
    "name": Field("name", (str,), trim),
    "organizationId": Field("organization_id", (str,), trim),
    "role": Field("role", (str,), trim),
    "hasDeleteProtection": Field("has_delete_protection", (bool,)),
    "metadata": Field("metadata", (list,), _pairs),
}
_UPDATE = {name: field for name, field in _CREATE.items() if name != "organizationId"}

CREATE_RANKS = ranks(_CREATE)
UPDATE_RANKS = ranks(_UPDATE)
