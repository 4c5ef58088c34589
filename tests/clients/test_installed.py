"""How clients come into their places: once, in one worker, and with a reason where they do not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clients import installed
from tests.clients.installed import Client, NotBuildable, NotInstallable, Step, install

Made = Callable[..., Client]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A client that shell commands install, in folders of this test. Each command adds a line to `ran`."""
    monkeypatch.setattr(installed, "PLACES", tmp_path / "places")
    monkeypatch.setattr(installed, "SOURCES", tmp_path / "sources")
    (tmp_path / "sources" / "source").mkdir(parents=True)
    (tmp_path / "sources" / "source" / "lock").write_text("one")

    def make(command: str, needs: tuple[str, ...] = ("sh",), *, builds: bool = False) -> Client:
        installed._told.clear()
        step = Step(("sh", "-c", f"echo ran >> '{tmp_path}/ran'; {command}"), tmp_path, builds=builds)
        return Client("client", "client 1.0", "source", needs, (step,), ("true",), copied=("lock",))

    return make


def ran(folder: Path) -> int:
    return len((folder / "ran").read_text().splitlines())


def test_what_is_in_place_is_not_installed_again(made: Made, tmp_path: Path):
    install(made("true"))
    install(made("true"))
    assert ran(tmp_path) == 1
    assert (tmp_path / "places" / "client" / "lock").read_text() == "one"


@pytest.mark.parametrize("change", ["a file of its source", "a command", "its folder is gone"])
def test_what_is_no_longer_the_same_is_installed_again(made: Made, tmp_path: Path, change: str):
    install(made("true"))
    if change == "a file of its source":
        (tmp_path / "sources" / "source" / "lock").write_text("two")
    if change == "its folder is gone":
        (tmp_path / "places" / "client" / "lock").unlink()
        (tmp_path / "places" / "client").rmdir()
    install(made("false || true" if change == "a command" else "true"))
    assert ran(tmp_path) == 2


def test_a_program_that_is_missing_is_named(made: Made):
    with pytest.raises(NotInstallable, match=r"^no-such-program not found on this machine$"):
        install(made("true", needs=("sh", "no-such-program")))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(
            "exec >&2; echo one; echo WARNING: error; echo An ERROR of theirs; echo two; exit 3",
            "An ERROR of theirs",
            id="a line of error",
        ),
        pytest.param("echo one >&2; echo two >&2; echo three; exit 3", "two", id="the last line"),
        pytest.param("exit 3", "without a word", id="no line"),
    ],
)
def test_what_cannot_be_fetched_is_told_with_the_reason(made: Made, command: str, reason: str):
    with pytest.raises(NotInstallable, match=rf"^`sh -c` failed: {reason}$"):
        install(made(command))


def test_what_cannot_be_built_is_our_fault(made: Made):
    with pytest.raises(NotBuildable):
        install(made("false", builds=True))


@pytest.mark.parametrize("builds", [False, True])
def test_a_command_that_does_not_end_is_stopped(made: Made, monkeypatch: pytest.MonkeyPatch, builds: bool):
    monkeypatch.setattr(installed, "SECONDS", 0.2)
    with pytest.raises(NotInstallable, match=r"no end within the 0.2 s for installations$"):
        install(made("while :; do :; done", builds=builds))


def test_a_run_that_has_spent_its_time_begins_no_other(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installed, "SECONDS", 0.2)
    monkeypatch.setattr(installed, "_RUN", "slow")
    with pytest.raises(NotInstallable, match="no end"):
        install(made("while :; do :; done"))
    with pytest.raises(NotInstallable, match=r"not begun: this run's 0.2 s for installations are spent$"):
        install(replace(made("true"), name="another"))
    assert ran(tmp_path) == 1
    monkeypatch.setattr(installed, "_RUN", "the next")
    install(replace(made("true"), name="another"))
    assert ran(tmp_path) == 2


def test_workers_of_one_run_try_once(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installed, "_RUN", "one run")
    for _ in range(2):  # `made` forgets what this process has tried: each time is another worker's
        with pytest.raises(NotInstallable, match=r"failed: down$"):
            install(made("echo down >&2; false"))
    assert ran(tmp_path) == 1


def test_a_later_run_tries_again(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for run in ("one run", "another"):
        monkeypatch.setattr(installed, "_RUN", run)
        with pytest.raises(NotInstallable):
            install(made("echo down >&2; false"))
    assert ran(tmp_path) == 2


def test_each_step_of_an_installation_is_told_and_its_end(made: Made):
    lines: list[str] = []
    client = made("true")
    install(replace(client, steps=client.steps * 2), lines.append)
    assert lines[:2] == [f"installing client 1.0, step {number} of 2: sh -c" for number in (1, 2)]
    assert lines[2].startswith("installed client 1.0 in ")
    installed._told.clear()
    install(replace(client, steps=client.steps * 2), lines.append)
    assert len(lines) == 3, "what is in place is not told again"
