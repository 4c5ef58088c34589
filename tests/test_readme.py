"""The README's commands do what it says, and its tables are the code's."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.conftest import Serve
from tests.testing.runs import run_tests

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"```sh\n(?P<command>curl .*?)```(?:\n\n```json\n(?P<answer>.*?)```)?", re.DOTALL)
UNTOLD = "…"


async def run(command: str, url: str) -> str:
    """What a shell prints for a command of the README, asked of the server at `url`."""
    shell = await asyncio.create_subprocess_exec(
        "sh", "-ec", command.replace("http://127.0.0.1:8080", url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await shell.communicate()
    assert shell.returncode == 0, command
    return printed.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's commands use curl")
async def test_the_commands_answer_as_the_readme_shows(serve: Serve):
    server = await serve(as_of=None)
    blocks = list(BLOCK.finditer(TEXT))
    shown = [block for block in blocks if block["answer"]]
    assert len(shown) >= 5
    assert len(blocks) > len(shown)
    for block in blocks:
        printed = await run(block["command"], server.url)
        await server.send("DELETE", "/_mock/worlds/default/faults", token=None)  # or the next command meets it
        if block["answer"]:
            answer = json.loads(printed.replace(server.url, "http://127.0.0.1:8080"))
            assert told(answer, expected := json.loads(block["answer"])) == expected


def told(answer: Any, expected: Any) -> Any:
    """The answer, with what the README leaves open, as `…`, left open too."""
    if expected == UNTOLD:
        assert answer
        return UNTOLD
    if isinstance(answer, dict) and isinstance(expected, dict):
        return {key: told(value, expected.get(key)) for key, value in answer.items()}
    return answer


async def test_every_id_and_token_of_its_tables_is_in_the_bundled_world(server: Client):
    world = (ROOT / "fixtures" / "world.yaml").read_text("utf-8")
    named = re.findall(
        r"`((?:acme|hobby)-[a-z-]+-token|[0-9a-f]{2}000000-[0-9a-f-]{27}|https://[a-z]+\.k8s\.example[:0-9]*)`", TEXT
    )
    assert len(set(named)) >= 25
    assert [each for each in named if each not in world] == []


PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_tests_of_the_readme_pass(tmp_path: Path):
    (block,) = [each for each in PYTHON if "def test_" in each]
    (tmp_path / "test_it.py").write_text(block)
    ended = run_tests(tmp_path)
    assert ended.outcomes == {"passed": 2}, ended.text


def test_the_mock_of_the_readme_runs_from_plain_python():
    (block,) = [each for each in PYTHON if "def test_" not in each]
    ended = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    first, world, twin = ended.stdout.splitlines()
    assert first.endswith(" acme-admin-token")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/w/[0-9a-f-]{36} 2026-01-01T00:01:00\.000Z", world)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ \d{4}-[-\d:.T]+Z", twin)
