"""Overlays change the document of the package only: another one is served, and held to, as it stands."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract.undeclared import without_undeclared
from mockserver.contract.violation import Violation
from mockserver.rules.generation import GENERATIONS
from mockserver.settings import bundled
from tests.client import ADMIN, IDENTITIES, PAYMENTS
from tests.conftest import Serve

TEXT = bundled("openapi.yaml").read_text("utf-8")
ANOTHER = TEXT.replace("Whether the instance is up,", "If the instance is up,")
PATH = IDENTITIES + PAYMENTS


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """A document that differs from ours in a word."""
    assert ANOTHER != TEXT
    path = tmp_path / "openapi.yaml"
    path.write_text(ANOTHER, "utf-8")
    return path


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_another_document_is_the_same_in_every_generation(serve: Serve, another: Path, profile: str, as_of: str):
    client = await serve(spec=another, profile=profile, as_of=as_of)
    assert (await client.get("/openapi.yaml")).content.decode() == ANOTHER
    answer = await client.send("PATCH", PATH, {"allowedNames": "a"}, token=ADMIN)
    assert (answer.status, answer.rule) == (200, "accepted")
    assert "templateId" not in answer.record
    assert "Mock-Breach" not in answer.headers
    assert (await client.get("/api/v1/identity-templates/search", token=ADMIN)).status == 404


@pytest.mark.parametrize("as_of", ["2026-09", "2026-10"])
async def test_a_copy_of_ours_is_ours(serve: Serve, tmp_path: Path, profile: str, as_of: str):
    path = tmp_path / "copy.yaml"
    path.write_text(TEXT, "utf-8")
    client = await serve(spec=path, profile=profile, as_of=as_of)
    assert "templateId" in (await client.get("/openapi.yaml")).content.decode()
    assert (await client.send("PATCH", PATH, {"allowedNames": "a"}, token=ADMIN)).record["templateId"] is None


async def test_what_another_document_asks_of_an_answer_counts_all_the_same(serve: Serve, tmp_path: Path):
    document = yaml.safe_load(TEXT)
    answer = document["paths"]["/api/status"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    del answer["properties"]["maxIdentityAccessTokenTTL"]
    path = tmp_path / "without.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    status = await (await serve(spec=path)).get("/api/status")
    assert (status.status, status.json["message"]) == (200, "Ok")
    assert "maxIdentityAccessTokenTTL" not in status.json
    answer["properties"]["message"]["enum"] = ["Fine"]
    path.write_text(yaml.safe_dump(document), "utf-8")
    status = await (await serve(spec=path)).get("/api/status")
    assert (status.status, status.rule) == (500, "mock.response-contract")


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_the_status_names_the_longest_lifetime(serve: Serve, profile: str, as_of: str):
    status = await (await serve(profile=profile, as_of=as_of)).get("/api/status")
    assert (status.status, status.json["maxIdentityAccessTokenTTL"]) == (200, 7_776_000)


@pytest.mark.parametrize(
    ("body", "path", "names", "left"),
    [
        ({"a": 1, "b": 2}, (), ["b"], {"a": 1}),
        ({"a": {"b": 1, "c": 2}, "d": 3}, ("a",), ["b", "c"], {"a": {}, "d": 3}),
        ({"a": [{"b": 1}, {"b": 1}]}, ("a", 1), ["b"], {"a": [{"b": 1}, {}]}),
    ],
)
def test_what_is_not_defined_is_left_out_where_it_stands(body: Any, path: Any, names: list[str], left: Any):
    found = without_undeclared(body, [Violation(path, "additionalProperties", {"unexpected": names})])
    assert found == left
    assert without_undeclared(body, [Violation(path, "type")]) is body
