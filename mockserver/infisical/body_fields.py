"""Parse the fields of a JSON body by property name and type."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.infisical.javascript import trim


class Field(NamedTuple):
    """A body property: its attribute name, the Python types of its JSON values, and a function that parses a value."""

    name: str
    types: tuple[type, ...]
    read: Callable[[Any], object] | None = None


NULL = type(None)
NUMBER = (int, float)


def fields_of(body: object, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the sent fields by attribute name. Properties that are not in `fields` are dropped, as by the service.

    A value of a wrong type counts as absent, because the contract check reports it.
    """
    sent: dict[str, Any] = {}
    for name, value in body.items() if isinstance(body, dict) else ():
        if name in fields:
            field, types, read = fields[name]
            if value.__class__ in types:
                sent[field] = value if value is None or read is None else read(value)
    return sent


def ranks(fields: Mapping[str, Field]) -> Mapping[str, int]:
    """Return the rank of each property among the issues of a 422: the order of the service's schema."""
    return {name: rank for rank, name in enumerate(fields)}


def ip_texts(items: list[object]) -> tuple[str, ...]:
    """Return the `ipAddress` of each item as trimmed text; items without one are dropped."""
    named = [item for item in items if isinstance(item, dict) and isinstance(item.get("ipAddress"), str)]
    return tuple([trim(item["ipAddress"]) for item in named])
