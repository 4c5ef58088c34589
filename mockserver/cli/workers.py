"""The processes of `infisical-mock serve --workers N`: N servers, and nginx in front of them.

nginx keeps each world on one server. Python only starts the processes, replaces a server that ends, and stops them.
"""

import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from mockserver.cli.open_files import room_for
from mockserver.cli.running import no_socket, run, say_ready, write_port
from mockserver.cli.streams import leave
from mockserver.clock import stopwatch
from mockserver.errors import StartError
from mockserver.serving.connection_limits import MAX_OVER_LIMIT
from mockserver.serving.nginx import configuration
from mockserver.serving.server import url_of
from mockserver.settings import Settings

_LOCAL = "127.0.0.1"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_NGINX_SECONDS, _STOP_SECONDS, _POLL_SECONDS = 120, 3, 0.02
_RESTART_SECONDS = 0.5
"""A server that ends sooner than this after its start is not started again at once."""
_MISSING = (
    "--workers needs nginx, which keeps each world on one server: install it (the package nginx of your system), or"
    " leave the option out"
)


class Failed(Exception):
    """A process has ended before it was ready. `code` is the exit code of the command."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True)
class Worker:
    """A server: its process, its port once it is known, and the time of its start."""

    pid: int = 0
    port: int = 0
    started: float = 0


def run_workers(settings: Settings, number: int) -> int:
    """Serve with `number` servers until SIGTERM or SIGINT, and return the exit code."""
    nginx = shutil.which("nginx")
    if nginx is None or not hasattr(os, "fork"):
        print(_MISSING, file=sys.stderr)
        return 1
    try:
        room_for(settings.max_connections, MAX_OVER_LIMIT)
        front = _listening(settings)
    except (StartError, OSError) as error:
        print(no_socket(error, settings) if isinstance(error, OSError) else error, file=sys.stderr)
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with TemporaryDirectory(prefix="infisical-mock-", ignore_cleanup_errors=True) as folder, front:
        workers = Workers(settings, number, nginx, front, Path(folder))
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
    """Return the socket that nginx inherits. Raises OSError if the address is not available."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    front = socket.socket(family, kind, protocol)
    try:
        front.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            front.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        front.bind(address)
        front.listen(1024)
    except OSError:
        front.close()
        raise
    return front


class Workers:
    """The servers and the nginx of one command. `folder` is for nginx's files and ends with the command."""

    def __init__(self, settings: Settings, number: int, nginx: str, front: socket.socket, folder: Path) -> None:
        self._settings = settings
        self._workers = [Worker() for _ in range(number)]
        self._nginx, self._front, self._folder = nginx, front, folder
        self._log = folder / "nginx.log"
        self._front_pid = 0
        self._orphaned = threading.Event()
        self._alive, self._lifeline = os.pipe()  # the children end when the other end closes, however that happens
        host, self.port = front.getsockname()[:2]
        self._url = url_of("http", settings.host, self.port)
        self._address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def start(self) -> None:
        """Start all processes and wait until each answers. Raises Failed if one ends."""
        # One server goes first: it reports fixtures or settings that are rejected, and it does so once.
        for group in (self._workers[:1], self._workers[1:]):
            for each in group:
                self._start(each)
            for each in group:
                self._wait_for_port(each)
        text = configuration(self._address, [f"{_LOCAL}:{each.port}" for each in self._workers], self._main())
        (self._folder / "nginx.conf").write_text(text, "utf-8")
        self._front_pid = self._fork(self._run_nginx)
        self._wait(lambda: _answers(self._url), _NGINX_SECONDS, "nginx does not answer")

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
                if pid == self._front_pid:
                    raise self._nginx_ended(status)
                self._replace(pid, status)

    def stop(self) -> None:
        """Stop nginx, then the servers; a process that does not stop in time is killed."""
        for group in ([self._front_pid], [each.pid for each in self._workers]):
            pids = {pid for pid in group if pid}
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
        """Start a server on its port, or on a free one."""
        file = self._folder / f"port-{self._workers.index(worker)}"
        file.unlink(missing_ok=True)
        settings = replace(self._settings, host=_LOCAL, port=worker.port, port_file=file)
        worker.started = stopwatch()
        worker.pid = self._fork(lambda: _run_server(settings, shows_progress=worker is self._workers[0]))

    def _replace(self, pid: int, status: int) -> None:
        """Start a server again that has ended. Its worlds are lost."""
        for number, each in enumerate(self._workers, 1):
            if each.pid != pid:
                continue
            code = os.waitstatus_to_exitcode(status)
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            print(f"worker {number} ended with {how}: its worlds are lost; it is started again", file=sys.stderr)
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
            threading.Thread(target=_watch, args=(self._alive, self._orphaned), daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            code = main()
        finally:
            leave(code)

    def _run_nginx(self) -> int:
        """Run nginx on the inherited socket. Return its exit code."""
        # nginx leaves an inherited socket as it is: a worker that another one forestalls would wait in `accept`.
        self._front.setblocking(False)
        descriptor = self._front.fileno()
        os.set_inheritable(descriptor, True)
        process = subprocess.Popen(  # noqa: S603 - nginx of the PATH, and files of ours
            [self._nginx, "-e", self._log, "-p", self._folder, "-c", self._folder / "nginx.conf"],
            pass_fds=(descriptor,),
            env={**os.environ, "NGINX": f"{descriptor};"},
            start_new_session=True,
        )
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = process.wait()
        if self._orphaned.is_set():  # nobody else removes the folder
            shutil.rmtree(self._folder, ignore_errors=True)
        return code

    def _main(self) -> str:
        """Return the directives with which nginx needs no file outside of its folder."""
        user = "user root;\n" if os.geteuid() == 0 else ""
        return (
            f"{user}daemon off;\nworker_processes {len(self._workers)};\npid {self._folder}/nginx.pid;\n"
            f"error_log {self._log} crit;\n"
        )

    def _wait_for_port(self, worker: Worker) -> None:
        file = self._folder / f"port-{self._workers.index(worker)}"
        self._wait(file.exists)
        worker.port = int(file.read_text())

    def _wait(self, ready: Callable[[], bool], seconds: float = math.inf, otherwise: str = "") -> None:
        """Wait until `ready` holds. Raises Failed if a process ends first, or a signal asks to stop."""
        until = stopwatch() + seconds
        while not ready():
            for pid, status in _ended():
                if pid == self._front_pid:
                    raise self._nginx_ended(status)
                self._forget(pid)
                raise Failed(max(1, os.waitstatus_to_exitcode(status)))  # it has said why
            if signal.sigpending() & {signal.SIGTERM, signal.SIGINT}:
                raise Failed(0, "stopped before the servers were ready")
            if stopwatch() > until:
                raise Failed(1, f"{otherwise} after {seconds:g} s")
            time.sleep(_POLL_SECONDS)

    def _nginx_ended(self, status: int) -> Failed:
        self._front_pid = 0
        said = self._log.read_text("utf-8", "replace").strip() if self._log.exists() else ""
        last = f": {said.splitlines()[-1]}" if said else ""
        return Failed(1, f"nginx ended with exit code {os.waitstatus_to_exitcode(status)}{last}")

    def _forget(self, pid: int) -> None:
        for each in self._workers:
            if each.pid == pid:
                each.pid = 0


def _run_server(settings: Settings, *, shows_progress: bool) -> int:
    """Serve without the line that says so: the command has one of its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return run(settings, shows_progress=shows_progress)


def _watch(alive: int, orphaned: threading.Event) -> None:
    """Stop this process when the one that started it ends."""
    os.read(alive, 1)
    orphaned.set()
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


def _answers(url: str) -> bool:
    """Whether a server answers a health check through nginx."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", "/_mock/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
