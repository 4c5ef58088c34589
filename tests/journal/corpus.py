"""Requests to every operation: ids that are there and that are not, bodies good and bad, callers of every kind."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver.contract import document
from mockserver.contract.compiled import compile_contract
from mockserver.contract.operation import ContractOperation
from mockserver.settings import bundled
from tests.client import ADMIN, AUDITOR, BARE, HOBBY_ADMIN, PAYMENTS, STRANGER, THROUGH_A_GATEWAY

CONTRACT = compile_contract(document.read(bundled("openapi.yaml")))
ROBOT = "1d000000-0000-4000-8000-000000000020"
WITH_TOKENS = "1d000000-0000-4000-8000-000000000030"
IDENTITIES = (PAYMENTS, ROBOT, WITH_TOKENS, BARE, THROUGH_A_GATEWAY, STRANGER, "no-uuid")
CALLERS = (ADMIN, AUDITOR, HOBBY_ADMIN)
VALUES: dict[str, tuple[Any, ...]] = {
    "string": ("a", "", " b ", "x" * 300, "a\0b", None, 7),
    "integer": (60, 0, -1, 1.5, 9**30, None, "7"),
    "number": (60, 0, -1, 1.5, None),
    "boolean": (True, False, None, "true"),
    "array": ([], [{"ipAddress": "10.0.0.0/8"}], [{"ipAddress": "x"}], [{"key": "a", "value": "b"}], {}),
    "object": ({}, {"name": "a"}, []),
}
NAMED: dict[str, tuple[Any, ...]] = {
    "kubernetesHost": ("https://prod.k8s.example:6443", "https://dark.k8s.example", "http://127.0.0.1"),
    "gatewayId": ("6a000000-0000-4000-8000-000000000001", "6a000000-0000-4000-8000-0000000000ff"),
    "gatewayPoolId": ("6b000000-0000-4000-8000-000000000001", "6b000000-0000-4000-8000-000000000002"),
    "role": ("admin", "member", "no-access", "nobody"),
    "identityId": IDENTITIES,
    "organizationId": ("0a000000-0000-4000-8000-000000000001",),
    "clientId": ("c1000000-0000-4000-8000-000000000020", "c1000000-0000-4000-8000-0000000000ff"),
}


class Sent(NamedTuple):
    """One request of the corpus; a body of None is none."""

    operation: str
    method: str
    path: str
    token: str
    body: Any = None


def requests() -> Iterator[Sent]:
    """Every request of the corpus."""
    for operation in CONTRACT.operations.values():
        for number, path in enumerate(_paths(operation)):
            for body in _bodies(operation) if number < 3 else _few(operation):
                yield Sent(operation.id, operation.method, path, ADMIN, body)
            for token in CALLERS[1:]:
                yield Sent(operation.id, operation.method, path, token, next(iter(_few(operation))))


def _paths(operation: ContractOperation) -> list[str]:
    path = operation.path
    for name in ("clientSecretId", "tokenId"):
        path = path.replace(f"{{{name}}}", "7f000000-0000-4000-8000-0000000000ff")
    query = "?limit=-1&orgId=x&search=" if operation.method == "GET" else ""
    if "{identityId}" not in path:
        return [path, path + query] if query else [path]
    return [path.replace("{identityId}", each) + query for each in IDENTITIES]


def _bodies(operation: ContractOperation) -> Iterator[Any]:
    yield from _few(operation)
    if operation.body is None:
        return
    properties = operation.body.schema.get("properties", {})
    for name, schema in properties.items():
        kind = schema.get("type", "string")
        kind = kind if isinstance(kind, str) else kind[0]
        for value in NAMED.get(name, ()) + VALUES[kind]:
            yield {name: value}
    yield {name: NAMED.get(name, ("a",))[0] for name in properties}


def _few(operation: ContractOperation) -> Iterator[Any]:
    if operation.body is None:
        yield None
        return
    yield {}
    yield None
    yield []
    yield {"nope": 1}
