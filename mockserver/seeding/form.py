"""The form of fixtures: the JSON Schema of the format, and its violations in words, each at its place."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.contract.messages import reason
from mockserver.errors import FixtureError
from mockserver.seeding.yaml_reader import Located

Steps = tuple[str | int, ...]


def schema() -> dict[str, Any]:
    """The JSON Schema of the fixture format, for editors and for `judge`."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("fixtures.schema.json").read_text("utf-8"))
    return loaded


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


class Form(NamedTuple):
    """What is wrong with the form of one source. `broken` holds the entries that cannot be built: section and index."""

    errors: list[FixtureError]
    broken: frozenset[Steps]


def judge(located: Located) -> Form:
    """Every violation of the format. The reasons name what is expected, never the value: it may be a secret."""
    errors, broken = list(located.errors), set()
    if located.value is None:
        if not errors:
            errors.append(located.error((), "the document is empty: it needs at least 'version: 1'"))
        return Form(errors, frozenset())
    for violation in _validator().iter_errors(located.value):
        path: Steps = tuple(violation.instance_path)
        kind = violation.kind.as_dict()
        if violation.kind.name == "additionalProperties":
            errors += [
                located.error((*path, key), "unknown key", located.place_of_key(path, key))
                for key in kind["unexpected"]
            ]
        else:
            errors.append(located.error(path, reason(violation.kind.name, kind)))
            broken.add(path[:2])
    return Form(errors, frozenset(broken))
