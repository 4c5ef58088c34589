"""The proxy as a server: the mock's own, with the proxy in place of the vendor's API."""

from __future__ import annotations

import json
import ssl
from collections.abc import Awaitable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from aiohttp import web

from mockserver import masking
from mockserver.app import Core
from mockserver.clock import IdSource
from mockserver.control.api import is_control
from mockserver.control.resource import Parts
from mockserver.errors import SettingsError
from mockserver.journal.entry import Entry
from mockserver.journal.explain import Replayed
from mockserver.journal.journal import Journal
from mockserver.logs import Log
from mockserver.parity.proxy.examination import Tools
from mockserver.parity.proxy.forward import ProxyApi
from mockserver.parity.proxy.upstream import Upstream
from mockserver.parity.recording.recorder import Recorder, Unwritable
from mockserver.settings import Settings

_NO_STATE = "A proxy has no state of its own: its upstream has"
_NO_WORLDS = "A proxy has one world, 'default': start another proxy, or the mock itself"
_NO_FAULTS = "A proxy injects no faults: it passes on what its upstream answers"
_NO_CLOCK = "A proxy has the time of its machine: its upstream has a clock of its own"
UNAVAILABLE = {
    **dict.fromkeys(("reset.reset", "worlds.reset"), f"{_NO_STATE}; DELETE /_mock/requests empties the journal"),
    **dict.fromkeys(("worlds.create", "worlds.put", "worlds.delete"), _NO_WORLDS),
    **dict.fromkeys(("state.show", "state.replace", "identities.listing", "tokens.listing"), _NO_STATE),
    **dict.fromkeys(("snapshots.listing", "snapshots.take", "snapshots.restore", "snapshots.delete"), _NO_STATE),
    "revisions.listing": _NO_STATE,
    **dict.fromkeys(("clock.put", "clock.run"), _NO_CLOCK),
    **dict.fromkeys(("faults.listing", "faults.add", "faults.clear", "faults.delete"), _NO_FAULTS),
}
"""The calls of the control API that a proxy rejects, each with the reason."""
_ORGANIZATION = {"id": "00000000-0000-4000-8000-000000000064", "name": "Upstream", "slug": "upstream"}
_EMPTY = {"version": 1, "organizations": [_ORGANIZATION], "identities": []}


class ProxyOptions(NamedTuple):
    """Where requests go. `timeout` is in seconds; `trust` is for HTTPS (None: what the system trusts).

    `record` is the file to write a script of the exchanges to; None for none.
    """

    upstream: str
    timeout: float = 30
    trust: ssl.SSLContext | None = None
    record: Path | None = None


class MaskedJournal(Journal):
    """A journal that masks requests before it keeps them, also those that the proxy has not read itself."""

    def record(self, entry: Entry) -> None:
        """Keep the entry without its secrets."""
        if entry.mock_answer is None:
            entry.target = masking.text(entry.target)
            entry.headers = orjson.dumps(masking.headers(orjson.loads(entry.headers)))
        super().record(entry)


class Proxy(Core):
    """A proxy without its sockets. Raises a StartError if the settings or the document do not hold."""

    journal_class = MaskedJournal

    def __init__(self, settings: Settings, options: ProxyOptions, log: Log | None = None) -> None:
        super().__init__(replace(settings, fixtures=(), fixtures_yaml=json.dumps(_EMPTY)), log=log)
        self.about = f", proxy of {options.upstream}"
        self._upstream = Upstream(options.upstream, options.timeout, options.trust)
        tools = Tools(
            self.vendor,
            self.journal,
            self.coverage,
            IdSource(settings.seed),
            self.log,
            self.worlds.default,
            settings.body_timeout,
        )
        self._recorder = None if options.record is None else self._recorder_of(options.record, options.upstream)
        self._api = ProxyApi(tools, self._upstream, self._recorder)

    def _recorder_of(self, file: Path, upstream: str) -> Recorder:
        recorder = Recorder(file, upstream, self.log.warning)
        try:
            recorder.check()
        except Unwritable as error:
            raise SettingsError(f"--record: {error}") from None
        return recorder

    async def open(self) -> None:
        """Begin to write the recording."""
        if self._recorder is not None:
            self._recorder.start()

    def _parts(self) -> Parts:
        return super()._parts()._replace(unavailable=UNAVAILABLE, replay=_not_replayed)

    def answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """Return the response to any request: the control API's, or the upstream's."""
        target = request.raw_path
        if not target.startswith("/"):
            target = request.rel_url.raw_path
        if is_control(target, health_only=not self.settings.control):
            return self._own_answer(request)
        return self._api.answer(request)

    def vendor_answer(self, request: web.BaseRequest) -> Coroutine[Any, Any, web.StreamResponse] | None:
        """Leave every request to `answer`: a client of the upstream needs a task."""
        return None

    async def close(self) -> None:
        """Close the connections to the upstream, and write what is left of the recording."""
        await self._upstream.close()
        if self._recorder is not None:
            await self._recorder.stop()


def _not_replayed(_: Entry) -> Replayed:
    return Replayed(problem="a proxy keeps no bodies with secrets, so it decides each request once, as it passes")
