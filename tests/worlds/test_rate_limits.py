"""Rate limits: what counts as what, when a window begins and ends, what a client hears, and where they are set."""

import asyncio
from typing import Any

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.api.rate_limiting import bucket_of
from mockserver.app import Core
from mockserver.contract.compiled import Contracts
from mockserver.errors import SettingsError
from mockserver.infisical.rate_limits.limits import BUCKETS, PRESETS, RateLimits
from mockserver.rules.generation import NEWEST
from mockserver.settings import Settings, bundled
from mockserver.testing.vocabulary import RateLimitNumbers
from mockserver.worlds.rate_windows import MAX_WINDOWS, RateWindows
from tests.client import ADMIN, IDENTITIES, PAYMENTS, STRANGER, Answer, Client
from tests.conftest import Serve

NOW = 1_800_000_000_000
LIMITS = {"read": 2, "write": 3, "identityCreation": 1}
DETAILS, STATUS, SEARCH = "/api/v1/identities/details", "/api/status", "/api/v1/identities/search"
LOGIN = "/api/v1/auth/universal-auth/login"
NAMES = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
WORLDS = "/_mock/worlds"


async def limited(serve: Serve, limits: Any = LIMITS, **settings: Any) -> Client:
    return await serve(**{"clock": NOW, "rate_limits": limits, **settings})


def told(answer: Answer) -> tuple[int, ...]:
    return tuple(int(answer.headers[name]) for name in NAMES if name in answer.headers)


async def read(client: Client, address: str | None = None, **more: Any) -> Answer:
    headers = {} if address is None else {"X-Forwarded-For": address}
    return await client.send("GET", DETAILS, headers=headers, **more)


async def advance(client: Client, seconds: float, world: str = "default") -> None:
    answer = await control(client, "PUT", f"{WORLDS}/{world}/clock", {"advance": seconds})
    assert answer.status == 200


async def explained(client: Client, answer: Answer) -> dict[str, Any]:
    return (await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")).json


async def control(client: Client, method: str, path: str, *body: Any) -> Answer:
    return await client.send(method, path, *body, token=None)


def test_the_names_are_the_same_everywhere():
    assert list(PRESETS) == ["cloud-free", "cloud-pro"]
    assert PRESETS["cloud-free"][:3] == (200, 90, 30)
    assert PRESETS["cloud-pro"][:3] == (350, 200, 30)
    assert tuple(RateLimitNumbers.__annotations__) == BUCKETS


def test_each_operation_counts_as_one_thing():
    contract = Contracts(bundled("openapi.yaml")).of(NEWEST)
    buckets = {each.id: bucket_of(contract.operations[each.id], each) for each in OPERATIONS}
    assert buckets["getInstanceStatus"] is None
    assert [name for name, bucket in buckets.items() if bucket == "identityCreation"] == ["createMachineIdentity"]
    reading = {name for name, bucket in buckets.items() if bucket == "read"}
    assert reading >= {"getKubernetesAuth", "listGateways", "listSubOrganizations", "getMachineIdentityDetails"}
    assert reading >= {"searchMachineIdentities", "searchMachineIdentitiesV2", "countMachineIdentitiesV2"}
    writing = {name for name, bucket in buckets.items() if bucket == "write"}
    assert writing >= {
        "loginWithUniversalAuth",
        "loginWithKubernetesAuth",
        "renewIdentityAccessToken",
        "revokeIdentityAccessToken",
        "deleteKubernetesAuth",
        "updateKubernetesAuth",
        "clearUniversalAuthLockouts",
        "createSubOrganization",
    }
    assert all(contract.operations[name].method != "GET" for name in writing)


async def test_without_limits_no_answer_speaks_of_them(server: Client):
    for _ in range(5):
        answer = await server.send("GET", DETAILS)
        assert (answer.status, told(answer), "retry-after" in answer.headers) == (200, (), False)
    assert "rateLimits" not in await server.state()
    assert "rateLimits" not in (await server.get(f"{WORLDS}/default")).json


async def test_a_window_counts_down_and_then_refuses(serve: Serve):
    client = await limited(serve)
    assert [told(await read(client)) for _ in range(2)] == [(2, 1, 60), (2, 0, 60)]
    answer = await read(client)
    assert (answer.status, answer.rule, answer.error) == (429, "rate-limit.exceeded", "RateLimitExceeded")
    assert told(answer) == (2, 0, 60)
    assert answer.headers["retry-after"] == "60"
    assert set(answer.json) == {"reqId", "statusCode", "message", "error"}
    assert (answer.json["statusCode"], "60 second" in answer.json["message"]) == (429, True)


async def test_a_window_ends_60_seconds_after_its_first_request(serve: Serve):
    client = await limited(serve)
    await read(client)
    await advance(client, 59.5)
    assert told(await read(client)) == (2, 0, 1)
    refused = await read(client)
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    await advance(client, 0.499)
    assert (await read(client)).status == 429
    await advance(client, 0.001)
    assert told(await read(client)) == (2, 1, 60)


async def test_a_clock_that_goes_back_begins_a_new_window(serve: Serve):
    client = await limited(serve)
    for _ in range(3):
        last = await read(client)
    assert last.status == 429
    await control(client, "PUT", f"{WORLDS}/default/clock", {"now": "2020-01-01T00:00:00Z"})
    assert told(await read(client)) == (2, 1, 60)


async def test_buckets_are_counted_apart(serve: Serve):
    client = await limited(serve)
    created = {"name": "x", "organizationId": "0a000000-0000-4000-8000-000000000001"}
    for _ in range(2):
        await read(client)
    assert (await client.send("POST", SEARCH, {})).status == 429
    assert told(await client.send("POST", "/api/v1/identities", created)) == (1, 0, 60)
    assert (await client.send("POST", "/api/v1/identities", created)).status == 429
    assert told(await client.update({"allowedNames": "a"})) == (3, 2, 60)
    login = await client.send("POST", LOGIN, {"clientId": "x", "clientSecret": "y"}, token=None)
    assert (login.status, told(login)) == (401, (3, 1, 60))
    assert told(await client.send("DELETE", IDENTITIES + STRANGER)) == (3, 0, 60)
    assert (await client.update({"allowedNames": "b"})).status == 429
    for _ in range(9):
        status = await client.send("GET", STATUS, token=None)
        assert (status.status, told(status)) == (200, ())


@pytest.mark.parametrize("limits", [{"write": 1}, {"write": 1, "identityCreation": 1}])
async def test_a_bucket_without_a_limit_is_not_limited(serve: Serve, limits: Any):
    client = await limited(serve, limits)
    assert [told(await read(client)) for _ in range(5)] == [()] * 5
    assert told(await client.update({})) == (1, 0, 60)


@pytest.mark.parametrize(
    ("body", "status"), [({"caCert": None}, 422), ({"accessTokenMaxTTL": 60}, 400), ({"allowedNames": "a"}, 200)]
)
async def test_a_rejected_body_counts(serve: Serve, body: Any, status: int):
    client = await limited(serve)
    answer = await client.update(body)
    assert (answer.status, told(answer)) == (status, (3, 2, 60))


async def test_the_limit_comes_before_the_schema_and_behind_the_body(serve: Serve):
    client = await limited(serve, {"write": 1})
    path = IDENTITIES + PAYMENTS
    broken = await client.send("PATCH", path, data=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status, told(broken)) == (400, ())
    assert (await client.update({"caCert": None})).status == 422
    assert (await client.update({"caCert": None})).status == 429
    broken = await client.send("PATCH", path, data=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status, told(broken)) == (400, ())


async def test_requests_without_a_valid_token_are_not_counted(serve: Serve):
    client = await limited(serve)
    for token, status in ((None, 401), ("nonsense", 403), ("acme-revoked-token", 401)):
        answer = await client.send("GET", DETAILS, token=token)
        assert told(answer) == ()
        assert answer.status in (status, 401, 403)
    missing = await client.get("/api/v1/nothing")
    assert (missing.status, told(missing)) == (404, ())
    assert told(await read(client)) == (2, 1, 60)


async def test_what_the_operation_answers_has_the_headers(serve: Serve):
    client = await limited(serve, {"read": 9})
    unknown = await client.send("GET", IDENTITIES + STRANGER)
    assert (unknown.status, told(unknown)) == (404, (9, 8, 60))
    forbidden = await client.send("GET", IDENTITIES + PAYMENTS, token="acme-none-token")
    assert told(forbidden) in ((9, 7, 60), ())


async def test_each_address_has_a_window_of_its_own(serve: Serve):
    client = await limited(serve)
    for _ in range(3):
        answer = await read(client, "198.51.100.1")
    assert answer.status == 429
    assert told(await read(client, "198.51.100.2")) == (2, 1, 60)
    assert told(await read(client)) == (2, 1, 60)
    assert told(await read(client, token="acme-member-token")) == (2, 0, 60)


async def test_with_trusted_proxies_only_theirs_count(serve: Serve):
    client = await limited(serve, trusted_proxies=["192.0.2.0/24"])
    assert [told(await read(client, f"198.51.100.{n}"))[1:] for n in range(3)] == [(1, 60), (0, 60), (0, 60)]
    behind = await limited(serve, trusted_proxies=["127.0.0.0/8"])
    assert [told(await read(behind, f"198.51.100.{n}"))[1] for n in range(3)] == [1, 1, 1]
    assert [(await read(behind, f"198.51.100.{n}, 198.51.100.9")).status for n in range(3)] == [200, 200, 429]


async def test_worlds_count_apart_and_a_reset_begins_anew(serve: Serve):
    client = await limited(serve)
    await control(client, "POST", WORLDS, {"id": "w"})
    for path in ("", "/w/w"):
        assert [(await client.send("GET", path + DETAILS)).status for _ in range(3)] == [200, 200, 429]
    await control(client, "POST", f"{WORLDS}/w/reset")
    assert told(await client.send("GET", f"/w/w{DETAILS}")) == (2, 1, 60)
    assert (await read(client)).status == 429
    await control(client, "POST", "/_mock/reset")
    assert told(await read(client)) == (2, 1, 60)


async def test_a_snapshot_keeps_the_windows_and_a_copy_begins_its_own(serve: Serve):
    client = await limited(serve)
    await control(client, "POST", f"{WORLDS}/default/snapshots", {"name": "s"})
    for _ in range(3):
        await read(client)
    await control(client, "POST", f"{WORLDS}/default/snapshots/s/restore")
    assert (await read(client)).status == 429
    await control(client, "POST", WORLDS, {"id": "copy", "from": "default"})
    assert told(await client.send("GET", f"/w/copy{DETAILS}")) == (2, 1, 60)
    await control(client, "PUT", f"{WORLDS}/copy/state?as=seed", (await client.get(f"{WORLDS}/copy/state")).json)
    assert told(await client.send("GET", f"/w/copy{DETAILS}")) == (2, 1, 60)


async def test_a_stale_read_counts_in_the_present(serve: Serve):
    client = await limited(serve)
    await client.update({"allowedNames": "a"})
    fault = {"kind": "stale", "operation": "getKubernetesAuth"}
    assert (await control(client, "POST", f"{WORLDS}/default/faults", fault)).status == 201
    assert [(await client.send("GET", IDENTITIES + PAYMENTS)).status for _ in range(3)] == [200, 200, 429]


async def test_a_fault_that_answers_in_its_place_counts_nothing(serve: Serve):
    client = await limited(serve)
    fault = {"kind": "status", "status": 500, "operation": "getMachineIdentityDetails", "times": 1}
    await control(client, "POST", f"{WORLDS}/default/faults", fault)
    answer = await read(client)
    assert (answer.status, told(answer)) == (500, ())
    assert told(await read(client)) == (2, 1, 60)


async def test_parallel_clients_share_a_window_exactly(serve: Serve):
    client = await limited(serve, {"read": 20})
    answers = await asyncio.gather(*(read(client) for _ in range(50)))
    assert sorted(each.status for each in answers) == [200] * 20 + [429] * 30
    assert sorted(told(each)[1] for each in answers if each.status == 200) == list(range(20))


async def test_an_explanation_says_how_a_request_was_counted(serve: Serve):
    client = await limited(serve)
    first = await explained(client, await read(client))
    assert first["rateLimit"] == {
        "bucket": "read",
        "address": "127.0.0.1",
        "limit": 2,
        "number": 1,
        "remaining": 1,
        "secondsLeft": 60,
        "says": "number 1 of the requests that read from 127.0.0.1 in a window of 60 s; the limit is 2, and the window"
        " ends in 60 s",
    }
    await read(client)
    refused = await explained(client, await read(client))
    assert (refused["stage"], refused["decidedBy"]["rule"]) == ("rate-limit", "rate-limit.exceeded")
    assert refused["reason"].startswith("Number 3 of the requests that read from 127.0.0.1")
    verdicts = {row["rule"]: row["verdict"] for row in refused["rules"]}
    assert (verdicts["rate-limit.exceeded"], verdicts["body.syntax"]) == ("refused", "held")
    assert verdicts["contract.body"] == "not reached"
    assert [each["code"] for each in refused["warningList"]] == ["rate-limit"]
    status = await explained(client, await client.send("GET", STATUS, token=None))
    assert "rateLimit" not in status
    assert "rate-limit.exceeded" not in {row["rule"] for row in status["rules"]}


async def test_a_retry_that_does_not_wait_is_hasty(serve: Serve):
    client = await limited(serve, {"read": 1})
    await read(client)
    await read(client)
    again = await explained(client, await read(client))
    assert [each["code"] for each in again["warningList"]] == ["hasty-retry", "rate-limit"]
    await advance(client, 60)
    assert (await explained(client, await read(client)))["warningList"] == []


FILE, BODY, FLAG = {"read": 11}, {"read": 12}, {"read": 13}


@pytest.mark.parametrize(
    ("flag", "fixtures", "body", "expected"),
    [
        (None, None, None, None),
        (None, None, "cloud-free", "cloud-free"),
        (None, "cloud-pro", None, "cloud-pro"),
        (None, FILE, BODY, BODY),
        (None, FILE, {}, None),
        (FLAG, None, None, FLAG),
        (FLAG, None, BODY, BODY),
        (FLAG, None, {}, None),
        (FLAG, FILE, None, FILE),
        (FLAG, {}, None, None),
        ("cloud-free", FILE, BODY, BODY),
    ],
)
async def test_the_body_overrides_the_fixtures_and_they_the_flag(
    serve: Serve, flag: Any, fixtures: Any, body: Any, expected: Any
):
    client = await limited(serve, flag)
    given = {} if fixtures is None else {"fixtures": {"version": 1, "rateLimits": fixtures}}
    made = await control(client, "POST", WORLDS, {"id": "w", **given, **({} if body is None else {"rateLimits": body})})
    assert (made.status, made.json.get("rateLimits")) == (201, expected)
    path = f"{WORLDS}/w/state"
    for _ in range(2):
        state = (await client.get(f"{path}?secrets=clear")).json
        assert (state.get("rateLimits") or None) == expected
        assert (await control(client, "PUT", path, state)).status == 204
        assert (await client.get(f"{WORLDS}/w")).json.get("rateLimits") == expected
    await control(client, "POST", f"{WORLDS}/w/reset")
    assert (await client.get(f"{WORLDS}/w")).json.get("rateLimits") == expected
    copy = await control(client, "POST", WORLDS, {"from": "w"})
    assert copy.json.get("rateLimits") == expected


async def test_a_state_sets_and_takes_away_the_limits(server: Client):
    path, state = f"{WORLDS}/default/state", await server.state()
    await control(server, "PUT", path, {**state, "rateLimits": LIMITS})
    changes = (await server.get(f"{WORLDS}/default/revisions")).json["revisions"][0]["changes"]
    assert changes == [
        {"pointer": f"/rateLimits/{name}", "before": None, "after": value} for name, value in sorted(LIMITS.items())
    ]
    assert [(await read(server)).status for _ in range(3)] == [200, 200, 429]
    await control(server, "PUT", path, {**state, "rateLimits": {"read": 5}})
    assert told(await read(server)) == (5, 1, 60)
    await control(server, "PUT", path, state)
    assert told(await read(server)) == ()


@pytest.mark.parametrize(
    ("value", "pointer", "reason"),
    [
        ("cloud-fre", "", "Did you mean 'cloud-free'?"),
        ("x", "", "expected cloud-free, cloud-pro, or an object with read, write, identityCreation"),
        (None, "", "expected cloud-free"),
        (5, "", "expected cloud-free"),
        ([], "", "expected cloud-free"),
        ({"raed": 1}, "/raed", "Did you mean 'read'?"),
        ({"read": 0}, "/read", "an integer from 1"),
        ({"read": -1}, "/read", "an integer from 1"),
        ({"read": 1.5}, "/read", "an integer from 1"),
        ({"read": "1"}, "/read", "an integer from 1"),
        ({"read": True}, "/read", "an integer from 1"),
        ({"read": None}, "/read", "an integer from 1"),
        ({"write": 1e30}, "/write", "an integer from 1"),
    ],
)
async def test_other_values_are_refused_everywhere(server: Client, value: Any, pointer: str, reason: str):
    answer = await control(server, "POST", WORLDS, {"rateLimits": value})
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, f"/rateLimits{pointer}")
    assert reason in answer.json["message"]
    in_fixtures = await control(server, "POST", WORLDS, {"fixtures": {"version": 1, "rateLimits": value}})
    assert (in_fixtures.status, in_fixtures.json["errors"][0]["pointer"]) == (400, f"/rateLimits{pointer}")
    if value is not None:
        with pytest.raises(SettingsError, match="rate_limits"):
            Core(Settings(rate_limits=value))


def test_many_addresses_take_bounded_memory():
    windows = RateWindows()
    for number in range(3 * MAX_WINDOWS):
        assert windows.count("read", f"{number}{'x' * 8000}", NOW) == (1, 60_000)
    assert len(windows) == MAX_WINDOWS
    assert windows.count("read", f"{3 * MAX_WINDOWS - 1}{'x' * 8000}", NOW) == (2, 60_000)
    windows.count("read", "later", NOW + 60_000)
    assert len(windows) == 1


def test_a_window_begins_when_another_has_ended():
    windows = RateWindows()
    assert [windows.count("read", "a", NOW + at) for at in (0, 1, 59_999, 60_000, 60_001)] == [
        (1, 60_000),
        (2, 59_999),
        (3, 1),
        (1, 60_000),
        (2, 59_999),
    ]
    assert windows.count("write", "a", NOW + 60_001) == (1, 60_000)


def test_only_limits_that_limit_something_do():
    assert not RateLimits().limit_something
    assert RateLimits(identity_creation=1).limit_something


async def test_a_token_whose_use_is_counted_pays_before_the_limit(serve: Serve):
    client = await limited(serve, {"read": 1})
    assert [(await client.send("GET", DETAILS, token=ADMIN)).status for _ in range(2)] == [200, 429]


async def coverage_of_requests(client: Client) -> dict[str, str]:
    """The items of the rules before an operation."""
    operations = (await client.get("/_mock/coverage")).json["operations"]
    return next(each["items"]["rules"] for each in operations if each["operation"] == "(request)")


async def test_coverage_metrics_and_copies_know_of_it(serve: Serve):
    client = await limited(serve, {"read": 1})
    item = "rate-limit.exceeded refused"
    assert (await coverage_of_requests(client))[item] == "missing"
    await read(client)
    answer = await read(client)
    assert (await coverage_of_requests(client))[item] == "covered"
    metrics = (await client.get("/_mock/metrics")).content.decode()
    assert 'operation="getMachineIdentityDetails",rule="rate-limit.exceeded",status="429"' in metrics
    copied = (await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/test")).content.decode()
    assert "rateLimits" in copied
    har = (await client.get("/_mock/requests", headers={"Accept": "application/har+json"})).json
    shown = {each["name"] for entry in har["log"]["entries"] for each in entry["response"]["headers"]}
    assert set(NAMES) <= shown
