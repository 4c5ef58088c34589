"""Searches that break the contract: filters, their unions and characters, order and page."""

from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.world import IDENTITIES, search

WRONG = "invalid_type"


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile)


def issue(code: str, *place: str | int) -> tuple[str, tuple[str | int, ...]]:
    return code, place


async def test_what_live_drops_of_a_filter_filters_nothing(live: Client):
    everything = (await search(live, {})).json["totalCount"]
    dropped = {"search": {"name": {"$neq": "payments"}, "role": {"$contains": "x"}, "id": "x"}}
    assert (await search(live, dropped)).json["totalCount"] == everything > 1


NAME = ("search", "name")
FILTERS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "a letter that is not on the list": ({"name": "é"}, [issue("custom", *NAME)]),
    "a dot": ({"name": "a.b"}, [issue("custom", *NAME)]),
    "an at sign, in a role": ({"role": "a@b"}, [issue("custom", "search", "role")]),
    "a wildcard": ({"name": {"$contains": "%"}}, [issue("custom", *NAME, "$contains")]),
    "a backslash": ({"name": {"$contains": "\\"}}, [issue("custom", *NAME, "$contains")]),
    "nothing": ({"name": ""}, [issue("custom", *NAME)]),
    "nothing, in $eq": ({"name": {"$eq": ""}}, [issue("custom", *NAME, "$eq")]),
    "a vertical tab": ({"name": "a\vb"}, [issue("custom", *NAME)]),
    "a blank that is not ASCII": ({"name": "a\u00a0b"}, [issue("custom", *NAME)]),
    "NUL": ({"name": "a\0"}, [issue("custom", *NAME)]),
    "256 letters": ({"name": "a" * 256}, [issue("too_big", *NAME)]),
    "256 letters in $in": ({"name": {"$in": ["a", "a" * 256]}}, [issue("too_big", *NAME, "$in", 1)]),
    "256 dots": ({"name": "." * 256}, [issue("custom", *NAME), issue("too_big", *NAME)]),
    "a number": ({"name": 7}, [issue("invalid_union", *NAME)]),
    "null": ({"role": None}, [issue("invalid_union", "search", "role")]),
    "a list": ({"name": ["a"]}, [issue("invalid_union", *NAME)]),
    "an operator with a number": ({"name": {"$eq": 7}}, [issue("invalid_union", *NAME)]),
    "$in with a text": ({"name": {"$in": "a"}}, [issue("invalid_union", *NAME)]),
    "$in with a number in it": ({"name": {"$in": ["a", 7]}}, [issue("invalid_union", *NAME)]),
    "a bad text beside a number": ({"name": {"$eq": ".", "$in": 7}}, [issue("invalid_union", *NAME)]),
    "$or an object": ({"$or": {}}, [issue(WRONG, "search", "$or")]),
    "$or of texts": ({"$or": ["a"]}, [issue(WRONG, "search", "$or", 0)]),
    "six in $or": ({"$or": [{}] * 6}, [issue("too_big", "search", "$or")]),
    "a dot in $or": ({"$or": [{}, {"name": "."}]}, [issue("custom", "search", "$or", 1, "name")]),
    "a number in $or": ({"$or": [{"role": {"$in": 7}}]}, [issue("invalid_union", "search", "$or", 0, "role")]),
}


@pytest.mark.parametrize(("filter", "issues"), FILTERS.values(), ids=FILTERS)
async def test_filters_that_are_refused(client: Client, filter: dict[str, Any], issues: list[Any]):
    answer = in_envelope(await search(client, {"search": filter}))
    assert (sorted(answer.issues), answer.rule) == (sorted(issues), "contract.body")


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        ({"orderBy": "createdAt"}, [issue("invalid_enum_value", "orderBy")]),
        ({"orderBy": None}, [issue(WRONG, "orderBy")]),
        ({"orderBy": 7}, [issue("invalid_enum_value", "orderBy")]),
        ({"orderDirection": "ASC"}, [issue("invalid_enum_value", "orderDirection")]),
        ({"limit": 101}, [issue("too_big", "limit")]),
        ({"limit": 100.5}, [issue("too_big", "limit")]),
        ({"limit": "10"}, [issue(WRONG, "limit")]),
        ({"limit": None}, [issue(WRONG, "limit")]),
        ({"offset": True}, [issue(WRONG, "offset")]),
        ({"search": None}, [issue(WRONG, "search")]),
        ({"search": []}, [issue(WRONG, "search")]),
        (
            {"search": {"name": "."}, "offset": "0", "limit": 101, "orderDirection": "up", "orderBy": 7},
            [
                issue("invalid_enum_value", "orderBy"),
                issue("invalid_enum_value", "orderDirection"),
                issue("too_big", "limit"),
                issue(WRONG, "offset"),
                issue("custom", "search", "name"),
            ],
        ),
    ],
)
async def test_searches_that_are_refused(client: Client, body: dict[str, Any], issues: list[Any]):
    answer = in_envelope(await search(client, body))
    assert (answer.issues, answer.rule) == (issues, "contract.body")


async def test_a_union_tells_what_stands_against_each_alternative(client: Client):
    (found,) = (await search(client, {"search": {"name": {"$eq": 7, "$in": ["."]}}})).json["message"]
    assert (found["code"], found["path"]) == ("invalid_union", ["search", "name"])
    text, object_ = found["unionErrors"]
    assert text["name"] == object_["name"] == "ZodError"
    (one,) = text["issues"]
    assert (one["code"], one["expected"], one["received"]) == ("invalid_type", "string", "object")
    found = {(each["code"], tuple(each["path"])) for each in object_["issues"]}
    assert found == {("invalid_type", (*NAME, "$eq")), ("custom", (*NAME, "$in", 0))}


PAST_EVERY_DOUBLE = {
    ("limit", "1e999"): ("contract.body", "too_big"),
    ("limit", "-1e999"): ("identity.search.page", "too_small"),
    ("offset", "1e999"): ("identity.search.page", "too_big"),
    ("offset", "-1e999"): ("identity.search.page", "too_small"),
}


@pytest.mark.parametrize(("name", "number"), PAST_EVERY_DOUBLE)
async def test_a_number_past_every_double_is_a_number(client: Client, profile: Profile, name: str, number: str):
    rule, code = PAST_EVERY_DOUBLE[name, number]
    body = f'{{"{name}": {number}}}'.encode()
    answer = in_envelope(
        await client.send("POST", f"{IDENTITIES}/search", data=body, headers={"Content-Type": "application/json"})
    )
    if profile is Profile.LIVE and rule != "contract.body":
        assert (answer.status, answer.rule, answer.error) == (500, "identity.search.database", "FindByOrgId")
    else:
        assert (answer.rule, answer.issues) == (rule, [(code, (name,))])
