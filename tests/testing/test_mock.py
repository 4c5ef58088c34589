"""`with Mock()` and `async with Mock()`: the same mock and the same calls, waited for or awaited."""

import asyncio
import gc
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest

import mockserver.testing
from mockserver import Settings
from mockserver.control import own_contract
from mockserver.errors import FixtureErrors, StartError
from mockserver.faults.plan import KINDS
from mockserver.journal.critic import WARNINGS
from mockserver.rules.profile import Profile
from mockserver.testing import Mock, MockError, Server, vocabulary
from mockserver.testing.calls import Answer
from mockserver.testing.mock import server_at
from mockserver.testing.world import World
from tests.client import ADMIN, IDENTITIES, PAYMENTS
from tests.testing import operation_names

T = TypeVar("T")
WORLD = """version: 1
organizations: [{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }]
identities: [{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: admin }]
accessTokens: [{ token: mine, identity: ops }]
"""
AS_MAPPING = {
    "version": 1,
    "organizations": [{"id": "0a000000-0000-4000-8000-000000000001", "name": "Acme", "slug": "acme"}],
    "identities": [
        {"id": "1d000000-0000-4000-8000-000000000001", "organization": "acme", "name": "ops", "role": "admin"}
    ],
    "accessTokens": [{"token": "mine", "identity": "ops"}],
}


@pytest.fixture(params=["now", "later"])
async def mock(request: pytest.FixtureRequest) -> AsyncIterator[Server[Any]]:
    """A running mock of each kind: its thread is its own, or its loop is the test's."""
    if request.param == "now":
        with Mock() as server:
            yield server
    else:
        async with Mock() as server:
            yield server


async def done(value: Awaitable[T] | T) -> T:
    return await value if isawaitable(value) else value


def ask(url: str, method: str, path: str, body: Any = None, token: str = ADMIN) -> tuple[int, Any]:
    """As a client does: status and body."""
    host = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host[0], timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    connection.request(method, f"{host[1]}{host[2]}{path}", content, headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read() or "null")
    connection.close()
    return answer


async def update(world: World[Any], **fields: Any) -> tuple[int, Any]:
    """An update, asked in a thread: the test's loop may be the one that answers."""
    return await asyncio.to_thread(ask, world.url, "PATCH", IDENTITIES + PAYMENTS, fields)


async def test_the_names_of_the_fixtures_are_known(mock: Server[Any]):
    names = await done(mock.names())
    assert names.identities["payments"] == PAYMENTS
    assert names.tokens["ops-admin"] == ADMIN
    assert names.tokens["hobbyist"] == "hobby-admin-token"
    assert not {"acme-office-token", "acme-three-uses-token", "acme-expired-token", "acme-revoked-token"} & set(
        names.tokens.values()
    )
    with pytest.raises(KeyError, match="'nobody': this world has auditor, auth-editor, bare"):
        names.tokens["nobody"]


async def test_a_world_is_nobody_elses(mock: Server[Any]):
    one, two = await done(mock.world()), await done(mock.world(profile="live"))
    assert (await update(one, allowedNames="one"))[0] == 200
    assert (await update(two, allowedNames="two", unheardOf=True))[0] == 200, "profile live drops the unknown"
    assert (await update(one, unheardOf=True))[0] == 422
    found = [
        (await done(each.state.identity("payments")))["kubernetesAuth"]["allowedNames"] for each in (mock, one, two)
    ]
    assert found == ["api", "one", "two"]
    counts = [len(await done(each.journal.requests())) for each in (mock, one, two)]
    assert counts == [0, 2, 1]
    assert len(await done(one.journal.requests(status=422))) == 1


async def test_a_world_goes_with_its_block(mock: Server[Any]):
    if isawaitable(made := mock.world("mine")):
        async with await made as world:
            await world.clock.now()
    else:
        with made as world:
            world.clock.now()
    assert world.url == f"{mock.url}/w/mine"
    with pytest.raises(MockError, match=r"GET /_mock/worlds/mine/clock: 404 NotFound: .* it was deleted"):
        await done(world.clock.now())
    assert await done(world.delete()) is None, "what has gone is gone"


async def test_the_clock_is_the_worlds(mock: Server[Any]):
    world = await done(mock.world(now="2026-01-01T00:00:00Z"))
    assert await done(world.clock.now()) == "2026-01-01T00:00:00.000Z"
    assert await done(world.clock.advance(90.5)) == "2026-01-01T00:01:30.500Z"
    assert await done(world.clock.advance(timedelta(hours=1))) == "2026-01-01T01:01:30.500Z"
    assert await done(world.clock.freeze(datetime(2030, 1, 1, tzinfo=UTC))) == "2030-01-01T00:00:00.000Z"
    assert (await update(world, allowedNames="a"))[1]["identityKubernetesAuth"]["updatedAt"].startswith("2030-01-01")
    running = await done(world.clock.run())
    await asyncio.sleep(0.01)
    assert running < await done(world.clock.now()) < "2030-01-02"
    with pytest.raises(MockError, match=r"409 BadClock: /now: .* cannot go back after the first change"):
        await done(world.clock.freeze("2029-01-01T00:00:00Z"))


async def test_the_state_is_read_and_replaced_kept_and_restored(mock: Server[Any], tmp_path: Path):
    await done(mock.state.snapshot("first"))
    assert (await update(mock, accessTokenTTL=60))[0] == 200
    (revision,) = await done(mock.state.revisions())
    assert revision["changes"][0] == {
        "pointer": f"/identities/{PAYMENTS}/kubernetesAuth/accessTokenTTL",
        "before": 3600,
        "after": 60,
    }
    assert await done(mock.state.revisions(since=1)) == []
    assert (await done(mock.state.identity(PAYMENTS)))["kubernetesAuth"]["accessTokenTTL"] == 60
    await done(mock.state.restore("first"))
    assert (await done(mock.state.identity(PAYMENTS)))["kubernetesAuth"]["accessTokenTTL"] == 3600
    assert await done(mock.state.snapshots()) == ["first"]
    with pytest.raises(KeyError, match="nobody"):
        await done(mock.state.identity("nobody"))
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    for fixtures in (WORLD, AS_MAPPING, path, str(path)):
        await done(mock.state.put(fixtures))
        assert (await done(mock.names())).tokens == {"ops": "mine"}
        assert await done(mock.reset()) is None
        assert (await done(mock.names())).tokens["ops-admin"] == ADMIN
    await done(mock.state.put(WORLD))
    shown = await done(mock.state.get())
    await done(mock.reset())
    await done(mock.state.put(shown))
    assert await done(mock.state.get()) == shown
    with pytest.raises(MockError, match="400 InvalidFixtures: body:1:10: version: expected 1"):
        await done(mock.state.put("version: 2\n"))


async def test_the_journal_tells_why(mock: Server[Any]):
    assert (await update(mock, accessTokenMaxTTL=60))[0] == 400
    (line,) = await done(mock.journal.requests(limit=5))
    assert line["rule"] == "update.ttl.stored-max"
    whole = await done(mock.journal.request(line["id"]))
    assert "must not be greater" in whole["reason"]


async def test_what_the_mock_declines_is_an_error_with_its_reason(mock: Server[Any]):
    with pytest.raises(MockError, match=r"there is no profile 'strict'\. It must be contract or live\."):
        await done(mock.world(profile="strict"))
    with pytest.raises(MockError, match="409 BadWorld: /id: there is a world 'default' already"):
        await done(mock.world("default"))


async def test_worlds_begin_where_they_are_told_to(mock: Server[Any], tmp_path: Path):
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    for fixtures in (WORLD, AS_MAPPING, path, str(path)):
        world = await done(mock.world(fixtures=fixtures))
        assert (await done(world.names())).identities == {"ops": "1d000000-0000-4000-8000-000000000001"}
        assert (await done((await done(mock.world(origin=world.id))).names())).tokens == {"ops": "mine"}


def test_an_expectation_is_about_this_world_and_its_failure_is_an_assertion():
    world: World[Any] = World(lambda call: call, "http://127.0.0.1:1", "w1")
    asked = world.verify(operation="updateKubernetesAuth", count=2)
    assert json.loads(asked.content) == {"world": "w1", "operation": "updateKubernetesAuth", "count": 2}
    about_state = world.verify(state={"from": 0, "changed": {}})
    assert json.loads(about_state.content) == {"state": {"world": "w1", "from": 0, "changed": {}}}
    assert asked.result(Answer(200, b'{"verified": true}')) == {"verified": True}
    with pytest.raises(AssertionError, match=r"^Too few\.$"):
        asked.result(Answer(406, b'{"verified": false, "reason": "Too few."}'))
    with pytest.raises(AssertionError, match=r"^Too few\.\nThe closest is req-1: its status is 400, not 200$"):
        asked.result(
            Answer(
                406,
                b'{"reason": "Too few.", "closest": {"request": {"id": "req-1"},'
                b' "difference": "its status is 400, not 200"}}',
            )
        )
    with pytest.raises(MockError, match="POST /_mock/requests/verify: 502 oops"):
        asked.result(Answer(502, b"oops"))


def test_faults_are_asked_for_in_the_words_of_the_control_api():
    world: World[Any] = World(lambda call: call, "http://127.0.0.1:1", "w1")
    added = world.faults.add("status", status=503, times=2)
    assert (added.method, added.path) == ("POST", "/_mock/worlds/w1/faults")
    assert json.loads(added.content) == {"kind": "status", "status": 503, "times": 2}
    listed, cleared = world.faults.list(), world.faults.clear()
    assert (listed.method, listed.path) == ("GET", "/_mock/worlds/w1/faults")
    assert listed.result(Answer(200, b'{"faults": [{"id": "1"}]}')) == [{"id": "1"}]
    assert (cleared.method, cleared.path) == ("DELETE", "/_mock/worlds/w1/faults")


@pytest.mark.parametrize("fixtures", [WORLD, AS_MAPPING, "a path", "paths"], ids=["text", "mapping", "path", "paths"])
def test_a_mock_is_seeded_from_what_it_is_given(tmp_path: Path, fixtures: Any):
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    given = {"a path": path, "paths": [str(path)]}.get(fixtures, fixtures) if isinstance(fixtures, str) else fixtures
    with Mock(fixtures=given, profile="live", now="2026-01-01T00:00:00Z", control_token="t") as mock:
        assert mock.tokens == {"ops": "mine"}
        assert mock.health()["profile"] == "live"
        assert mock.clock.now() == "2026-01-01T00:00:00.000Z"
        assert mock.identities["ops"].startswith("1d000000")
        with pytest.raises(MockError, match="401 Unauthorized"):
            server_at(mock.url).clock.now()


def test_a_mock_stands_in_for_the_service_of_a_day():
    with Mock(as_of="2026-09-30", profile="live") as mock:
        assert mock.health()["generation"] == "2026-09"
        with mock.world(as_of="2026-05") as world:
            assert world.url.startswith(mock.url)
        with pytest.raises(MockError, match=r"400 BadWorld: /asOf: .*2026-05, 2026-08, 2026-09 or 2026-10"):
            mock.world(as_of="2026-04")


def test_a_mock_of_no_generation_does_not_start():
    with pytest.raises(StartError, match=r"as_of: .*2026-05, 2026-08, 2026-09 or 2026-10"), Mock(as_of="yesterday"):
        pass


def sockets() -> int:
    """How many sockets of this process are open."""
    return sum(1 for each in Path("/proc/self/fd").iterdir() if each.is_symlink() and "socket:" in str(each.readlink()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what /proc shows")
def test_it_leaves_no_thread_and_no_socket():
    with Mock() as warm:
        warm.health()
    gc.collect()
    threads, open_sockets = set(threading.enumerate()), sockets()
    for _ in range(3):
        with Mock() as mock:
            kept = http.client.HTTPConnection(mock.url.removeprefix("http://"), timeout=5)
            kept.request("GET", "/api/status")
            kept.getresponse().read()
            mock.world()
            assert [each.name for each in set(threading.enumerate()) - threads] == ["infisical-mock"]
        assert set(threading.enumerate()) == threads
        with pytest.raises(MockError, match="no mock answers"):
            mock.health()
        kept.close()
    gc.collect()
    assert sockets() == open_sockets


async def test_the_twin_leaves_no_task_and_no_socket():
    threads, tasks = set(threading.enumerate()), asyncio.all_tasks()
    async with Mock() as mock:
        await mock.health()
    await asyncio.sleep(0)
    assert set(threading.enumerate()) == threads
    assert asyncio.all_tasks() == tasks
    with pytest.raises(MockError, match="no mock answers"):
        server_at(mock.url).health()


def test_it_stops_when_the_test_fails():
    with pytest.raises(ZeroDivisionError), Mock() as mock:
        1 / 0  # noqa: B018
    with pytest.raises(MockError, match="no mock answers"):
        mock.health()


def test_it_stops_within_a_second_though_a_request_hangs():
    with Mock() as mock, socket.create_connection(("127.0.0.1", int(mock.url.rpartition(":")[2]))) as half:
        half.sendall(b"PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{")
        mock.health()
        started = time.perf_counter()
    assert time.perf_counter() - started < 2


def test_it_can_be_entered_again_and_beside_another():
    mock = Mock()
    with mock as first:
        first.state.put(WORLD)
        with Mock() as other:
            assert other.url != first.url
            assert "payments" in other.identities
    with mock as second:
        assert "payments" in second.identities


def test_a_start_that_fails_says_why_and_leaves_nothing():
    threads = set(threading.enumerate())
    with pytest.raises(FixtureErrors, match="version: expected 1"), Mock(fixtures="version: 2\n"):
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"), Mock(port=taken.getsockname()[1]):
            pass
    with pytest.raises(TypeError, match="Mock has no setting 'colour'"):
        Mock(colour="red")
    with pytest.raises(TypeError, match=r"Mock has no setting 'prot'\. Did you mean 'port'\?"):
        Mock(prot=3)
    with pytest.raises(StartError, match=r"there is no profile 'lve'\. Did you mean 'live'\?"):
        Mock(profile="lve")
    assert set(threading.enumerate()) == threads


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://a", "", "http://"])
def test_what_is_no_url_is_told_at_once(url: str):
    with pytest.raises(MockError, match="is not the URL of a mock, such as http://"):
        server_at(url)


def test_a_start_takes_well_under_a_fifth_of_a_second():
    with Mock():
        pass
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        with Mock() as mock:
            mock.health()
            taken.append(time.perf_counter() - started)
    assert min(taken) < 0.2


def test_its_log_goes_to_whatever_stderr_is(capsys: pytest.CaptureFixture[str]):
    with Mock(log_level="info") as mock:
        ask(mock.url, "GET", "/api/status")
    captured = capsys.readouterr()
    assert "/api/status" in captured.err
    assert captured.out == ""


MISTAKES = {
    "a kind": (lambda world: world.faults.add("dorp"), "there is no fault kind 'dorp'. Did you mean 'drop'?"),
    "a fault's operation": (
        lambda world: world.faults.add("stale", operation="getKubernetesAut"),
        "there is no operation 'getKubernetesAut'. Did you mean 'getKubernetesAuth'?",
    ),
    "an operation": (
        lambda world: world.verify(operation="updateKubernetesAut", count=0),
        "there is no operation 'updateKubernetesAut'. Did you mean 'updateKubernetesAuth'?",
    ),
    "an operation in order": (
        lambda world: world.verify(order=[{"status": 200}, {"operation": "x"}]),
        "there is no operation 'x'.",
    ),
    "a status": (lambda world: world.verify(status=999, count=0), "a status is an integer from 100 to 599, not 999"),
    "a status of the journal": (lambda world: world.journal.requests(status=20), "from 100 to 599, not 20"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistyped_name_is_told_before_any_request(mistake: str):
    def send(_: Any) -> Any:
        pytest.fail("a request was sent")

    ask, told = MISTAKES[mistake]
    with pytest.raises(MockError, match=re.escape(told)):
        ask(World(send, "http://127.0.0.1:1", "w1"))


UNKNOWN = {
    "a rule": ({"rule": "update.ttl.stored-mx"}, "Did you mean 'update.ttl.stored-max'?"),
    "a property": ({"body": {"alowedNames": "a"}}, "Did you mean 'allowedNames'?"),
    "an identity": ({"identity": "paymnets"}, "Did you mean 'payments'?"),
    "a method": ({"method": "ptach"}, "Did you mean 'PATCH'?"),
}


@pytest.mark.parametrize("name", UNKNOWN)
async def test_a_name_that_only_the_server_knows_is_an_error_with_the_nearest(mock: Server[Any], name: str):
    expectation, told = UNKNOWN[name]
    with pytest.raises(MockError, match=f"400 UnknownName: .*{re.escape(told)}"):
        await done(mock.verify(**expectation, count=0))


async def test_an_expectation_takes_names_methods_in_any_case_and_plain_values(mock: Server[Any]):
    await update(mock, allowedNames="a", accessTokenTrustedIps=[{"ipAddress": "::/0"}])
    body = {"allowedNames": "a", "accessTokenTrustedIps": [{"ipAddress": "::/0"}]}
    assert (await done(mock.verify(identity="payments", method="patch", body=body)))["verified"]
    with pytest.raises(AssertionError, match=r"body allowedNames \"b\""):
        await done(mock.verify(identity="payments", body={"allowedNames": "b"}))


async def test_an_expectation_bounds_the_requests_of_a_minute(mock: Server[Any]):
    for name in ("a", "b", "c"):
        await update(mock, allowedNames=name)
    bounded = {"operation": "updateKubernetesAuth", "maxRequestsPerMinute": 3}
    assert (await done(mock.verify(**bounded)))["matched"] == 3
    with pytest.raises(AssertionError, match=r"^Expected at most 2 requests in any 60 s with .* there are 3 from 20"):
        await done(mock.verify(**{**bounded, "maxRequestsPerMinute": 2}))


async def test_a_world_may_limit_requests(mock: Server[Any]):
    world = await done(mock.world(rate_limits={"write": 1}))
    assert (await done(world.state.get()))["rateLimits"] == {"write": 1}
    assert (await done((await done(mock.world(rate_limits="cloud-pro"))).state.get()))["rateLimits"] == "cloud-pro"
    with pytest.raises(MockError, match=r"400 BadWorld: .*Did you mean 'cloud-free'\?"):
        await done(mock.world(rate_limits="cloud-fre"))


async def test_names_are_read_the_same_way_by_both_clients(mock: Server[Any]):
    for _ in range(2):
        assert (await done(mock.identities))["payments"] == PAYMENTS
        assert (await done(mock.tokens))["ops-admin"] == ADMIN
    await done(mock.state.put(WORLD))
    assert (await done(mock.identities))["payments"] == PAYMENTS, "as it was at first"
    with pytest.raises(KeyError, match=r"'paymets': this world has .*\. Did you mean 'payments'\?"):
        (await done(mock.identities))["paymets"]


async def test_a_world_and_a_mock_show_what_they_are(mock: Server[Any]):
    assert repr(mock) == f"<Server default at {mock.url}, profile contract, generation 2026-08>"
    world = await done(mock.world("mine", profile="live", as_of="2026-09"))
    assert repr(world) == f"<World mine at {mock.url}/w/mine, profile live, generation 2026-09>"
    attached = server_at(mock.url)
    assert repr(attached) == f"<Server default at {mock.url}, profile unknown, generation unknown>"
    await asyncio.to_thread(attached.health)
    assert repr(attached) == repr(mock)
    assert repr(Mock(profile="live", as_of="2026-05")) == "<Mock, profile live, generation 2026-05>"


def test_the_operations_of_the_types_are_those_of_the_documents():
    assert operation_names.MODULE.read_text("utf-8") == operation_names.text(), (
        "run: python -m tests.testing.operation_names"
    )


def test_the_types_have_every_word_of_the_mock():
    assert tuple(KINDS.values()) == vocabulary.KINDS
    assert set(vocabulary.PROFILES) == {each.value for each in Profile}
    assert set(get_args(vocabulary.WarningCode)) == {each.code for each in WARNINGS}
    named = {"profile", "as_of", "clock", "fixtures", "fixtures_yaml"}
    assert set(vocabulary.MockSettings.__annotations__) == {each.name for each in fields(Settings)} - named, (
        "a setting needs its type in mockserver/testing/vocabulary.py"
    )
    schemas = own_contract.contract().document.value["components"]["schemas"]
    assert set(vocabulary.Matcher.__annotations__) | {"world", "since"} == set(schemas["Matcher"]["properties"])
    expectation = schemas["Expectation"]["properties"]
    assert set(vocabulary.Expectation.__annotations__) | {"world"} == set(expectation)
    assert set(vocabulary.StateChanges.__annotations__) | {"world"} == set(expectation["state"]["properties"])
    faults = {name for kind in schemas if kind.endswith("Fault") for name in schemas[kind]["properties"]}
    assert set(vocabulary.FaultSettings.__annotations__) == faults - {"kind", "id", "seen", "played", "consumed"}


def test_the_names_for_client_teams_are_these():
    assert mockserver.testing.__all__ == ["Later", "Mock", "MockError", "Now", "Server", "World"]
    assert all(getattr(mockserver.testing, name) for name in mockserver.testing.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Core'"):
        mockserver.testing.Core  # noqa: B018


def test_no_test_tool_is_needed_and_an_import_loads_no_server():
    code = (
        "import sys\nsys.modules['pytest'] = sys.modules['testcontainers'] = None\n"
        "from mockserver.testing import Mock, MockError, Server, World\n"
        "print([name for name in ('aiohttp', 'yaml', 'jsonschema_rs', 'structlog', 'click') if name in sys.modules])\n"
        "with Mock() as mock:\n    print(mock.health()['status'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.splitlines() == ["[]", "healthy"], ended.stderr


def test_trusted_proxies_of_the_server_and_of_a_world():
    with Mock(trusted_proxies=["10.0.0.0/8"]) as mock:
        assert mock.world().id != "default"
        with mock.world(trusted_proxies=("::1",)) as world:
            assert world.id
        with pytest.raises(MockError, match=r"400 BadWorld: /trustedProxies/0: 'x' is not a CIDR block"):
            mock.world(trusted_proxies=["x"])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("10.0.0.0/8", "not a list of CIDR blocks"),
        (["x"], "'x' is not a CIDR block"),
        (["10.0.0.1/8"], "did you mean 10.0.0.0/8"),
        ([8], "not a text"),
    ],
)
def test_bad_trusted_proxies_are_an_error_of_the_start(value: Any, told: str):
    with pytest.raises(StartError, match=rf"trusted_proxies: .*{told}"), Mock(trusted_proxies=value):
        pass
