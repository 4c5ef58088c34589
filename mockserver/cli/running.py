"""The process of `infisical-mock serve`: a server, until SIGTERM or SIGINT."""

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockserver.app import Core, create_app
from mockserver.cli.open_files import room_for
from mockserver.cli.progress import LoadProgress
from mockserver.errors import StartError
from mockserver.logs import Log
from mockserver.seeding.progress import SILENT
from mockserver.serving.connection_limits import MAX_OVER_LIMIT
from mockserver.serving.server import Server
from mockserver.settings import Settings

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
_SECONDS_UNTIL_QUIET = 0.1
"""How long after the ready line the rest is loaded: whoever waits for that line asks first."""
_STOPS = (signal.SIGTERM, signal.SIGINT)


def run(settings: Settings, *, shows_progress: bool = True, make: Callable[[Settings, Log], Core] | None = None) -> int:
    """Serves; the exit code of the process. What stops a start is said on stderr, a line for each reason.

    `make` makes another server than the mock.
    """
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    log = Log(settings.log_level, settings.log_format, color=color)
    settings = _that_fit(settings, log)
    try:
        if make is None:
            mock = Core(settings, log=log, progress=LoadProgress() if shows_progress else SILENT)
        else:
            mock = make(settings, log)
        server = Server(create_app(mock=mock), settings.host, settings.port)
        _run(_serve(server, mock, settings))
    except StartError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(no_socket(error, settings), file=sys.stderr)
        return 1
    for each in _STOPS:  # the loop that handled them is gone, and a second one must not spoil the exit code
        signal.signal(each, signal.SIG_IGN)
    return 0


def _that_fit(settings: Settings, log: Log) -> Settings:
    """The settings, with no more connections than the process may have open files."""
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
    gc.enable()
    try:
        if settings.port_file is not None:
            write_whole(settings.port_file, str(server.port))
        edition = f"profile {settings.profile.value}, generation {settings.edition.generation.value}"
        engine = "" if settings.engine == "compiled" else f", engine {settings.engine}"
        print(
            f"infisical-mock ready at {server.url} ({edition}{engine}{_authority(server, settings)}{mock.about})",
            flush=True,
        )
        loading = asyncio.create_task(load_the_rest(mock))
        await stop.wait()
        loading.cancel()
        mock.log.info("stopping", reason="signal", exchanges=len(mock.journal))
    finally:
        if watching is not None:
            watching.cancel()
        await server.stop()
        mock.log.info("stopped")


async def load_the_rest(mock: Core) -> None:
    """Load the operations that no request has asked for yet, one at a time between requests."""
    await asyncio.sleep(_SECONDS_UNTIL_QUIET)
    served = mock.served[mock.settings.edition.generation]
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


def write_whole(path: Path, text: str) -> None:
    """Write a file that no reader sees half written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


def _run(main: Any) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


def no_socket(error: OSError, settings: Settings) -> str:
    """Return why no socket can be opened at the address of the settings, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} on {settings.host} is in use: choose another with --port, or 0 for a free one"
    return f"cannot serve on {settings.host}:{settings.port}: {error.strerror or error}"
