"""Differences between two documents: what they are, whether a caller breaks, and how schemas may be written."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract.compiled import Contracts
from mockserver.contract.differences.change import Change, Side
from mockserver.contract.differences.operations import differences, operations_of
from mockserver.contract.differences.schemas import SchemaComparison
from mockserver.contract.differences.source import Source, source_at, source_of_text
from mockserver.contract.document import overlays_until
from mockserver.contract.overlay import Node, actions, selected
from mockserver.contract.violation import json_pointer
from mockserver.errors import SpecError
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.settings import bundled

CONTRACTS = Contracts(bundled("openapi.yaml"))
PATH = "/api/v1/identities/{identityId}"


def of(generation: Generation) -> Source:
    return Source.of_value(generation, CONTRACTS.of(generation).document.value)


OURS = operations_of(of(GENERATIONS[-1]))


def document(operation: dict[str, Any], *, method: str = "patch", path: str = PATH, **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {}, "paths": {path: {method: {"responses": {}, **operation}}}, **more}


def found(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The changes of the one operation that the documents have."""
    sources = (source_of_text(name, json.dumps(value)) for name, value in (("old", before), ("new", after)))
    return [each.change for each in differences(*sources, OURS)]


def schema(value: Any, **components: Any) -> tuple[Source, Any]:
    content = {"application/json": {"schema": value}}
    source = source_of_text("x", json.dumps(document({"requestBody": {"content": content}}, components=components)))
    part = source.roots[0]
    for step in ("paths", PATH, "patch", "requestBody", "content", "application/json", "schema"):
        part = part.child(step)
    return source, part


def changes(before: Any, after: Any, side: Side, **components: Any) -> list[Change]:
    (old, one), (new, other) = schema(before, **components), schema(after, **components)
    return SchemaComparison(old, new, side).changes(one, other)


def test_what_each_overlay_says_and_nothing_else():
    for before, after in (("2026-08", "2026-09"), ("2026-09", "2026-10")):
        old, new = Generation(before), Generation(after)
        name, text = overlays_until(new)[-1]
        assert name.startswith(after)
        assert {each.change.place for each in differences(of(old), of(new), OURS)} == said(old, name, text)


def said(before: Generation, name: str, text: str) -> set[str]:
    """The places of what an overlay adds, removes and requires, each by itself."""
    document, places = CONTRACTS.of(before).document.value, set()
    for action in actions(name, text):
        for node, where in zip(selected(document, action.target), places_of(document, action.target), strict=True):
            if action.remove:
                removed = [f"properties/{each}" for each in node.value] if node.key == "required" else ["required"]
                holder = where.rpartition("/")[0]
                places |= {where} if node.key == "additionalProperties" else {f"{holder}/{each}" for each in removed}
                continue
            new = action.update.get("properties", {})
            places |= {f"{where}/properties/{each}" for each in new}
            required = [each for each in action.update.get("required", ()) if each not in new]
            already = node.value.get("required", ()) if isinstance(node.value, dict) else ()
            places |= {f"{where}/properties/{each}" for each in required if each not in already}
            for path, item in action.update.get("paths", {}).items():
                places |= {f"{where}/paths{json_pointer((path, method))}" for method in item}
    # The list `required` of the attach body is taken away and written anew, without the host.
    attach = "/paths/~1api~1v1~1auth~1kubernetes-auth~1identities~1{identityId}/post/requestBody"
    rewritten = {f"{attach}/content/application~1json/schema/properties/{each}" for each in _REWRITTEN}
    return places - rewritten if before == "2026-08" else places


_REWRITTEN = ("allowedNamespaces", "allowedNames")


def places_of(document: Any, target: str) -> list[str]:
    return [place_of(document, each) for each in selected(document, target)]


def place_of(document: Any, node: Node) -> str:
    """The JSON Pointer of a node, found by its identity."""
    if node.holder is None:
        return ""
    stack = [(document, "")]
    while stack:
        value, where = stack.pop()
        if value is node.holder:
            return f"{where}{json_pointer((node.key,))}"
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        stack += [(each, f"{where}{json_pointer((key,))}") for key, each in pairs]
    raise AssertionError(node.key)


def test_a_document_does_not_differ_from_itself_and_what_is_gained_one_way_is_lost_the_other():
    for generation in GENERATIONS:
        assert list(differences(of(generation), of(generation), OURS)) == []
    old, new = of(Generation("2026-08")), of(Generation("2026-10"))
    opposite = {
        "field-added": "field-removed",
        "field-optional": "field-required",
        "field-required": "field-optional",
        "operation-added": "operation-removed",
    }
    forth = sorted((opposite.get(d.change.kind, d.change.kind), d.change.place) for d in differences(old, new, OURS))
    assert forth == sorted((each.change.kind, each.change.place) for each in differences(new, old, OURS))


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
SAME = [
    ({"type": "string", "nullable": True}, {"type": ["null", "string"]}),
    ({"type": "string", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "x"}),
    ({"type": "string", "nullable": True, "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a"]}),
    ({"enum": ["a"], "type": "string"}, {"const": "a", "type": "string"}),
    ({**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 0, "exclusiveMinimum": True}),
    ({**INTEGER, "maximum": 9}, {**INTEGER, "exclusiveMaximum": 10}),
    ({"type": "number", "minimum": 1.0}, {"type": "number", "minimum": 1}),
    ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 0}),
    ({"type": "number"}, {"type": ["integer", "number"]}),
    (STRING, {"allOf": [STRING]}),
    (STRING, {"$ref": "#/components/text"}),
    (STRING, {**STRING, "minLength": 0}),
    ({"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": STRING}}]},
     {"type": "object", "properties": {"a": STRING}, "required": ["a"]}),
    ({"oneOf": [STRING, INTEGER]}, {"anyOf": [INTEGER, STRING]}),
    ({**STRING, "description": "a", "example": "b"}, {**STRING, "title": "c", "x-d": 1}),
]  # fmt: skip


@pytest.mark.parametrize("pair", SAME, ids=str)
@pytest.mark.parametrize("side", Side)
def test_the_same_meaning_written_otherwise_is_no_difference(pair: tuple[Any, Any], side: Side):
    assert changes(*pair, side, text=STRING) == []
    assert changes(*reversed(pair), side, text=STRING) == []


def obj(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


CHANGED = [
    # before, after, kind, last steps of the place, request breaks, response breaks
    (STRING, INTEGER, "type-changed", "type", True, True),
    (INTEGER, {"type": "number"}, "type-changed", "type", False, True),
    (STRING, {"type": ["string", "null"]}, "type-changed", "type", False, True),
    (STRING, {}, "type-changed", "schema", False, True),
    (STRING, {**STRING, "maxLength": 5}, "bound-changed", "maxLength", True, False),
    ({**STRING, "maxLength": 5}, {**STRING, "maxLength": 6}, "bound-changed", "maxLength", False, True),
    ({**STRING, "minLength": 5}, {**STRING, "minLength": 6}, "bound-changed", "minLength", True, False),
    ({**INTEGER, "minimum": 5}, INTEGER, "bound-changed", "minimum", False, True),
    ({"enum": ["a", "b"]}, {"enum": ["a", "c"]}, "enum-changed", "enum", True, True),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}, "enum-changed", "enum", False, True),
    ({"enum": [1]}, {"enum": [1, True]}, "enum-changed", "enum", False, True),
    (STRING, {**STRING, "format": "uuid"}, "format-changed", "format", True, False),
    ({**STRING, "pattern": "a"}, {**STRING, "pattern": "b"}, "pattern-changed", "pattern", True, True),
    (obj(), obj(a=STRING), "field-added", "a", False, False),
    (obj(), obj(("a",), a=STRING), "field-added", "a", True, False),
    (obj(a=STRING), obj(), "field-removed", "a", True, True),
    (obj(a=STRING), obj(("a",), a=STRING), "field-required", "a", True, False),
    (obj(("a",), a=STRING), obj(a=STRING), "field-optional", "a", False, True),
    (obj(), {**obj(), "additionalProperties": False}, "unknown-fields", "additionalProperties", True, False),
    ({**obj(), "additionalProperties": False}, obj(), "unknown-fields", "additionalProperties", False, False),
    (obj(), {**obj(), "additionalProperties": STRING}, "unknown-fields", "additionalProperties", True, False),
    ({"anyOf": [STRING]}, {"anyOf": [STRING, INTEGER]}, "type-changed", "schema", False, True),
    ({"anyOf": [STRING, obj()]}, {"anyOf": [STRING, INTEGER, obj()]}, "alternative-added", "1", False, True),
    ({"anyOf": [STRING, INTEGER, obj()]}, {"anyOf": [STRING, obj()]}, "alternative-removed", "1", True, False),
    ({"type": "array"}, {"type": "array", "items": STRING}, "items-changed", "items", True, False),
    ({"type": "array", "items": STRING}, {"type": "array", "items": INTEGER}, "type-changed", "items/type", True, True),
    (obj(), {**obj(), "not": {"enum": ["a"]}}, "not-changed", "not", True, True),
    ({"not": {"enum": ["a"]}}, {"not": {"enum": ["a", "b"]}}, "not-changed", "not", True, True),
    ({"not": obj(("a",), a=STRING)}, {"not": obj(("a",), a=INTEGER)}, "not-changed", "not", True, True),
]


def test_what_not_excludes_is_compared_by_meaning():
    one, other = {"not": {"minimum": 5, "type": "integer"}}, {"not": {"type": "integer", "minimum": 5.0}}
    assert changes(one, other, Side.REQUEST) == []


@pytest.mark.parametrize("row", CHANGED, ids=lambda row: f"{row[0]} {row[1]}")
def test_what_a_change_means_for_each_side(row: Any):
    before, after, kind, place, request_breaks, response_breaks = row
    for side, breaking in ((Side.REQUEST, request_breaks), (Side.RESPONSE, response_breaks)):
        only = [each for each in changes(before, after, side) if each.kind == kind]
        assert [(each.breaking, each.place.endswith(f"/{place}")) for each in only] == [(breaking, True)]


def test_defaults_count_in_requests_alone():
    before, after = {**STRING, "default": "a"}, {**STRING, "default": "b"}
    assert [(each.kind, each.breaking) for each in changes(before, after, Side.REQUEST)] == [("default-changed", True)]
    assert changes(before, after, Side.RESPONSE) == []
    assert [each.breaking for each in changes(STRING, after, Side.REQUEST)] == [False]


def test_read_only_properties_are_none_of_a_request():
    before, after = obj(), obj(("a",), a={**STRING, "readOnly": True})
    assert changes(before, after, Side.REQUEST) == []
    assert [each.kind for each in changes(before, after, Side.RESPONSE)] == ["field-added"]


def test_a_schema_that_contains_itself_is_compared_once():
    tree: dict[str, Any] = {"type": "object", "properties": {"child": {"$ref": "#/components/tree"}}}
    assert changes({"$ref": "#/components/tree"}, {"$ref": "#/components/tree"}, Side.REQUEST, tree=tree) == []
    larger = {**tree, "properties": {**tree["properties"], "new": STRING}}
    (old, one), (new, other) = (schema({"$ref": "#/components/tree"}, tree=each) for each in (tree, larger))
    assert [each.fields for each in SchemaComparison(old, new, Side.REQUEST).changes(one, other)] == [("new",)]


def test_parts_that_refer_to_each_other_in_steps_end_in_an_error_and_not_in_the_machine():
    def steps(leaf: Any) -> dict[str, Any]:
        below = [{"$ref": f"#/components/s{n + 1}"} for n in range(40)]
        return {**{f"s{n}": obj(a=each, b=each) for n, each in enumerate(below)}, "s40": leaf}

    (old, one), (new, other) = (schema({"$ref": "#/components/s0"}, **steps(leaf)) for leaf in (STRING, INTEGER))
    with pytest.raises(SpecError, match="more than 20000 differences"):
        SchemaComparison(old, new, Side.REQUEST).changes(one, other)
    deep = {f"s{n}": obj(a={"$ref": f"#/components/s{n + 1}"}) for n in range(300)}
    with pytest.raises(SpecError, match="nested deeper"):
        changes({"$ref": "#/components/s0"}, {"$ref": "#/components/s0"}, Side.REQUEST, **deep, s300=STRING)


def test_operations_are_matched_by_method_and_path_whatever_parameters_and_operations_are_called():
    named = [{"in": "path", "name": "identityId", "required": True, "schema": STRING}]
    other = [{"in": "path", "name": "id", "required": True, "schema": STRING}]
    before = document({"operationId": "a", "parameters": named})
    assert found(before, document({"operationId": "b", "parameters": other}, path="/api/v1/identities/{id}/")) == []


def test_operations_at_and_below_our_paths_count_and_others_do_not():
    empty = {"openapi": "3.0.3", "paths": {}}
    assert [each.kind for each in found(empty, document({}, path=f"{PATH}/secrets/{{x}}"))] == ["operation-added"]
    assert [each.kind for each in found(document({}, method="put"), empty)] == ["operation-removed"]
    assert found(empty, document({}, path="/api/v1/identitiesx")) == []


PARTS = [
    ({}, {"parameters": [{"in": "query", "name": "q", "schema": STRING}]}, "parameter-added", False),
    ({}, {"parameters": [{"in": "query", "name": "q", "required": True}]}, "parameter-added", True),
    ({"parameters": [{"in": "query", "name": "q"}]}, {}, "parameter-removed", True),
    ({"parameters": [{"in": "header", "name": "X-A"}]},
     {"parameters": [{"in": "header", "name": "x-a", "required": True}]}, "parameter-required", True),
    ({"security": []}, {"security": [{"bearerAuth": []}]}, "security-changed", True),
    ({"security": [{"bearerAuth": []}]}, {"security": [{}, {"bearerAuth": []}]}, "security-changed", False),
    ({"requestBody": {"content": {}}}, {"requestBody": {"content": {}, "required": True}}, "body-required", True),
    ({"requestBody": {"content": {"a/b": {}}}}, {"requestBody": {"content": {}}}, "media-type-removed", True),
    ({"requestBody": {"content": {"a/b": {}}}},
     {"requestBody": {"content": {"A/B; c=d": {}, "e/f": {}}}}, "media-type-added", False),
    ({"responses": {"200": {}}}, {"responses": {"201": {}, "200": {}}}, "status-added", False),
    ({"responses": {"200": {}}}, {"responses": {}}, "status-removed", True),
    ({"responses": {"404": {}}}, {"responses": {}}, "status-removed", False),
]  # fmt: skip


@pytest.mark.parametrize("row", PARTS, ids=str)
def test_parts_of_an_operation(row: Any):
    before, after, kind, breaking = row
    assert [(each.kind, each.breaking) for each in found(document(before), document(after))] == [(kind, breaking)]


def test_a_folder_is_one_document_with_the_files_that_it_refers_to(tmp_path: Path):
    whole = CONTRACTS.of(Generation("2026-08")).document.value
    (tmp_path / "parts").mkdir()
    items = {}
    for number, (path, item) in enumerate(whole["paths"].items()):
        text = json.dumps(item).replace('"#/', '"../api.yaml#/')
        (tmp_path / "parts" / f"{number}.json").write_text(text)
        items[path] = {"$ref": f"./parts/{number}.json"}
    (tmp_path / "api.yaml").write_text(yaml.safe_dump({**whole, "paths": items}))
    (tmp_path / "notes.txt").write_text("openapi: nothing")
    for path in (tmp_path, tmp_path / "api.yaml"):
        assert list(differences(of(Generation("2026-08")), source_at(path), OURS)) == []


def test_two_documents_in_a_folder_are_taken_together(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(document({}, method="put")))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(document({}, method="head")))
    nothing = source_of_text("x", '{"openapi": "3.0.0"}')
    added = [each.change.after for each in differences(nothing, source_at(tmp_path), OURS)]
    assert added == [f"PUT {PATH}", f"HEAD {PATH}"]


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("../outside.yaml", "only files of the folder"),
        ("/etc/passwd", "only files of the folder"),
        ("http://127.0.0.1/x.yaml", "only files of the folder"),
        ("notes.txt", "only 10000 .yaml"),
        ("missing.yaml", "cannot be read"),
        ("link.yaml", "only files of the folder"),
        ("#/nowhere", "nothing stands there"),
        (f"#/paths/{PATH.replace('/', '~1')}/patch/requestBody", "circle"),
    ],
)
def test_references_stay_in_the_folder_and_lead_somewhere(tmp_path: Path, reference: str, reason: str):
    folder = tmp_path / "inner"
    folder.mkdir()
    for outside in (tmp_path / "outside.yaml", folder / "notes.txt"):
        outside.write_text("{}")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "api.json").write_text(json.dumps(document({"requestBody": {"$ref": reference}})))
    for path in (folder, folder / "api.json"):
        with pytest.raises(SpecError, match=reason):
            list(differences(source_at(path), source_at(path), OURS))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not an OpenAPI 3.0 or 3.1 document"),
        ("[]", "not an OpenAPI 3.0 or 3.1 document"),
        ('{"swagger": "2.0"}', "no key openapi"),
        ("openapi: 4.0.0", "openapi is '4.0.0'"),
        ("openapi: 3.1.0\npaths: []", "paths must be an object"),
        ("openapi: 3.1.0\nopenapi: 3.1.0", "2:1: duplicate key openapi"),
        ("openapi: [", "neither JSON nor YAML"),
        (f"openapi: {'[' * 300}", "nested deeper than 200"),
        ("!!python/object/apply:os.system ['true']", "not an OpenAPI"),
    ],
)
def test_a_text_that_is_no_document_is_refused_with_the_reason(text: str, reason: str):
    with pytest.raises(SpecError, match=reason):
        source_of_text("x.yaml", text)


def test_aliases_do_not_grow_without_end():
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))
    with pytest.raises(SpecError, match="aliases expand"):
        source_of_text("x", f"openapi: 3.0.0\na0: &a0 [1]\n{levels}")


@pytest.mark.parametrize(
    "operation",
    [
        {"parameters": 3, "responses": 5, "requestBody": [], "security": 7},
        {"parameters": [3, None, {}], "responses": {"200": None}, "requestBody": {"content": 5}},
        {"requestBody": {"content": {"application/json": {"schema": {
            "type": 5, "properties": [], "required": 3, "enum": 1, "minimum": "x", "items": 2, "oneOf": 3, "allOf": 4,
            "additionalProperties": 5, "not": 6, "exclusiveMinimum": "y", "nullable": 7}}}}},
        {"requestBody": {"content": {"application/json": {"schema": []}}}},
    ],
    ids=str,
)  # fmt: skip
def test_nonsense_in_a_document_is_compared_without_a_traceback(operation: dict[str, Any]):
    judged = {**obj(a=STRING), "minimum": 3, "enum": ["a"], "exclusiveMinimum": 2}
    body = {"content": {"application/json": {"schema": judged}}}
    good = {"parameters": [{"in": "query", "name": "q", "schema": {"minimum": 1}}], "requestBody": body}
    for before, after in ((good, operation), (operation, good), (operation, operation)):
        with suppress(SpecError):
            found(document(before), document(after))
