"""The table of the two profiles, every row of it over HTTP in both: who is right where contract and service part."""

from collections.abc import Mapping
from json import dumps
from typing import Any, NamedTuple
from unittest.mock import ANY

import pytest

from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import DIFFERENCES, Profile
from tests.client import (
    ADMIN,
    IDENTITIES,
    PAYMENTS,
    THROUGH_A_GATEWAY,
    Answer,
    Client,
    in_envelope,
    in_framework,
)
from tests.conftest import Serve

HOST_ROW = "host that is not a URL, such as a name alone, through a gateway in mode `api`"
MEBIBYTE = 1024 * 1024
JSON_TYPE = {"Content-Type": "application/json"}


class Expected(NamedTuple):
    """Status, `error` (None: accepted), deciding rule, and shape of an answer."""

    status: int
    error: str | None
    rule: str
    framework: bool = False


class Row(NamedTuple):
    """One example of a situation of the table."""

    situation: str
    example: str
    contract: Expected
    live: Expected
    json: Any = None
    data: bytes | None = None
    headers: Mapping[str, str] = JSON_TYPE
    method: str = "PATCH"
    path: str = IDENTITIES + PAYMENTS
    fixtures: str | None = None


OK = Expected(200, None, "accepted")
UNREADABLE = (
    "body that is not JSON, not UTF-8, over 1 MiB, or of another media type; empty body under a JSON media type"
)
NO_OBJECT = "no body and no media type; JSON null, array, string, number"
UNNAMED = "property the contract does not name (any depth)"
DATABASE = "value the database refuses (string column over 255, NUL, past 64 bits)"
NOTHING = "update with nothing to write"
NO_UUID = "`identityId` not a UUID"
NO_SUB_ORGANIZATION = "`subOrgId` not a UUID"
PROTOTYPE = "`__proto__` key"
FORM = "form body (`application/x-www-form-urlencoded`)"
NO_ADDRESS = "client-address header that is no address"
NO_SUCH_PATH = "unknown path; a segment of the path over 100 characters"
HEAD = "HEAD where the contract has a GET"
UNIVERSAL_LOGIN = "/api/v1/auth/universal-auth/login"
TEN_USES = f"""
version: 1
organizations: [{{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }}]
identities:
  - id: 1d000000-0000-4000-8000-000000000020
    organization: acme
    name: robot
    universalAuth:
      clientId: c1000000-0000-4000-8000-000000000020
      clientSecrets: [{{ secret: ten, numUsesLimit: 10, numUses: 2 }}]
accessTokens: [{{ token: {ADMIN}, identity: robot }}]
"""
BAD_PERCENT = "bad percent-encoding in the path"


def refused(
    rule: str, contract: tuple[int, str], live: tuple[int, str], live_rule: str = ""
) -> tuple[Expected, Expected]:
    return Expected(*contract, rule), Expected(*live, live_rule or rule)


def unreadable(rule: str) -> tuple[Expected, Expected]:
    return refused(rule, (400, "BadRequest"), (500, "InternalServerError"))


def no_object() -> tuple[Expected, Expected]:
    return refused("contract.body", (422, "ValidationFailure"), (422, "ValidationFailure"))


def column(rule: str) -> tuple[Expected, Expected]:
    return refused(rule, (422, "ValidationFailure"), (500, "Update by id"), "update.database")


def no_uuid() -> tuple[Expected, Expected]:
    return refused("identity.uuid", (404, "NotFound"), (500, "MembershipGetByIdentityId"))


UNKNOWN_KEY = Expected(422, "ValidationFailure", "contract.unrecognized-keys")
NOTHING_TO_WRITE = Expected(500, "Update by id", "update.nothing-to-write")
NO_METHOD = Expected(405, "MethodNotAllowed", "route.method"), Expected(404, "Not Found", "route.method", True)
NO_PATH = Expected(404, "NotFound", "route.unknown"), Expected(404, "Not Found", "route.unknown", True)
LONG_SEGMENT = Expected(404, "NotFound", "route.segment"), Expected(404, "Not Found", "route.segment", True)
BAD_URL = Expected(400, "BadRequest", "route.encoding"), Expected(400, "Bad Request", "route.encoding", True)
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT_TYPE = {"Content-Type": "text/plain"}

ROWS = (
    Row(UNNAMED, "at the top", UNKNOWN_KEY, OK, {"allowedNames": "a", "identityId": PAYMENTS}),
    Row(
        UNNAMED,
        "in a trusted IP",
        UNKNOWN_KEY,
        OK,
        {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8", "prefix": 8}]},
    ),
    Row(UNREADABLE, "not JSON", *unreadable("body.syntax"), data=b"{"),
    Row(UNREADABLE, "not UTF-8", *unreadable("body.encoding"), data=b'{"allowedNames": "\xff"}'),
    Row(UNREADABLE, "over 1 MiB", *unreadable("body.size"), data=b" " * MEBIBYTE + b"{}"),
    Row(
        UNREADABLE,
        "merge patch",
        *unreadable("body.media-type"),
        data=b"{}",
        headers={"Content-Type": "application/merge-patch+json"},
    ),
    Row(UNREADABLE, "no media type", *unreadable("body.media-type"), data=b"{}", headers={}),
    Row(UNREADABLE, "empty", *unreadable("body.empty"), data=b""),
    Row(NO_OBJECT, "no body and no media type", *no_object(), headers={}),
    *(
        Row(NO_OBJECT, f"JSON {text.decode()}", *no_object(), data=text)
        for text in (b"null", b"[]", b'"text"', b"7", b"true")
    ),
    Row(NO_UUID, "a word", *no_uuid(), {"allowedNames": "a"}, path=f"{IDENTITIES}payments"),
    Row(NO_UUID, "braces", *no_uuid(), {"allowedNames": "a"}, path=f"{IDENTITIES}%7B{PAYMENTS}%7D"),
    Row(NO_UUID, "no dashes", *no_uuid(), {"allowedNames": "a"}, path=IDENTITIES + PAYMENTS.replace("-", "")),
    Row(
        NO_SUB_ORGANIZATION,
        "a word",
        *refused("sub-organization.uuid", (400, "BadRequest"), (500, "Find one")),
        {"name": "x"},
        path="/api/v1/sub-organizations/europe",
    ),
    Row(NOTHING, "an empty object", OK, NOTHING_TO_WRITE, {}),
    Row(NOTHING, "an empty reviewer JWT alone", OK, NOTHING_TO_WRITE, {"tokenReviewerJwt": ""}),
    Row(NOTHING, "blanks as reviewer JWT alone", OK, NOTHING_TO_WRITE, {"tokenReviewerJwt": " \ufeff"}),
    Row(NOTHING, "unknown properties alone", UNKNOWN_KEY, NOTHING_TO_WRITE, {"identityId": PAYMENTS}),
    *(
        Row(DATABASE, f"256 characters of {name}", *column("column.length"), {name: "a" * 256})
        for name in ("allowedNamespaces", "allowedNames", "allowedAudience")
    ),
    Row(DATABASE, "NUL", *column("column.nul"), {"allowedAudience": "a\0"}),
    Row(DATABASE, "past 64 bits", *column("column.integer"), {"accessTokenNumUsesLimit": 2**63}),
    Row("known path, wrong method", "GET", *NO_METHOD, method="GET", path="/api/v1/auth/kubernetes-auth/login"),
    Row("known path, wrong method", "PUT", *NO_METHOD, {}, method="PUT"),
    Row(HEAD, "of the status", NO_METHOD[0], OK, method="HEAD", path="/api/status"),
    Row(NO_SUCH_PATH, "under /api", *NO_PATH, method="GET", path="/api/v1/auth/nothing"),
    Row(NO_SUCH_PATH, "the root", *NO_PATH, method="POST", path="/", headers=TEXT_TYPE),
    Row(NO_SUCH_PATH, "a long segment", *LONG_SEGMENT, {}, path=IDENTITIES + "x" * 101),
    Row(
        PROTOTYPE,
        "at the top",
        UNKNOWN_KEY,
        unreadable("body.prototype-key")[1],
        {"__proto__": {}, "allowedNames": "a"},
    ),
    Row(
        PROTOTYPE,
        "in a trusted IP",
        UNKNOWN_KEY,
        unreadable("body.prototype-key")[1],
        {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1", "__proto__": 1}]},
    ),
    Row(
        PROTOTYPE,
        "written with escapes",
        UNKNOWN_KEY,
        unreadable("body.prototype-key")[1],
        data=rb'{"\u005f_proto__": 1}',
    ),
    Row(
        "`text/plain` body",
        "JSON as text",
        unreadable("body.media-type")[0],
        no_object()[1],
        data=b'{"allowedNames": "a"}',
        headers=TEXT_TYPE,
    ),
    Row(FORM, "texts", unreadable("body.media-type")[0], OK, data=b"allowedNames=a&caCert=", headers=FORM_TYPE),
    Row(
        FORM,
        "a number, which arrives as text",
        unreadable("body.media-type")[0],
        no_object()[1],
        data=b"accessTokenTTL=60",
        headers=FORM_TYPE,
    ),
    Row(
        HOST_ROW,
        "a name",
        Expected(400, "BadRequest", "cluster.scheme"),
        Expected(500, "InternalServerError", "cluster.scheme"),
        {"tokenReviewMode": "api", "kubernetesHost": "prod.k8s.example"},
        path=IDENTITIES + THROUGH_A_GATEWAY,
    ),
    *(
        Row(
            NO_ADDRESS,
            f"{header}: {text}",
            *refused("token.address-unreadable", (400, "BadRequest"), (500, "InternalServerError")),
            {"allowedNames": "a"},
            headers=JSON_TYPE | {header: text},
        )
        for header, text in (("X-Forwarded-For", "unknown"), ("Forwarded", "for=10.0.0.1"), ("X-Real-IP", "1.2.3"))
    ),
    *(
        Row(
            "login with Universal Auth, NUL in `clientId` or in the first 4 characters of `clientSecret`",
            next(iter(nul)),
            Expected(401, "UnauthorizedError", f"universal-login.{rule}"),
            Expected(500, "Find one", f"universal-login.{rule}-database"),
            {"clientId": "c1000000-0000-4000-8000-000000000020", "clientSecret": "robot-secret", **nul},
            method="POST",
            path=UNIVERSAL_LOGIN,
        )
        for nul, rule in (({"clientId": "\0"}, "client-id"), ({"clientSecret": "rob\0t"}, "secret"))
    ),
    Row(
        "client secret with a `numUsesLimit` of 10 or more",
        "10, the third login",
        OK,
        Expected(401, "UnauthorizedError", "universal-login.secret-used-up-as-text"),
        {"clientId": "c1000000-0000-4000-8000-000000000020", "clientSecret": "ten"},
        method="POST",
        path=UNIVERSAL_LOGIN,
        fixtures=TEN_USES,
    ),
    Row(BAD_PERCENT, "no digits", *BAD_URL, {}, path=f"{IDENTITIES}%zz"),
    Row(BAD_PERCENT, "no UTF-8", *BAD_URL, {}, path=f"{IDENTITIES}%ff"),
    Row(
        "GET outside `/api`",
        "a base URL without /api",
        NO_PATH[0],
        Expected(200, None, "route.page"),
        method="GET",
        path="/v1/identities",
    ),
    Row(
        "OPTIONS without the headers of a preflight",
        "none of them",
        NO_METHOD[0],
        Expected(400, None, "http.preflight-invalid"),
        method="OPTIONS",
    ),
    Row(
        "`Expect` with anything but `100-continue`",
        "a miracle",
        OK,
        Expected(417, None, "http.expectation"),
        {"allowedNames": "a"},
        headers=JSON_TYPE | {"Expect": "miracles"},
    ),
    Row(
        "empty chunked body without a media type; DELETE with a JSON media type and no body",
        "a DELETE",
        OK,
        Expected(500, "InternalServerError", "body.unannounced"),
        method="DELETE",
        headers=JSON_TYPE,
    ),
)


async def _ask(client: Client, row: Row) -> Answer:
    """The answer over a wire of its own: clients mend paths and media types before they send them."""
    body = row.data if row.json is None else dumps(row.json).encode()
    lines = [f"{row.method} {row.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {ADMIN}"]
    lines += [f"{name}: {value}" for name, value in row.headers.items()]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    async with client.wire() as wire:
        await wire.send("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        answer = await wire.answer(row.method)
    assert answer is not None
    return answer


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.situation[:30]}, {row.example}")
async def test_each_row_of_the_table_holds(row: Row, serve: Serve, profile: Profile):
    client = await serve(profile=profile, fixtures_yaml=row.fixtures)
    before = await client.state()
    answer = await _ask(client, row)
    expected = row.contract if profile is Profile.CONTRACT else row.live
    assert (answer.status, answer.rule) == (expected.status, expected.rule), answer.content
    if expected.error is not None:
        if row.method != "HEAD":
            (in_framework if expected.framework else in_envelope)(answer)
            assert answer.error == expected.error
        if row.fixtures is not None:  # the service revokes a client secret that is used up
            before["identities"][0]["universalAuth"]["clientSecrets"][0].update(revoked=True, updatedAt=ANY)
        assert await client.state() == before


def test_every_situation_of_the_table_has_a_row_here():
    assert {row.situation for row in ROWS} == {each.situation for each in DIFFERENCES}


def test_every_rule_that_parts_the_profiles_stands_in_the_table(server: Client):
    parting = {
        rule.id
        for _, rule in server.mock.ledger
        for each in GENERATIONS
        if rule.answers.get(edition(Profile.CONTRACT, each)) != rule.answers.get(edition(Profile.LIVE, each))
    }
    named = {rule for each in DIFFERENCES for rule in each.rules}
    assert parting <= named
    assert named <= {rule.id for _, rule in server.mock.ledger}


async def test_each_unnamed_property_is_named_with_the_object_it_stands_in(server: Client):
    item = {"ipAddress": "10.0.0.1", "type": "ipv4", "prefix": 8}
    answer = await server.update({"one": 1, "two": 2, "accessTokenTrustedIps": [{"ipAddress": "::1"}, item]})
    found = {(tuple(each["path"]), tuple(sorted(each["keys"]))) for each in answer.json["message"]}
    assert found == {((), ("one", "two")), (("accessTokenTrustedIps", 1), ("prefix", "type"))}
    assert {code for code, _ in answer.issues} == {"unrecognized_keys"}


async def test_the_rules_that_compare_fields_run_beside_an_unnamed_property(server: Client):
    answer = await server.update({"more": 1, "tokenReviewMode": "gateway"})
    assert answer.issues == [("unrecognized_keys", ()), ("custom", ("gatewayId",))]


async def test_live_drops_unnamed_properties_and_counts_each_object_as_a_breach(live: Client):
    item = {"ipAddress": "10.0.0.0/8", "type": "ipv4"}
    answer = await live.update({"one": 1, "two": 2, "accessTokenTrustedIps": [item]})
    assert answer.record["accessTokenTrustedIps"] == [{"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.0"}]
    assert answer.headers["Mock-Breach"] == "2"
    breaches = (await live.journalled(answer))["requestBreaches"]
    assert sorted(each["pointer"] for each in breaches) == ["", "/accessTokenTrustedIps/0"]
    assert "one, two" in str(breaches) or "two, one" in str(breaches)


async def test_live_records_the_media_type_of_a_form_as_a_breach(live: Client):
    answer = await live.update(data=b"allowedNames=a+b%21", headers=FORM_TYPE)
    assert answer.record["allowedNames"] == "a b!"
    assert answer.headers["Mock-Breach"] == "1"
    assert "x-www-form-urlencoded" in str((await live.journalled(answer))["requestBreaches"])


async def test_no_breach_is_counted_where_the_contract_is_kept(live: Client):
    assert "Mock-Breach" not in (await live.update({"allowedNames": "a"})).headers


async def test_contract_leaves_a_record_untouched_by_an_update_of_nothing(server: Client):
    before = await server.stored()
    answer = await server.update({})
    assert answer.record["updatedAt"] == "2026-01-02T03:04:05.678Z"
    assert await server.stored() == before


async def test_the_405_of_contract_names_the_methods(server: Client):
    assert (await server.send("PUT", IDENTITIES + PAYMENTS)).headers["Allow"] == "DELETE, GET, PATCH, POST"


async def test_the_405_of_contract_names_the_methods_of_the_path_in_the_document(server: Client):
    # A DELETE of an identity called "details" gets as far as the identity; the document gives that path a GET alone.
    path = "/api/v1/identities/details"
    assert (await server.send("OPTIONS", path)).headers["Allow"] == "GET"
    assert (await server.send("DELETE", path)).rule == "identity.uuid"


async def test_the_400_of_live_for_a_bad_path_has_the_frameworks_code(live: Client):
    row = next(row for row in ROWS if row.situation == BAD_PERCENT)
    assert (await _ask(live, row)).json["code"] == "FST_ERR_BAD_URL"
