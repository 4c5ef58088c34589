"""`with Mock() as mock:` serves in a thread, `async with Mock() as mock:` in the running loop."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
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
    from mockserver.testing.resources import Fixtures

JOURNAL_SIZE = 10_000
"""Exchanges kept: enough that a failing test can still show its own."""


class Mock:
    """A mock on a free port, for the duration of a `with` block.

    `fixtures` is the path of a file or a folder, a list of them, a mapping, or the text of a YAML document; by default
    the bundled world. `as_of` selects the generation of the service: its name, a date, or a release of the vendor.
    `now` freezes the time. Further settings are those of `mockserver.Settings`; an unknown one is a TypeError. Raises a
    StartError for bad settings or fixtures, and OSError if the port is taken.
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
            **{"port": 0, "journal_size": JOURNAL_SIZE, **settings, **_seeds(fixtures)},
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


def server_at(url: str, control_token: str | None = None) -> Server[Now]:
    """Return a mock that is running already. Raises MockError if `url` is not a URL."""
    return Server(waiting(url, control_token), url)


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
def _in_a_thread(settings: Settings) -> Iterator[Server[Now]]:
    from mockserver.testing.serving import ServingThread

    thread = ServingThread(settings)
    url = thread.begin()
    try:
        yield Server(waiting(url, settings.control_token), url, *_edition(settings))
    finally:
        thread.end()


@asynccontextmanager
async def _in_the_loop(settings: Settings) -> AsyncIterator[Server[Later]]:
    from aiohttp import ClientSession

    from mockserver.testing.serving import in_the_loop

    async with in_the_loop(settings) as url, ClientSession() as session:
        yield Server(awaiting(url, session, settings.control_token), url, *_edition(settings))
