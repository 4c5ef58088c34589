"""`GET /llms.txt`: what it says, where it is, and that its addresses exist."""

import re

import pytest

from tests.client import Client
from tests.conftest import Serve

NAMED = ("/_mock/mcp", "/_mock/openapi.yaml", "/_mock/requests/latest/explain")


@pytest.mark.parametrize("profile", ["contract", "live"])
async def test_it_names_what_an_agent_needs(serve: Serve, profile: str):
    server = await serve(profile=profile)
    answer = await server.get("/llms.txt")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    text = answer.content.decode()
    assert text.startswith("# infisical-mock ")
    assert f"Profile {profile}, generation 2026-08" in text
    assert [each for each in NAMED if each not in text] == []
    assert max(map(len, text.splitlines())) <= 200
    assert not re.search(r"[{}]", text.replace("/w/{world}", ""))


async def test_its_addresses_exist(server: Client):
    await server.get("/api/status")
    links = re.findall(r"\]\((/[^)]*)\)", (await server.get("/llms.txt")).content.decode())
    assert len(links) >= 7
    for link in links:
        assert (await server.get(link)).status == (405 if link == "/_mock/mcp" else 200), link


async def test_head_and_other_methods(server: Client):
    assert (await server.send("HEAD", "/llms.txt", token=None)).status == 200
    assert (await server.send("POST", "/llms.txt", token=None)).status == 404


async def test_it_belongs_to_the_server_and_not_to_a_world(server: Client):
    assert (await server.get("/w/default/llms.txt")).status == 404


async def test_without_a_control_api_it_names_the_contract_alone(serve: Serve):
    text = (await (await serve(control=False)).get("/llms.txt")).content.decode()
    assert "/openapi.yaml" in text
    assert "--no-control" in text
    assert "/_mock" not in text


async def test_with_a_control_token_it_is_open_and_says_so(serve: Serve):
    answer = await (await serve(control_token="open-sesame")).get("/llms.txt")
    assert answer.status == 200
    assert "Authorization: Bearer TOKEN" in answer.content.decode()
