"""The page of the fixture format, from its JSON Schema."""

import json
from collections.abc import Iterator
from pathlib import Path

from docs.generators import NOTICE
from docs.generators.schemas import HEAD, Schema, kind, meaning, rows
from docs.generators.table import table

SCHEMA = Path(__file__).parent.parent.parent / "mockserver" / "seeding" / "fixtures.schema.json"
INTRODUCTION = """\
Fixtures are the state of a world: organizations, clusters, gateways, identities and tokens. `fixtures/world.yaml` is
the [bundled world](bundled-world.md). The JSON Schema of the format is `mockserver/seeding/fixtures.schema.json`;
editors use it for completion. [How to write fixtures](../how-to/fixtures.md) begins with a small file.

The server reads YAML 1.2 scalars only: `no` is a text, and so is a date. It rejects duplicate and unknown keys. It
reports all errors at once, each as `file:line:column: path: reason`.
"""


def page() -> str:
    """Return docs/reference/fixtures.md."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    definitions = schema["$defs"]
    objects = {name for name, each in definitions.items() if "properties" in each}
    simple = [name for name in definitions if name not in objects]

    def link(name: str) -> str:
        return f"[{name}](#{name.lower()})"

    lines = [NOTICE, "", "# Fixtures", "", *INTRODUCTION.splitlines(), "", "## File", ""]
    lines += [*table(HEAD, rows(schema, link)), ""]
    for name in sorted(objects, key=list(definitions).index):
        lines += [f"## {name}", ""]
        for title, each in _objects(name, definitions[name]):
            if title != name:
                lines += [f"### {title}", ""]
            if each.get("description"):
                lines += [meaning(each), ""]
            lines += [*table(HEAD, rows(each, link, f"{title}.")), ""]
    lines += ["## Values", ""]
    for name in simple:
        each = definitions[name]
        lines += [f"### {name}", ""]
        if meaning(each):
            lines += [meaning(each), ""]
        lines += [f"Type: {kind(each, link)}." + (f" Pattern: `{each['pattern']}`" if "pattern" in each else ""), ""]
        for title, inner in list(_objects(name, each))[1:]:
            lines += [f"#### {title}", "", *table(HEAD, rows(inner, link, f"{title}.")), ""]
    return "\n".join(lines).rstrip() + "\n"


def _objects(name: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the object, and each object that is written within it, by its path."""
    yield name, schema
    for key, each in schema.get("properties", {}).items():
        yield from _within(f"{name}.{key}", each)
    if "items" in schema:
        yield from _within(f"{name}[]", schema["items"])


def _within(name: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    if schema.get("properties"):
        yield from _objects(name, schema)
    elif isinstance(schema.get("items"), dict) and schema["items"].get("properties"):
        yield from _objects(f"{name}[]", schema["items"])
