"""`--watch` and files that change while they are read: no half of a file is served, and the last text always is."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockserver.cli import watch as watching
from tests.cli.test_watch import ONE, TWO, write
from tests.machine.processes import Client
from tests.machine.running import Started, started
from tests.machine.worlds import many

STATE = "/_mock/worlds/default/state?secrets=clear"


def token(client: Client) -> str:
    tokens = json.loads(client.ask("GET", STATE)[1])["accessTokens"]
    return tokens[0]["token"] if tokens else ""


def text(name: str) -> str:
    """Fixtures whose token has that name."""
    return ONE.replace("token: first", f"token: {name}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    return path


@contextmanager
def watched(file: Path) -> Iterator[tuple[Started, Client]]:
    with started("--watch", "--fixtures", str(file), "--log-level", "info") as server, server.client() as client:
        yield server, client
        assert server.process.poll() is None
        code, log, errors = server.ended()
    assert (code, errors) == (0, "")
    assert "Traceback" not in log


def until_token(server: Started, client: Client, name: str) -> None:
    server.until(lambda: token(client) == name, f"token {name}")


Rejected = Callable[[int], None]
"""Waits until the log says that many times that fixtures are rejected."""


def in_place(file: Path, _: Rejected) -> None:
    file.write_text(TWO)


def replaced(file: Path, _: Rejected) -> None:
    write(file, TWO)


def made_again(file: Path, _: Rejected) -> None:
    file.unlink()
    time.sleep(0.1)
    file.write_text(TWO)


def gone_for_a_while(file: Path, rejected: Rejected) -> None:
    file.unlink()
    rejected(1)
    file.write_text(TWO)


def by_a_link(file: Path, _: Rejected) -> None:
    """As Kubernetes changes a mounted ConfigMap."""
    other = file.with_name("..data-2")
    other.write_text(TWO)
    link = file.with_name("link")
    link.symlink_to(other.name)
    link.replace(file)


def slowly(file: Path, _: Rejected) -> None:
    """Piece by piece, faster than it is looked at."""
    with file.open("w") as opened:
        for line in TWO.splitlines(keepends=True):
            opened.write(line)
            opened.flush()
            time.sleep(0.1)


def truncated_first(file: Path, rejected: Rejected) -> None:
    """Empty and half written for longer than it takes until it is read."""
    file.write_text("")
    rejected(1)
    file.write_text(TWO[:60])
    rejected(2)
    file.write_text(TWO)


def mended(file: Path, rejected: Rejected) -> None:
    file.write_text("identities: [")
    rejected(1)
    file.write_text(TWO)


CHANGES = [in_place, replaced, made_again, gone_for_a_while, by_a_link, slowly, truncated_first, mended]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_the_new_text_is_served_in_the_end_and_nothing_else_before(
    file: Path, change: Callable[[Path, Rejected], None]
):
    with watched(file) as (server, client):

        def rejected(times: int) -> None:
            server.until(lambda: server.log.count("fixtures rejected") >= times, "rejected")

        seen: set[str] = set()
        changing = threading.Thread(target=change, args=(file, rejected))
        changing.start()
        server.until(lambda: seen.add(token(client)) or "second" in seen, change.__name__)
        changing.join()
        # A writer that takes long between two lines is taken at its word: the lines so far are fixtures, too.
        assert seen - ({""} if change is slowly else set()) == {"first", "second"}
        if change in (in_place, replaced, by_a_link):
            assert "rejected" not in server.log


def test_twice_within_a_second_the_second_is_served(file: Path):
    with watched(file) as (server, client):
        for pause in (0.0, 0.1, 0.3, 0.6):
            file.write_text(text("passing"))
            time.sleep(pause)
            name = f"last{pause * 10:.0f}"
            write(file, text(name))
            until_token(server, client, name)


def test_a_second_change_that_leaves_no_other_mark_is_served_too(file: Path):
    """Some file systems note the time of a change to two seconds: same size, same time, same file."""
    with watched(file) as (server, client):
        noted = (1_000_000_000, 1_000_000_000)
        for name in ("aaaaa", "bbbbb"):
            with file.open("r+") as opened:
                opened.write(text(name))
            os.utime(file, noted)
            if name == "aaaaa":
                until_token(server, client, name)
        until_token(server, client, "bbbbb")


def test_updates_stay_while_a_file_is_broken_and_when_it_is_mended_to_what_it_was(file: Path):
    identity = "/api/v1/identities/1d000000-0000-4000-8000-000000000001"
    headers = {"Authorization": "Bearer first", "Content-Type": "application/json"}
    with watched(file) as (server, client):
        assert client.ask("PATCH", identity, '{"name": "changed"}', **headers)[0] == 200
        for number in range(1, 3):
            write(file, "identities: [")
            server.until(lambda number=number: server.log.count("fixtures rejected") == number, "said again")
            write(file, ONE)
            time.sleep(1)
        shown = json.loads(client.ask("GET", STATE)[1])
        assert shown["identities"][0]["name"] == "changed"
        time.sleep(watching.AGAIN_SECONDS)
        assert server.log.count("fixtures rejected") == 2, "once for each change"
        assert "reloaded" not in server.log


def test_a_broken_file_is_reported_once_for_each_change(file: Path):
    with watched(file) as (server, _):
        write(file, "identities: [")
        server.until_logged("fixtures rejected")
        time.sleep(watching.AGAIN_SECONDS + 1)
        assert server.log.count("fixtures rejected") == 1


@pytest.mark.extensive
def test_a_large_file_that_grows_while_it_is_read(tmp_path: Path):
    """Requests are answered meanwhile, no half is served, and an update of before the reload is not mixed with it."""
    file = tmp_path / "world.yaml"
    file.write_text(many(10, as_yaml=True))
    content = many(60_000, as_yaml=True)
    with watched(file) as (server, client):
        counts: set[int] = set()
        pieces = [content[at : at + 500_000] for at in range(0, len(content), 500_000)]
        with file.open("w") as opened:
            for piece in pieces:
                opened.write(piece)
                opened.flush()
                counts.add(json.loads(client.ask("GET", "/_mock/worlds/default")[1])["identities"])
                time.sleep(0.05)

        def is_there() -> bool:
            counts.add(json.loads(client.ask("GET", "/_mock/worlds/default")[1])["identities"])
            return 60_000 in counts

        server.until(is_there, "the whole file", 60)
        assert counts == {10, 60_000}
