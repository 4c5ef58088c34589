"""Every difference that was ever found between the engines, and what both say now: the contract, and OpenAPI 3.0.

Who was wrong stands in the row: `compiled` was mended, `openapi-core` is made to mean it where it is asked.
"""

import json
from typing import Any

import pytest
import yaml
from multidict import CIMultiDict, MultiDict

from mockserver.contract import document
from mockserver.contract.compiled import compile_contract
from mockserver.contract.engine import UNDEFINED
from mockserver.contract.operation import ContractOperation
from mockserver.errors import SpecError
from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES
from tests.client import IDENTITIES, PAYMENTS
from tests.contract.odd import TIME, UUID
from tests.contract.twins import Asked, Twins

SEARCH = "/api/v1/identities/search"
LISTED = "/api/v1/sub-organizations"
TOKENS = f"/api/v1/auth/token-auth/identities/{PAYMENTS}/tokens"


def update(body: str) -> Asked:
    return Asked("PATCH", IDENTITIES + PAYMENTS, body.encode())


def search(body: str) -> Asked:
    return Asked("POST", SEARCH, body.encode())


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


REFUSED: dict[str, tuple[Asked, list[tuple[str, tuple[str | int, ...]]]]] = {
    # compiled: what is nested deeper than 255 could not be shown, and became a 500
    "300 deep": (update(f'{{"caCert": {deep(300)}}}'), [("invalid_type", ("caCert",))]),
    "900 deep": (update(f'{{"caCert": {deep(900)}}}'), [("invalid_type", ("caCert",))]),
    "900 deep, unknown": (update(f'{{"zz": {deep(900)}}}'), [("unrecognized_keys", ())]),
    # compiled: a number past every double was no number at all; it is one, and over the bound
    "a huge number": (search('{"limit": 1e400}'), [("too_big", ("limit",))]),
    "a huge offset": (search('{"offset": 1e400}'), [("too_big", ("offset",))]),
    "a hugely negative limit": (search('{"limit": -1e400}'), [("too_small", ("limit",))]),
    "a huge integer": (
        update('{"accessTokenTTL": 1e400}'),
        [("invalid_type", ("accessTokenTTL",)), ("too_big", ("accessTokenTTL",))],
    ),
    "a huge integer without a bound": (
        update('{"accessTokenNumUsesLimit": 1e400}'),
        [("invalid_type", ("accessTokenNumUsesLimit",))],
    ),
    "a huge negative integer": (
        update('{"accessTokenTTL": -1e400}'),
        [("invalid_type", ("accessTokenTTL",)), ("too_small", ("accessTokenTTL",))],
    ),
    # both: each had an order of its own; it is that of the document, an object's own issue behind its properties
    "in the order of the document": (
        update('{"accessTokenMaxTTL": -1.5, "gatewayId": 7, "zz": 1, "caCert": null, "aa": 1, "kubernetesHost": ""}'),
        [
            ("too_small", ("kubernetesHost",)),
            ("invalid_type", ("caCert",)),
            ("invalid_type", ("gatewayId",)),
            ("invalid_type", ("accessTokenMaxTTL",)),
            ("too_small", ("accessTokenMaxTTL",)),
            ("unrecognized_keys", ()),
        ],
    ),
    "the order within an item": (
        update('{"accessTokenTrustedIps": [{"zz": 1}, {"zz": 1, "ipAddress": 7}, 7]}'),
        [
            ("invalid_type", ("accessTokenTrustedIps", 0, "ipAddress")),
            ("invalid_type", ("accessTokenTrustedIps", 1, "ipAddress")),
            ("invalid_type", ("accessTokenTrustedIps", 2)),
            ("unrecognized_keys", ("accessTokenTrustedIps", 0)),
            ("unrecognized_keys", ("accessTokenTrustedIps", 1)),
        ],
    ),
    # openapi-core: one null is reported twice
    "a null": (update('{"allowedNames": null}'), [("invalid_type", ("allowedNames",))]),
    # openapi-core: these are UUIDs to Python
    **{
        f"an id such as {each}": (update(json.dumps({"gatewayId": each})), [("invalid_string", ("gatewayId",))])
        for each in (f"{{{UUID}}}", f"urn:uuid:{UUID}", UUID.replace("-", ""), UUID + "\n", UUID.replace("0", "\u0660"))
    },
    # openapi-core: Python reads these as integers
    **{
        f"a limit of {each}": (Asked("GET", f"{LISTED}?limit={each}"), [("invalid_type", ("limit",))])
        for each in ("1_0", "%20", "%205", "5%0A", "%D9%A1", "")
    },
    **{
        f"an offset of {each}": (Asked("GET", f"{TOKENS}?offset={each}"), [("invalid_type", ("offset",))])
        for each in ("nan", "1_0.5", "-inf")
    },
    "an offset of Infinity": (Asked("GET", f"{TOKENS}?offset=Infinity"), [("too_big", ("offset",))]),
    "an empty limit": (Asked("GET", f"{TOKENS}?limit="), [("too_small", ("limit",))]),
    "an offset past every double": (Asked("GET", f"{TOKENS}?offset=1e400"), [("too_big", ("offset",))]),
    # openapi-core: only the first of two is looked at
    "a limit sent twice": (Asked("GET", f"{LISTED}?limit=1&limit=2"), [("invalid_type", ("limit",))]),
    "a text sent twice": (Asked("GET", f"{LISTED}?search=a&search=b"), [("invalid_type", ("search",))]),
    # openapi-core: an empty text is refused as such, whatever the schema says of it
    "an empty option": (Asked("GET", f"{LISTED}?orderBy="), [("invalid_enum_value", ("orderBy",))]),
}


@pytest.fixture(scope="module")
def both() -> Twins:
    return Twins()


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_by_both_for(case: str, both: Twins):
    asked, issues = REFUSED[case]
    said = both.agree(asked)
    assert said.status == 422, said.body
    found = [(issue["code"], tuple(issue["path"])) for issue in json.loads(said.body)["message"]]
    assert sorted(found, key=str) == sorted(issues, key=str)
    if "order of" in case:
        assert found == issues


TAKEN = {
    # openapi-core: JSON Schema says that 3600.0 is an integer, OpenAPI 3.0 leaves it open, the service takes it
    "an integral float": update('{"accessTokenTTL": 3600.0}'),
    "an integer with an exponent": update('{"accessTokenTTL": 36E2}'),
    # compiled: a number past every double is a number
    "a huge number without a bound": search('{"limit": 0, "offset": 1e400}'),
    "an empty text": Asked("GET", f"{LISTED}?search="),
    "the last of two equal keys": update('{"accessTokenTTL": "x", "accessTokenTTL": 60}'),
}


@pytest.mark.parametrize("case", TAKEN)
def test_is_taken_by_both(case: str, both: Twins):
    said = both.agree(TAKEN[case])
    assert (said.status, said.refused_by) == (200, ()), said.body


def test_a_huge_offset_is_for_the_database_to_refuse_in_profile_live():
    said = Twins(Profile.LIVE).agree(search('{"offset": 1e400}'))
    assert (said.status, said.refused_by) == (500, ("identity.search.database",))


# openapi-core: a URL library takes dots out of paths, and slashes and braces mean something in them
@pytest.mark.parametrize("identity", ["%2E%2E", "..", ".", "a%2Fb", "%7BidentityId%7D", "a%3Fb", "%25", "%00"])
def test_an_odd_identity_is_looked_for_by_both(identity: str, both: Twins):
    assert both.agree(Asked("GET", IDENTITIES + identity)).status == 404


def test_unknown_properties_are_named_by_both_as_they_were_sent(both: Twins):
    said = both.agree(update('{"z": 1, "b": 1, "a": 1, "c": 1, "aa": 1}'))
    assert json.loads(said.body)["message"][0]["keys"] == ["z", "b", "a", "c", "aa"]


# Documents of one's own. Each row: what the operation is described by, what is sent, and what both say of it.
def described(operation: dict[str, Any], shared: list[dict[str, Any]] | None = None, **more: Any) -> str:
    """A document with one operation, `POST /a/{b}`."""
    path = {"in": "path", "name": "b", "required": True, "schema": {"type": "string"}}
    answers = {"200": {"description": "d", "content": {"application/json": {"schema": {}}}}}
    post = {"operationId": "it", "responses": answers, **operation}
    item = {"parameters": [path, *(shared or ())], "post": post}
    return yaml.safe_dump(
        {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a/{b}": item}, **more}
    )


def with_body(schema: dict[str, Any], **more: Any) -> str:
    content = {"application/json": {"schema": schema}}
    return described({"requestBody": {"content": content}}, **more)


def with_answer(schema: dict[str, Any] | None, **more: Any) -> str:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return described({"responses": {"200": {"description": "d", **content, **more}}})


def query(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"in": "query", "name": "q", "schema": schema, **more}


class Sent:
    """A request with that query and nothing else."""

    def __init__(self, *texts: str, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None):
        self.query = MultiDict([("q", text) for text in texts])
        self.headers = CIMultiDict(headers or {})
        self.cookies = cookies or {}


def by(engine: Any, text: str) -> ContractOperation:
    return compile_contract(document.parsed("own.yaml", text), engine).operations["it"]


def plain(violations: Any) -> list[tuple[str, str, str]]:
    return [(each.pointer, each.keyword, each.reason) for each in violations]


def said_of_request(text: str, request: Sent, body: object = UNDEFINED) -> list[tuple[str, str]]:
    """Pointer and keyword of each violation; both engines say the same, in the same words."""
    values, judged = {}, {}
    for engine in ENGINES:
        values[engine], judged[engine] = by(engine, text).checks.request({"b": "x"}, request, body)
    assert plain(judged["compiled"]) == plain(judged["openapi-core"])
    assert [each.schema_path for each in judged["compiled"]] == [each.schema_path for each in judged["openapi-core"]]
    assert dict(values["compiled"]) == dict(values["openapi-core"])
    return [(each.pointer, each.keyword) for each in judged["compiled"]]


NUMBER = {"type": "number"}
TEXT = {"type": "string"}
INT32 = {"type": "integer", "format": "int32"}
SHARED = {"components": {"schemas": {"Text": TEXT, "Number": {"type": "integer", "maximum": 3}}}}
KEY = {"type": "apiKey", "in": "header", "name": "k"}
HIDDEN = {
    "type": "object",
    "properties": {"a": {"type": "integer", "readOnly": True}, "b": {"type": "integer", "writeOnly": True}},
    "required": ["a", "b"],
}
BODIES: dict[str, tuple[str, Any, list[tuple[str, str]]]] = {
    # compiled: a value that is two of several things was let through
    "two of oneOf": (with_body({"oneOf": [NUMBER, {"minimum": 1}, TEXT]}), 3, [("", "oneOf")]),
    "none of oneOf": (with_body({"oneOf": [NUMBER, TEXT]}), [], [("", "oneOf")]),
    "one of oneOf": (with_body({"oneOf": [NUMBER, TEXT]}), 3, []),
    # compiled: what is read-only was required of requests
    "read-only properties": (with_body(HIDDEN), {"b": 1}, []),
    "write-only properties": (with_body(HIDDEN), {}, [("", "required")]),
    "read-only properties that are sent": (with_body(HIDDEN), {"a": 1, "b": 1}, []),
    # compiled: the sizes of integers were no bounds
    "int32": (with_body(INT32), 2**31, [("", "maximum")]),
    "int32, negative": (with_body(INT32), -(2**31) - 1, [("", "minimum")]),
    "int32, the least": (with_body(INT32), -(2**31), []),
    "int32 within another bound": (with_body(INT32 | {"maximum": 5}), 2**40, [("", "maximum")]),
    "int32 and no integer": (with_body(INT32), 3e9 + 0.5, [("", "type"), ("", "maximum")]),
    "int64": (with_body({"type": "integer", "format": "int64"}), 2**63, [("", "maximum")]),
    # openapi-core: exclusive bounds go by the name of the inclusive ones
    "an exclusive bound": (
        with_body({"type": "number", "minimum": 3, "exclusiveMinimum": True}),
        3,
        [("", "exclusiveMinimum")],
    ),
    "an upper one": (with_body(INT32 | {"maximum": 3, "exclusiveMaximum": True}), 3, [("", "exclusiveMaximum")]),
    # openapi-core: `$`, `\\d`, `\\w` and `\\s` mean other things in Python than in ECMA 262
    "a line break at the end": (with_body({"type": "string", "pattern": "^a$"}), "a\n", [("", "pattern")]),
    "a dollar in a class": (with_body({"type": "string", "pattern": "^[$]$"}), "$", []),
    "Arabic digits": (with_body({"type": "string", "pattern": r"^\d+$"}), "\u0663", [("", "pattern")]),
    "digits in a class": (with_body({"type": "string", "pattern": r"^[\d]+$"}), "\u0663", [("", "pattern")]),
    "letters with marks": (with_body({"type": "string", "pattern": r"^\w$"}), "é", [("", "pattern")]),
    "no letters": (with_body({"type": "string", "pattern": r"^\W$"}), "é", []),
    "ECMA white space": (with_body({"type": "string", "pattern": r"^\s$"}), "\ufeff", []),
    "Python's white space": (with_body({"type": "string", "pattern": r"^\s$"}), "\x1c", [("", "pattern")]),
    # openapi-core: what stands beside a reference counts
    "beside a reference": (with_body({"$ref": "#/components/schemas/Text", "minLength": 9}, **SHARED), "a", []),
    # openapi-core: a reference on the way
    "behind a reference": (
        with_body({"type": "object", "properties": {"n": {"$ref": "#/components/schemas/Number"}}}, **SHARED),
        {"n": 4},
        [("/n", "maximum")],
    ),
    # openapi-core: other properties come in the order of a hash
    "other properties": (
        with_body({"type": "object", "additionalProperties": TEXT}),
        {"z": 1, "b": 2, "a": "a", "c": 3},
        [("/b", "type"), ("/c", "type"), ("/z", "type")],
    ),
    "every bound of an object and a list": (
        with_body({"type": "object", "properties": {"l": {"type": "array", "uniqueItems": True, "items": NUMBER}}}),
        {"l": [1, 1, "a"]},
        [("/l", "uniqueItems"), ("/l/2", "type")],
    ),
    "sizes": (
        with_body({"type": "object", "minProperties": 2, "maxProperties": 0}),
        {"a": 1},
        [("", "minProperties"), ("", "maxProperties")],
    ),
    "not": (with_body({"not": {"type": "string"}}), "a", [("", "not")]),
    "allOf": (with_body({"allOf": [NUMBER, {"minimum": 3}]}), 1, [("", "minimum")]),
    "a nullable option": (
        with_body({"type": "string", "nullable": True, "enum": ["a"]}),
        None,
        [("", "enum")],
    ),
    "a property of the name of a keyword": (
        with_body({"type": "object", "properties": {"default": NUMBER, "pattern": TEXT, "required": TEXT}}),
        {"default": "a", "pattern": 7, "required": 7},
        [("/default", "type"), ("/pattern", "type"), ("/required", "type")],
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_both_say_the_same_of_a_body_with(case: str):
    text, body, found = BODIES[case]
    assert said_of_request(text, Sent(), body) == found


PARAMETERS: dict[str, tuple[str, Sent, list[tuple[str, str]]]] = {
    # compiled: a parameter of the path was asked for beside the one that replaces it
    "a replaced parameter": (described({"parameters": [query(TEXT)]}, [query(NUMBER)]), Sent("a"), []),
    "a parameter of the path": (described({}, [query(NUMBER)]), Sent("a"), [("/q", "type")]),
    # compiled: the text of a nullable number was never read
    "a nullable number": (described({"parameters": [query(NUMBER | {"nullable": True})]}), Sent("5"), []),
    "a nullable integer": (
        described({"parameters": [query({"type": "integer", "nullable": True, "maximum": 3})]}),
        Sent("5"),
        [("/q", "maximum")],
    ),
    # openapi-core: a default is put in the place of what is required
    "a required one with a default": (
        described({"parameters": [query(TEXT | {"default": "a"}, required=True)]}),
        Sent(),
        [("", "required")],
    ),
    "a default": (described({"parameters": [query(NUMBER | {"default": 5})]}), Sent(), []),
    # openapi-core: it warns of what is deprecated, at each request
    "a deprecated one": (described({"parameters": [query(NUMBER, deprecated=True)]}), Sent("5"), []),
    "one that may be empty": (
        described({"parameters": [query(NUMBER, allowEmptyValue=True)]}),
        Sent(""),
        [("/q", "type")],
    ),
    "one that is too short": (
        described({"parameters": [query(TEXT | {"minLength": 1})]}),
        Sent(""),
        [("/q", "minLength")],
    ),
    "yes for true": (described({"parameters": [query({"type": "boolean"})]}), Sent("yes"), [("/q", "type")]),
    "true": (described({"parameters": [query({"type": "boolean"})]}), Sent("true"), []),
    "a header in another case": (
        described({"parameters": [{"in": "header", "name": "X-Count", "schema": NUMBER}]}),
        Sent(headers={"x-count": "a"}),
        [("/X-Count", "type")],
    ),
    "a cookie": (
        described({"parameters": [{"in": "cookie", "name": "c", "schema": NUMBER}]}),
        Sent(cookies={"c": "a"}),
        [("/c", "type")],
    ),
    "a text of one of two types": (
        described({"parameters": [query({"anyOf": [NUMBER, {"maxLength": 1}]})]}),
        Sent("5"),
        [],
    ),
    # openapi-core: it looks for the credentials itself
    "no credentials": (
        described(
            {"security": [{"key": []}]},
            components={"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "k"}}},
        ),
        Sent(),
        [],
    ),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_both_say_the_same_of(case: str):
    text, request, found = PARAMETERS[case]
    assert said_of_request(text, request) == found


ANSWERS: dict[str, tuple[str, Any, list[tuple[str, str]]]] = {
    "read-only properties": (with_answer(HIDDEN), {}, [("", "required")]),
    "write-only properties": (with_answer(HIDDEN), {"a": 1}, []),
    # openapi-core: without content it looks at no body
    "no content": (with_answer(None), {}, [("", "content")]),
    # openapi-core: it asks for the headers, of which the mock's answers have their own
    "headers": (with_answer({}, headers={"X-A": {"required": True, "schema": TEXT}}), {}, []),
    # openapi-core: its pattern of times ends in `$`, and has no leap seconds and no small letters
    **{
        f"a time such as {json.dumps(each)}": (with_answer({"type": "string", "format": "date-time"}), each, found)
        for each, found in {
            f"{TIME}\n": [("", "format")],
            TIME: [],
            "2026-01-02t03:04:05z": [],
            "2016-12-31T23:59:60Z": [],
            "2016-12-31T22:59:60-01:00": [],
            "2017-01-01T00:59:60+01:00": [],
            "2016-12-31T23:58:60Z": [("", "format")],
            "0000-02-29T00:00:00Z": [],
            "2026-02-29T00:00:00Z": [("", "format")],
            "2026-01-02T24:00:00Z": [("", "format")],
            "2026-01-02T03:04:05": [("", "format")],
            "2026-01-02T03:04:05.Z": [("", "format")],
            "2026-01-02T03:04:05+24:00": [("", "format")],
            "\u0662026-01-02T03:04:05Z": [("", "format")],
        }.items()
    },
    **{
        f"{kind} {each}": (with_answer({"type": "string", "format": kind}), each, found)
        for kind, each, found in (
            ("date", "20260102", [("", "format")]),
            ("date", "2026-W01-1", [("", "format")]),
            ("date", "2026-01-02", []),
            ("ipv4", "10.0.0.01", [("", "format")]),
            ("ipv4", "10.0.0.1", []),
            ("ipv6", "fe80::1%eth0", [("", "format")]),
            ("ipv6", "::ffff:10.0.0.1", []),
            ("byte", "no base64!", []),
        )
    },
}


@pytest.mark.parametrize("case", ANSWERS)
def test_both_say_the_same_of_an_answer_with(case: str):
    text, body, found = ANSWERS[case]
    judged = {engine: by(engine, text).checks for engine in ENGINES}
    said = [plain(each.response_violations(200, "application/json", body)) for each in judged.values()]
    assert said[0] == said[1]
    assert [row[:2] for row in said[0]] == found
    assert [each.accepts_json(200, body) for each in judged.values()] == [not found, not found]
    assert plain(judged["compiled"].response_violations(200, "text/plain", "a")) == plain(
        judged["openapi-core"].response_violations(200, "text/plain", "a")
    )


# What the engines could only read apart is refused at the start.
@pytest.mark.parametrize("engine", ENGINES)
def test_a_range_of_media_types_is_refused(engine: Any):
    text = described({"requestBody": {"content": {"application/*": {"schema": TEXT}}}})
    with pytest.raises(SpecError, match=r"requestBody/application/\*: only exact media types are supported"):
        by(engine, text)


UNREAD = {
    "format": (
        with_body(TEXT | {"format": "email"}),
        "/format: the engine openapi-core does not check the format email",
    ),
    "pattern": (with_body(TEXT | {"pattern": r"^\p{L}$"}), "/pattern: the engine openapi-core cannot read it"),
    "version": (described({}).replace("3.0.3", "3.1.0"), "the engine openapi-core checks OpenAPI 3.0, not 3.1.0"),
}


@pytest.mark.parametrize("what", UNREAD)
def test_openapi_core_refuses_at_the_start_what_it_reads_in_its_own_way(what: str):
    text, complaint = UNREAD[what]
    assert by("compiled", text)
    with pytest.raises(SpecError) as refused:
        by("openapi-core", text)
    assert complaint in str(refused.value)
