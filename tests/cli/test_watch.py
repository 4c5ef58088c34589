"""`serve --watch`: fixture files that change are taken without a restart."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from io import StringIO
from pathlib import Path

import pytest

from mockserver.cli.watch import LOOK_SECONDS, watch
from tests.cli.commands import Running, run, serving
from tests.client import STATE, Client
from tests.conftest import Serve

ONE = """version: 1
organizations: [{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }]
identities: [{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: admin }]
accessTokens: [{ token: first, identity: ops }]
"""
TWO = ONE.replace("token: first", "token: second")
BROKEN = ONE.replace("version: 1", "version: 2").replace("organization: acme", "organization: nobody")
IDENTITY = "/api/v1/identities/1d000000-0000-4000-8000-000000000001"
SECONDS = 15
WatchedServer = Callable[..., Awaitable[Client]]


def write(path: Path, text: str) -> None:
    """As editors do: beside it first."""
    draft = path.with_name("draft")
    draft.write_text(text)
    draft.replace(path)


@pytest.fixture
async def watched(serve: Serve) -> AsyncIterator[WatchedServer]:
    """Starts a server that watches its fixtures."""
    tasks: list[asyncio.Task[None]] = []

    async def start(*fixtures: Path, **settings: object) -> Client:
        client = await serve(fixtures=fixtures, **settings)
        tasks.append(asyncio.create_task(watch(client.mock)))
        return client

    yield start
    for task in tasks:
        assert not task.done(), "the watch has ended by itself"
        task.cancel()


async def name_and_token(client: Client, world: str = "default") -> tuple[str, str]:
    shown = (await client.get(f"/_mock/worlds/{world}/state?secrets=clear")).json
    return shown["identities"][0]["name"], shown["accessTokens"][0]["token"]


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await holds():  # noqa: ASYNC110 - it is the server that changes
            await asyncio.sleep(0.02)


async def looks(number: int = 6) -> None:
    """Time for that many looks."""
    await asyncio.sleep(number * LOOK_SECONDS)


async def rename(client: Client, name: str, token: str) -> int:
    return (await client.send("PATCH", IDENTITY, {"name": name}, token=token)).status


async def test_a_change_becomes_the_seed_and_the_world_starts_again_from_it(
    watched: WatchedServer, tmp_path: Path, log: StringIO
):
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    client = await watched(path, log_level="info")
    await client.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    assert await rename(client, "changed", "first") == 200
    write(path, TWO)

    async def has_changed() -> bool:
        return await name_and_token(client) == ("ops", "second")

    await eventually(has_changed)
    assert (await client.get("/_mock/requests?world=default")).json["requests"] == []
    assert (await client.get("/_mock/worlds/default")).json["revision"] == 0
    assert await rename(client, "again", "second") == 200
    await client.send("POST", "/_mock/worlds/default/reset", token=None)
    assert await has_changed(), "a reset goes back to what was read last"
    await client.send("POST", "/_mock/worlds", {"id": "new"}, token=None)
    assert await name_and_token(client, "new") == ("ops", "second")
    assert await name_and_token(client, "other") == ("ops", "first"), "a world that was there stays as it is"
    logged = [line for line in log.getvalue().splitlines() if "fixtures reloaded" in line]
    assert len(logged) == 1
    assert str(path) in logged[0]


async def test_a_bad_change_is_logged_with_every_error_and_changes_nothing(
    watched: WatchedServer, tmp_path: Path, log: StringIO
):
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    client = await watched(path, log_format="json")
    assert await rename(client, "changed", "first") == 200

    async def logged(number: int) -> None:
        async def are_there() -> bool:
            return len(log.getvalue().splitlines()) >= number

        await eventually(are_there)
        assert await name_and_token(client) == ("changed", "first")

    write(path, BROKEN)
    await logged(3)
    path.unlink()
    await logged(4)
    write(path, ONE)
    await looks()
    assert await name_and_token(client) == ("changed", "first"), "the text that it has is no change"
    assert (await client.get("/_mock/worlds/default")).json["revision"] == 1
    write(path, TWO)

    async def has_changed() -> bool:
        return await name_and_token(client) == ("ops", "second")

    await eventually(has_changed)
    events = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {(each["level"], each["event"]) for each in events} == {
        ("warning", "fixtures rejected; the previous ones stay in use")
    }
    assert [each["error"] for each in events] == [
        f"{path}:1:10: version: expected 1",
        f"{path}:3:72: identities[0].organization: there is no such organization",
        f"{path}:4:42: accessTokens[0].identity: there is no such identity",
        f"{path}:1:1: (document): cannot be read: No such file or directory",
    ]


async def test_files_that_come_and_go_in_a_folder_are_changes(watched: WatchedServer, tmp_path: Path):
    lines = ONE.splitlines(keepends=True)
    (tmp_path / "a.yaml").write_text("".join(lines[:3]))
    client = await watched(tmp_path)

    def has(number: int) -> Callable[[], Awaitable[bool]]:
        async def holds() -> bool:
            return len((await client.state())["accessTokens"]) == number

        return holds

    assert await has(0)()
    write(tmp_path / "b.yaml", lines[0] + lines[3])
    await eventually(has(1))
    (tmp_path / "b.yaml").unlink()
    await eventually(has(0))


async def test_a_file_that_is_only_touched_is_no_change(watched: WatchedServer, tmp_path: Path):
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    client = await watched(path)
    assert await rename(client, "changed", "first") == 200
    os.utime(path, (1, 1))
    await looks()
    assert await name_and_token(client) == ("changed", "first")


def token_of(server: Running) -> str:
    return json.loads(server.ask("GET", f"{STATE}?secrets=clear")[2])["accessTokens"][0]["token"]


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_the_command_watches_when_it_is_told(tmp_path: Path, how: str):
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    arguments, variables = (("--watch",), {}) if how == "flag" else ((), {"INFISICAL_MOCK_WATCH": "true"})
    with serving("--fixtures", str(path), *arguments, **variables) as server:
        write(path, TWO)
        end = time.perf_counter() + SECONDS
        while token_of(server) != "second":
            assert time.perf_counter() < end, "the change has not been seen"
            time.sleep(0.05)
        code, seconds = server.stop()
    assert code == 0
    assert seconds < 1


def test_without_the_flag_no_file_is_looked_at_again(tmp_path: Path):
    path = tmp_path / "world.yaml"
    path.write_text(ONE)
    with serving("--fixtures", str(path)) as server:
        write(path, TWO)
        time.sleep(4 * LOOK_SECONDS)
        assert token_of(server) == "first"


def test_there_must_be_files_to_watch():
    ended = run("serve", "--watch", "--port", "0", INFISICAL_MOCK_FIXTURES_YAML=ONE)
    assert ended.returncode == 2
    assert "--watch needs files" in ended.stderr
