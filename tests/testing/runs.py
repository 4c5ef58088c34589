"""Runs pytest with the plugin as a client team does: in a process, and a folder, of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ("-p", "mockserver.testing.plugin", "-p", "no:cacheprovider")
XDIST, ASYNCIO = ("-p", "xdist"), ("-p", "pytest_asyncio.plugin")
IDENTITY = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
CLIENT = f'''
import http.client
import json
from urllib.parse import urlsplit


def update(mock, token="acme-admin-token", **fields):
    """The status of an update, asked as a client of the vendor would."""
    parts = urlsplit(mock.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {{"Authorization": f"Bearer {{token}}", "Content-Type": "application/json"}}
    connection.request("PATCH", parts.path + "{IDENTITY}", json.dumps(fields), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status
'''


class Ended:
    """A run that is over."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text
        self.outcomes = {
            found["what"]: int(found["number"])
            for found in re.finditer(r"(?P<number>\d+) (?P<what>passed|failed|errors?|skipped)", text.splitlines()[-1])
        }


def environment(**variables: str) -> dict[str, str]:
    """The environment of this process, without what plugins listen to; and none is loaded that is not asked for."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INFISICAL_MOCK_", "PYTEST_")) and name not in ("PORT", "NO_COLOR")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}


def run_tests(folder: Path, *arguments: str, plugin: tuple[str, ...] = PLUGIN, **variables: str) -> Ended:
    """Runs the tests of a folder."""
    command = [sys.executable, "-m", "pytest", "-q", "--color=no", *plugin, "--rootdir", str(folder), *arguments]
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.rstrip() or "(nothing)")


def written(folder: Path, ini: str = "", **files: str) -> Path:
    """A folder with tests and a client; each file is named by its stem."""
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = --strict-markers --strict-config\n{ini}")
    (folder / "client.py").write_text(CLIENT)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder
