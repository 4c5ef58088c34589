"""`POST /_mock/requests/find`, `/count`, `/verify`: 200 or 406 with a reason, and 400 with a pointer."""

import time
from typing import Any

import pytest

from mockserver.journal.globs import matches
from tests.client import BARE, IDENTITIES, PAYMENTS, STRANGER, Client
from tests.conftest import Serve

FROZEN = 1_800_000_000_000
NAMES = f"/identities/{PAYMENTS}/kubernetesAuth/allowedNames"


async def asked(client: Client, expectation: Any, call: str = "verify"):
    return await client.send("POST", f"/_mock/requests/{call}", expectation, token=None)


@pytest.fixture
async def told(serve: Serve) -> Client:
    """Five requests: 200, 404, 400, a GET, 200 in another world."""
    client = await serve(clock=FROZEN)
    await client.update({"allowedNames": "a", "accessTokenTTL": 600})
    await client.update({"allowedNames": "b"}, STRANGER)
    await client.update({"accessTokenMaxTTL": 60})
    await client.send("GET", IDENTITIES + PAYMENTS)
    await client.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    await client.send("PATCH", f"/w/w{IDENTITIES}{PAYMENTS}", {"allowedNames": None, "tokenReviewerJwt": "s3cret"})
    return client


MATCHERS = [
    ({}, 5),
    ({"world": "default"}, 4),
    ({"world": "w"}, 1),
    ({"operation": "updateKubernetesAuth"}, 4),
    ({"method": "GET"}, 1),
    ({"method": "patch"}, 4),
    ({"method": "Get"}, 1),
    ({"status": 404}, 1),
    ({"warning": "polling"}, 0),
    ({"rule": "update.ttl.stored-max"}, 1),
    ({"path": IDENTITIES + PAYMENTS}, 4),
    ({"path": "/api/v1/auth/*/identities/*"}, 5),
    ({"path": "/api/**"}, 5),
    ({"path": "/w/w/**"}, 1),
    ({"path": "/api/*"}, 0),
    ({"identity": PAYMENTS.upper()}, 4),
    ({"identity": BARE}, 0),
    ({"identity": "payments"}, 4),
    ({"identity": "bare"}, 0),
    ({"world": "w", "identity": "payments"}, 1),
    ({"body": {"allowedNames": "a"}}, 1),
    ({"body": {"allowedNames": None}}, 1),
    ({"body": {"accessTokenTTL": 600}}, 1),
    ({"body": {"accessTokenTrustedIps": []}}, 0),
    ({"body": {"accessTokenTrustedIps.0.ipAddress": "::/0"}}, 0),
    ({"body": {"allowedNames": {"equals": "a"}}}, 1),
    ({"body": {"/allowedNames": {"equals": "a"}}}, 1),
    ({"body": {"accessTokenTTL": {"equals": 600.0}}}, 1),
    ({"body": {"accessTokenTTL": {"equals": True}}}, 0),
    ({"body": {"allowedNames": {"present": True}}}, 3),
    ({"body": {"allowedNames": {"present": False}}}, 2),
    ({"body": {"allowedNames": {"absent": True}}}, 2),
    ({"body": {"allowedNames": {"null": True}}}, 1),
    ({"body": {"allowedNames": {"null": False}}}, 2),
    ({"body": {"": {"equals": {"allowedNames": "b"}}}}, 1),
    ({"body": {"allowedNames": {"equals": "a"}, "accessTokenTTL": {"equals": 601}}}, 0),
    ({"status": 200, "method": "PATCH"}, 1),
    ({"since": "2027-01-15T08:00:00Z"}, 5),
    ({"since": "2027-01-15T08:00:00.001Z"}, 0),
]


@pytest.mark.parametrize(("matcher", "number"), MATCHERS, ids=[str(row[0]) for row in MATCHERS])
async def test_find_count_and_verify_agree(told: Client, matcher: dict[str, Any], number: int):
    assert (await asked(told, matcher, "count")).json == {"count": number, "evicted": 0}
    found = (await asked(told, matcher, "find")).json["requests"]
    assert len(found) == number
    for count, holds in ((number, True), (number + 1, False), ({"atLeast": number}, True), ({"atMost": number}, True)):
        answer = await asked(told, {**matcher, "count": count})
        assert (answer.status, answer.json["verified"]) == ((200, True) if holds else (406, False))
        assert (answer.json["matched"], answer.json["evicted"]) == (number, 0)
    if matcher:
        assert (await asked(told, matcher)).status == (200 if number else 406)


async def test_since_a_request_looks_at_those_after_it(told: Client):
    first = (await asked(told, {"status": 404}, "find")).json["requests"][0]["id"]
    assert (await asked(told, {"since": first}, "count")).json["count"] == 3
    assert (await asked(told, {"since": first, "world": "default"}, "count")).json["count"] == 2


REASONS = [
    (
        {"operation": "updateKubernetesAuth", "status": 201, "world": "default"},
        "Expected at least 1 request with world default, operation updateKubernetesAuth, status 201, and 0 of 4 "
        "matched. Closest is {2} (updateKubernetesAuth, 400 update.ttl.stored-max): its status is 400, not 201.",
    ),
    (
        {"world": "default", "body": {"allowedNames": {"equals": "c"}}},
        'Expected at least 1 request with world default, body allowedNames "c", and 0 of 4 matched. Closest is {1} '
        '(updateKubernetesAuth, 404 identity.unknown): its body has allowedNames "b", not "c".',
    ),
    (
        {"world": "default", "method": "PATCH", "count": {"atMost": 1}},
        "Expected at most 1 request with world default, method PATCH, and 3 of 4 matched: the last is {2} "
        "(updateKubernetesAuth, 400 update.ttl.stored-max).",
    ),
    (
        {"world": "w", "method": "get"},
        "Expected at least 1 request with world w, method GET, and 0 of 1 matched. Closest is {4} "
        "(updateKubernetesAuth, 422 contract.body): its method is PATCH, not GET.",
    ),
    (
        {"method": "GET", "body": {"allowedNames": "a"}},
        'Expected at least 1 request with method GET, body allowedNames "a", and 0 of 5 matched. Closest is {3} '
        "(getKubernetesAuth, 200 accepted): it has no body.",
    ),
    (
        {"world": "default", "order": [{"status": 404}, {"status": 200, "method": "PATCH"}]},
        "Expected number 2 of 2 in order, method PATCH, status 200, and after {1} (updateKubernetesAuth, 404 "
        "identity.unknown) none matched. Closest is {3} (getKubernetesAuth, 200 accepted): its method is GET, "
        "not PATCH.",
    ),
    (
        {"world": "w", "body": {"tokenReviewerJwt": {"equals": "other"}}},
        'Expected at least 1 request with world w, body tokenReviewerJwt "[REDACTED]", and 0 of 1 matched. Closest is '
        '{4} (updateKubernetesAuth, 422 contract.body): its body has tokenReviewerJwt "[REDACTED]", not "[REDACTED]".',
    ),
]


@pytest.mark.parametrize(("expectation", "reason"), REASONS, ids=[str(row[0]) for row in REASONS])
async def test_a_verdict_that_does_not_hold_says_why(told: Client, expectation: dict[str, Any], reason: str):
    answer = await asked(told, expectation)
    assert answer.status == 406
    ids = [each["id"] for each in (await asked(told, {}, "find")).json["requests"]]
    assert answer.json["reason"] == reason.format(*ids)


async def test_the_order_may_have_others_between(told: Client):
    assert (await asked(told, {"order": [{"status": 200}, {"status": 400}, {"method": "GET"}]})).status == 200
    assert (await asked(told, {"order": [{"status": 400}, {"status": 404}]})).status == 406
    assert (await asked(told, {"order": [{"status": 404}, {"status": 404}]})).status == 406


BAD = [
    ({}, ""),
    ([], ""),
    ({"nope": 1}, ""),
    ({"status": "200"}, "/status"),
    ({"status": 1000}, "/status"),
    ({"path": "x" * 513}, "/path"),
    ({"count": -1}, "/count"),
    ({"count": {}}, "/count"),
    ({"count": {"atLeast": 2, "atMost": 1}}, "/count/atMost"),
    ({"order": []}, "/order"),
    ({"order": [{}]}, "/order/0"),
    ({"order": [{"status": 1, "since": "x"}]}, "/order/0"),
    ({"order": [{"status": 200}], "count": 1}, "/count"),
    ({"order": [{"status": 200}], "status": 1}, "/status"),
    ({"body": {}}, "/body"),
    ({"body": {"a": {}}}, "/body/a"),
    ({"body": {"a": {"equals": 1, "null": True}}}, "/body/a"),
    ({"body": {"a": {"matches": "x"}}}, "/body/a"),
    ({"since": "yesterday"}, "/since"),
    ({"since": "2027-01-15"}, "/since"),
    ({"since": "req-00000000000000"}, "/since"),
    ({"state": {"changed": []}}, "/state"),
    ({"state": {"from": 0, "changed": []}, "status": 200}, "/status"),
    ({"state": {"from": 9, "changed": []}}, "/state/from"),
    ({"state": {"from": 0, "to": 9, "changed": []}}, "/state/to"),
    ({"state": {"from": 1, "to": 0, "changed": []}}, "/state/to"),
    ({"state": {"from": 0, "changed": [{}]}}, "/state/changed/0"),
    ({"failOnWarning": "yes"}, "/failOnWarning"),
]


@pytest.mark.parametrize(("expectation", "pointer"), BAD, ids=[str(row[0])[:60] for row in BAD])
async def test_a_bad_expectation_is_refused_with_its_place(told: Client, expectation: Any, pointer: str):
    answer = await asked(told, expectation)
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["errors"][0]["reason"]


UNKNOWN = [
    ({"world": "defualt"}, "/world", "default"),
    ({"world": "elsewhere"}, "/world", None),
    ({"operation": "updateKubernetesAut"}, "/operation", "updateKubernetesAuth"),
    ({"operation": "UPDATEKUBERNETESAUTH"}, "/operation", "updateKubernetesAuth"),
    ({"operation": "x"}, "/operation", None),
    ({"rule": "update.ttl.stored-mx"}, "/rule", "update.ttl.stored-max"),
    ({"rule": "mock.falt"}, "/rule", "mock.fault"),
    ({"rule": "acepted"}, "/rule", "accepted"),
    ({"status": 99}, "/status", None),
    ({"status": 0}, "/status", None),
    ({"status": 600}, "/status", None),
    ({"status": 4004}, "/status", 404),
    ({"status": -200}, "/status", 200),
    ({"method": "PTACH"}, "/method", "PATCH"),
    ({"identity": "paymnets"}, "/identity", "payments"),
    ({"world": "w", "identity": "paymnets"}, "/identity", "payments"),
    ({"warning": "poling"}, "/warning", "polling"),
    ({"body": {"alowedNames": "a"}}, "/body/alowedNames", "allowedNames"),
    ({"body": {"/alowedNames": {"absent": True}}}, "/body/~1alowedNames", "/allowedNames"),
    ({"body": {"a": 1}}, "/body/a", None),
    (
        {"body": {"accessTokenTrustedIps.0.ipAdress": "::/0"}},
        "/body/accessTokenTrustedIps.0.ipAdress",
        "accessTokenTrustedIps.0.ipAddress",
    ),
    ({"body": {"accessTokenTrustedIps.first": "::/0"}}, "/body/accessTokenTrustedIps.first", None),
    ({"body": {"allowedNames.x": "a"}}, "/body/allowedNames.x", None),
    ({"operation": "getKubernetesAuth", "body": {"allowedNames": "a"}}, "/body/allowedNames", None),
    ({"operation": "updateKubernetesAuth", "body": {"clientId": "a"}}, "/body/clientId", None),
]


@pytest.mark.parametrize(("matcher", "pointer", "near"), UNKNOWN, ids=[str(row[0]) for row in UNKNOWN])
async def test_a_name_that_does_not_exist_is_never_green(told: Client, matcher: Any, pointer: str, near: Any):
    asks = [("find", matcher, ""), ("count", matcher, ""), ("verify", {**matcher, "count": 0}, "")]
    if "world" not in matcher:
        asks.append(("verify", {"world": "default", "order": [{"status": 404}, matcher]}, "/order/1"))
    for call, body, within in asks:
        answer = await asked(told, body, call)
        assert (answer.status, answer.error) == (400, "UnknownName")
        assert (answer.json["pointer"], answer.json["didYouMean"]) == (within + pointer, near)
        assert near is None or f"Did you mean '{near}'?" in answer.json["message"]
        assert answer.json["errors"] == [{"pointer": within + pointer, "reason": answer.json["errors"][0]["reason"]}]


@pytest.mark.parametrize("key", ["world", "operation", "rule", "method", "identity", "warning"])
@pytest.mark.parametrize("name", ["x" * 256, "\0", "é\u202e", "../..", "%00", "{}", "a'b\"c", " ", "\U0001f600"])
async def test_no_name_however_odd_breaks_the_search_for_the_nearest(told: Client, key: str, name: str):
    answer = await asked(told, {key: name}, "count")
    assert (answer.status, answer.error) == (400, "UnknownName")
    assert len(answer.json["message"]) < 1500


@pytest.mark.parametrize("place", ["/", "//", ".", "a.b.c", "/~", "/~2", "0", "-1", "x" * 5000, "/allowedNames/0", "é"])
async def test_no_place_however_odd_breaks_the_search_for_the_nearest(told: Client, place: str):
    answer = await asked(told, {"body": {place: 1}})
    assert (answer.status, answer.error) == (400, "UnknownName")
    assert answer.json["pointer"].startswith("/body/")


async def test_a_mistyped_name_among_many_is_found_in_a_moment(serve: Serve):
    server = await serve()
    state = await server.state()
    state["identities"] += [
        {"id": f"2e000000-0000-4000-8000-{number:012}", "organization": "acme", "name": f"machine-{number}"}
        for number in range(5000)
    ]
    assert (await server.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert (await asked(server, {"identity": "machine-4999"}, "count")).status == 200
    started = time.perf_counter()
    assert (await asked(server, {"identity": "machin-7"}, "count")).error == "UnknownName"
    assert time.perf_counter() - started < 2


async def test_every_rule_of_the_ledger_is_a_name(told: Client):
    rules = [each["id"] for each in (await told.get("/_mock/rules")).json["rules"]]
    assert {"mock.fault", "mock.prefer", "http.malformed", "http.slow-head", "world.unknown"} <= set(rules)
    for rule in (*rules, "accepted"):
        assert (await asked(told, {"rule": rule}, "count")).status == 200


async def test_every_operation_and_property_of_the_document_is_a_name(told: Client):
    for operation in told.mock.contract.operations.values():
        body = {} if operation.body is None else {"body": {key: {"present": True} for key in operation.ranks}}
        if body.get("body") == {}:
            continue
        assert (await asked(told, {"operation": operation.id, **body}, "count")).status == 200
        assert not body or (await asked(told, body, "count")).status == 200


async def test_a_world_that_is_gone_is_a_name_while_the_journal_has_it(told: Client):
    await told.send("DELETE", "/_mock/worlds/w", token=None)
    assert (await asked(told, {"world": "w", "identity": PAYMENTS, "operation": "updateKubernetesAuth"})).status == 200
    await told.send("DELETE", "/_mock/requests", token=None)
    answer = await asked(told, {"world": "w"})
    assert (answer.status, answer.error) == (400, "UnknownName")
    assert "it was deleted" in answer.json["message"]


async def test_the_name_of_a_deleted_identity_is_still_a_name(told: Client):
    await told.send("DELETE", f"/api/v1/identities/{PAYMENTS}")
    assert (await asked(told, {"identity": "payments", "method": "patch"}, "count")).json["count"] == 3


async def test_what_a_client_sent_is_a_name_whatever_it_is(told: Client):
    await told.send("PURGE", f"{IDENTITIES}not-an-id")
    assert (await asked(told, {"method": "purge", "identity": "not-an-id"})).status == 200


@pytest.mark.parametrize(
    ("body", "told_so"),
    [(None, "it has no body"), (b"{", "its body is not JSON"), (b"[1]", "its body has allowedNames absent")],
)
async def test_a_request_without_a_body_is_said_to_have_none(server: Client, body: Any, told_so: str):
    await server.send("PATCH", IDENTITIES + PAYMENTS, data=body)
    answer = await asked(server, {"body": {"allowedNames": "a"}})
    assert told_so in answer.json["reason"]
    assert (await asked(server, {"body": {"allowedNames": {"absent": True}}})).status == 200


@pytest.mark.parametrize(
    ("body", "pointer", "near"),
    [
        ({"opertion": "x"}, "", "Did you mean 'operation'?"),
        ({"body": {"allowedNames": {"equal": 1}}}, "/body/allowedNames", "Did you mean 'equals'?"),
        ({"order": [{"stats": 200}]}, "/order/0", "Did you mean 'status'?"),
    ],
)
async def test_a_key_that_does_not_exist_is_told_with_the_nearest(told: Client, body: Any, pointer: str, near: str):
    (row,) = (await asked(told, body)).json["errors"]
    assert row["pointer"] == pointer
    assert near in row["reason"]


async def test_a_whole_number_may_be_written_with_a_fraction(told: Client):
    assert (await asked(told, {"method": "GET", "count": 1.0})).status == 200
    assert "at least 2 requests" in (await asked(told, {"method": "GET", "count": {"atLeast": 2.0}})).json["reason"]
    assert (await asked(told, {"state": {"from": 0.0, "to": 1.0, "changed": [{"pointer": "**"}]}})).status == 200


async def test_what_is_no_json_or_of_no_world_is_refused(told: Client):
    for data in (b"", b"{", b"\xff"):
        answer = await told.send("POST", "/_mock/requests/verify", data=data, token=None)
        assert (answer.status, answer.error) == (400, "NotJson")
    answer = await asked(told, {"state": {"world": "nowhere", "from": 0, "changed": []}})
    assert (answer.status, answer.error, answer.json["pointer"]) == (400, "UnknownName", "/state/world")


@pytest.fixture
async def short(serve: Serve) -> Client:
    """A journal of two entries, which has lost two of default's; world w has lost none."""
    client = await serve(journal_size=3, clock=FROZEN)
    await client.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    for number in range(4):
        await client.update({"allowedNames": str(number)})
    await client.send("PATCH", f"/w/w{IDENTITIES}{PAYMENTS}", {"allowedNames": "w"})
    return client


@pytest.mark.parametrize(
    ("expectation", "status", "evicted"),
    [
        pytest.param({"world": "default", "status": 200}, 200, 2, id="enough: what is gone cannot undo it"),
        pytest.param({"world": "default", "count": 2}, 406, 2, id="an exact count, and more may have been"),
        pytest.param({"world": "default", "status": 404}, 406, 2, id="too few, and more may have been"),
        pytest.param({"world": "default", "status": 404, "count": 0}, 406, 2, id="none, as far as anybody knows"),
        pytest.param({"world": "w", "count": 1}, 200, 0, id="another world has lost none"),
        pytest.param({"world": "default", "count": 0, "since": "2027-01-15T08:00:00.001Z"}, 200, 0, id="since later"),
        pytest.param({"order": [{"status": 404}]}, 406, 2, id="order"),
        pytest.param({"count": {"atMost": 1}}, 406, 2, id="too many all the same"),
        pytest.param({"since": "req-00000000000000"}, 406, 2, id="since one that is gone"),
    ],
)
async def test_a_range_of_which_some_are_gone(short: Client, expectation: dict[str, Any], status: int, evicted: int):
    answer = await asked(short, expectation)
    assert (answer.status, answer.json["evicted"]) == (status, evicted)
    if status == 406 and "atMost" not in str(expectation) and not str(expectation.get("since")).startswith("req-"):
        assert "evicted from the journal (--journal-size)" in answer.json["reason"]


async def test_since_an_entry_that_is_there_nothing_is_lost(short: Client):
    oldest = (await asked(short, {}, "find")).json["requests"][0]["id"]
    assert (await asked(short, {"since": oldest, "count": 2})).json["evicted"] == 0


async def test_a_body_that_was_not_kept_whole_does_not_match(server: Client):
    await server.update({"caCert": "x" * 70_000, "verifyTlsCertificate": True, "allowedNames": "a"})
    answer = await asked(server, {"body": {"allowedNames": {"equals": "a"}}})
    assert answer.status == 406
    assert "was not kept whole" in answer.json["reason"]


CHANGES = [
    ([{"pointer": NAMES}], True, ""),
    ([{"pointer": NAMES, "before": "api", "after": "x"}], True, ""),
    ([{"pointer": "/identities/*/kubernetesAuth/allowedNames"}], True, ""),
    ([{"pointer": "/identities/**"}], True, ""),
    ([], False, f'{NAMES} changed from "api" to "x", which nobody expected'),
    ([{"pointer": NAMES, "after": "y"}], False, "with another value than expected"),
    ([{"pointer": NAMES}, {"pointer": "/identities/*/name"}], False, "/identities/*/name did not change"),
]


@pytest.mark.parametrize(("changed", "holds", "told"), CHANGES)
async def test_exactly_these_fields_have_changed(server: Client, changed: list[Any], holds: bool, told: str):
    await server.update({"allowedNames": "x", "accessTokenTTL": 3600})
    answer = await asked(server, {"state": {"from": 0, "changed": changed}})
    assert answer.status == (200 if holds else 406)
    assert answer.json["changed"] == 1
    assert told in answer.json.get("reason", "")


async def test_a_time_of_change_counts_if_it_is_not_ignored(serve: Serve):
    server = await serve()
    await server.update({"allowedNames": "x"})
    expectation = {"from": 0, "changed": [{"pointer": NAMES}], "ignoring": []}
    answer = await asked(server, {"state": expectation})
    shown = (await server.get("/_mock/worlds/default/revisions")).json["revisions"][0]["changes"]
    assert (answer.status == 200) == (len(shown) == 1)


async def test_secrets_in_a_change_are_masked(server: Client):
    await server.update({"tokenReviewerJwt": "s3cret"})
    answer = await asked(server, {"state": {"from": 0, "changed": []}})
    assert answer.status == 406
    assert b"s3cret" not in answer.content


async def test_revisions_that_are_gone_are_said_to_be(server: Client):
    await server.update({"allowedNames": "x"})
    await server.send("PUT", "/_mock/worlds/default/state", data=(await server.get(STATE_CLEAR)).content, token=None)
    await server.update({"allowedNames": "y"})
    server.mock.worlds.default._revisions.popleft()
    answer = await asked(server, {"state": {"from": 0, "changed": []}})
    assert answer.status == 406
    assert "Revision 0 is no longer kept" in answer.json["reason"]


STATE_CLEAR = "/_mock/worlds/default/state?secrets=clear"


@pytest.mark.parametrize(
    ("flag", "said", "status"),
    [(False, None, 200), (True, None, 406), (False, True, 406), (True, False, 200)],
)
async def test_warnings_fail_a_verdict_where_that_is_asked_for(serve: Serve, flag: bool, said: Any, status: int):
    server = await serve(fail_on_warning=flag)
    await server.update({"tokenReviewerJwt": "x"})
    erased = await server.update({"tokenReviewerJwt": None})
    strict = {} if said is None else {"failOnWarning": said}
    looking = [{"operation": "updateKubernetesAuth", "count": 2}, {"state": {"from": 0, "changed": []}}]
    for expectation in looking:
        answer = await asked(server, {**expectation, **strict})
        assert answer.status == status
        assert [each["code"] for each in answer.json["warnings"]] == ["reviewer-jwt-erased"]
        if status == 406:
            assert "reviewer-jwt-erased" in answer.json["reason"]
            assert erased.headers["Mock-Request-Id"] in answer.json["reason"]
    first = await asked(server, {"body": {"tokenReviewerJwt": {"equals": "x"}}, **strict})
    assert first.status == 200, "the other request is not looked at"


@pytest.mark.parametrize(
    ("glob", "text", "found"),
    [
        ("/a/*/c", "/a/b/c", True),
        ("/a/*/c", "/a/b/b/c", False),
        ("/a/**/c", "/a/b/b/c", True),
        ("**", "", True),
        ("*", "a/b", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbY", False),
        ("**/updatedAt", "/identities/x/updatedAt", True),
        ("**/updatedAt", "/identities/x/updatedAtt", False),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("*a" * 200, "a" * 3000, True),
        ("**a" * 150 + "b", "a" * 8000, False),
    ],
)
def test_a_glob_is_what_it_says(glob: str, text: str, found: bool):
    assert matches(glob, text) is found


async def test_the_control_token_is_asked_for(serve: Serve):
    client = await serve(control_token="t0ken")
    for call in ("find", "count", "verify"):
        assert (await asked(client, {"status": 200}, call)).status == 401


async def test_names_are_those_of_the_worlds_generation(server: Client):
    for world, day in (("august", "2026-08"), ("september", "2026-09")):
        await server.send("POST", "/_mock/worlds", {"id": world, "asOf": day}, token=None)
    new = {"operation": "updateKubernetesAuth", "body": {"templateId": {"present": True}}, "count": 0}
    assert (await asked(server, {**new, "world": "september"})).status == 200
    assert (await asked(server, {**new, "world": "august"})).json["pointer"] == "/body/templateId"
    assert (await asked(server, new)).status == 200, "it may be in the world of September"
    template = {"operation": "createIdentityTemplate", "count": 0}
    assert (await asked(server, {**template, "world": "september"})).status == 200
    assert (await asked(server, {**template, "world": "august"})).json["pointer"] == "/operation"
    for world, status in (("september", 201), ("august", 400)):
        fault = {"kind": "status", "status": 500, "operation": "createIdentityTemplate"}
        answer = await server.send("POST", f"/_mock/worlds/{world}/faults", fault, token=None)
        assert answer.status == status, answer.content


DETAILS = "/api/v1/identities/details"


async def at_seconds(client: Client, moments: list[float], path: str = DETAILS, world: str = "default") -> None:
    """Send a request at each of these seconds from the beginning."""
    before = 0.0
    for moment in moments:
        await client.send("PUT", f"/_mock/worlds/{world}/clock", {"advance": moment - before}, token=None)
        await client.send("GET", path)
        before = moment


@pytest.mark.parametrize(
    ("moments", "most"),
    [
        ([], 0),
        ([0], 1),
        ([0, 59.999], 2),
        ([0, 60], 1),
        ([0, 30, 60], 2),
        ([0, 1, 2, 61, 61.5, 61.9, 62], 4),
        ([0, 50, 55, 59, 100, 109], 5),
        ([0, 100, 200], 1),
    ],
)
async def test_the_most_requests_of_a_minute(serve: Serve, moments: list[float], most: int):
    client = await serve(clock=FROZEN)
    await at_seconds(client, moments)
    holds = await asked(client, {"operation": "getMachineIdentityDetails", "maxRequestsPerMinute": most})
    assert (holds.status, holds.json["matched"]) == (200, len(moments))
    if most:
        fails = await asked(client, {"path": DETAILS, "maxRequestsPerMinute": most - 1})
        assert fails.status == 406
        number = "request" if most == 2 else "requests"
        assert fails.json["reason"].startswith(f"Expected at most {most - 1} {number} in any 60 s with path {DETAILS}")
        assert f"there are {most} from " in fails.json["reason"]


async def test_a_clock_that_goes_back_counts_by_its_own_time(serve: Serve):
    client = await serve(clock=FROZEN)
    await at_seconds(client, [0, 70])
    await client.send("PUT", "/_mock/worlds/default/clock", {"now": "2027-01-15T08:00:30Z"}, token=None)
    await client.send("GET", DETAILS)
    assert (await asked(client, {"maxRequestsPerMinute": 2})).status == 200
    assert (await asked(client, {"maxRequestsPerMinute": 1})).status == 406


async def test_a_minute_is_one_of_each_world(serve: Serve):
    client = await serve(clock=FROZEN)
    await client.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    await at_seconds(client, [0])
    await at_seconds(client, [0], f"/w/w{DETAILS}", "w")
    assert (await asked(client, {"maxRequestsPerMinute": 1})).status == 200
    await client.send("DELETE", "/_mock/worlds/w", token=None)
    await client.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    await client.send("GET", f"/w/w{DETAILS}")
    assert (await asked(client, {"maxRequestsPerMinute": 1})).status == 200


async def test_a_rate_over_evicted_requests_is_not_known(serve: Serve):
    client = await serve(clock=FROZEN, journal_size=2)
    await at_seconds(client, [0, 1, 2])
    answer = await asked(client, {"maxRequestsPerMinute": 9})
    assert (answer.status, answer.json["evicted"]) == (406, 1)
    assert "evicted from the journal" in answer.json["reason"]
    assert (await asked(client, {"maxRequestsPerMinute": 9, "since": "2027-01-15T08:00:01Z"})).status == 200


@pytest.mark.parametrize(
    ("expectation", "pointer"),
    [
        ({"maxRequestsPerMinute": 1, "count": 1}, "/count"),
        ({"maxRequestsPerMinute": 1, "order": [{"status": 200}]}, "/maxRequestsPerMinute"),
        ({"maxRequestsPerMinute": -1}, "/maxRequestsPerMinute"),
        ({"maxRequestsPerMinute": 1.5}, "/maxRequestsPerMinute"),
        ({"maxRequestsPerMinute": "1"}, "/maxRequestsPerMinute"),
        ({"maxRequestsPerMinute": None}, "/maxRequestsPerMinute"),
        ({"maxRequestsPerMinutes": 1}, ""),
    ],
)
async def test_what_is_no_rate_is_refused(server: Client, expectation: Any, pointer: str):
    answer = await asked(server, expectation)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, pointer)
    for call in ("find", "count"):
        assert (await asked(server, {"maxRequestsPerMinute": 1}, call)).status == 400


async def test_a_rate_with_a_warning_fails_if_it_is_to(serve: Serve):
    client = await serve(clock=FROZEN, rate_limits={"read": 1})
    await at_seconds(client, [0, 1])
    assert (await asked(client, {"maxRequestsPerMinute": 2})).status == 200
    strict = await asked(client, {"maxRequestsPerMinute": 2, "failOnWarning": True})
    assert strict.status == 406
    assert "rate-limit of req-" in strict.json["reason"]
