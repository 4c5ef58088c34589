"""The processes of `infisical-mock serve --workers N`: N servers behind one port.

All accept connections from the same socket, and hand them to the one that has the world. This process starts them,
replaces one that ends, and stops them.
"""

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import web

from mockserver.cli.open_files import room_for
from mockserver.cli.running import no_socket, run, say_ready, write_port
from mockserver.cli.streams import leave
from mockserver.clock import stopwatch
from mockserver.errors import StartError
from mockserver.serving.connection_limits import MAX_OVER_LIMIT
from mockserver.serving.handover import Handover, inbox
from mockserver.serving.server import BACKLOG, Server, url_of
from mockserver.serving.worker import WorkerServer
from mockserver.settings import Settings

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_STOP_SECONDS, _POLL_SECONDS = 3, 0.02
_RESTART_SECONDS = 0.5
"""A server that ends sooner than this after its start is not started again at once."""


class Failed(Exception):
    """A process has ended before it was ready. `code` is the exit code of the command."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True)
class Worker:
    """A server: its index, its process, the time of its start, and the pipe in which it says that it listens."""

    index: int
    pid: int = 0
    started: float = 0
    says: int = -1


def run_workers(settings: Settings, number: int) -> int:
    """Serve with `number` servers until SIGTERM or SIGINT, and return the exit code."""
    if not hasattr(os, "fork"):
        print("--workers does not work on this system: leave it out", file=sys.stderr)
        return 1
    try:
        room_for(settings.max_connections, MAX_OVER_LIMIT)
        front = _listening(settings)
    except (StartError, OSError) as error:
        print(no_socket(error, settings) if isinstance(error, OSError) else error, file=sys.stderr)
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with front:
        workers = Workers(settings, number, front)
        try:
            workers.start()
            write_port(settings.port_file, workers.port)
            say_ready(workers.ready_line())
            return workers.supervise()
        except (Failed, StartError, OSError) as error:
            if str(error):
                print(error, file=sys.stderr)
            return error.code if isinstance(error, Failed) else 1
        finally:
            workers.stop()


def _listening(settings: Settings) -> socket.socket:
    """Return the socket that all servers inherit. Raises OSError if the address is not available."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    front = socket.socket(family, kind, protocol)
    try:
        front.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            front.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        front.bind(address)
        front.listen(BACKLOG)
        front.setblocking(False)  # a connection wakes several servers, and only one gets it
    except OSError:
        front.close()
        raise
    return front


class Workers:
    """The servers of one command, which accept connections from `front`."""

    def __init__(self, settings: Settings, number: int, front: socket.socket) -> None:
        self._settings = settings
        self._workers = [Worker(index) for index in range(number)]
        self._inboxes = [inbox() for _ in range(number)]
        self._front = front
        self._alive, self._lifeline = os.pipe()  # the children end when the other end closes, however that happens
        self.port = front.getsockname()[1]
        self._url = url_of("http", settings.host, self.port)

    def start(self) -> None:
        """Start all servers and wait until each listens. Raises Failed if one ends."""
        # One server goes first: it reports fixtures or settings that are rejected, and it does so once.
        for group in (self._workers[:1], self._workers[1:]):
            for each in group:
                self._start(each)
            for each in group:
                self._wait(each)

    def ready_line(self) -> str:
        """Return the line that says where the mock is ready."""
        edition = f"profile {self._settings.profile.value}, generation {self._settings.edition.generation.value}"
        return f"infisical-mock ready at {self._url} ({edition}, {len(self._workers)} workers)"

    def supervise(self) -> int:
        """Replace servers that end until a signal stops the command. Return the exit code."""
        while True:
            if signal.sigwait(_SIGNALS) != signal.SIGCHLD:
                return 0
            for pid, status in _ended():
                self._replace(pid, status)

    def stop(self) -> None:
        """Stop the servers; one that does not stop in time is killed."""
        pids = {each.pid for each in self._workers if each.pid}
        for pid in pids:
            _signalled(pid, signal.SIGTERM)
        until = stopwatch() + _STOP_SECONDS
        while pids and stopwatch() < until:
            pids -= {pid for pid, _ in _ended()}
            time.sleep(_POLL_SECONDS)
        for pid in pids:
            _signalled(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _start(self, worker: Worker) -> None:
        """Start a server."""
        if worker.says >= 0:
            os.close(worker.says)
        worker.says, stdout = os.pipe()
        worker.started = stopwatch()
        worker.pid = self._fork(lambda: self._run_server(worker.index, stdout))
        os.close(stdout)

    def _run_server(self, index: int, stdout: int) -> int:
        """Serve. The line that says so goes into a pipe: the command has one of its own."""
        os.dup2(stdout, sys.stdout.fileno())
        settings, handover = replace(self._settings, port=self.port, port_file=None), Handover(index, self._inboxes)

        def server(app: web.Application) -> Server:
            return WorkerServer(app, settings.host, self.port, listening=self._front, handover=handover)

        return run(settings, shows_progress=index == 0, server=server)

    def _replace(self, pid: int, status: int) -> None:
        """Start a server again that has ended. Its worlds are lost."""
        for each in self._workers:
            if each.pid != pid:
                continue
            code = os.waitstatus_to_exitcode(status)
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            said = f"worker {each.index + 1} ended with {how}: its worlds are lost; it is started again"
            print(said, file=sys.stderr)
            time.sleep(max(0.0, each.started + _RESTART_SECONDS - stopwatch()))
            self._start(each)

    def _fork(self, main: Callable[[], int]) -> int:
        """Run `main` in a child process that gets SIGTERM when this process ends. Return its process id."""
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            os.close(self._lifeline)
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, lambda *_: leave(0))
            threading.Thread(target=_watch, args=(self._alive,), daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            code = main()
        finally:
            leave(code)

    def _wait(self, worker: Worker) -> None:
        """Wait until a server listens. Raises Failed if one ends first, or a signal asks to stop."""
        while not select.select([worker.says], (), (), _POLL_SECONDS)[0] or not os.read(worker.says, 1):
            for pid, status in _ended():
                for each in self._workers:
                    each.pid = 0 if each.pid == pid else each.pid
                raise Failed(max(1, os.waitstatus_to_exitcode(status)))  # it has said why
            if signal.sigpending() & {signal.SIGTERM, signal.SIGINT}:
                raise Failed(0, "stopped before the servers were ready")


def _watch(alive: int) -> None:
    """Stop this process when the one that started it ends."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _ended() -> list[tuple[int, int]]:
    """Return process id and status of children that have ended."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.append((pid, status))


def _signalled(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return
