"""Requests about identities that no well-behaved client sends: odd texts, sizes, media types, queries and paths."""

import json
from io import BytesIO
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import PAYMENTS, Answer, Client, head, in_envelope, in_framework
from tests.conftest import Serve
from tests.infisical.identities.users import USER
from tests.infisical.identities.world import (
    ACME,
    IDENTITIES,
    NO_ACCESS,
    create,
    entry,
    get,
    no_uuid,
    patch,
    path,
    search,
)

CREATE, UPDATE, SEARCH = ("POST", IDENTITIES), ("PATCH", path(PAYMENTS)), ("POST", f"{IDENTITIES}/search")
WRITERS = pytest.mark.parametrize("to", [CREATE, UPDATE], ids=["create", "update"])
EACH = pytest.mark.parametrize("to", [CREATE, UPDATE, SEARCH], ids=["create", "update", "search"])
BODILESS = {
    "get": ("GET", path(PAYMENTS)),
    "list": ("GET", f"{IDENTITIES}?orgId={ACME}"),
    "details": ("GET", f"{IDENTITIES}/details"),
}
WRONG = "invalid_type"


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile, on which nothing but what a test expects may change."""
    return await serve(profile=profile)


async def raw(client: Client, to: tuple[str, str], content: Any, media: str = "application/json") -> Answer:
    return await client.send(*to, data=content, headers={"Content-Type": media})


def padded(to: tuple[str, str], content: str) -> bytes:
    """The properties as a body; that of a create has what it needs."""
    more = f'"name": "n", "organizationId": "{ACME}", ' if to is CREATE else ""
    return f"{{{more}{content}}}".encode()


SURROGATES = {"half a pair": r"\ud800", "the other half": r"\udfff", "halves in the wrong order": r"\udc00\ud800"}


@pytest.mark.parametrize("text", SURROGATES.values(), ids=SURROGATES)
async def test_half_a_surrogate_pair_is_stored_as_the_sign_for_what_is_none(client: Client, text: str):
    """As the service's database driver writes it."""
    stored = "\ufffd" * (len(text) // 6)
    content = rf'"name": "a{text}", "metadata": [{{"key": "{text}", "value": "{text}b"}}]'
    made = (await raw(client, CREATE, f'{{"organizationId": "{ACME}", {content}}}'.encode())).json["identity"]
    changed = (await raw(client, UPDATE, f"{{{content}}}".encode())).json["identity"]
    for identity in (made, changed, (await get(client, made["id"])).json["identity"]):
        (pair,) = identity["metadata"]
        assert (pair["key"], pair["value"]) == (stored, f"{stored}b")
        assert identity.get("name", f"a{stored}") == f"a{stored}"
    assert (await entry(client, PAYMENTS))["name"] == f"a{stored}"


@WRITERS
async def test_a_role_with_half_a_pair_is_unknown(client: Client, to: Any):
    answer = in_envelope(await raw(client, to, padded(to, r'"role": "\ud800"')))
    assert (answer.status, answer.rule) == (404, "role.known")


async def test_half_a_pair_cannot_be_searched_for(client: Client):
    answer = in_envelope(await raw(client, SEARCH, rb'{"search": {"name": {"$in": ["\ud800"]}}}'))
    assert (answer.rule, answer.issues) == ("contract.body", [("custom", ("search", "name", "$in", 0))])


async def test_no_organization_is_named_with_half_a_pair_or_nul(client: Client):
    for text in (rb"\ud800", rb"\u0000", ACME.encode() + rb"\u0000"):
        answer = in_envelope(await raw(client, CREATE, b'{"name": "n", "organizationId": "%s"}' % text))
        assert (answer.status, answer.rule) == (403, "caller.organization")


@EACH
async def test_of_a_key_that_is_sent_twice_the_last_counts(client: Client, to: Any):
    answer = await raw(
        client, to, padded(to, '"name": 7, "name": "last"' if to is not SEARCH else '"limit": "x", "limit": 1')
    )
    assert answer.status == 200, answer.content
    if to is SEARCH:
        assert len(answer.json["identities"]) == 1
    else:
        assert answer.json["identity"]["name"] == "last"


@pytest.mark.parametrize(
    ("profile", "status", "rule"),
    [("contract", 422, "contract.unrecognized-keys"), ("live", 500, "body.prototype-key")],
)
@pytest.mark.parametrize(
    ("to", "content"),
    [
        pytest.param(CREATE, '"__proto__": {}', id="create"),
        pytest.param(CREATE, '"metadata": [{"key": "k", "value": "v", "__proto__": 1}]', id="create, in metadata"),
        pytest.param(UPDATE, '"__proto__": null', id="update"),
        pytest.param(SEARCH, '"search": {"name": {"__proto__": "a"}}', id="search, an operator"),
    ],
)
async def test_a_prototype_key(serve: Serve, profile: str, status: int, rule: str, to: Any, content: str):
    client = await serve(profile=profile)
    before = await client.state()
    answer = in_envelope(await raw(client, to, padded(to, content)))
    assert (answer.status, answer.rule) == (status, rule)
    assert await client.state() == before


@pytest.mark.parametrize(
    ("profile", "status", "error"), [("contract", 400, "BadRequest"), ("live", 500, "InternalServerError")]
)
@EACH
async def test_a_body_over_a_mebibyte(serve: Serve, profile: str, status: int, error: str, to: Any):
    client = await serve(profile=profile)
    body = padded(to, f'"name": "{"a" * 2**20}"')
    answer = in_envelope(await raw(client, to, BytesIO(body)))
    assert (answer.status, answer.error, answer.rule) == (status, error, "body.size")


@WRITERS
async def test_a_name_that_only_just_fits_a_body(serve: Serve, to: Any):
    contract, live = [await serve(profile=each) for each in Profile]
    body = padded(to, f'"name": "{"a" * 1_000_000}"')
    answer = in_envelope(await raw(contract, to, body))
    assert (answer.rule, answer.issues) == ("identity.column.length", [("too_big", ("name",))])
    assert len(answer.content) < 1000, "what is too long is not said again"
    expected = (
        (500, "Create", "identity.create.database")
        if to is CREATE
        else (500, "Update by id", "identity.update.database")
    )
    answer = in_envelope(await raw(live, to, body))
    assert (answer.status, answer.error, answer.rule) == expected


async def test_metadata_has_no_maximum(client: Client):
    pairs = [{"key": f"k{number}", "value": "v"} for number in range(2000)]
    made = (await create(client, {"metadata": pairs})).json["identity"]
    assert [each["key"] for each in made["metadata"]] == [each["key"] for each in pairs]
    assert len({each["id"] for each in made["metadata"]}) == 2000
    assert len((await patch(client, PAYMENTS, {"metadata": pairs})).json["identity"]["metadata"]) == 2000


@EACH
async def test_a_body_of_a_hundred_thousand_brackets(client: Client, to: Any):
    name = "search" if to is SEARCH else "metadata"
    content = padded(to, f'"{name}": {"[" * 50_000}{"]" * 50_000}')
    answer = in_envelope(await raw(client, to, content))
    assert (answer.error, answer.rule) == ("ValidationFailure", "contract.body")
    assert answer.issues == [(WRONG, ("search",) if to is SEARCH else ("metadata", 0))]


async def test_many_wrong_pairs_are_each_named(client: Client):
    answer = in_envelope(await patch(client, PAYMENTS, {"metadata": [{"key": 7, "value": "v"}] * 50}))
    assert answer.issues == [(WRONG, ("metadata", number, "key")) for number in range(50)]


@pytest.mark.parametrize("media", ["application/merge-patch+json", "application/xml", "multipart/form-data"])
@pytest.mark.parametrize(("profile", "status"), [("contract", 400), ("live", 500)])
@EACH
async def test_media_types_that_are_not_read(serve: Serve, profile: str, status: int, to: Any, media: str):
    client = await serve(profile=profile)
    answer = in_envelope(await raw(client, to, padded(to, '"name": "n"'), media))
    assert (answer.status, answer.rule) == (status, "body.media-type")


@pytest.mark.parametrize(("method", "where"), BODILESS.values(), ids=BODILESS)
@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"null", b'{"__proto__": 1}'])
async def test_a_get_does_not_look_at_a_body(client: Client, method: str, where: str, content: bytes):
    assert (await raw(client, (method, where), content)).status == 200


QUERIES = {
    "brackets": "orgId[]=x",
    "an index": f"orgId[0]={ACME}",
    "another case": f"orgid={ACME}",
    "the name of a create": f"organizationId={ACME}",
    "twice": f"orgId={ACME}&orgId={ACME}",
    "twice, once empty": f"orgId={ACME}&orgId=",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("token", [NO_ACCESS, USER])
async def test_a_list_that_names_no_organization_or_two(client: Client, query: str, token: str):
    """Whoever asks."""
    answer = in_envelope(await client.send("GET", f"{IDENTITIES}?{query}", token=token))
    assert (answer.issues, answer.rule) == ([(WRONG, ("orgId",))], "contract.body")


@pytest.mark.parametrize("text", ["%00", "%ff", "%ED%A0%80", "a" * 5000, "null", "%F0%9F%98%80", f"{ACME}%00"])
async def test_a_list_of_what_is_no_organization(client: Client, text: str):
    answer = in_envelope(await client.send("GET", f"{IDENTITIES}?orgId={text}"))
    assert (answer.status, answer.rule) == (403, "caller.organization")


async def test_an_unknown_property_of_a_query_is_nobodys_business(client: Client):
    for where in (
        f"{IDENTITIES}?orgId={ACME}&__proto__=1&a[b]=c&orgId2=%00",
        f"{path(PAYMENTS)}?a=b",
        f"{IDENTITIES}/details?a",
    ):
        assert (await client.send("GET", where)).status == 200


METHODS = pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])


@METHODS
async def test_a_segment_over_a_hundred_characters_is_no_route(serve: Serve, method: str):
    contract, live = [await serve(profile=each) for each in Profile]
    for client, right in ((contract, in_envelope), (live, in_framework)):
        body = {"json": {}} if method == "PATCH" else {}
        answer = right(await client.send(method, f"{IDENTITIES}/{'a' * 101}", token=None, **body))
        assert (answer.status, answer.rule) == (404, "route.segment")
        expected = no_uuid(method, client.mock.worlds.default.profile)[2]
        assert (await client.send(method, f"{IDENTITIES}/{'a' * 100}", **body)).rule == expected


IDS = {
    "a letter too few": PAYMENTS[:-1],
    "a letter too many": f"{PAYMENTS}0",
    "a letter that is no digit": f"g{PAYMENTS[1:]}",
    "NUL": f"{PAYMENTS}%00",
    "a full-width digit": f"%EF%BC%91{PAYMENTS[1:]}",
    "blanks": "%20",
    "a slash": "a%2Fb",
    "a percent sign": "%25",
}


@pytest.mark.parametrize("id", IDS.values(), ids=IDS)
async def test_ids_that_are_no_uuids(serve: Serve, profile: Profile, id: str):
    client = await serve(profile=profile)
    before = await client.state()
    for method, body in (("GET", {}), ("PATCH", {"json": {"name": "n"}}), ("DELETE", {})):
        answer = in_envelope(await client.send(method, path(id), **body))
        assert (answer.status, answer.error, answer.rule) == no_uuid(method, profile)
    assert await client.state() == before


@METHODS
async def test_a_path_of_broken_percents(server: Client, live: Client, method: str):
    asked = head(method, path("%zz"), Content_Length="2") + b"{}"
    async with server.wire() as wire:
        await wire.send(asked)
        answer = in_envelope(await wire.answer(method))
        assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "route.encoding")
    async with live.wire() as wire:
        await wire.send(asked)
        assert in_framework(await wire.answer(method)).json["code"] == "FST_ERR_BAD_URL"


async def test_a_bad_body_changes_nothing_and_does_not_break_the_next_request(client: Client):
    before = await client.state()
    for to in (CREATE, UPDATE, SEARCH):
        for content in (b"{", b"[]", b"7", b'"\xed\xa0\x80"', json.dumps({"name": None, "limit": "x"}).encode()):
            assert (await raw(client, to, content)).status >= 400
    assert await client.state() == before
    assert (await search(client, {"limit": 1})).status == 200
