"""The update operation that is served is the published one, key by key; `published.yaml` is the copy of that."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract.compiled import Contracts
from mockserver.rules.generation import GENERATIONS, NEWEST, Generation
from mockserver.settings import bundled
from tests.client import Client
from tests.conftest import Serve

PATH = "/api/v1/auth/kubernetes-auth/identities/{identityId}"
PUBLISHED = yaml.safe_load(Path(__file__).with_name("published.yaml").read_text("utf-8"))
SERVED = yaml.safe_load(bundled("openapi.yaml").read_text("utf-8"))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar and every empty container, by the path that leads to it."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not children or not value:
        yield path, value
    for key, child in children:
        yield from leaves(child, f"{path}/{key}")


OPERATION = dict(leaves(PUBLISHED["paths"][PATH]["patch"]))


@pytest.mark.parametrize("place", OPERATION)
def test_each_key_of_the_operation_says_what_was_published(place: str):
    served = dict(leaves(SERVED["paths"][PATH]["patch"]))
    assert served[place] == OPERATION[place]
    assert type(served[place]) is type(OPERATION[place])


def test_the_operation_has_no_key_more():
    assert dict(leaves(SERVED["paths"][PATH]["patch"])).keys() == OPERATION.keys()


def test_the_properties_stand_in_the_published_order():
    """The order is seen: issues of a 422 follow it."""

    def order(document: dict[str, Any]) -> list[str]:
        schema = document["paths"][PATH]["patch"]["requestBody"]["content"]["application/json"]["schema"]
        return list(schema["properties"])

    assert order(SERVED) == order(PUBLISHED)


@pytest.mark.parametrize("part", ["openapi", "info", "servers", "security", "components"])
def test_what_stands_around_the_operation_is_published_too(part: str):
    served, published = SERVED[part], PUBLISHED[part]
    if part == "components":
        served = {kind: {name: served[kind][name] for name in names} for kind, names in published.items()}
    assert served == published


async def test_the_server_hands_out_the_document_as_it_stands_in_its_file(server: Client):
    text = bundled("openapi.yaml").read_bytes()
    assert (await server.get("/openapi.yaml")).content == text
    assert (await server.get("/openapi.json")).json == SERVED
    assert (await server.get("/api/docs/json")).json == SERVED


# Where the shapes of the other operations come from, and where they are the published ones

METHODS = ("get", "post", "put", "patch", "delete")
SOURCE = r"published (2026-04-30|2026-10-14)|reconstructed"


def sources(document: dict[str, Any]) -> dict[str, str]:
    """The source of each operation: its own `x-source`, or that of its path."""
    return {
        item[method]["operationId"]: item[method].get("x-source", item.get("x-source", ""))
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }


@pytest.mark.parametrize("generation", GENERATIONS)
def test_each_operation_says_where_its_shape_comes_from(generation: Generation):
    found = sources(document_of(generation))
    assert {name: source for name, source in found.items() if not re.fullmatch(SOURCE, source)} == {}
    newest = generation == NEWEST
    published = {name for name, source in found.items() if source.startswith("published")}
    assert {found[name] for name in published} == {f"published {'2026-10-14' if newest else '2026-04-30'}"}
    assert ("updateKubernetesAuth" in published) is (generation != Generation.SEPTEMBER)
    assert {"attachUniversalAuth", "updateMachineIdentity", "listMachineIdentities"} <= published
    assert {"listGateways", "getInstanceStatus", "loginWithKubernetesAuth"}.isdisjoint(published)


UNIVERSAL = {
    "accessTokenTTL": 7200,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 0,
    "accessTokenPeriod": 0,
    "lockoutEnabled": True,
    "lockoutThreshold": 3,
    "lockoutDurationSeconds": 300,
    "lockoutCounterResetSeconds": 30,
}
ALWAYS = ["id", "clientId", "createdAt", "updatedAt", "identityId"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_universal_auth_answers_as_published(generation: Generation):
    schema = document_of(generation)["components"]["schemas"]["UniversalAuth"]
    assert {name: each["default"] for name, each in schema["properties"].items() if "default" in each} == UNIVERSAL
    assert schema["required"] == [*ALWAYS, *(UNIVERSAL if generation == NEWEST else ())]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_identities_answer_as_published(generation: Generation):
    schemas = document_of(generation)["components"]["schemas"]
    assert set(schemas["UpdatedIdentity"]["required"]) == {"id", "name", "createdAt", "updatedAt", "orgId", "metadata"}
    for name in ("Identity", "UpdatedIdentity", "CreatedIdentity"):
        assert schemas[name]["properties"]["projectId"] == {"type": "string", "nullable": True}
    for name in ("GotIdentity", "FoundIdentity", "ListedIdentity"):
        optional = set(schemas[name]["properties"]) - set(schemas[name]["required"])
        assert optional >= {"roleId", "lastLoginAuthMethod", "lastLoginTime", "customRole"}
    assert "permissions" not in schemas["CustomRole"]["required"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_trusted_ips_of_responses_have_no_type(generation: Generation):
    schema = document_of(generation)["components"]["schemas"]["StoredTrustedIps"]
    assert set(schema) == {"description"}


def document_of(generation: Generation) -> dict[str, Any]:
    return Contracts(bundled("openapi.yaml")).of(generation).document.value


UA = "/api/v1/auth/universal-auth/identities/1d000000-0000-4000-8000-000000000020"
IDENTITY = "/api/v1/identities/1d000000-0000-4000-8000-000000000002"


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("profile", ["contract", "live"])
async def test_responses_carry_what_the_document_leaves_open(serve: Serve, profile: str, generation: Generation):
    client = await serve(profile=profile, as_of=generation.value)
    universal = (await client.send("GET", UA)).json["identityUniversalAuth"]
    assert set(universal) == {*ALWAYS, *UNIVERSAL, "clientSecretTrustedIps", "accessTokenTrustedIps"}
    assert {"ipAddress", "type", "prefix"} >= set(universal["accessTokenTrustedIps"][0]) >= {"ipAddress", "type"}
    got = (await client.send("GET", IDENTITY)).json["identity"]
    assert {"roleId", "lastLoginAuthMethod", "lastLoginTime", "metadata"} <= set(got)
    updated = (await client.send("PATCH", IDENTITY, {"name": "payments"})).json["identity"]
    assert {"authMethod", "hasDeleteProtection", "projectId", "metadata"} <= set(updated)
