"""Waiting requests: in nobody's way, and gone with their clients and their server."""

import asyncio
import signal
import socket
import time

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from mockserver import Settings, create_app
from mockserver.app import Core
from tests.cli.commands import serving
from tests.client import Client, head, request
from tests.faults.faulty import FAULTS, TARGET, UPDATE, add, latest, names, outcome, until, until_seen


async def test_a_delay_of_a_range_takes_a_time_of_that_range(server: Client):
    await add(server, "delay", seconds={"from": 0.05, "to": 0.15}, times=4, seed=3)
    times = []
    for _ in range(4):
        await server.update({"allowedNames": "a"})
        times.append((await latest(server))["milliseconds"])
    assert all(50 <= each < 5000 for each in times)
    assert len({round(each) for each in times}) > 1


async def test_others_are_answered_meanwhile(server: Client):
    await add(server, "delay", seconds=30, times=20)
    waiting = [asyncio.create_task(outcome(server)) for _ in range(20)]
    await until_seen(server, 20)
    started = time.perf_counter()
    for _ in range(20):
        assert await outcome(server) == 200
    assert time.perf_counter() - started < 15
    for each in waiting:
        assert not each.done()
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_many_wait_side_by_side(server: Client):
    await add(server, "delay", seconds=0.3, times=50)
    started = time.perf_counter()
    assert await asyncio.gather(*(outcome(server) for _ in range(50))) == [200] * 50
    assert time.perf_counter() - started < 10  # one by one would be 15


async def entry_after(client: Client) -> dict[str, object]:
    """The journal's entry, once there is one."""

    async def holds() -> bool:
        return bool((await client.get("/_mock/requests")).json["requests"])

    await until(holds)
    return await latest(client)


@pytest.mark.parametrize("by", ["fault", "prefer"])
async def test_a_delay_ends_with_its_client_and_nothing_is_done(server: Client, by: str):
    before = await names(server)
    if by == "fault":
        await add(server, "delay", seconds=60)
    async with server.wire() as wire:
        await wire.send(request(**({} if by == "fault" else {"Prefer": "wait=60"})))
        await asyncio.sleep(0.1)
        wire.abort()
    entry = await entry_after(server)
    assert (entry["status"], entry["rule"]) == (0, f"mock.{by}")
    assert "nobody waited for the end of 60 seconds, and nothing was done" in entry["reason"]
    assert entry["milliseconds"] < 20_000
    assert (entry["fault"] or {}).get("id", "") == ("fault-1" if by == "fault" else "")
    assert await names(server) == before


async def test_what_waits_sees_the_world_as_it_is_then(server: Client):
    await add(server, "delay", seconds=1.5, operation=UPDATE)
    late = asyncio.create_task(outcome(server, {"allowedNames": "late"}))
    await until_seen(server)
    await server.update({"allowedNamespaces": "meanwhile"})
    early = (await server.stored())["updatedAt"]
    assert await late == 200
    stored = await server.stored()
    assert (stored["allowedNames"], stored["allowedNamespaces"]) == ("late", "meanwhile")
    assert stored["updatedAt"] > early


async def test_a_token_that_is_revoked_meanwhile_is_no_good(server: Client):
    await add(server, "delay", seconds=1.5, operation=UPDATE)
    late = asyncio.create_task(outcome(server))
    await until_seen(server)
    state = await server.state()
    state["accessTokens"] = [each for each in state["accessTokens"] if each["token"] != "acme-admin-token"]
    assert (await server.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert await late == 403


async def test_a_body_that_comes_during_the_delay_is_read_behind_it(server: Client):
    await add(server, "delay", seconds=0.2)
    content = request(b'{"allowedNames": "slow"}')
    async with server.wire() as wire:
        await wire.send(content[:-10])
        await asyncio.sleep(0.1)
        await wire.send(content[-10:])
        assert (await wire.answer()).record["allowedNames"] == "slow"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_does_not_wait_for_a_delay(how: signal.Signals):
    with serving() as server:
        body = '{"kind": "delay", "seconds": 60, "times": 50}'
        assert server.ask("POST", FAULTS, body)[0] == 201
        waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        for connection in waiting:
            connection.sendall(head(Content_Length="2") + b"{}")
        deadline = time.perf_counter() + 5
        while b'"seen":20' not in server.ask("GET", FAULTS)[2]:
            assert time.perf_counter() < deadline
        code, seconds = server.stop(how)
        assert code == 0
        assert seconds < 1
        assert server.rest() == ("", "")
        for connection in waiting:
            connection.close()


async def test_an_application_in_another_server_drops_delays_when_it_stops():
    mock = Core(Settings())
    served = TestServer(create_app(mock=mock))
    await served.start_server()
    async with aiohttp.ClientSession() as session:
        made = await session.post(served.make_url(FAULTS), json={"kind": "delay", "seconds": 60})
        assert made.status == 201
        waiting = asyncio.create_task(session.get(served.make_url(TARGET)))
        await asyncio.sleep(0.1)
        started = time.perf_counter()
        await served.close()
        assert time.perf_counter() - started < 1
        with pytest.raises(aiohttp.ClientError):
            await waiting
    (entry,) = mock.journal.newest_first()
    assert (entry.status, entry.fault) == (0, "fault-1 delay")


@pytest.mark.parametrize("where", ["before-write", "after-write", "mid-body"])
async def test_an_application_in_another_server_cuts_too(where: str, caplog: pytest.LogCaptureFixture):
    mock = Core(Settings())
    async with TestServer(create_app(mock=mock)) as served, aiohttp.ClientSession() as session:
        await session.post(served.make_url(FAULTS), json={"kind": "drop", "where": where})
        with pytest.raises(aiohttp.ClientError):
            async with session.patch(
                served.make_url(TARGET),
                json={"allowedNames": "x"},
                headers={"Authorization": "Bearer acme-admin-token"},
            ) as response:
                await response.read()
    assert (mock.worlds.default.revision == 0) is (where == "before-write")
    assert not [each for each in caplog.records if each.levelname in ("ERROR", "WARNING")]
