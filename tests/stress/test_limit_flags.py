"""Each limit is a flag and a variable, and the reference lists it with its default."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver import Settings
from mockserver.cli import open_files, running
from mockserver.cli import serve as serve_command

FLAGS = {
    "--max-connections": ("max_connections", "7", 7, ("0", "many")),
    "--max-body": ("max_body", "7", 7, ("0", "1XB", "nan", "0.5")),
    "--max-header-size": ("max_header_size", "300", 300, ("10", "-1")),
    "--max-headers": ("max_headers", "9", 9, ("1", "x")),
    "--header-timeout": ("header_timeout", "0.5", 0.5, ("0", "nan", "inf", "soon")),
    "--body-timeout": ("body_timeout", "0.5", 0.5, ("0", "nan", "-1")),
    "--idle-timeout": ("idle_timeout", "0.5", 0.5, ("0", "nan", "86401")),
    "--write-timeout": ("write_timeout", "0.5", 0.5, ("0", "nan")),
    "--journal-bytes": ("journal_bytes", "1000", 1000, ("-1", "16M")),
}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that the command comes to, which does not serve."""
    found: list[Settings] = []
    monkeypatch.setattr(running, "run", lambda settings: found.append(settings) or 0)
    return found


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("how", ["flag", "variable", "neither"])
def test_a_limit_is_a_flag_and_a_variable(flag: str, how: str, served: list[Settings]):
    name, text, value, _ = FLAGS[flag]
    variable = "INFISICAL_MOCK_" + flag[2:].upper().replace("-", "_")
    ended = CliRunner().invoke(
        serve_command.serve, [flag, text] if how == "flag" else [], env={variable: text} if how == "variable" else {}
    )
    assert ended.exit_code == 0, ended.output
    assert getattr(served[0], name) == (getattr(Settings(), name) if how == "neither" else value)
    assert getattr(Settings(), name) != value


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, row in FLAGS.items() for text in row[3]])
def test_a_limit_that_is_none_stops_the_start_and_is_named(flag: str, text: str, served: list[Settings]):
    ended = CliRunner().invoke(serve_command.serve, [flag, text])
    assert ended.exit_code == 2
    assert flag in ended.output
    assert served == []


class Files:
    """A system's limit of open files."""

    RLIMIT_NOFILE, RLIM_INFINITY = 7, -1

    def __init__(self, soft: int, hard: int) -> None:
        self.limits = (soft, hard)

    def getrlimit(self, _: int) -> tuple[int, int]:
        return self.limits

    def setrlimit(self, _: int, limits: tuple[int, int]) -> None:
        self.limits = limits


@pytest.mark.parametrize(
    ("soft", "hard", "room", "then"),
    [
        (10_000, 10_000, 4096, 10_000),
        (1024, 10_000, 4096, 4096 + 64 + open_files.SPARE_FILES),
        (1024, -1, 4096, 4096 + 64 + open_files.SPARE_FILES),
        (-1, -1, 4096, -1),
        (1024, 1024, 1024 - 64 - open_files.SPARE_FILES, 1024),
        (100, 100, 1, 100),
    ],
)
def test_connections_are_as_many_as_the_system_lets_files_be_open(
    soft: int, hard: int, room: int, then: int, monkeypatch: pytest.MonkeyPatch
):
    files = Files(soft, hard)
    monkeypatch.setitem(sys.modules, "resource", files)
    assert open_files.room_for(4096, 64) == room
    assert files.limits == (then, hard)


def test_where_there_is_no_such_limit_there_is_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert open_files.room_for(4096, 64) == 4096


SHOWN = {
    "--max-connections": "4,096",
    "--max-header-size": "8,190 bytes",
    "--max-headers": "128",
    "--header-timeout": "10 s",
    "--max-body": "1 MiB",
    "--body-timeout": "10 s",
    "--idle-timeout": "72 s",
    "--write-timeout": "30 s",
    "--journal-bytes": "16 MiB",
}


@pytest.mark.parametrize("flag", FLAGS)
def test_the_reference_shows_the_limit_with_its_default(flag: str):
    section = Path(__file__).parent.parent.parent.joinpath("docs", "reference", "limits.md").read_text("utf-8")
    (row,) = [line for line in section.splitlines() if line.startswith("| `--") and f"`{flag}`" in line]
    assert SHOWN[flag] in row.split(" | ")[1]
    number, _, unit = SHOWN[flag].replace(",", "").partition(" ")
    assert getattr(Settings(), FLAGS[flag][0]) == int(number) * (1024 * 1024 if unit == "MiB" else 1)
