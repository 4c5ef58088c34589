"""The state's pages: large worlds, templates, retired gateways; and the worlds' pages with trusted proxies."""

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest

from mockserver.inspector.state import LIVE, MOST, ROWS
from tests.client import IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve
from tests.inspector.test_pages import get, post
from tests.test_scale import limits

STATE = "/_mock/ui/worlds/default/state"
BIG = 12_000
LAST = f"2d000000-0000-4000-8000-{BIG - 1:012x}"
HOSTILE = "<script>alert(1)</script>"
ACME = "0a000000-0000-4000-8000-000000000001"


async def page(client: Client, path: str) -> str:
    answer = await get(client, path)
    assert answer.status == 200
    return unescape(answer.content.decode())


def row_of(text: str, identity: str) -> str:
    """The row of an identity's table."""
    return text[text.index(f'id="i-{identity}"') :].partition("</tr>")[0]


async def put(client: Client, world: dict[str, Any]) -> None:
    content = BytesIO(json.dumps(world).encode())
    answer = await client.send("PUT", "/_mock/worlds/default/state", data=content, token=None)
    assert answer.status == 204, answer.content


async def test_a_large_world_is_shown_in_pages_with_the_tokens_of_each(server: Client):
    world = limits(BIG)
    tokens = [
        {"token": f"token-{number:08}", "identity": each["id"]} for number, each in enumerate(world["identities"])
    ]
    await put(server, {**world, "accessTokens": tokens})
    first = await page(server, STATE)
    assert "12,000 identities" in first
    assert f"1 to {ROWS} of 12,000" in first
    assert first.count('class="row"') == ROWS
    assert len(first) < 300_000
    assert ("live from:body" in first) is (BIG <= LIVE)
    last = await page(server, f"{STATE}?start={BIG - ROWS}")
    assert re.search(r'data-of="Tokens">1\b', row_of(last, LAST))
    assert f'id="i-{LAST}"' in await page(server, f"{STATE}?q=LOAD-{BIG - 1}")
    assert "go to the first of them" in await page(server, f"{STATE}?start={BIG}")
    one = await page(server, f"/_mock/ui/worlds/default/identities/{LAST}")
    assert f"load-{BIG - 1}" in one
    assert len(one) < 100_000


async def test_the_tables_beside_the_identities_have_a_limit(server: Client):
    many = range(MOST + 25)
    organizations = [{"id": f"0a000000-0000-4000-8000-{n:012x}", "name": f"org {n}", "slug": f"org-{n}"} for n in many]
    gateways = [
        {
            "id": f"6a000000-0000-4000-8000-{n:012x}",
            "organization": "org-0",
            "name": f"gateway {n}",
            "cluster": "cluster 0",
        }
        for n in many
    ]
    clusters = [{"name": f"cluster {n}", "hosts": [f"https://c{n}-{h}.example" for h in range(9)]} for n in many]
    await put(server, {"version": 1, "organizations": organizations, "gateways": gateways, "clusters": clusters})
    text = await page(server, STATE)
    assert text.count("and 25 more: see the") == 3
    assert text.count("and 4 more") == MOST
    assert f"gateway {MOST - 1}" in text
    assert "org 74" not in text


async def test_templates_and_retired_gateways_have_their_names_in_the_table(serve: Serve):
    client = await serve(as_of="2026-10", profile="live")
    state = (await client.get("/_mock/worlds/default/state")).json
    ids = {each["name"]: each for each in state["identities"]}
    (template, *_) = [each for one in state["organizations"] for each in one.get("templates", ())]
    text = await page(client, STATE)
    assert ">Template</th>" in text
    templated = row_of(text, ids["templated"]["id"])
    assert ids["templated"]["kubernetesAuth"]["templateId"] == template["id"]
    assert f'data-of="Template">{template["name"]} <span class="tag accent"' in templated
    assert "JWT from template" in templated
    assert 'data-of="Template"></td>' in row_of(text, PAYMENTS)
    assert '<span class="tag warn">retired</span>' in row_of(text, ids["retired"]["id"])
    assert '<span class="tag warn">retired</span>' not in row_of(text, PAYMENTS)
    assert "Auth templates" in text
    assert template["name"] in await page(client, f"/_mock/ui/worlds/default/identities/{ids['templated']['id']}")


async def test_without_templates_there_is_no_column(server: Client):
    await put(server, limits(3))
    assert ">Template</th>" not in await page(server, STATE)


async def test_trusted_proxies_are_shown_and_can_be_given(server: Client):
    assert "Trusted proxies</dt>" not in await page(server, "/_mock/ui/worlds/default")
    answer = await post(server, "/_mock/ui/worlds", "id=behind&trustedProxies=10.0.0.0/8,+fd00::/8")
    assert answer.status == 303
    assert "10.0.0.0/8, fd00::/8" in await page(server, "/_mock/ui/worlds/behind")
    assert '<span title="10.0.0.0/8, fd00::/8">2 trusted</span>' in await page(server, "/_mock/ui/worlds?q=behind")
    many = [f"10.0.{number}.0/24" for number in range(200)]
    await server.send("POST", "/_mock/worlds", {"id": "many", "trustedProxies": many}, token=None)
    text = await page(server, "/_mock/ui/worlds/many")
    assert "and 180 more" in text
    assert "10.0.199.0/24" not in text
    wrong = await post(server, "/_mock/ui/worlds", "id=b&trustedProxies=10.0.0.0/33")
    assert wrong.status == 400
    assert "/trustedProxies/0" in unescape(wrong.content.decode())
    assert 'value="10.0.0.0/33"' in wrong.content.decode()


async def test_names_that_are_markup_stay_text_on_every_page(server: Client):
    world = {
        "version": 1,
        "organizations": [{"id": ACME, "name": HOSTILE, "slug": "acme"}],
        "clusters": [{"name": HOSTILE, "hosts": ["https://c.example"]}],
        "gateways": [
            {"id": "6a000000-0000-4000-8000-000000000001", "organization": "acme", "name": HOSTILE, "cluster": HOSTILE}
        ],
        "identities": [
            {
                "id": PAYMENTS,
                "organization": "acme",
                "name": HOSTILE,
                "metadata": [{"key": HOSTILE, "value": HOSTILE}],
                "kubernetesAuth": {"kubernetesHost": "https://c.example", "allowedNames": HOSTILE},
            }
        ],
    }
    await put(server, world)
    await server.update({HOSTILE: HOSTILE}, headers={"X-Hostile": HOSTILE})
    latest = (await server.get("/_mock/requests/latest")).json["id"]
    shown = 0
    for path in (
        *("/_mock/", STATE, f"/_mock/ui/requests/{latest}", f"/_mock/ui/worlds/default/identities/{PAYMENTS}"),
        *(f"{STATE}?q={HOSTILE}", f"/_mock/ui/rules?q={HOSTILE}", f"/_mock/ui/worlds?q={HOSTILE}"),
        *(f"/_mock/ui/journal?world={HOSTILE}", f"/_mock/reference?world={HOSTILE}"),
    ):
        content = (await get(server, path.replace("<", "%3C").replace(">", "%3E"))).content
        assert b"<script>" not in content, path
        shown += b"&lt;script&gt;" in content
    assert shown >= 6


async def test_a_body_of_a_mebibyte_is_shown_in_part(server: Client):
    big = b'{"allowedNames": "' + b"x" * (1024 * 1024 - 30) + b'"}'
    answer = await server.send(
        "PATCH", f"{IDENTITIES}{PAYMENTS}", data=big, headers={"Content-Type": "application/json"}
    )
    shown = await get(server, f"/_mock/ui/requests/{answer.headers['Mock-Request-Id']}")
    assert shown.status == 200
    assert len(shown.content) < 400_000
    assert len((await get(server, "/_mock/")).content) < 100_000


@pytest.mark.parametrize("gone", [True, False], ids=["evicted", "never there"])
async def test_an_evicted_exchange_is_explained(serve: Serve, gone: bool):
    client = await serve(journal_size=2)
    ids = [(await client.update({"allowedNames": "a"})).headers["Mock-Request-Id"] for _ in range(4)]
    answer = await get(client, f"/_mock/ui/requests/{ids[0] if gone else 'req-none'}")
    assert answer.status == 404
    text = unescape(answer.content.decode())
    assert "This exchange is not in the journal" in text
    assert "2 older ones have been evicted" in text
    assert (await get(client, f"/_mock/ui/requests/{ids[-1]}")).status == 200


async def test_a_world_that_was_deleted_is_explained_to_a_page_and_to_what_refreshes_it(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "brief"}, token=None)
    await server.send("PATCH", f"/w/brief{IDENTITIES}{PAYMENTS}", {"allowedNames": "a"})
    await server.send("DELETE", "/_mock/worlds/brief", token=None)
    for path in ("state", "clock", "faults", f"identities/{PAYMENTS}"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = await get(server, f"/_mock/ui/worlds/brief/{path}", **headers)
            assert answer.status == 404
            assert "it was deleted" in answer.content.decode(), path
    assert 'class="row"' in await page(server, "/_mock/ui/journal?world=brief")
