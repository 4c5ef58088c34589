"""Measures the mock against a bare aiohttp handler, in turn, and prints each mark with its figure and a verdict.

    make bench                      print the table
    make bench ARGS=--write         and put it into bench/README.md

Needs wrk (Debian: apt-get install wrk). Server and wrk share the machine: quote the ratios, not the absolute figures.
"""

import argparse
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PATH = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
BODY = (HERE / "patch.lua").read_text()
TOKEN = "Bearer acme-admin-token"
CONNECTIONS = 16
ROUNDS = 15
SECONDS = 2
STARTS = 9

# Bytecode is part of an installed server; a machine that forbids writing it would have every start compile again.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


class Running:
    """A server in a process of its own, and how many seconds it took to give its first good answer."""

    def __init__(self, command, port, path="/"):
        started = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        self.port = port
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=1)
                connection.request("GET", path)
                connection.getresponse().read()
                break
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{command} ended with {self.process.returncode}")
                time.sleep(0.002)
            finally:
                connection.close()
        self.start_seconds = time.perf_counter() - started

    def resident_mb(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def requests_per_second(self):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(HERE / "patch.lua")]
        printed = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}{PATH}"], capture_output=True, text=True, check=True
        ).stdout
        if "Non-2xx" in printed:
            sys.exit(f"not every answer was a 200:\n{printed}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def mock():
    return Running([sys.executable, "-m", "mockserver", "--port", "18411"], 18411, "/_mock/health")


def bare(loop, port, body_file):
    return Running([sys.executable, str(HERE / "bare.py"), loop, str(port), str(body_file)], port)


def first_answer(server):
    """The body of one accepted update: what the bare handler answers with too."""
    sent = "".join(re.findall(r"\[\[(.*?)\]\](?: \.\.)?$", BODY, re.MULTILINE))
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{PATH}",
        sent.encode(),
        {"Authorization": TOKEN, "Content-Type": "application/json"},
        method="PATCH",
    )
    with urllib.request.urlopen(request) as response:
        return response.read()


def throughput():
    """Rounds in turn, so that a machine that slows down slows all of them down. Medians, and medians of the ratios."""
    with mock() as ours, tempfile.TemporaryDirectory() as folder:
        idle = ours.resident_mb()
        body_file = Path(folder) / "body.json"
        body_file.write_bytes(first_answer(ours))
        with bare("asyncio", 18412, body_file) as plain, bare("uvloop", 18413, body_file) as fast:
            rounds = [tuple(each.requests_per_second() for each in (ours, plain, fast)) for _ in range(ROUNDS)]
        loaded = ours.resident_mb()
    return rounds, idle, loaded


def starts():
    """Seconds from exec to the first good answer, for the mock and for the bare handler, in turn."""
    figures = ([], [])
    with tempfile.NamedTemporaryFile() as body:
        for _ in range(STARTS):
            with mock() as server:
                figures[0].append(server.start_seconds)
            with bare("asyncio", 18412, body.name) as server:
                figures[1].append(server.start_seconds)
    return tuple(map(statistics.median, figures))


def table(rounds, idle, loaded, start, bare_start):
    median = statistics.median
    ours, plain, fast = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(a / b for a, b, _ in rounds)
    fast_ratio = median(a / c for a, _, c in rounds)
    rows = [
        (
            f"accepted PATCH at {CONNECTIONS} connections, share of the bare handler",
            ">= 0.50",
            f"{ratio:.2f}",
            ratio >= 0.5,
        ),
        ("the same, bare handler on uvloop too", "", f"{fast_ratio:.2f}", None),
        ("requests a second: mock / bare / bare on uvloop", "", f"{ours:.0f} / {plain:.0f} / {fast:.0f}", None),
        ("start to healthy, seconds", "<= 0.45", f"{start:.2f}", start <= 0.45),
        ("start of the bare handler, seconds", "", f"{bare_start:.2f}", None),
        ("resident when idle, MB", "<= 70", f"{idle:.0f}", idle <= 70),
        ("resident after the load, MB", "", f"{loaded:.0f}", None),
    ]
    lines = ["| What | Mark | Figure | Verdict |", "| --- | --- | --- | --- |"]
    for what, mark, figure, good in rows:
        lines.append(f"| {what} | {mark} | {figure} | {'' if good is None else 'holds' if good else 'MISSED'} |")
    return "\n".join(lines), all(good is not False for *_, good in rows)


def machine():
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, Linux; CPython {platform.python_version()};"
        f" medians of {ROUNDS} rounds of {SECONDS} s; commit {commit or 'unknown'}"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    write = arguments.parse_args().write
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed (Debian: apt-get install wrk)")
    text, good = table(*throughput(), *starts())
    text = f"{machine()}\n\n{text}"
    print(text)
    if write:
        readme = HERE / "README.md"
        pattern = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end -->)", re.DOTALL)
        readme.write_text(pattern.sub(lambda _: f"{text}\n", readme.read_text()))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
