"""Asks whether a locked package has a known vulnerability; for `make lint`.

`python requirements/audit.py LOCK…`. Where nobody can be asked, it says so in one line and passes: a check that needs
the network must not stop work without it. Exit code: 1 for a known vulnerability, or for a lock that cannot be read.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 90
"""How long it may take, all in all."""
SILENCE_SECONDS = 5
"""How long one answer may take."""
_NO_NETWORK = re.compile(r"Connect(ion|Timeout)|ReadTimeout|ProxyError|SSLError|ServiceError|Could not connect|Timeout")


def audited(locks: Sequence[str], seconds: float = SECONDS) -> tuple[int, str]:
    """The exit code and what to say."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", str(SILENCE_SECONDS)]
    for lock in locks:
        command += ["--requirement", lock]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)  # noqa: S603
    except subprocess.TimeoutExpired:
        return 0, f"audit: skipped, there was no answer within {seconds:g} seconds"
    return verdict(ended.stdout, ended.stderr)


def verdict(out: str, errors: str) -> tuple[int, str]:
    """The exit code and what to say, from what the audit has written."""
    try:
        packages: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = errors.strip().rpartition("\n")[2][:200]
        if _NO_NETWORK.search(errors):
            return 0, f"audit: skipped, the index of vulnerabilities cannot be reached ({last.partition(':')[0]})"
        return 1, f"audit: failed: {last or 'it has said nothing'}"
    found = [
        f"{each['name']} {each['version']}: {one['id']}{_fixed(one)}"
        for each in packages
        for one in each.get("vulns", ())
    ]
    if found:
        return 1, "\n".join(["audit: known vulnerabilities", *sorted(found)])
    unknown = sum("skip_reason" in each for each in packages)
    if unknown == len(packages):
        return 0, f"audit: skipped, the index that was reached knows none of the {unknown} packages"
    more = f", {unknown} unknown to the index" if unknown else ""
    return 0, f"audit: no known vulnerability in {len(packages) - unknown} packages{more}"


def _fixed(vulnerability: dict[str, Any]) -> str:
    versions = vulnerability.get("fix_versions")
    return f", fixed in {', '.join(versions)}" if versions else ", not fixed yet"


if __name__ == "__main__":
    code, says = audited(sys.argv[1:])
    print(says)
    sys.exit(code)
