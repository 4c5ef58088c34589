"""Runs the blocks of one page as a reader would: in a folder of their own, against a server of their own."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.blocks import ROOT, Block

PRINTED = "http://127.0.0.1:8080"
PRINTED_PROXY = "http://127.0.0.1:8081"
PRINTED_SECURE = "https://127.0.0.1:8080"
UNTOLD = "…"
SECONDS = 60
_COMMANDS = {
    "infisical-mock": "-m mockserver",
    ".venv/bin/infisical-mock": "-m mockserver",
    "python": "",
    "pytest": "-m pytest",
    "schemathesis": "-m schemathesis.cli",
}
_LINKED = ("fixtures", "examples", "openapi.yaml")


class Page:
    """A folder with the files of a checkout that pages name, and the server that the page's blocks talk to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = self.proxy_url = ""
        self._server: subprocess.Popen[str] | None = None
        self._proxy: subprocess.Popen[str] | None = None
        for name, arguments in _COMMANDS.items():
            script = folder / ("bin" if "/" not in name else "") / name
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
        for name in _LINKED:
            (folder / name).symlink_to(ROOT / name)

    def serve(self, command: str = "infisical-mock serve") -> None:
        """Stop the server, and start the one of the command, on a free port. A proxy runs beside the server."""
        if " proxy " in command:
            _stop(self._proxy)
            self._proxy, self.proxy_url = self._started(self._real(command))
        else:
            self.stop()
            self._server, self.url = self._started(command)

    def _started(self, command: str) -> tuple[subprocess.Popen[str], str]:
        """Start a server. Return its process and URL."""
        environment = self._environment() | {"INFISICAL_MOCK_PORT": "0"}
        words = ["sh", "-ec", f"exec {command.strip()}"]
        process = subprocess.Popen(words, cwd=self.folder, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        ready = process.stdout.readline()
        found = re.search(r"https?://127\.0\.0\.1:\d+", ready)
        assert found, f"{command}: {ready!r}"
        return process, found[0]

    def stop(self) -> None:
        """Stop the servers, if there are any."""
        for each in (self._proxy, self._server):
            _stop(each)
        self._proxy = self._server = None

    def run(self, block: Block) -> str:
        """Run a block as it is printed, but for the server's address. Return what it prints on stdout and stderr."""
        text = self._real(block.text)
        command = [sys.executable, "-c", text] if block.language == "python" else ["sh", "-ec", text]
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ended.returncode == 0, f"line {block.line}: exit code {ended.returncode}\n{text}\n{ended.stdout}"
        printed = PRINTED_SECURE if self.url.startswith("https") else PRINTED
        shown = ended.stdout.replace(self.url, printed).replace("\r\n", "\n")
        return shown.replace(self.proxy_url, PRINTED_PROXY) if self.proxy_url else shown

    def _real(self, text: str) -> str:
        """Return the text with the server's address in place of the printed ones."""
        secure = self.url.replace("http://", "https://")
        text = text.replace(PRINTED_PROXY, self.proxy_url or PRINTED_PROXY)
        return text.replace(PRINTED_SECURE, secure).replace(PRINTED, self.url.replace("https://", "http://"))

    def write(self, block: Block) -> None:
        """Write the file that a block holds."""
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._real(block.text), "utf-8")

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("INFISICAL_", "PYTEST_", "COV_")) and name not in ("PORT", "NO_COLOR")
        }
        return kept | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "mockserver.testing.plugin",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def _stop(process: subprocess.Popen[str] | None) -> None:
    if process is not None:
        process.terminate()
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(10) == 0


def is_server(block: Block) -> bool:
    """Whether the block starts a server."""
    return (
        block.language == "sh"
        and re.match(r"(\.venv/bin/)?infisical-mock (serve|proxy --upstream)", block.text) is not None
    )


def compare(block: Block, printed: str) -> None:
    """Compare what a block prints with the block that shows it.

    `…` stands for anything: alone on a line for any lines, in JSON for any value or for further properties.
    """
    if block.language == "json":
        shown = json.loads(block.text)
        assert told(json.loads(printed), shown) == shown, f"line {block.line}"
        return
    lines = block.text.strip().splitlines()
    any_lines = r"(?:.*\n)*?"
    wanted = "".join(
        any_lines if line == UNTOLD else f"{re.escape(line.rstrip()).replace(UNTOLD, '.*')}\n" for line in lines
    )
    printed = "".join(f"{line.rstrip()}\n" for line in printed.strip().splitlines())
    assert re.fullmatch(wanted, printed), f"line {block.line}: shown\n{block.text}\nprinted\n{printed}"


def told(answer: Any, expected: Any) -> Any:
    """Return the answer, with `…` wherever the page has it."""
    if expected == UNTOLD:
        assert answer is not None
        return UNTOLD
    if isinstance(answer, dict) and isinstance(expected, dict):
        open_ended = {UNTOLD: UNTOLD} if UNTOLD in expected else {}
        kept = [name for name in answer if name in expected or not open_ended]
        return {name: told(answer[name], expected.get(name)) for name in kept} | open_ended
    if isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        return [told(*pair) for pair in zip(answer, expected, strict=True)]
    return answer
