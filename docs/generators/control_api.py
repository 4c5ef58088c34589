"""The page of the control API, from its OpenAPI document."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generators import NOTICE
from docs.generators.schemas import HEAD, kind, meaning, rows
from docs.generators.table import table

DOCUMENT = Path(__file__).parent.parent.parent / "mockserver" / "control" / "openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete", "head")
INTRODUCTION = """\
The control API configures and inspects the mock. Its paths begin with `/_mock`; none of them is the vendor's. The
server publishes the OpenAPI document of this page at `/_mock/openapi.yaml`.

With `--control-token`, each call but the health check needs `Authorization: Bearer TOKEN`. The server rejects calls
from browser pages of another origin. `--no-control` switches off all calls but the health check. An error is
`{"error", "message"}`, with more properties where they help.
"""


def page() -> str:
    """Return docs/reference/control-api.md."""
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    calls = list(_calls(document))
    lines = [NOTICE, "", "# Control API", "", *INTRODUCTION.splitlines(), ""]
    lines += table(["Call", "Does"], ((f"[`{m} {p}`](#{_anchor(o)})", _summary(o)) for m, p, o, _ in calls))
    lines += ["", "## Calls", ""]
    for method, path, operation, parameters in calls:
        lines += [f'<a id="{_anchor(operation)}"></a>', "", f"### `{method} {path}`", ""]
        lines += _call(operation, parameters, document)
    lines += ["## Schemas", ""]
    for name, schema in document["components"]["schemas"].items():
        lines += [f'<a id="schema-{name}"></a>', "", f"### {name}", ""]
        if schema.get("description"):
            lines += [meaning(schema), ""]
        if "properties" in schema:
            lines += [*table(HEAD, rows(schema, _link)), ""]
        else:
            lines += [f"Type: {kind(schema, _link)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _link(name: str) -> str:
    return f"[{name}](#schema-{name})"


def _anchor(operation: Mapping[str, Any]) -> str:
    return str(operation["operationId"])


def _calls(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], list[Mapping[str, Any]]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                found = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                yield method.upper(), path, item[method], [_resolved(each, document) for each in found]


def _resolved(value: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = document
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolved(found, document)


def _summary(operation: Mapping[str, Any]) -> str:
    text = operation.get("summary") or operation.get("description")
    if not text:
        first = next(iter(operation["responses"].values()))
        text = first.get("description", "")
    return str(text).strip().split(". ")[0].removesuffix(".") + "."


def _call(operation: Mapping[str, Any], parameters: list[Mapping[str, Any]], document: Mapping[str, Any]) -> list[str]:
    lines = []
    text = operation.get("description") or operation.get("summary")
    if text:
        lines += [str(text).strip().removesuffix(".") + ".", ""]
    if parameters:
        cells = (
            [
                f"`{each['name']}` ({each['in']})",
                kind(each["schema"], _link),
                "yes" if each.get("required") else "",
                meaning({**each["schema"], **each}),
            ]
            for each in parameters
        )
        lines += [*table(["Parameter", "Type", "Required", "Meaning"], cells), ""]
    body = operation.get("requestBody")
    if body:
        lines += [f"Request body: {_content(_resolved(body, document)['content'])}", ""]
    answers = (
        [f"`{status}`", *_response(_resolved(each, document))] for status, each in operation["responses"].items()
    )
    return [*lines, *table(["Status", "Meaning", "Body"], answers), ""]


def _response(response: Mapping[str, Any]) -> tuple[str, str]:
    return str(response.get("description", "")), _content(response.get("content", {}))


def _content(content: Mapping[str, Any]) -> str:
    return "; ".join(f"`{name}`: {kind(each.get('schema', {}), _link)}" for name, each in content.items())
