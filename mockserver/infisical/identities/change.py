"""What a body says of an identity that is to be made or changed: every field absent or a value (behaviour 10).

It knows the wire names and the trimming; it must not know what is stored.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.body_fields import Field, fields_of, ranks
from mockserver.infisical.javascript import trim
from mockserver.rules.absent import ABSENT, Absent


class Pair(NamedTuple):
    """One key and value of the metadata, trimmed; None for what is no text, which the contract check has named."""

    key: str | None
    value: str | None


class Change(NamedTuple):
    """A body after trimming. A value of a wrong type reads as absent: the contract check has named it."""

    name: str | Absent = ABSENT
    organization_id: str | Absent = ABSENT
    role: str | Absent = ABSENT
    has_delete_protection: bool | Absent = ABSENT
    metadata: tuple[Pair, ...] | Absent = ABSENT

    @classmethod
    def to_create(cls, body: object) -> "Change":
        """What a create asks for; names it does not know are dropped, as the service drops them."""
        return cls(**fields_of(body, _CREATE))

    @classmethod
    def to_update(cls, body: object) -> "Change":
        """What an update asks for: an identity stays in its organization."""
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
