"""Servers in processes of their own: started, waited for, looked at, stopped."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent

# Bytecode is part of an installed server; a machine that forbids writing it would have every start compile again.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
PINS = len(CORES) > 1 and shutil.which("taskset") is not None


def pinned(side):
    """What keeps servers and load off each other's core, where that can be had: the first core, or the second."""
    return ["taskset", "-c", str(CORES[0 if side == "server" else 1])] if PINS else []


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Running:
    """A server, and how many seconds it took to give its first answer.

    `command` is asked for with the port that the server is to take.
    """

    def __init__(self, command, path="/", *, pin=True, patience=60, cwd=ROOT):
        self.port = free_port()
        command = [*(pinned("server") if pin else ()), *command(self.port)]
        started = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        while not self._answers(path):
            if self.process.poll() is not None or time.perf_counter() - started > patience:
                self.process.kill()
                said = self.process.stderr.read().decode("utf-8", "replace")
                raise RuntimeError(f"{' '.join(command)}: no answer; it said: {said[-2000:]}")
            time.sleep(0.002)
        self.start_seconds = time.perf_counter() - started

    def _answers(self, path):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def resident_mb(self):
        """What it holds in memory, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def processor_seconds(self):
        """The processor time it has used, all of its threads."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def mock(*flags, pin=True, cwd=ROOT):
    """The mock as a user starts it, with everything on that is on by default; of the checkout in `cwd`."""
    command = [sys.executable, "-m", "mockserver", *flags, "--port"]
    return Running(lambda port: [*command, str(port)], "/_mock/health", pin=pin, cwd=cwd)


def bare(loop, body_file, *, pin=True):
    """The yardstick, on asyncio's own loop or on uvloop."""
    return Running(lambda port: [sys.executable, str(HERE / "bare.py"), loop, str(port), str(body_file)], pin=pin)


def openapi_core_handler(body_file):
    """The yardstick with openapi-core on every request."""
    return Running(lambda port: [sys.executable, str(HERE / "openapi_core_handler.py"), str(port), str(body_file)])


def answers(server, workload, most=None):
    """The bodies that the requests of a workload are answered with. Stops the run where one is not as it should be."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    bodies = []
    for request in workload.requests[:most]:
        connection.request(request.method, request.path, request.body or None, request.headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != workload.status or (workload.issues and _issues(content) != workload.issues):
            sys.exit(f"{workload.name}: {request.body} was answered {response.status} {content[:500]}")
        bodies.append(content)
    connection.close()
    return bodies


def _issues(content):
    return len(json.loads(content)["message"])


def usual_answer(server, workload):
    """The accepted answer of middling length: what the other servers answer with, every time."""
    return sorted(answers(server, workload), key=len)[len(workload.requests) // 2]
