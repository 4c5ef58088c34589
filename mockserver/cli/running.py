"""The process of `infisical-mock serve`: a server, until SIGTERM or SIGINT."""

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web

from mockserver.app import Core, create_app
from mockserver.cli.open_files import room_for
from mockserver.cli.progress import LoadProgress
from mockserver.cli.streams import leave
from mockserver.errors import StartError
from mockserver.files import write_whole
from mockserver.logs import Log
from mockserver.seeding.progress import SILENT
from mockserver.serving.connection_limits import MAX_OVER_LIMIT
from mockserver.serving.server import Server
from mockserver.settings import Settings

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
_SWITCH_SECONDS = 0.001
"""How long a thread that loads fixtures may go on while the event loop waits for its turn; Python's default is 5 ms."""
_SECONDS_UNTIL_QUIET = 0.1
"""How long after the ready line the rest is loaded: whoever waits for that line asks first."""
_STOPS = (signal.SIGTERM, signal.SIGINT)


def run(
    settings: Settings,
    *,
    shows_progress: bool = True,
    make: Callable[[Settings, Log], Core] | None = None,
    server: Callable[[web.Application], Server] | None = None,
) -> int:
    """Serve. A signal ends the process; the exit code of a failure is returned, and its reasons are on stderr.

    `make` makes something else than the mock, `server` another server for it.
    """
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    log = Log(settings.log_level, settings.log_format, color=color)
    try:
        settings = _that_fit(settings, log)
        if make is None:
            mock = Core(settings, log=log, progress=LoadProgress() if shows_progress else SILENT)
        else:
            mock = make(settings, log)
        app = create_app(mock=mock)
        serves = Server(app, settings.host, settings.port) if server is None else server(app)
        _run(lambda: _serve(serves, mock, settings))
    except StartError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except MemoryError:
        print("not enough memory for the fixtures: raise the limit, or serve fewer identities", file=sys.stderr)
    except OSError as error:
        print(no_socket(error, settings), file=sys.stderr)
    return 1


def _that_fit(settings: Settings, log: Log) -> Settings:
    """The settings, with no more connections than the process may have open files. Raises StartError."""
    room = room_for(settings.max_connections, MAX_OVER_LIMIT)
    if room == settings.max_connections:
        return settings
    log.warning("fewer connections than --max-connections", connections=room, reason="open files, see ulimit -n")
    return replace(settings, max_connections=room)


async def _serve(server: Server, mock: Core, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in _STOPS:
        loop.add_signal_handler(each, stop.set)
    await server.start()
    watching = _watching(mock) if settings.watch else None
    gc.freeze()  # what is there by now stays: the collector need not go through it ever again
    # Nor through journal and revisions, which come and go without cycles: full, they are some ten thousand objects.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.enable()
    try:
        write_port(settings.port_file, server.port)
        edition = f"profile {settings.profile.value}, generation {settings.edition.generation.value}"
        engine = "" if settings.engine == "compiled" else f", engine {settings.engine}"
        authority = _authority(server, settings)
        say_ready(f"infisical-mock ready at {server.url} ({edition}{engine}{authority}{mock.about})")
        loading = asyncio.create_task(load_the_rest(mock))
        await stop.wait()
        loading.cancel()
        mock.log.info("stopping", reason="signal", exchanges=len(mock.journal))
    finally:
        if watching is not None:
            watching.cancel()
        await server.stop()
        mock.log.info("stopped")
    leave(0)  # the loop would wait for its threads, and one may load a large world


async def load_the_rest(mock: Core) -> None:
    """Load the operations that no request has asked for yet, one at a time between requests."""
    await asyncio.sleep(_SECONDS_UNTIL_QUIET)
    served = mock.served[mock.settings.edition.generation]
    with suppress(OSError, ImportError):  # there may be no file descriptors left: a request loads what it needs
        for each in served.ids:
            served.load(each)
            await asyncio.sleep(0)
    gc.freeze()  # as above


def _authority(server: Server, settings: Settings) -> str:
    """Return where clients find the authority to trust, for the ready line."""
    if server.tls is None or server.tls.authority is None:
        return ""
    return f", CA {settings.tls_ca_file or 'in no file: --tls-ca-file writes it'}"


def _watching(mock: Core) -> asyncio.Task[None]:
    from mockserver.cli.watch import watch

    return asyncio.create_task(watch(mock))


def write_port(path: Path | None, port: int) -> None:
    """Write the port to the file of `--port-file`, if there is one. Raises StartError."""
    try:
        if path is not None:
            write_whole(path, str(port))
    except OSError as error:
        raise StartError(f"--port-file: cannot write {path}: {error.strerror or error}") from None


def say_ready(line: str) -> None:
    """Print the line that says where the mock is ready. Raises StartError if nobody could read it."""
    try:
        print(line, flush=True)
    except OSError as error:
        raise StartError(f"cannot write to stdout: {error.strerror or error}") from None


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the coroutine that `main` makes, once there is a loop for it."""
    new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None
    with suppress(ImportError):
        import uvloop

        new_loop = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def no_socket(error: OSError, settings: Settings) -> str:
    """Return why no socket can be opened at the address of the settings, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} on {settings.host} is in use: choose another with --port, or 0 for a free one"
    return f"cannot serve on {settings.host}:{settings.port}: {error.strerror or error}"
