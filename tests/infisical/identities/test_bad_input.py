"""Bodies that break the contract of the operations on identities, and texts that the database would not take."""

from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import PAYMENTS, STRANGER, Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.world import ACME, EU_ADMIN, IDENTITIES, ROAMING, create, entry, patch, path

CREATE, UPDATE, SEARCH = ("POST", IDENTITIES), ("PATCH", path(PAYMENTS)), ("POST", f"{IDENTITIES}/search")
GOOD = {"name": "n", "organizationId": ACME}
PAIR = {"key": "k", "value": "v"}
WRONG = "invalid_type"


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile)


async def send(client: Client, to: tuple[str, str], body: Any) -> Answer:
    """The answer to the body; that of a create is given what it lacks."""
    if to is CREATE and isinstance(body, dict):
        body = {**GOOD, **body}
    return await client.send(*to, body)


def issue(code: str, *place: str | int) -> tuple[str, tuple[str | int, ...]]:
    return code, place


EACH = {
    "role empty": ({"role": ""}, [issue("too_small", "role")]),
    "role blank": ({"role": " \ufeff\n"}, [issue("too_small", "role")]),
    "role null": ({"role": None}, [issue(WRONG, "role")]),
    "role a number": ({"role": 7}, [issue(WRONG, "role")]),
    "name null": ({"name": None}, [issue(WRONG, "name")]),
    "name a number": ({"name": 7}, [issue(WRONG, "name")]),
    "name a list": ({"name": ["n"]}, [issue(WRONG, "name")]),
    "protection null": ({"hasDeleteProtection": None}, [issue(WRONG, "hasDeleteProtection")]),
    "protection a text": ({"hasDeleteProtection": "true"}, [issue(WRONG, "hasDeleteProtection")]),
    "protection 1": ({"hasDeleteProtection": 1}, [issue(WRONG, "hasDeleteProtection")]),
    "metadata null": ({"metadata": None}, [issue(WRONG, "metadata")]),
    "metadata an object": ({"metadata": PAIR}, [issue(WRONG, "metadata")]),
    "metadata of texts": ({"metadata": ["k"]}, [issue(WRONG, "metadata", 0)]),
    "metadata without key": ({"metadata": [{"value": "v"}]}, [issue(WRONG, "metadata", 0, "key")]),
    "metadata without value": ({"metadata": [PAIR, {"key": "k"}]}, [issue(WRONG, "metadata", 1, "value")]),
    "a value that is a number": ({"metadata": [{"key": "k", "value": 7}]}, [issue(WRONG, "metadata", 0, "value")]),
    "an empty key": ({"metadata": [{"key": "", "value": "v"}]}, [issue("too_small", "metadata", 0, "key")]),
    "a blank value": ({"metadata": [PAIR, {"key": "k", "value": " "}]}, [issue("too_small", "metadata", 1, "value")]),
    "a blank key beside a value that is a number": (
        {"metadata": [{"key": " ", "value": 7}]},
        [issue(WRONG, "metadata", 0, "value"), issue("too_small", "metadata", 0, "key")],
    ),
    "several at once, in the order of the schema": (
        {"metadata": 7, "hasDeleteProtection": 7, "role": " ", "name": 7},
        [
            issue(WRONG, "name"),
            issue("too_small", "role"),
            issue(WRONG, "hasDeleteProtection"),
            issue(WRONG, "metadata"),
        ],
    ),
}


@pytest.mark.parametrize("to", [CREATE, UPDATE], ids=["create", "update"])
@pytest.mark.parametrize(("body", "issues"), EACH.values(), ids=EACH)
async def test_what_create_and_update_refuse_alike(client: Client, to: Any, body: dict[str, Any], issues: list[Any]):
    before = await client.state()
    answer = in_envelope(await send(client, to, body))
    assert answer.error == "ValidationFailure"
    assert answer.issues == issues
    assert await client.state() == before


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        ({}, [issue(WRONG, "name"), issue(WRONG, "organizationId")]),
        ({"name": "n"}, [issue(WRONG, "organizationId")]),
        ({"organizationId": ACME}, [issue(WRONG, "name")]),
        ({"name": "n", "organizationId": None}, [issue(WRONG, "organizationId")]),
        ({"name": "n", "organizationId": 7}, [issue(WRONG, "organizationId")]),
    ],
)
async def test_a_create_needs_a_name_and_an_organization(client: Client, body: Any, issues: list[Any]):
    answer = in_envelope(await client.send(*CREATE, body))
    assert sorted(answer.issues) == sorted(issues)
    assert answer.rule == "contract.body"


@pytest.mark.parametrize("to", [CREATE, UPDATE, SEARCH], ids=["create", "update", "search"])
@pytest.mark.parametrize("body", [None, [], "text", 7, True])
async def test_a_body_is_an_object(client: Client, to: Any, body: Any):
    answer = in_envelope(await send(client, to, body))
    assert (answer.issues, answer.rule) == ([(WRONG, ())], "contract.body")


@pytest.mark.parametrize("to", [CREATE, UPDATE, SEARCH], ids=["create", "update", "search"])
async def test_a_body_has_to_be_sent(client: Client, to: Any):
    answer = in_envelope(await client.send(*to))
    assert (answer.status, answer.issues) == (422, [(WRONG, ())])


@pytest.mark.parametrize(("profile", "status"), [("contract", 400), ("live", 500)])
@pytest.mark.parametrize("to", [CREATE, UPDATE, SEARCH], ids=["create", "update", "search"])
@pytest.mark.parametrize(
    ("content", "rule"), [(b'{"name": ', "body.syntax"), (b"", "body.empty"), (b'{"name": "\xff"}', "body.encoding")]
)
async def test_a_body_that_is_no_json(serve: Serve, profile: str, status: int, to: Any, content: bytes, rule: str):
    client = await serve(profile=profile)
    answer = in_envelope(await client.send(*to, data=content, headers={"Content-Type": "application/json"}))
    assert (answer.status, answer.rule) == (status, rule)


UNNAMED = {
    "create": (CREATE, {"identityId": PAYMENTS}, ((), ("identityId",))),
    "create, in metadata": (CREATE, {"metadata": [{**PAIR, "id": "x"}]}, (("metadata", 0), ("id",))),
    "update, as Terraform sends it": (UPDATE, {"identityId": PAYMENTS, "name": "n"}, ((), ("identityId",))),
    "update of the organization": (UPDATE, {"organizationId": ACME}, ((), ("organizationId",))),
    "search": (SEARCH, {"orgId": ACME}, ((), ("orgId",))),
    "search, a field": (SEARCH, {"search": {"id": PAYMENTS}}, (("search",), ("id",))),
    "search, an operator": (SEARCH, {"search": {"name": {"$neq": "a"}}}, (("search", "name"), ("$neq",))),
    "search, a role's part": (SEARCH, {"search": {"role": {"$contains": "a"}}}, (("search", "role"), ("$contains",))),
    "search, $or in $or": (SEARCH, {"search": {"$or": [{"$or": []}]}}, (("search", "$or", 0), ("$or",))),
}


@pytest.mark.parametrize(("to", "body", "place"), UNNAMED.values(), ids=UNNAMED)
async def test_properties_that_the_contract_does_not_name(serve: Serve, to: Any, body: dict[str, Any], place: Any):
    contract, live = [await serve(profile=each) for each in Profile]
    answer = in_envelope(await send(contract, to, body))
    assert (answer.status, answer.rule) == (422, "contract.unrecognized-keys")
    (found,) = answer.json["message"]
    assert (found["code"], tuple(found["path"]), tuple(found["keys"])) == ("unrecognized_keys", *place)
    answer = await send(live, to, body)
    assert (answer.status, answer.headers["Mock-Breach"]) == (200, "1")


class Text(NamedTuple):
    """A text that the database does not take: what is sent, the issue of `contract`, the `error` of an update."""

    body: dict[str, Any]
    rule: str
    issue: tuple[str, tuple[str | int, ...]]
    error: str = "Create"


TEXTS = {
    "a long name": Text({"name": "a" * 256}, "identity.column.length", issue("too_big", "name"), "Update by id"),
    "NUL in a name": Text({"name": "a\0"}, "identity.column.nul", issue("custom", "name"), "Update by id"),
    "a long key": Text(
        {"metadata": [PAIR, {"key": "k" * 256, "value": "v"}]},
        "identity.column.length",
        issue("too_big", "metadata", 1, "key"),
    ),
    "a long value": Text(
        {"metadata": [{"key": "k", "value": "v" * 1021}]},
        "identity.column.length",
        issue("too_big", "metadata", 0, "value"),
    ),
    "NUL in a key": Text(
        {"metadata": [{"key": "\0", "value": "v"}]}, "identity.column.nul", issue("custom", "metadata", 0, "key")
    ),
    "NUL in a value": Text(
        {"metadata": [{"key": "k", "value": "\0v"}]}, "identity.column.nul", issue("custom", "metadata", 0, "value")
    ),
}


@pytest.mark.parametrize("row", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("to", [CREATE, UPDATE], ids=["create", "update"])
async def test_texts_that_the_database_refuses(serve: Serve, to: Any, row: Text):
    contract, live = [await serve(profile=each) for each in Profile]
    before = await contract.state()
    answer = in_envelope(await send(contract, to, row.body))
    assert (answer.rule, answer.issues) == (row.rule, [row.issue])
    assert await contract.state() == before
    before = await live.state()
    answer = in_envelope(await send(live, to, row.body))
    rule, error = ("identity.create.database", "Create") if to is CREATE else ("identity.update.database", row.error)
    assert (answer.status, answer.error, answer.rule) == (500, error, rule)
    assert await live.state() == before


@pytest.mark.parametrize("to", [CREATE, UPDATE], ids=["create", "update"])
async def test_a_role_with_nul_cannot_be_looked_for(serve: Serve, to: Any):
    contract, live = [await serve(profile=each) for each in Profile]
    answer = in_envelope(await send(contract, to, {"role": "a\0"}))
    assert (answer.rule, answer.issues) == ("identity.column.nul", [issue("custom", "role")])
    answer = in_envelope(await send(live, to, {"role": "a\0"}))
    assert (answer.status, answer.error, answer.rule) == (500, "Find one", "role.database")


async def test_a_long_role_is_an_unknown_one(client: Client):
    assert (await create(client, {"role": "r" * 300})).rule == "role.known"


async def test_the_longest_texts_that_the_database_takes(client: Client):
    pair = {"key": "k" * 255, "value": "v" * 1020}
    name = "\U0001f600" * 255
    made = (await create(client, {"name": f" {name} ", "metadata": [pair]})).json["identity"]
    assert made["name"] == name
    changed = (await patch(client, made["id"], {"name": "b" * 255, "metadata": [pair]})).json["identity"]
    assert (changed["name"], changed["metadata"][0]["value"]) == ("b" * 255, pair["value"])


async def test_what_is_not_written_does_not_reach_the_database(live: Client):
    """A shared identity's name and metadata are not written from elsewhere."""
    before = await entry(live, ROAMING)
    body = {"name": "a" * 256, "metadata": [{"key": "\0", "value": "v"}]}
    assert (await patch(live, ROAMING, body, token=EU_ADMIN)).status == 200
    assert await entry(live, ROAMING) == before


async def test_the_name_is_written_before_the_metadata(live: Client):
    body = {"name": "a\0", "metadata": [{"key": "\0", "value": "v"}]}
    assert (await patch(live, PAYMENTS, body)).error == "Update by id"


@pytest.mark.parametrize("identity", [STRANGER, "static"])
async def test_a_bad_body_goes_before_an_unknown_identity(client: Client, identity: str):
    assert (await patch(client, identity, {"role": " "})).rule == "identity.blank"


async def test_a_form_is_read_by_live_only(server: Client, live: Client):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    data = f"name=formed&organizationId={ACME}".encode()
    assert (await server.send(*CREATE, data=data, headers=form)).rule == "body.media-type"
    assert (await live.send(*CREATE, data=data, headers=form)).json["identity"]["name"] == "formed"
