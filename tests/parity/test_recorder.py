"""The file of a recording: written whole while the proxy runs, bounded, and never in the proxy's way."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from mockserver.parity.recording import recorder
from mockserver.parity.recording.exchange import Raw
from mockserver.parity.recording.recorder import Recorder, Unwritable
from mockserver.parity.scripts import read
from tests.client import ADMIN, IDENTITIES, PAYMENTS


def exchange(size: int = 0, status: int = 200) -> Raw:
    return Raw(
        operation="updateKubernetesAuth",
        method="PATCH",
        target=IDENTITIES + PAYMENTS,
        headers=[("Authorization", f"Bearer {ADMIN}"), ("Content-Type", "application/json")],
        body=b'{"allowedNames": "%s"}' % (b"ab" * size),
        status=status,
        response_type="application/json",
        response_body=b"{}",
        at=0,
    )


class Running:
    """A recorder into a file of this test; `said` is what it complains of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self.recorder = Recorder(path, "https://user:pass@upstream.example", self.said.append)
        self.recorder.check()

    def steps(self) -> int:
        return len(read(self.path).steps)

    async def until(self, steps: int) -> None:
        for _ in range(1000):
            if self.path.exists() and self.steps() >= steps:
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"{steps} steps were not written")


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path / "recorded.yaml")


async def test_each_exchange_reaches_the_file_without_a_stop(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recorder, "PAUSE", 0.05)
    monkeypatch.setattr(recorder, "_SHARE", 0)
    assert not running.path.exists()
    running.recorder.start()
    for count in (1, 2, 3):
        running.recorder.add(exchange())
        await running.until(count)
    await running.recorder.stop()
    assert (running.steps(), running.said) == (3, [])
    assert [each.name for each in running.path.parent.iterdir()] == ["recorded.yaml"]


async def test_between_two_writings_there_is_a_second_and_a_stop_writes_the_rest(running: Running):
    running.recorder.start()
    running.recorder.add(exchange())
    await running.until(1)
    running.recorder.add(exchange())
    await asyncio.sleep(0.3)
    assert running.steps() == 1
    await running.recorder.stop()
    assert running.steps() == 2


async def test_a_reader_never_sees_half_a_file(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recorder, "PAUSE", 0.0)
    monkeypatch.setattr(recorder, "_SHARE", 0)
    running.recorder.start()
    running.recorder.add(exchange())
    await running.until(1)
    for _ in range(200):
        running.recorder.add(exchange(50))
        await asyncio.sleep(0)
        assert running.steps() >= 1
    await running.recorder.stop()
    assert running.steps() == 201


async def test_without_an_exchange_the_file_says_so(running: Running):
    running.recorder.start()
    await running.recorder.stop()
    first, second = running.path.read_text().splitlines()
    assert first.startswith("# Recorded from https://")
    assert second == "# Nothing has been recorded yet."


async def test_a_recording_has_bounds_and_tells_what_is_beyond_them(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recorder, "MOST_STEPS", 3)
    for _ in range(5):
        running.recorder.add(exchange())
    await running.recorder.stop()
    assert running.steps() == 3
    assert "- 2 requests beyond the limits of a recording: 1000 steps, 8 MiB\n" in running.path.read_text()


async def test_the_bound_in_bytes(running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recorder, "MOST_BYTES", 1000)
    for _ in range(4):
        running.recorder.add(exchange(200))
    await running.recorder.stop()
    assert running.steps() == 2


async def test_a_full_disk_is_told_once_and_the_file_is_written_when_there_is_room(
    running: Running, monkeypatch: pytest.MonkeyPatch
):
    running.recorder.add(exchange())
    await running.recorder.stop()
    with monkeypatch.context() as full:

        def no_room(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(Path, "write_bytes", no_room)
        for _ in range(2):
            running.recorder.add(exchange())
            await running.recorder.stop()
    path = running.path
    assert running.said == [
        f"cannot write {path}: No space left on device. The proxy goes on, and tries again after each exchange"
    ]
    assert running.steps() == 1
    await running.recorder.stop()
    assert running.said[1:] == [f"{path} is written again"]
    assert running.steps() == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", "it is a folder"),
        ("nowhere/recorded.yaml", "No such file or directory"),
        ("file/recorded.yaml", "Not a directory"),
        ("fifo", "it is no regular file"),
    ],
)
def test_a_path_that_cannot_be_written_is_known_at_once(tmp_path: Path, name: str, reason: str):
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Unwritable, match=f"^cannot write {tmp_path / name}: {reason}$"):
        Recorder(tmp_path / name, "https://upstream.example", print).check()


async def test_a_link_stays_one(tmp_path: Path):
    (tmp_path / "link.yaml").symlink_to(tmp_path / "file.yaml")
    running = Running(tmp_path / "link.yaml")
    running.recorder.add(exchange())
    await running.recorder.stop()
    assert (tmp_path / "link.yaml").is_symlink()
    assert len(read(tmp_path / "file.yaml").steps) == 1
