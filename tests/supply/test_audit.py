"""The audit of the locks: a known vulnerability fails, and no network is a line, not a failure."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUDIT = ROOT / "requirements" / "audit.py"
verdict = runpy.run_path(str(AUDIT))["verdict"]

CLEAN = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
OPEN = {"id": "PYSEC-2026-1", "fix_versions": ["3.14.6", "3.15"], "aliases": [], "description": "long"}
UNFIXED = {"id": "CVE-2026-2", "fix_versions": []}
UNKNOWN = {"name": "yarl", "skip_reason": "not found"}
ROWS = {
    "nothing": ([CLEAN], 0, "audit: no known vulnerability in 1 packages"),
    "one that the index does not know": (
        [CLEAN, UNKNOWN],
        0,
        "audit: no known vulnerability in 1 packages, 1 unknown to the index",
    ),
    "an index that knows none": (
        [UNKNOWN, UNKNOWN],
        0,
        "audit: skipped, the index that was reached knows none of the 2 packages",
    ),
    "a vulnerability": (
        [CLEAN, {**CLEAN, "vulns": [OPEN]}, UNKNOWN],
        1,
        "audit: known vulnerabilities\naiohttp 3.14.5: PYSEC-2026-1, fixed in 3.14.6, 3.15",
    ),
    "two, one without a fix": (
        [{**CLEAN, "vulns": [OPEN, UNFIXED]}],
        1,
        "audit: known vulnerabilities\naiohttp 3.14.5: CVE-2026-2, not fixed yet"
        "\naiohttp 3.14.5: PYSEC-2026-1, fixed in 3.14.6, 3.15",
    ),
}


@pytest.mark.parametrize(("packages", "code", "says"), ROWS.values(), ids=ROWS)
def test_what_the_index_knows_decides(packages, code, says):
    assert verdict(json.dumps({"dependencies": packages}), "") == (code, says)


SILENT = {
    "no name": "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x'): Max retries (NameResolutionError)",
    "no proxy": "Traceback\nrequests.exceptions.ProxyError: HTTPSConnectionPool: Unable to connect to proxy",
    "no certificate": "requests.exceptions.SSLError: certificate verify failed",
    "no time": "requests.exceptions.ReadTimeout: read timed out",
    "no service": "ERROR:pip_audit._cli:Could not connect to the vulnerability feed",
}


@pytest.mark.parametrize("errors", SILENT.values(), ids=SILENT)
def test_no_network_is_said_in_one_line(errors):
    code, says = verdict("", errors)
    assert code == 0
    assert says.startswith("audit: skipped, the index of vulnerabilities cannot be reached (")
    assert "\n" not in says


@pytest.mark.parametrize("errors", ["ERROR: run.txt: line 3: requirement without a hash", ""])
def test_a_lock_that_cannot_be_read_is_no_missing_network(errors):
    code, says = verdict("", errors)
    assert code == 1
    assert says.startswith("audit: failed: ")


PROGRAMS = {
    "it answers": ("import sys; print('{\"dependencies\": []}'); print('noise', file=sys.stderr)", 0, "knows none"),
    "it breaks": ("raise ConnectionError('nobody')", 0, "cannot be reached (ConnectionError)"),
    "it cannot read": ("raise SystemExit('no such file')", 1, "failed: no such file"),
}


@pytest.mark.parametrize(("program", "code", "says"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_command_asks_and_ends_as_the_verdict_is(tmp_path, program, code, says):
    (tmp_path / "pip_audit.py").write_text(program)
    ended = subprocess.run(
        [sys.executable, AUDIT, "requirements/run.txt"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (code, "")
    assert says in ended.stdout


def test_one_that_never_answers_is_left(tmp_path, monkeypatch):
    (tmp_path / "pip_audit.py").write_text("import time; time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, says = runpy.run_path(str(AUDIT))["audited"](["requirements/run.txt"], 0.2)
    assert (code, says) == (0, "audit: skipped, there was no answer within 0.2 seconds")


def test_lint_asks_about_every_lock():
    (line,) = (line for line in (ROOT / "Makefile").read_text().splitlines() if "audit.py" in line)
    locks = {f"requirements/{file.name}" for file in (ROOT / "requirements").glob("*.txt")}
    # The oldest versions are tried, and never shipped: some of them have known vulnerabilities.
    assert locks - set(line.split()) == {"requirements/build.txt", "requirements/oldest.txt"}
    built = (ROOT / "requirements/build.txt").read_text().split()
    pinned = {word for word in built if "==" in word}
    assert pinned
    assert pinned <= set((ROOT / "requirements/dev.txt").read_text().split()), "the development lock holds it too"
