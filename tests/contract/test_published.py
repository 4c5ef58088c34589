"""The update operation that is served is the published one, key by key; `published.yaml` is the copy of that."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.settings import bundled
from tests.client import Client

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
