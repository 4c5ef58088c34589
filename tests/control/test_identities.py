"""`GET /_mock/worlds/{world}/identities`: pages, search, one identity, and what is wrong with a question."""

import pytest

from mockserver.seeding.dump import dump
from tests.client import PAYMENTS, STATE, Client

IDENTITIES = "/_mock/worlds/default/identities"


async def ids(server: Client, query: str) -> list[str]:
    answer = await server.get(f"{IDENTITIES}?{query}")
    assert answer.status == 200, answer.content
    return [each["id"] for each in answer.json["state"]["identities"]]


async def test_pages_in_order_are_the_identities_of_the_state(server: Client):
    state = (await server.get(STATE)).json
    every = [each["id"] for each in state["identities"]]
    pages = [await ids(server, f"start={start}&limit=7") for start in range(0, len(every) + 7, 7)]
    assert [len(each) for each in pages[:-1]] == [7] * (len(every) // 7) + [len(every) % 7] * bool(len(every) % 7)
    assert [each for page in pages for each in page] == every


async def test_a_page_has_the_entries_of_the_state_masked_and_the_tokens_of_its_identities(server: Client):
    state = (await server.get(STATE)).json
    answer = (await server.get(f"{IDENTITIES}?identity=payments")).json
    assert {name: answer[name] for name in ("total", "found", "start")} == {
        "total": len(state["identities"]),
        "found": 1,
        "start": 0,
    }
    page = answer["state"]
    assert page["identities"] == [each for each in state["identities"] if each["id"] == PAYMENTS]
    assert page["accessTokens"] == [each for each in state["accessTokens"] if each["identity"] == PAYMENTS]
    for section in set(state) - {"identities", "accessTokens"}:
        assert page[section] == state[section], section
    clear = dump(server.mock.worlds.default.state)
    secret = next(each["token"] for each in clear["accessTokens"])
    assert secret.encode() not in (await server.get(IDENTITIES)).content


@pytest.mark.parametrize("wanted", ["payments", PAYMENTS, PAYMENTS.upper(), "%20payments%20"])
async def test_an_identity_is_found_by_name_and_by_id(server: Client, wanted: str):
    assert await ids(server, f"identity={wanted}") == [PAYMENTS]


async def test_a_search_looks_in_names_and_ids_whatever_the_case(server: Client):
    by_name, by_id = await ids(server, "search=PAY"), await ids(server, f"search={PAYMENTS[-8:]}")
    assert PAYMENTS in by_name
    assert PAYMENTS in by_id
    assert await ids(server, "search=nobody-has-this") == []
    assert await ids(server, "search=nobody-has-this&identity=payments") == []


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("identity=paymets", 404, "Did you mean 'payments'?"),
        ("identity=1d000000-0000-4000-8000-0000000000ff", 404, "there is no identity '1d000000"),
        ("serch=a", 400, "Did you mean 'search'?"),
        ("limit=1001", 400, "limit must be an integer from 0 to 1000, got '1001'"),
        ("limit=-1", 400, "got '-1'"),
        ("limit=%D9%A1", 400, "limit must be an integer"),
        ("start=1e3", 400, "start must be an integer"),
        ("start=" + "9" * 5000, 400, "start must be an integer"),
    ],
)
async def test_what_is_wrong_with_a_question_is_said(server: Client, query: str, status: int, says: str):
    answer = await server.get(f"{IDENTITIES}?{query}")
    assert answer.status == status
    assert says in answer.json["message"]
    assert len(answer.json["message"]) < 300


async def test_an_unknown_world_is_404_with_the_nearest(server: Client):
    answer = await server.get(IDENTITIES.replace("default", "defalt"))
    assert answer.status == 404
    assert "Did you mean 'default'?" in answer.json["message"]


async def test_the_changes_of_one_identity_are_those_of_all_that_are_about_it(server: Client):
    revisions, snapshots = "/_mock/worlds/default/revisions", "/_mock/worlds/default/snapshots"
    await server.send("POST", snapshots, {"name": "before"}, token=None)
    created = await server.send(
        "POST",
        "/api/v1/identities",
        {"name": "new", "organizationId": "0a000000-0000-4000-8000-000000000001", "role": "member"},
    )
    new = created.json["identity"]["id"]
    assert (await server.update({"allowedNames": "a"})).status == 200
    await server.send("DELETE", f"/api/v1/identities/{new}")
    await server.send("POST", f"{snapshots}/before/restore", token=None)
    every = (await server.get(revisions)).json
    for identity, number in ((PAYMENTS, 2), (PAYMENTS.upper(), 2), (new, 2), ("none", 0)):
        place = f"/identities/{identity.lower()}"
        found = (await server.get(f"{revisions}?identity={identity}")).json
        expected = [
            {**each, "changes": [one for one in each["changes"] if one["pointer"].startswith(place)]}
            for each in every["revisions"]
        ]
        assert found == {**every, "revisions": [each for each in expected if each["changes"]]}
        assert len(found["revisions"]) == number
        latest = (await server.get(f"{revisions}?identity={identity}&limit=1")).json
        assert latest["revisions"] == found["revisions"][:1]
