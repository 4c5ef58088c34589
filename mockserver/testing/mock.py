"""`with Mock() as mock:` serves in a thread, `async with Mock() as mock:` in the running loop."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Unpack

import orjson

from mockserver.clock import from_iso
from mockserver.errors import SettingsError, did_you_mean, nearest
from mockserver.rules.profile import Profile
from mockserver.settings import Settings
from mockserver.testing.calls import Later, Now
from mockserver.testing.senders import awaiting, waiting
from mockserver.testing.vocabulary import PROFILES, AsOf, MockSettings, ProfileName, mistake
from mockserver.testing.world import Server

if TYPE_CHECKING:
    import ssl

    from mockserver.serving.server import Server as Sockets
    from mockserver.testing.resources import Fixtures

_FILES = ("tls_ca_file", "tls_cert", "tls_key")
JOURNAL_SIZE = 10_000
"""Exchanges kept: enough that a failing test can still show its own."""


class Mock:
    """A mock on a free port, for the duration of a `with` block.

    `fixtures` is the path of a file or a folder, a list of them, a mapping, or the text of a YAML document; by default
    the bundled world. `as_of` selects the generation of the service: its name, a date, or a release of the vendor.
    `now` freezes the time. With `tls="auto"`, or `tls_cert` and `tls_key`, the URL begins with https://, and
    `tls_ca_file` of the server and its worlds is the file that clients trust. Further settings are those of
    `mockserver.Settings`; an unknown one is a TypeError. Raises a StartError for bad settings or fixtures, and OSError
    if the port is taken.
    """

    def __init__(
        self,
        *,
        profile: ProfileName = "contract",
        as_of: AsOf | None = None,
        now: datetime | str | None = None,
        fixtures: "Fixtures | list[Path | str] | None" = None,
        **settings: Unpack[MockSettings],
    ) -> None:
        mistaken = mistake("profile", profile, PROFILES)
        if mistaken:
            raise SettingsError(mistaken)
        for name in settings:
            if name not in Settings.__dataclass_fields__:
                known = ("profile", "as_of", "now", "fixtures", *Settings.__dataclass_fields__)
                raise TypeError(f"Mock has no setting {name!r}.{did_you_mean(nearest(name, known))}")
        moment = now.isoformat() if isinstance(now, datetime) else now
        self._settings = Settings(
            **{"port": 0, "journal_size": JOURNAL_SIZE, **_with_paths(settings), **_seeds(fixtures)},
            profile=Profile(profile),
            as_of=as_of,
            clock=None if moment is None else from_iso(moment),
        )
        self._now = ExitStack()
        self._later = AsyncExitStack()

    def __repr__(self) -> str:
        edition = self._settings.edition
        return f"<Mock, profile {edition.profile.value}, generation {edition.generation.value}>"

    def __enter__(self) -> Server[Now]:
        return self._now.enter_context(_in_a_thread(self._settings))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._now.close()

    async def __aenter__(self) -> Server[Later]:
        return await self._later.enter_async_context(_in_the_loop(self._settings))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._later.aclose()


def server_at(url: str, control_token: str | None = None, tls_ca_file: Path | str | None = None) -> Server[Now]:
    """Return a mock that is running already. Raises MockError if `url` is not a URL.

    `tls_ca_file` holds the authorities to trust, in PEM; by default they are those of the system. Raises OSError if it
    cannot be read.
    """
    if tls_ca_file is None or not url.startswith("https://"):
        return Server(waiting(url, control_token), url)
    from mockserver.serving.trust import trusting

    return Server(waiting(url, control_token, trusting(tls_ca_file)), url, tls_ca_file=Path(tls_ca_file))


def _with_paths(settings: MockSettings) -> dict[str, Any]:
    """Return the settings with the files of TLS as paths."""
    given: dict[str, Any] = {**settings}
    return given | {name: Path(given[name]) for name in _FILES if given.get(name) is not None}


def _seeds(fixtures: "Fixtures | list[Path | str] | None") -> dict[str, Any]:
    if fixtures is None:
        return {}
    if isinstance(fixtures, Mapping):
        return {"fixtures_yaml": orjson.dumps(fixtures).decode()}
    if isinstance(fixtures, str) and "\n" in fixtures:
        return {"fixtures_yaml": fixtures}
    paths = fixtures if isinstance(fixtures, list) else [fixtures]
    return {"fixtures": tuple(map(Path, paths))}


def _edition(settings: Settings) -> tuple[str, str]:
    edition = settings.edition
    return edition.profile.value, edition.generation.value


@contextmanager
def _in_a_thread(given: Settings) -> Iterator[Server[Now]]:
    from mockserver.testing.serving import ServingThread

    with _authority_in_a_file(given) as settings:
        thread = ServingThread(settings)
        sockets = thread.begin()
        try:
            send = waiting(sockets.url, settings.control_token, _trust(sockets, settings))
            yield Server(send, sockets.url, *_edition(settings), _trusted_file(settings))
        finally:
            thread.end()


@asynccontextmanager
async def _in_the_loop(given: Settings) -> AsyncIterator[Server[Later]]:
    from aiohttp import ClientSession

    from mockserver.testing.serving import in_the_loop

    with _authority_in_a_file(given) as settings:
        async with in_the_loop(settings) as sockets, ClientSession() as session:
            send = awaiting(sockets.url, session, settings.control_token, _trust(sockets, settings))
            yield Server(send, sockets.url, *_edition(settings), _trusted_file(settings))


@contextmanager
def _authority_in_a_file(settings: Settings) -> Iterator[Settings]:
    """Yield the settings with a file for the authority of `tls="auto"`: a temporary one if they name none."""
    if settings.tls == "off" or settings.tls_ca_file is not None:
        yield settings
        return
    with TemporaryDirectory(prefix="infisical-mock-") as folder:
        yield replace(settings, tls_ca_file=Path(folder) / "ca.pem")


def _trusted_file(settings: Settings) -> Path | None:
    """Return the file that clients trust: the authority's if it is known, or the certificate, which may sign itself."""
    return settings.tls_ca_file or settings.tls_cert


def _trust(sockets: "Sockets", settings: Settings) -> "ssl.SSLContext | None":
    if sockets.tls is None:
        return None
    from mockserver.serving.trust import trusting

    file = _trusted_file(settings)
    assert file is not None
    # The names of another certificate need not be those of this machine; the server is this process all the same.
    return trusting(file, check_hostname=sockets.tls.authority is not None)
