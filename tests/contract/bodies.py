"""Requests made from the contract: good ones, and good ones that are spoiled in one place or more; each seeded."""

import json
from collections.abc import Mapping
from random import Random  # noqa: TID251 - every generator is seeded by its test
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.contract.operation import ContractOperation
from tests.client import BARE, GATEWAY, PAYMENTS, POOL, STRANGER, THROUGH_A_GATEWAY
from tests.contract.odd import ITEM, KEYS, ODD, TIME, UUID
from tests.contract.twins import Asked

TEMPLATE = "7e000000-0000-4000-8000-000000000001"
UPDATE = "updateKubernetesAuth"
IDS = (PAYMENTS, PAYMENTS, PAYMENTS, THROUGH_A_GATEWAY, BARE, STRANGER, PAYMENTS.upper())
ODD_IDS = ("..", ".", "a/b", "%", "{identityId}", "search", "details", "é", "\0", "a?b", "a b", "x" * 100, "$(id)")
TEXTS = ("a", "ops-team", "https://prod.k8s.example:6443", "10.0.0.0/8", "member", "no-access", "é😀", "x" * 256, "")
NAMED: dict[str, tuple[str, ...]] = {
    "kubernetesHost": ("https://prod.k8s.example:6443", "prod.k8s.example"),
    "ipAddress": ("10.0.0.0/8", "::1", "0.0.0.0/0", "10.0.0.1"),
    "role": ("member", "no-access"),
    "name": ("ci", "deploy"),
    "identityId": (PAYMENTS, BARE),
    "organizationId": ("0a000000-0000-4000-8000-000000000001",),
    "gatewayId": (GATEWAY,),
    "gatewayPoolId": (POOL,),
    "templateId": (TEMPLATE, TEMPLATE, STRANGER),
    "tokenReviewMode": ("api",),
}
RAW = (
    b"1e400",
    b"-1e400",
    b"3600.0",
    b"1E2",
    b"-0",
    b"-0.0",
    b"12345678901234567890123",
    b"0.1e1",
    b'"\\ud800"',
    b'"\\u0000"',
    b'"\\u2028"',
    b"[" * 190 + b"]" * 190,
    b"[" * 600 + b"]" * 600,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"a": 1, "a": 2}',
)
_MARK = "the raw text goes here"


class Requests:
    """Requests to the operations of a contract that take a body; every third goes to the update."""

    def __init__(self, operations: Mapping[str, ContractOperation], seed: int) -> None:
        self._chance = Random(seed)
        self._update = operations[UPDATE]
        self._others = [each for each in operations.values() if each.body is not None and each.id != UPDATE]

    def next(self, *, forms: bool = False) -> Asked:
        """One request; as a form, at times, if `forms` are taken."""
        chance = self._chance
        operation = self._update if chance.random() < 0.34 else chance.choice(self._others)
        assert operation.body is not None
        body = self._good(operation.body.schema)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 1, 2, 4))):
            body = self._spoiled(body, operation.body.schema)
        ids = ODD_IDS if chance.random() < 0.02 else IDS
        path = operation.path
        for name in ("identityId", "tokenId", "clientSecretId", "templateId"):
            path = path.replace(f"{{{name}}}", quote(chance.choice(ids), safe=""))
        if forms and chance.random() < 0.1 and isinstance(body, dict):
            text = {key: value for key, value in body.items() if isinstance(value, str)}
            return Asked(operation.method, path, urlencode(text).encode(), "application/x-www-form-urlencoded")
        return Asked(operation.method, path, self._text(body))

    def _text(self, body: Any) -> bytes:
        """The body as JSON; now and then with a text in it that Python would not write."""
        chance = self._chance
        if chance.random() < 0.1:
            body = {**body, chance.choice(list(body)): _MARK} if isinstance(body, dict) and body else _MARK
        return json.dumps(body).encode().replace(json.dumps(_MARK).encode(), chance.choice(RAW), 1)

    def _good(self, schema: Mapping[str, Any], name: str = "") -> Any:
        chance = self._chance
        if name in NAMED and chance.random() < 0.8:
            return chance.choice(NAMED[name])
        if "anyOf" in schema:
            return self._good(chance.choice(schema["anyOf"]))
        if "enum" in schema:
            return chance.choice(schema["enum"])
        kinds = schema.get("type", "null")
        match chance.choice(kinds) if isinstance(kinds, list) else kinds:
            case "object":
                required = schema.get("required", ())
                names = [name for name in schema["properties"] if name in required or chance.random() < 0.4]
                chance.shuffle(names)
                return {name: self._good(schema["properties"][name], name) for name in names}
            case "array":
                count = chance.randint(schema.get("minItems", 0), 3)
                return [self._good(schema["items"]) for _ in range(count)]
            case "string" if "format" in schema:
                return TIME if schema["format"] == "date-time" else chance.choice((UUID, GATEWAY, POOL))
            case "string":
                return chance.choice(TEXTS)
            case "integer" | "number":
                low, high = schema.get("minimum", 0), schema.get("maximum", 10_000)
                return chance.choice((low, chance.randint(low, high), float(chance.randint(low, high))))
            case "boolean":
                return chance.random() < 0.5
        return None

    def _spoiled(self, value: Any, schema: Mapping[str, Any]) -> Any:
        """The value, something in it replaced, left out or added; or something else in its place."""
        chance = self._chance
        if isinstance(value, dict) and chance.random() < 0.9:
            properties = schema.get("properties", {})
            match chance.randrange(6):
                case 0:
                    return {**value, chance.choice(KEYS): chance.choice(ODD)}
                case 1 if value:
                    gone = chance.choice(list(value))
                    return {key: each for key, each in value.items() if key != gone}
                case 2 | 3 if value:
                    key = chance.choice(list(value))
                    return {**value, key: self._spoiled(value[key], properties.get(key, {}))}
                case _ if properties:
                    return {**value, chance.choice(list(properties)): chance.choice(ODD)}
        if isinstance(value, list) and value and chance.random() < 0.8:
            number = chance.randrange(len(value))
            spoiled = self._spoiled(value[number], schema.get("items", {}))
            return [*value[:number], spoiled, *value[number + 1 :], *([ITEM] if chance.random() < 0.3 else [])]
        return chance.choice(ODD)
