"""Violations as issues, for shapes that no operation of today has."""

from typing import Any

import pytest

from mockserver.api.issue_list import issues_of
from mockserver.contract.checks import SchemaCheck


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": ["boolean", "null"]}, "boolean"),
        ({"type": "array", "items": {}}, "array"),
        ({"type": "string", "enum": ["a", "b"]}, "'a' | 'b'"),
    ],
)
def test_a_missing_property_is_named_with_its_type(schema: dict[str, Any], expected: str):
    inner = {"type": "object", "required": ["wanted"], "properties": {"wanted": schema}}
    check = SchemaCheck({"type": "object", "properties": {"first": {}, "list": {"type": "array", "items": inner}}})
    body = {"list": [{}]}
    [issue] = issues_of(check.violations(body), body, check.ranks).refused
    assert (issue.code, issue.path, issue.rank) == ("invalid_type", ("list", 0, "wanted"), 1)
    options = {"options": schema["enum"]} if "enum" in schema else {}  # for the shape of Zod 4; Zod 3 does not show it
    assert issue.extra == {"expected": expected, "received": "undefined", **options}
    assert "options" not in issue.as_json()
