"""Runs wrk, and reads what it says."""

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.servers import HERE, pinned

_LINE = re.compile(r"^FIGURES (.*)$", re.MULTILINE)


class Round(NamedTuple):
    """One run of wrk: requests a second, latencies in microseconds, and the server's processor time for a request.

    Processor time is in microseconds too; a busy machine moves it less than rates.
    """

    rate: float
    p50: int
    p99: int
    slowest: int
    requests: int
    processor: float = 0.0


class WrongAnswers(Exception):
    """Answers that are not what was asked for: such a figure would mean nothing."""


def parsed(printed, status):
    """The figures that `replay.lua` prints at the end. Raises WrongAnswers where not every answer had the status."""
    line = _LINE.search(printed)
    if line is None:
        raise WrongAnswers(f"wrk printed no figures:\n{printed}")
    figures = {name: int(value) for name, value in (pair.split("=") for pair in line[1].split())}
    answered = figures["requests"]
    refused = answered if status >= 400 else 0
    if figures["broken"] or figures["refused"] != refused or not answered:
        raise WrongAnswers(f"not every answer was a {status}: {line[1]}")
    rate = answered / figures["duration"] * 1e6
    return Round(rate, figures["p50"], figures["p99"], figures["max"], answered)


def version():
    """The version of wrk; None where it is not installed."""
    if shutil.which("wrk") is None:
        return None
    said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout
    return said.split()[1].partition("-")[0].removeprefix("debian/")


class Wrk:
    """wrk on its own core, with the files of the workloads it has been asked for."""

    def __init__(self):
        if version() is None:
            sys.exit("wrk is not installed (Debian: apt-get install wrk)")
        self._folder = tempfile.TemporaryDirectory()
        self._files = {}
        self.busiest = 0.0

    def __call__(self, server, workload, connections, seconds):
        """One round against a server."""
        if workload.name not in self._files:
            self._files[workload.name] = workload.as_file(Path(self._folder.name))
        command = [*pinned("load"), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(HERE / "replay.lua"), f"http://127.0.0.1:{server.port}/", "--"]
        started, before, used = time.perf_counter(), _children_seconds(), server.processor_seconds()
        printed = subprocess.run(
            [*command, str(self._files[workload.name])], capture_output=True, text=True, check=True
        ).stdout
        used = server.processor_seconds() - used
        self.busiest = max(self.busiest, (_children_seconds() - before) / (time.perf_counter() - started))
        figures = parsed(printed, workload.status)
        return figures._replace(processor=used / figures.requests * 1e6)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()


def _children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
