"""What a figure is worth: the machine, the commit, the versions."""

import os
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from bench import servers, wrk

_PACKAGES = ("aiohttp", "uvloop", "openapi-core")


def cpu():
    """The model of the processor, and how many cores there are."""
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def commit(checkout=servers.ROOT):
    """The commit that is checked out there, and whether what is served differs from it."""

    def git(*arguments):
        ran = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=False)
        return ran.stdout.strip()

    said = git("rev-parse", "--short", "HEAD") or "unknown"
    return f"{said} and changes" if git("status", "--porcelain", "--", "mockserver", "openapi.yaml") else said


def versions(peers=()):
    """Names with versions of what takes part; `peers` are further pairs."""
    pairs = [("CPython", platform.python_version())]
    for name in _PACKAGES:
        try:
            pairs.append((name, installed(name)))
        except PackageNotFoundError:
            pairs.append((name, "not installed"))
    return ", ".join(f"{name} {number}" for name, number in [*pairs, ("wrk", wrk.version()), *peers])


def placed():
    """Where servers and load run."""
    return "servers on one core, wrk on the other" if servers.PINS else "servers and wrk on the same cores"
