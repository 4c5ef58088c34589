"""A full disk: one line on stderr, no traceback, no half-written file, and every acknowledged update is there."""

import json
import os
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND, Running, environment, serving
from tests.client import ADMIN
from tests.machine.processes import FULL, NO_ROOM, Client, ended, small_disk

TOP = Path(__file__).parent.parent.parent
STATUS = TOP / "mockserver" / "parity" / "scripts" / "accepted.getInstanceStatus.yaml"
needs_dev_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
pytestmark = needs_dev_full


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder without room for a byte more."""
    with small_disk(tmp_path / "disk", 16) as disk:
        if disk is None:
            pytest.skip("no file system may be mounted here")
        with pytest.raises(OSError, match=NO_ROOM):
            (disk / "fill").write_bytes(bytes(64 * 1024))
        yield disk


def in_folder(path: Path) -> set[str]:
    return {each.name for each in path.iterdir()} - {"fill"}


TO_STDOUT = {
    "version": ("version",),
    "--help": ("--help",),
    "serve --help": ("serve", "--help"),
    "check": ("check",),
    "generations": ("generations",),
    "generations diff": ("generations", "diff", "2026-05", "2026-10"),
    "document diff": ("document", "diff", str(TOP / "openapi.yaml")),
    "token": ("token", "--namespace", "a", "--name", "b"),
    "serve": ("serve", "--port", "0"),
}


@pytest.mark.parametrize(
    ("name", "unbuffered"), [*((name, "") for name in TO_STDOUT), ("version", "1"), ("--help", "1"), ("serve", "1")]
)
def test_a_command_that_cannot_write_to_stdout_says_so_in_a_line(name: str, unbuffered: str):
    with FULL.open("w") as full:
        done = ended(*TO_STDOUT[name], stdout=full, PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr) == (1, f"cannot write to stdout: {NO_ROOM}\n")


@pytest.mark.parametrize("format", ["text", "json", "junit", "html"])
def test_a_coverage_report_that_cannot_be_written_fails_the_command(server: Running, format: str):
    with FULL.open("w") as full:
        done = ended("coverage", "--url", f"http://127.0.0.1:{server.port}", "--format", format, stdout=full)
    assert (done.returncode, done.stderr) == (1, f"cannot write to stdout: {NO_ROOM}\n")


def test_a_reader_that_has_enough_is_no_failure_with_words():
    read, write = os.pipe()
    os.close(read)
    done = ended("generations", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("command", [("version",), ("serve", "--port", "0")], ids=lambda each: each[0])
def test_a_full_disk_for_stderr_stops_nothing(command: tuple[str, ...]):
    process = subprocess.Popen(
        [*COMMAND, *command],
        stdout=subprocess.PIPE,
        stderr=os.open(FULL, os.O_WRONLY),
        text=True,
        env=environment(INFISICAL_MOCK_PROFIL="live"),
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.terminate()
    process.wait(10)
    process.stdout.close()
    assert process.returncode in (0, -15)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_streams_are_no_obstacle(closed: tuple[int, ...], tmp_path: Path):
    file = tmp_path / "port"
    redirected = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    arguments = [*COMMAND, "serve", "--port", "0", "--port-file", str(file), "--log-level", "info"]
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *arguments], stdout=subprocess.DEVNULL, env=environment()
    )
    try:
        end = time.perf_counter() + 20
        while not file.exists():
            assert time.perf_counter() < end
            time.sleep(0.02)
        client = Client(int(file.read_text()))
        assert client.ask("GET", "/api/status")[0] == 200
        client.close()
    finally:
        process.terminate()
    assert process.wait(10) == 0


def written_by(server: Running, folder: Path) -> dict[str, tuple[tuple[str, ...], str]]:
    """Each command that writes files, and the file that it names when it cannot."""
    url, token = ("--url", f"http://127.0.0.1:{server.port}"), ("--token", ADMIN)
    file = str(folder / "file")
    parity = ("parity", *url, *token, "--rate", "0", "--script", str(STATUS))
    return {
        "serve --port-file": (("serve", "--port", "0", "--port-file", file), file),
        "serve --tls-ca-file": (("serve", "--port", "0", "--tls", "auto", "--tls-ca-file", file), file),
        "pull --output": (("pull", *url, *token, "--output", file), file),
        "parity --output": ((*parity, "--format", "json", "--output", file), file),
        "schemathesis-config": (("schemathesis-config", *url, "--output", str(folder)), f"{folder}/schemathesis"),
    }


NAMES = ("serve --port-file", "serve --tls-ca-file", "pull --output", "parity --output", "schemathesis-config")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing(server: Running, full: Path, name: str):
    arguments, file = written_by(server, full)[name]
    done = ended(*arguments)
    line = next(each for each in done.stderr.splitlines() if "cannot write" in each)
    assert f"cannot write {file}" in line
    assert NO_ROOM in line
    assert done.returncode == (2 if "tls" in name else 1)
    assert "Traceback" not in done.stderr
    assert in_folder(full) == set(), "no draft, and no half of a file"


@pytest.mark.parametrize("name", [name for name in NAMES if "tls" not in name])
def test_a_file_that_is_there_stays_as_it_was(server: Running, tmp_path: Path, name: str):
    """Where nothing can be mounted, a limit of the size of files stands in for the full disk."""
    arguments, _ = written_by(server, tmp_path)[name]
    names = ("schemathesis.toml", "schemathesis-auth.json") if name == "schemathesis-config" else ("file",)
    for each in names:
        (tmp_path / each).write_text("before")
    done = ended(*arguments, *(("--force",) if len(names) == 2 else ()), limit="-f 0")
    assert "cannot write" in done.stderr
    assert done.returncode == 1
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == dict.fromkeys(names, "before")


def test_the_report_of_a_long_run_is_on_stdout_instead(server: Running, full: Path):
    arguments, _ = written_by(server, full)["parity --output"]
    done = ended(*arguments)
    assert json.loads(done.stdout)["confirmed"]
    assert "the report is on stdout instead" in done.stderr


def test_a_report_into_a_folder_that_is_not_there_ends_before_the_first_request(server: Running, tmp_path: Path):
    before = len(json.loads(server.ask("GET", "/_mock/requests")[2])["requests"])
    for output, reason in ((tmp_path / "none" / "file", "there is no folder"), (tmp_path, "it is a folder")):
        done = ended("parity", "--url", f"http://127.0.0.1:{server.port}", "--token", ADMIN, "--output", str(output))
        assert done.returncode == 2
        assert reason in done.stderr
    assert len(json.loads(server.ask("GET", "/_mock/requests")[2])["requests"]) == before


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with serving("--port-file", str(pipe)) as server:
        assert os.read(reader, 100) == str(server.port).encode()
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_symbolic_link_to_the_port_file_stays_one(tmp_path: Path):
    link = tmp_path / "link"
    link.symlink_to("target")
    with serving("--port-file", str(link)) as server:
        assert link.is_symlink()
        assert (tmp_path / "target").read_text() == str(server.port)


class TestTheLog:
    """Requests are answered when the disk of the log is full."""

    def started(self, log: Path, tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
        file = tmp_path / "port"
        with log.open("w") as stdout:
            process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", "--port-file", str(file), "--log-level", "info"],
                stdout=stdout,
                stderr=subprocess.PIPE,
                text=True,
                env=environment(),
            )
        end = time.perf_counter() + 20
        while not file.exists():
            assert time.perf_counter() < end
            time.sleep(0.02)
        return process, int(file.read_text())

    def test_updates_are_kept_the_loss_is_said_once_and_so_is_its_end(self, tmp_path: Path):
        with small_disk(tmp_path / "disk", 16) as disk:
            if disk is None:
                pytest.skip("no file system may be mounted here")
            process, port = self.started(disk / "log", tmp_path)
            try:
                client = Client(port)
                fill = disk / "fill"
                with pytest.raises(OSError, match=NO_ROOM):
                    fill.write_bytes(bytes(64 * 1024))
                for number in range(60):
                    assert client.update(f"ns{number}") == 200, "the lines of earlier ones have filled the disk"
                assert client.namespace() == "ns59"
                assert json.loads(client.ask("GET", "/_mock/worlds/default")[1])["revision"] == 60
                fill.unlink()
                assert client.update("after") == 200
                assert '"status=200"' not in (disk / "log").read_text()
                client.close()
            finally:
                process.terminate()
            errors = process.communicate(timeout=10)[1].splitlines()
            assert process.returncode == 0
            assert "stopped" in (disk / "log").read_text().splitlines()[-1]
        assert errors[0] == f"the log cannot be written: {NO_ROOM}: requests are answered without it"
        assert errors[1].startswith("the log can be written again: up to ")
        assert len(errors) == 2

    def test_a_log_whose_reader_has_gone_ends_nothing(self):
        with serving("--log-level", "info") as server:
            assert server.process.stdout is not None
            server.process.stdout.close()
            server.process.stdout = None
            client = Client(server.port)
            for number in range(5):
                assert client.update(f"ns{number}") == 200
            assert client.namespace() == "ns4"
            client.close()
            assert server.stop()[0] == 0
            assert server.process.stderr is not None
            assert server.process.stderr.read() == (
                "the log cannot be written: Broken pipe: requests are answered without it\n"
            )


def test_a_recording_waits_for_room_and_the_proxy_goes_on(server: Running, full: Path):
    file = full / "session.yaml"
    upstream = ("--upstream", f"http://127.0.0.1:{server.port}")
    (full / "fill").unlink()  # the start checks that the file can be written
    with serving("proxy", *upstream, "--record", str(file)) as proxy:
        with pytest.raises(OSError, match=NO_ROOM):
            (full / "fill").write_bytes(bytes(64 * 1024))
        for each in ("a", "b"):
            assert proxy.update(f'{{"allowedNames": "{each}"}}')[0] == 200
        time.sleep(2)
        assert in_folder(full) == set()
        (full / "fill").unlink()
        assert proxy.update('{"allowedNames": "c"}')[0] == 200
        assert proxy.stop()[0] == 0
        log = proxy.process.stdout.read()
        assert log.count("cannot write") == 1
        assert NO_ROOM in log
        assert "Traceback" not in log + proxy.process.stderr.read()
    assert file.read_text().count("- request:") == 3
