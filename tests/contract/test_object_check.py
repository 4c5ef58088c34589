"""What is found keyword by keyword is what the validator finds: the same violations, in the same order."""

from typing import Any

import pytest
from hypothesis import given

from mockserver.contract import document
from mockserver.contract.checks import SchemaCheck
from mockserver.contract.compiled import compile_contract
from mockserver.contract.object_check import ObjectCheck
from mockserver.settings import bundled
from tests.contract.odd import KEYS, ODD
from tests.contract.test_differential import GOOD_REQUEST, JSON, SPOILED, THOROUGH

OPERATIONS = compile_contract(document.read(bundled("openapi.yaml"))).operations
BODIES = {each.id: each.body.schema for each in OPERATIONS.values() if each.body is not None}
UPDATE = "updateKubernetesAuth"
CHECK = SchemaCheck(BODIES[UPDATE])


def by_validator(schema: dict[str, Any]) -> SchemaCheck:
    """A check that leaves everything to the validator."""
    check = SchemaCheck(schema)
    vars(check)["_object"] = None
    return check


VALIDATORS = {operation: by_validator(schema) for operation, schema in BODIES.items()}


def directly(operation: str, body: Any) -> bool:
    """Whether a check that has learned from the validator answers without it; it must answer the same."""
    found, expected = ObjectCheck.of(BODIES[operation]), VALIDATORS[operation].violations(body)
    if found is None:
        return False
    found.learn(list(expected))
    answered = found.violations(body)
    assert answered is None or answered == expected
    return answered is not None


@pytest.mark.parametrize("operation", BODIES)
def test_every_odd_value_at_every_property(operation: str):
    schema = BODIES[operation]
    names = (*schema.get("properties", ()), *KEYS)
    found = [directly(operation, {**GOOD_REQUEST, name: value}) for name in names for value in ODD]
    found += [directly(operation, {name: value}) for name in names for value in ODD]
    found += [directly(operation, value) for value in ODD]
    assert len(found) > 500
    assert any(found) or "properties" not in schema, operation


@THOROUGH
@given(body=JSON, spoiled=SPOILED)
def test_generated_bodies(body: Any, spoiled: list[tuple[str, Any]]):
    directly(UPDATE, body)
    whole = dict(GOOD_REQUEST)
    for name, value in spoiled:
        whole[name] = value
        directly(UPDATE, whole)
        assert CHECK.violations(whole) == VALIDATORS[UPDATE].violations(whole)


def test_a_violation_of_the_schema_alone_is_made_once():
    one, other = ({"allowedNames": 7, "accessTokenTTL": -1, "accessTokenTrustedIps": []}, {"allowedNames": [], "a": 1})
    first, second = CHECK.violations(one), CHECK.violations(one)
    assert [each.path for each in first] == [("allowedNames",), ("accessTokenTrustedIps",), ("accessTokenTTL",)]
    assert all(each is same for each, same in zip(first, second, strict=True))
    assert CHECK.violations(other)[0] is first[0]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}, "anyOf": [{}]},
        {"type": ["object", "null"], "properties": {"a": {"type": "string"}}},
        {"type": "object", "required": ["a"], "properties": {}},
        {"type": "object", "properties": {}, "additionalProperties": {"type": "string"}},
        {"type": "string"},
    ],
)
def test_other_schemas_are_left_to_the_validator(schema: dict[str, Any]):
    assert ObjectCheck.of(schema) is None
