"""Progress: a bar on a terminal, lines elsewhere, and silence for what is fast."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from mockserver.cli import progress
from mockserver.errors import FixtureErrors
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from tests.test_scale import limits

ROOT = Path(__file__).parents[2]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, monkeypatch: pytest.MonkeyPatch, seconds: float) -> str:
    """What is written while ten items take that many seconds each."""
    now = [0.0]
    monkeypatch.setattr(progress, "stopwatch", lambda: now[0])
    for _ in progress.progress(range(10), 10, "reports", stream):
        now[0] += seconds
    return stream.getvalue()


def test_a_terminal_has_a_bar_that_goes_at_the_end(monkeypatch: pytest.MonkeyPatch):
    text = shown(Terminal(), monkeypatch, 1)
    assert "\r[" + "#" * 15 + "." * 15 + "] 5 of 10 reports" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_elsewhere_a_line_comes_every_few_seconds(monkeypatch: pytest.MonkeyPatch):
    assert shown(StringIO(), monkeypatch, 2).splitlines() == [f"{each} of 10 reports" for each in (1, 4, 7)]


@pytest.mark.parametrize("stream", [StringIO(), Terminal()], ids=["file", "terminal"])
def test_what_is_fast_is_silent(monkeypatch: pytest.MonkeyPatch, stream: StringIO):
    assert shown(stream, monkeypatch, 0.09) == ""


def test_a_bar_is_drawn_ten_times_a_second_and_no_more(monkeypatch: pytest.MonkeyPatch):
    assert shown(Terminal(), monkeypatch, 0.3).count("\r[") == 6
    assert shown(Terminal(), monkeypatch, 1.0).count("\r[") == 9
    now = [0.0]
    monkeypatch.setattr(progress, "stopwatch", lambda: now[0])
    stream = Terminal()
    for _ in progress.progress(range(3000), 3000, "reports", stream):
        now[0] += 0.001
    assert 15 <= stream.getvalue().count("\r[") <= 21


WORLD = limits(50)


def loaded(stream: StringIO, monkeypatch: pytest.MonkeyPatch, *, large: bool, step: float) -> str:
    """What is written while a world is loaded: each look at the time is that many seconds later."""
    now = [0.0]

    def later() -> float:
        now[0] += step
        return now[0]

    monkeypatch.setattr(progress, "stopwatch", later)
    monkeypatch.setattr(progress, "LARGE_CHARACTERS", 100 if large else 10**9)
    state = load([Text("big.json", json.dumps(WORLD))], 0, progress.LoadProgress(stream))
    assert len(state.identities) == 50
    return stream.getvalue()


def test_a_large_world_says_what_is_read_and_how_many_identities_are_loaded(monkeypatch: pytest.MonkeyPatch):
    lines = loaded(StringIO(), monkeypatch, large=True, step=1).splitlines()
    assert lines[0] == "reading big.json (0 MiB)"
    assert lines[1:4] == [f"{each} of 50 identities loaded" for each in (0, 5, 10)]
    text = loaded(Terminal(), monkeypatch, large=True, step=1)
    assert text.startswith("\r\x1b[Kreading big.json")
    assert "] 25 of 50 identities loaded" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


@pytest.mark.parametrize("stream", [StringIO, Terminal])
def test_a_small_world_and_a_fast_one_are_silent(monkeypatch: pytest.MonkeyPatch, stream: type[StringIO]):
    assert loaded(stream(), monkeypatch, large=False, step=0.001) == ""


def test_fixtures_that_are_rejected_leave_no_bar(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(progress, "LARGE_CHARACTERS", 1)
    stream = Terminal()
    with pytest.raises(FixtureErrors):
        load([Text("bad.yaml", "version: 2")], 0, progress.LoadProgress(stream))
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.slow
@pytest.mark.parametrize("command", [("check",), ("serve", "--port", "0")])
def test_commands_show_the_progress_on_stderr(tmp_path: Path, command: tuple[str, ...]):
    world = limits(25_000)
    for each in world["identities"]:
        each["metadata"] = [{"key": "filler", "value": "x" * 100}]
    (tmp_path / "big.json").write_text(json.dumps(world))
    words = [sys.executable, "-m", "mockserver", *command, "--fixtures", str(tmp_path / "big.json")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.terminate()
        errors = process.stderr.read()
    assert "25000 identities: ok" in first or "infisical-mock ready" in first
    assert errors.startswith("reading ")
    assert "big.json (" in errors.splitlines()[0]
