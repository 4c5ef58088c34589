"""Validation of fixtures against the JSON Schema of their format; each error has its line and column."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.contract.messages import reason
from mockserver.errors import FixtureError
from mockserver.pauses import between
from mockserver.seeding.yaml_reader import Located

Steps = tuple[str | int, ...]

_LISTS = ("organizations", "clusters", "gateways", "gatewayPools", "identities", "accessTokens")
_AT_ONCE = 500
_UNKNOWN = {"<<": "merge keys are not part of YAML 1.2: write the keys out, or use an alias for a whole value"}
_NO_SLUG = "not a slug: use lower-case letters and digits, joined by single hyphens"
_PATTERNS = {
    r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$": "not a UUID",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": _NO_SLUG,
    r"^([a-z0-9]+(-[a-z0-9]+)*)?$": _NO_SLUG,
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$": (
        "not an ISO 8601 time with a zone, such as 2026-01-02T03:04:05Z"
    ),
    r"^[A-Za-z0-9:./-]+$": "not a host: use letters, digits and the characters : . / -",
}
"""Our words for the patterns of the schema; a test checks that every pattern has its words."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the fixture format."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("fixtures.schema.json").read_text("utf-8"))
    return loaded


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


@cache
def _entries_validator(section: str) -> jsonschema_rs.Draft202012Validator:
    whole = schema()
    return jsonschema_rs.Draft202012Validator({**whole["properties"][section], "$defs": whole["$defs"]})


def is_valid(located: Located) -> bool:
    """Whether the text can be read and has no violation of the format."""
    return not located.errors and _validator().is_valid(located.value)


def are_valid(section: str, entries: list[Any]) -> bool:
    """Whether the entries of a section have no violation of the format."""
    return _entries_validator(section).is_valid(entries)


def _violations(value: Any) -> Iterator[tuple[Steps, jsonschema_rs.ValidationError]]:
    """Yield each violation of the format with its path. Long lists are validated in pieces, as each is one step."""
    named = {name: value.get(name) for name in _LISTS} if isinstance(value, dict) else {}
    long = {name: each for name, each in named.items() if isinstance(each, list) and len(each) > _AT_ONCE}
    rest = {name: [] if name in long else each for name, each in value.items()} if long else value
    for violation in _validator().iter_errors(rest):
        yield tuple(violation.instance_path), violation
    for name, entries in long.items():
        for start in between(range(0, len(entries), _AT_ONCE)):
            for violation in _entries_validator(name).iter_errors(entries[start : start + _AT_ONCE]):
                index, *steps = violation.instance_path
                yield (name, start + int(index), *steps), violation


class Form(NamedTuple):
    """The errors of one source. `broken` holds section and index of the entries that cannot be built."""

    errors: list[FixtureError]
    broken: frozenset[Steps]


NO_ERRORS = Form([], frozenset())


def judge(located: Located) -> Form:
    """Return every violation of the format. The reasons name what is expected, never the value: it may be a secret."""
    if located.is_own:
        return NO_ERRORS
    errors, broken = list(located.errors), set()
    if located.value is None:
        if not errors:
            errors.append(located.error((), "the document is empty: add at least 'version: 1'"))
        return Form(errors, frozenset())
    for path, violation in _violations(located.value):
        kind = violation.kind.as_dict()
        if violation.kind.name == "additionalProperties":
            errors += [
                located.error((*path, key), _UNKNOWN.get(key, "unknown key"), located.place_of_key(path, key))
                for key in kind["unexpected"]
            ]
        else:
            expected = _PATTERNS.get(kind.get("pattern", "")) or reason(violation.kind.name, kind)
            errors.append(located.error(path, expected))
            broken.add(path[:2])
    return Form(errors, frozenset(broken))
