"""The API reference over HTTP: its policy, what it loads, its choice of worlds, and who may see it."""

import re
from html import unescape

import pytest

from mockserver.inspector import static
from tests.client import Client
from tests.conftest import Serve
from tests.inspector.test_pages import asked, get

REFERENCE = "/_mock/reference"


def documents(text: str) -> list[str]:
    """The addresses of the documents that the page shows."""
    return [unescape(each) for each in re.findall(r'data-document="([^"]*)"', text)]


async def test_its_policy_is_that_of_the_pages_but_for_styles(server: Client):
    answer = await get(server, REFERENCE)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy.pop("style-src") == "'self' 'unsafe-inline'"
    other = (await get(server, "/_mock/")).headers["Content-Security-Policy"]
    assert policy.items() <= dict(part.strip().split(" ", 1) for part in other.split(";")).items()
    assert not any("unsafe" in each for each in policy.values())
    assert "unsafe" not in other


async def test_it_loads_files_of_this_server_alone(server: Client):
    text = (await get(server, REFERENCE)).content.decode()
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', text)
    assert {each.partition("?")[0] for each in loaded} >= {
        f"{static.PREFIX}{name}" for name in ("swagger-ui-bundle.js", "swagger-ui.css", "reference.js", "reference.css")
    }
    assert all(each.startswith(static.PREFIX) for each in loaded)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<[^>]*\son[a-z]+=", text)


async def test_it_is_linked_from_the_pages(server: Client):
    for path in ("/_mock/", "/_mock/ui/worlds/default"):
        assert f'href="{REFERENCE}?world=default"' in (await get(server, path)).content.decode()


@pytest.mark.parametrize(
    ("query", "document", "title"),
    [
        ("", "/w/default/openapi.json", "Infisical API"),
        ("?world=other", "/w/other/openapi.json", "Infisical API"),
        ("?api=control&world=other", "/_mock/openapi.yaml", "Control API"),
    ],
)
async def test_it_shows_the_document_of_the_world_or_of_the_control_api(
    server: Client, query: str, document: str, title: str
):
    await server.send("POST", "/_mock/worlds", {"id": "other", "profile": "live", "asOf": "2026-10"}, token=None)
    text = (await get(server, REFERENCE + query)).content.decode()
    assert documents(text) == [document]
    answer = await server.get(document)
    assert answer.status == 200
    assert title.encode() in answer.content
    assert ("<option selected>other" in text) is ("other" in query)


async def test_the_world_is_chosen_from_the_first_hundred_and_the_one_that_is_shown(server: Client):
    for number in range(150):
        await server.send("POST", "/_mock/worlds", {"id": f"w-{number:03}"}, token=None)
    text = (await get(server, f"{REFERENCE}?world=w-149")).content.decode()
    offered = re.findall(r"<option(?: selected)?>([^<]*)", text)
    assert offered[:2] == ["default", "w-149"]
    assert len(offered) <= 102
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize("world", ["nowhere", "%3Cscript%3E", "a%22b", "%00"])
async def test_a_world_that_is_not_there_is_explained(server: Client, world: str):
    answer = await get(server, f"{REFERENCE}?world={world}")
    assert answer.status == 404
    assert "This world is not there" in answer.content.decode()
    assert b"<script>" not in answer.content


async def test_a_post_is_405_and_a_path_below_it_is_unknown(server: Client):
    assert (await asked(server, "POST", REFERENCE)).status == 405
    assert (await server.get(f"{REFERENCE}/x")).status == 404


async def test_the_guards_hold(serve: Serve):
    client = await serve(control_token="open-sesame")
    asks = await get(client, REFERENCE)
    assert "Control token" in asks.content.decode()
    assert documents(asks.content.decode()) == []
    assert (await client.get(REFERENCE)).status == 401
    assert (await client.get("/_mock/openapi.yaml")).status == 401
    assert (await get(await serve(control=False), REFERENCE)).status == 404
    assert (await get(await serve(), REFERENCE, Host="rebound.attacker.com")).status == 403


async def test_the_licence_is_served(server: Client):
    text = (await server.get(static.address("swagger-ui.LICENSE.txt"))).content.decode()
    assert "Apache License" in text
    assert "SmartBear" in text
    assert "DOMPurify" in text
