"""Bodies as the values that a domain package works with: by wire name, type and reading of each field."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.infisical.javascript import trim


class Field(NamedTuple):
    """Where a property goes, the types that JSON may give it, and how its value is read."""

    name: str
    types: tuple[type, ...]
    read: Callable[[Any], object] | None = None


NULL = type(None)
NUMBER = (int, float)


def fields_of(body: object, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The fields that a body sends, by their names here; names that are not in `fields` are dropped, as by the service.

    A value of a wrong type reads as absent: the contract check has named it.
    """
    sent: dict[str, Any] = {}
    for name, value in body.items() if isinstance(body, dict) else ():
        if name in fields:
            field, types, read = fields[name]
            if type(value) in types:
                sent[field] = value if value is None or read is None else read(value)
    return sent


def ranks(fields: Mapping[str, Field]) -> Mapping[str, int]:
    """The rank of each wire name among the issues of a 422: the order of the service's schema."""
    return {name: rank for rank, name in enumerate(fields)}


def ip_texts(items: list[object]) -> tuple[str, ...]:
    """The texts of a list of trusted IPs, trimmed; only `ipAddress` is read."""
    named = [item for item in items if isinstance(item, dict) and isinstance(item.get("ipAddress"), str)]
    return tuple([trim(item["ipAddress"]) for item in named])
