"""Long answers of the control API give other requests their turn."""

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mockserver.control import background
from mockserver.control import state as state_calls
from tests.client import STATE, Client

LONG = (
    "/_mock/requests?limit=1000",
    "/_mock/requests.har?limit=1000",
    "/_mock/worlds/default/revisions?limit=1000",
)


@pytest.fixture
async def told(server: Client) -> Client:
    """A server that has something to tell."""
    for number in range(20):
        await server.update({"allowedNames": str(number)})
    return server


@pytest.mark.parametrize("path", LONG)
async def test_others_are_answered_while_a_long_answer_is_made(
    path: str, told: Client, monkeypatch: pytest.MonkeyPatch
):
    whole = (await told.get(path)).json
    at_work, go_on = asyncio.Event(), asyncio.Event()

    async def turn(_: float) -> None:
        at_work.set()
        await go_on.wait()

    monkeypatch.setattr(background, "asyncio", SimpleNamespace(sleep=turn))
    monkeypatch.setattr(background, "TURN_SECONDS", -1)  # every row is too much
    long = asyncio.create_task(told.get(path))
    await at_work.wait()
    assert (await told.get("/_mock/health")).status == 200
    assert (await told.update({"allowedNames": "meanwhile"})).status == 200
    assert not long.done()
    go_on.set()
    assert (await long).json == whole, "what is told is what was there when it was asked"


async def test_a_large_state_is_read_beside_the_loop(told: Client, monkeypatch: pytest.MonkeyPatch):
    threads: list[threading.Thread] = []

    def noting(work: Callable[..., object]) -> Callable[..., object]:
        def noted(*args: object) -> object:
            threads.append(threading.current_thread())
            return work(*args)

        return noted

    before = (await told.get(f"{STATE}?secrets=clear")).json
    monkeypatch.setattr(state_calls, "load", noting(state_calls.load))
    assert (await told.send("PUT", STATE, before, token=None)).status == 204
    assert set(threads) == {threading.main_thread()}
    threads.clear()
    monkeypatch.setattr(background, "LARGE_TEXT", 1)
    assert (await told.send("PUT", STATE, before, token=None)).status == 204
    assert threads
    assert threading.main_thread() not in threads
    assert (await told.send("PUT", STATE, {"version": 7}, token=None)).status == 400


async def test_of_two_that_read_large_fixtures_for_the_same_world_one_has_it(
    server: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(background, "LARGE_TEXT", 1)
    both_read = threading.Barrier(2, timeout=10)
    load = state_calls.load

    def together(*args: object) -> object:
        both_read.wait()
        return load(*args)

    monkeypatch.setattr(state_calls, "load", together)
    wanted = {"id": "twice", "fixtures": {"version": 1}}
    create = [server.send("POST", "/_mock/worlds", wanted, token=None) for _ in range(2)]
    assert sorted([each.status for each in await asyncio.gather(*create)]) == [201, 409]
    assert len(server.mock.worlds) == 2
