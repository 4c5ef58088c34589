"""SIGTERM while 100,000 identities are loaded, at the start or in a request: exit code 0, soon, with a word."""

import json
import shutil
import signal
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.machine.running import Started, started, starting
from tests.machine.worlds import many

pytestmark = pytest.mark.extensive
SECONDS = 4.0
"""One on an idle machine; tests run beside others."""
WORKERS = [pytest.param((), id="one"), pytest.param(("--workers", "2"), id="workers")]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The world as JSON and as YAML, and one that is read as a whole because it has an error."""
    folder = tmp_path_factory.mktemp("large")
    texts = {"json": json.dumps(many(100_000)), "yaml": many(100_000, as_yaml=True)}
    texts["rejected"] = texts["yaml"].replace("version: 1", "version: 2", 1)
    found = {}
    for name, text in texts.items():
        found[name] = folder / f"{name}.{'json' if name == 'json' else 'yaml'}"
        found[name].write_text(text)
    return found


def ended_soon(server: Started, how: signal.Signals) -> tuple[str, str]:
    began = time.perf_counter()
    code, log, errors = server.ended(how)
    assert code == 0
    assert time.perf_counter() - began < SECONDS
    assert "Traceback" not in errors
    return log, errors


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("form", ["json", "yaml", "rejected"])
def test_at_the_start(files: dict[str, Path], form: str, workers: tuple[str, ...], how: signal.Signals):
    with starting("--fixtures", str(files[form]), *workers) as server:
        server.until_said("reading ")
        time.sleep(0.5)
        log, errors = ended_soon(server, how)
    assert log == ""
    who = "servers were" if workers else "server was"
    assert errors.count(f"stopped before the {who} ready") == 1


def test_in_a_request_that_replaces_a_world_and_while_others_update_it(files: dict[str, Path]):
    """Nothing acknowledged is lost: until the end each update that was answered is there for the next request."""
    stopped_while(lambda port: sent(port, "PUT", "/_mock/worlds/default/state", files["json"].read_bytes()))


def test_in_a_request_that_creates_a_world(files: dict[str, Path]):
    body = json.dumps({"fixtures": json.loads(files["json"].read_text())}).encode()
    stopped_while(lambda port: sent(port, "PUT", "/_mock/worlds/large", body))


def test_in_a_request_to_workers(files: dict[str, Path]):
    content = files["json"].read_bytes()
    stopped_while(lambda port: sent(port, "PUT", "/_mock/worlds/default/state", content), "--workers", "2")


def sent(port: int, method: str, path: str, content: bytes) -> int:
    from tests.machine.processes import Client

    with Client(port) as client:
        try:
            return client.ask(method, path, content, **{"Content-Type": "application/json"})[0]
        except (OSError, HTTPException):
            return 0


def stopped_while(load: Callable[[int], int], *flags: str) -> None:
    with started(*flags) as server:
        statuses: list[int] = []
        loading = threading.Thread(target=lambda: statuses.append(load(server.port)))
        loading.start()
        with server.client() as client:
            end = time.perf_counter() + 1.0
            number = 0
            while time.perf_counter() < end:
                assert client.update(f"ns{number}") == 200
                assert client.namespace() == f"ns{number}"
                number += 1
        ended_soon(server, signal.SIGTERM)
        loading.join()
        assert statuses == [0], "it was not acknowledged"


def test_while_watched_fixtures_are_read(files: dict[str, Path], tmp_path: Path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps(many(10)))
    with started("--watch", "--fixtures", str(file)) as server:
        draft = tmp_path / "draft"
        shutil.copy(files["json"], draft)
        draft.replace(file)
        time.sleep(1.5)
        ended_soon(server, signal.SIGTERM)
