"""A thread that does long work takes turns with the event loop."""

import asyncio
import gc
import threading
from contextvars import ContextVar
from itertools import groupby
from typing import Any

import pytest

from mockserver import pauses
from mockserver.clock import stopwatch
from mockserver.http.turns import in_thread

STEP = 0.001
COLOR: ContextVar[str] = ContextVar("COLOR")


def busy(seconds: float = STEP) -> None:
    ends = stopwatch() + seconds
    while stopwatch() < ends:
        pass


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch):
    """A loop that waits for the end of each turn, however busy the machine is."""
    monkeypatch.setattr(pauses, "_PATIENCE_SECONDS", 10)
    monkeypatch.setattr(pauses, "_ALONE_SECONDS", 10)


@pytest.mark.usefixtures("patient")
async def test_the_loop_and_the_thread_take_turns():
    said: list[str] = []

    def work() -> str:
        for _ in range(30):
            busy()
            said.append("thread")
            pauses.pause()
        return "done"

    async def others() -> None:
        while True:
            said.append("loop")
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    assert await in_thread(work) == "done"
    other.cancel()
    runs = [len(list(run)) for who, run in groupby(said) if who == "thread"]
    assert sum(runs) == 30
    assert max(runs) <= pauses.TURN_SECONDS / STEP, "a turn ends with the first pause after its time"


@pytest.mark.usefixtures("patient")
async def test_nothing_runs_on_the_loop_during_a_turn():
    at_work = threading.Event()
    seen: list[bool] = []

    def work() -> None:
        for each in pauses.between(range(200), 10):
            at_work.set()
            busy(STEP / 10)
            if each % 10 == 9:
                at_work.clear()

    async def others() -> None:
        while True:
            seen.append(at_work.is_set())
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    await in_thread(work)
    other.cancel()
    assert len(seen) > 5
    assert not any(seen)


async def test_work_that_makes_no_pause_goes_on_beside_the_loop():
    ends = threading.Event()
    asyncio.get_running_loop().call_later(0.05, ends.set)
    assert await in_thread(ends.wait, 60)


@pytest.mark.usefixtures("patient")
async def test_of_two_threads_each_has_its_turns():
    said: list[str] = []

    def work(name: str) -> str:
        for _ in range(20):
            busy()
            said.append(name)
            pauses.pause()
        return name

    assert await asyncio.gather(in_thread(work, "a"), in_thread(work, "b")) == ["a", "b"]
    assert len([name for name, _ in groupby(said)]) > 6


async def test_work_for_which_nobody_waits_is_abandoned(caplog: pytest.LogCaptureFixture):
    began, ended = threading.Event(), threading.Event()

    def work() -> None:
        try:
            while True:
                began.set()
                pauses.pause()
        finally:
            ended.set()

    task = asyncio.create_task(in_thread(work))
    assert await asyncio.to_thread(began.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 10)
    del task
    await asyncio.sleep(0.01)
    gc.collect()
    assert not caplog.records, "nobody is told of an exception that nobody asks for"


async def test_an_error_of_the_work_is_raised_where_it_is_awaited():
    def work() -> None:
        pauses.pause()
        raise LookupError("of the work")

    with pytest.raises(LookupError, match="of the work"):
        await in_thread(work)


async def test_the_work_sees_the_context():
    COLOR.set("green")
    assert await in_thread(COLOR.get) == "green"


def test_a_thread_without_a_loop_goes_on_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pauses, "_ALONE_SECONDS", 0.01)
    turns = pauses.Turns()
    with turns.taken():
        assert pauses.is_shared()
        busy(2 * pauses.TURN_SECONDS)
        pauses.pause()
    assert turns.is_over
    assert not pauses.is_shared()


def test_elsewhere_there_are_no_pauses():
    items: Any = [1, 2]
    pauses.pause()
    assert pauses.between(items) is items
    assert not pauses.Turns().give(), "nobody has begun"
