"""Sessions of the vendor's SDKs, recorded on their way to the mock, play again against another one."""

import json
from pathlib import Path

import pytest

from mockserver.rules.profile import Profile
from tests.cli.commands import run, serving
from tests.client import ADMIN
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.installed import Client
from tests.clients.marks import uses

pytestmark = [
    *uses(roster.PYTHON, roster.NODE, roster.GO[0]),
    pytest.mark.parametrize("mock", [False], indirect=True, ids=["direct"]),
    pytest.mark.parametrize("profile", [Profile.LIVE], ids=str),
]
SESSIONS = {"python": ("update",), "node": ("renew",), "go": ("revoke", "universal")}


def test_a_session_plays_again(client: Client, drive: Drive, mock: Server, tmp_path: Path):
    file = tmp_path / "session.yaml"
    with serving("proxy", "--upstream", mock.url, "--profile", "live", "--record", str(file)) as proxy:
        drive(*SESSIONS[client.source], url=f"http://127.0.0.1:{proxy.port}", BODY='{"allowedNames": "api,worker"}')
        assert proxy.stop()[0] == 0
    recorded = len(mock.calls())
    text = file.read_text()
    assert text.count("- request:") == recorded >= 2
    assert "ops-admin-secret" not in text
    flags = ("--url", mock.url, "--token", ADMIN, "--rate", "0", "--format", "json", "--script", str(file))
    ended = run("parity", *flags)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    report = json.loads(ended.stdout)
    assert (report["confirmed"], report["different"], report["notReached"]) == (["accepted"], [], [])
