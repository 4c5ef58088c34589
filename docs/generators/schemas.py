"""Words for JSON Schemas: types, bounds and references of properties, as rows of a table."""

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Link = Callable[[str], str]
"""Turns the name of a referenced schema into Markdown."""


def kind(schema: Schema, link: Link) -> str:
    """Return the type of a value in words."""
    if "$ref" in schema:
        return link(str(schema["$ref"]).rsplit("/", 1)[-1])
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(kind(each, link) for each in schema[word]))
    if "allOf" in schema:
        return kind(schema["allOf"][0], link)
    if "properties" in schema:
        return "object"
    if "const" in schema:
        return f"`{_text(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{_text(each)}`" for each in schema["enum"])
    return _plain(schema, link)


def _plain(schema: Schema, link: Link) -> str:
    kinds = schema.get("type", "any value")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = [_list(schema, link) if each == "array" else each for each in kinds]
    if schema.get("nullable"):
        words.append("null")
    extra = schema.get("additionalProperties")
    if kinds == ["object"] and isinstance(extra, Mapping):
        words = [f"object of {kind(extra, link)}"]
    return " or ".join(words) + _bounds(schema)


def _list(schema: Schema, link: Link) -> str:
    items = schema.get("items")
    return f"list of {kind(items, link)}" if items else "list"


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum", schema.get("minItems")), schema.get("maximum", schema.get("maxItems"))
    if low is not None and high is not None:
        return f", {low:,} to {high:,}"
    if low is not None:
        return f", {low:,} or more"
    if high is not None:
        return f", at most {high:,}"
    if "maxLength" in schema:
        return f", at most {schema['maxLength']:,} characters"
    return ""


def _text(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


def meaning(schema: Schema) -> str:
    """Return the description of a value, with its default and format."""
    parts = [str(schema.get("description", "")).strip()]
    if "default" in schema:
        parts.append(f"Default: `{_text(schema['default'])}`.")
    if parts[0] and not parts[0].endswith((".", "`", "…")):
        parts[0] += "."
    return " ".join(filter(None, parts))


def rows(schema: Schema, link: Link, path: str = "") -> list[list[str]]:
    """Return a row for each property: name, type, whether it is required, meaning.

    With the `path` of the schema, a property that is an object links to the section `path.property`.
    """
    required = schema.get("required", ())
    return [
        [f"`{name}`", _linked(kind(each, link), f"{path}{name}"), "yes" if name in required else "", meaning(each)]
        for name, each in schema.get("properties", {}).items()
    ]


def _linked(text: str, path: str) -> str:
    if "." not in path or not text.split(",", maxsplit=1)[0].endswith("object"):
        return text
    anchor = "".join(each for each in path.lower() if each.isalnum())
    return text.replace("object", f"[object](#{anchor})", 1)


HEAD = ("Property", "Type", "Required", "Meaning")
