"""Puts the parts together: settings in, an aiohttp application out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiohttp import web

from mockserver import __version__, masking
from mockserver.api.ledger import Ledger
from mockserver.api.operation import Operation
from mockserver.api.operations import OPERATIONS, Operations, Rulebooks, operations_of
from mockserver.api.pipeline import VendorApi
from mockserver.api.request_headers import RequestHeaderCache
from mockserver.api.served import ServedByGeneration, add_subjects
from mockserver.api.stages import STAGES
from mockserver.clock import IdSource, WorldClock, stopwatch
from mockserver.contract.compiled import Contract, Contracts
from mockserver.control.api import PREFIX, ControlApi, is_control
from mockserver.control.resource import Call, Parts, crash
from mockserver.coverage.catalogue import Subjects
from mockserver.coverage.collect import Coverage
from mockserver.errors import SettingsError, SpecError
from mockserver.http.request_body import EXPECT, go_ahead
from mockserver.http.response import BytesResponse
from mockserver.infisical.access_tokens.client_address import TrustedProxies, trusted_proxies
from mockserver.infisical.rate_limits.limits import BadRateLimits, RateLimits, rate_limits
from mockserver.infisical.state import State
from mockserver.journal.journal import Journal
from mockserver.logs import Log
from mockserver.rules.edition import Edition
from mockserver.seeding.load import digest_of, load, texts
from mockserver.seeding.progress import SILENT, Progress
from mockserver.seeding.yaml_reader import Text
from mockserver.settings import Settings
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World

if TYPE_CHECKING:
    from mockserver.api.explain.replay import Replay
    from mockserver.journal.entry import Entry
    from mockserver.journal.explain import Replayed


class Core:
    """One mock server without its sockets. Raises a StartError if settings, document or fixtures do not hold.

    `about` is what its ready line says of it beside profile and generation.
    """

    about = ""
    journal_class = Journal

    def __init__(
        self,
        settings: Settings,
        operations: Iterable[Operation] = OPERATIONS,
        log: Log | None = None,
        progress: Progress = SILENT,
    ) -> None:
        self.settings = settings
        self.log = log or Log(settings.log_level, settings.log_format)
        self.contracts = Contracts(settings.spec_path, settings.engine)
        self.contract = self.contracts.of(settings.edition.generation)
        fixtures = fixtures_of(settings)
        self.fixtures_digest = digest_of(fixtures)
        seed, ids = self.seed_from(fixtures, progress), IdSource(settings.seed)
        del fixtures  # the texts of a large world would take a fifth of its memory
        default = _default_world(settings, seed)
        self.worlds = Worlds(default, ids, most=settings.max_worlds, idle_seconds=settings.world_idle)
        self.journal = self.journal_class(settings.journal_size, settings.journal_bytes)
        self.journal.has_world = self.worlds.__contains__
        self.operations = operations_of(operations)
        self.ledger = Ledger(self.operations)
        self.coverage = coverage(self.operations, self.contract, settings.edition)
        self.served = ServedByGeneration(self.contracts, self.operations, self.coverage)
        self.vendor = VendorApi(
            self.served, self.worlds, self.journal, ids, self.log, self.coverage, settings.body_timeout
        )
        self._headers = RequestHeaderCache()
        self.control = ControlApi(self._parts())

    def _parts(self) -> Parts:
        """What the control API looks at and changes."""
        settings = self.settings
        return Parts(
            version=__version__,
            edition=settings.edition,
            contract=self.contract,
            contracts=self.contracts.of,
            worlds=self.worlds,
            journal=self.journal,
            ledger=self.ledger,
            coverage=self.coverage,
            rulebooks=Rulebooks(self.operations),
            offers=self.served.offers,
            mask_key=settings.token_secret,
            first_time=settings.clock,
            control_token=settings.control_token,
            allowed_hosts=settings.allowed_hosts,
            seed=settings.seed,
            body_timeout=settings.body_timeout,
            as_of=None if settings.as_of is None else settings.edition.generation,
            stages=STAGES,
            replay=self._replayed,
            fail_on_warning=settings.fail_on_warning,
            docs_url=settings.docs_url,
            pages=_pages if settings.control else None,
        )

    def _replayed(self, entry: Entry) -> Replayed:
        return self._replay(entry)

    @cached_property
    def _replay(self) -> Replay:
        from mockserver.api.explain.replay import Replay  # with the first explanation: no start needs it

        return Replay(self.vendor, self.worlds, self.contracts)

    def stop(self) -> None:
        """Ends what would go on for ever: the streams of events."""
        self.journal.subscribers.end()

    async def open(self) -> None:
        """Begin what goes on beside the requests: the mock has nothing."""

    async def close(self) -> None:
        """Release what outlives the requests: the mock has nothing."""

    def seed_from(self, fixtures: list[Text], progress: Progress = SILENT) -> State:
        """The state that the fixtures describe. Raises FixtureErrors if they do not hold."""
        return load(fixtures, WorldClock(self.settings.clock).now(), progress)

    def reseed(self, digest: bytes, seed: State) -> None:
        """Puts `seed`, made from fixtures of that digest, under the default world, and resets it; other worlds stay."""
        self.fixtures_digest = digest
        self.worlds.default.reseed(seed)
        self.journal.clear(DEFAULT)

    def answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """Return the response to any request: the control API's, a document, or the vendor's."""
        return self.vendor_answer(request) or self._own_answer(request)

    def vendor_answer(self, request: web.BaseRequest) -> Coroutine[Any, Any, web.StreamResponse] | None:
        """Return the response of the vendor API, as a coroutine; None if the request is not for it.

        Before it waits for the first time, the coroutine asks nothing of a task: it may begin outside of one.
        """
        target = request.raw_path
        if target.startswith(PREFIX) and is_control(target, health_only=not self.settings.control):
            return None
        if self.control.document(request) is not None:
            return None
        return self.vendor.answer(request, self._headers.of(request))

    async def _own_answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response of the control API, or a document. It catches errors, as the vendor's pipeline does."""
        if EXPECT in request.headers:
            await go_ahead(request)
        started = stopwatch()
        response: web.StreamResponse
        try:
            document = self.control.document(request)
            response = await (
                self.control.answer(request) if document is None else self.control.serve(document, request)
            )
        except ConnectionError:
            raise
        except Exception as error:
            self.log.crashed("control API", error)
            response = crash(error)
        if self.log.shows_requests:
            path = masking.text(request.raw_path.partition("?")[0])
            spent = round((stopwatch() - started) * 1000, 2)
            self.log.control(method=request.method, path=path, status=response.status, ms=spent)
        return response


async def _pages(
    call: Call, send: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], *, allowed: bool
) -> web.StreamResponse:
    from mockserver.inspector.pages import answer  # with the first page: no start needs it

    return await answer(call, send, allowed=allowed)


def fixtures_of(settings: Settings) -> list[Text]:
    """What the settings seed from, as it stands now. Raises FixtureErrors for what cannot be read."""
    sources = texts(settings.fixture_paths)
    if settings.fixtures_yaml is not None:
        sources.append(Text("INFISICAL_MOCK_FIXTURES_YAML", settings.fixtures_yaml))
    return sources


def _default_world(settings: Settings, seed: State) -> World:
    """The world of requests that name none. Raises SettingsError for bad proxies or rate limits."""
    return World(
        DEFAULT,
        seed,
        settings.edition,
        WorldClock(settings.clock),
        settings.token_secret,
        _proxies_of(settings),
        settings.token_expiry_status,
        _rate_limits_of(settings),
    )


def _proxies_of(settings: Settings) -> TrustedProxies:
    """The trusted proxies of the settings. Raises SettingsError if one is no CIDR block."""
    try:
        return trusted_proxies(settings.trusted_proxies)
    except ValueError as error:
        raise SettingsError(f"trusted_proxies: {error}") from None


def _rate_limits_of(settings: Settings) -> RateLimits | None:
    """The rate limits of the settings. Raises SettingsError if they are none."""
    if settings.rate_limits is None:
        return None
    try:
        return rate_limits(settings.rate_limits)
    except BadRateLimits as error:
        where = f"rate_limits[{error.key!r}]" if error.key else "rate_limits"
        raise SettingsError(f"{where}: {error}") from None


def coverage(operations: Operations, contract: Contract, edition: Edition) -> Coverage:
    """The count of what requests meet, begun anew: of every operation that is served, and of what comes before one.

    Raises SpecError if the document has none of the operations.
    """
    before = tuple(rule for _, rulebook in STAGES for rule in rulebook.rules)
    subjects = Subjects()
    add_subjects(subjects, contract, operations)
    if not any(each in contract.operations for each in operations.ids):
        raise SpecError(f"{contract.document.name}: holds none of the operations that this server carries out")
    return Coverage(
        subjects,
        before,
        version=__version__,
        contract=contract.document.digest,
        edition=edition,
    )


MOCK = web.AppKey("mock", Core)


def create_app(settings: Settings | None = None, mock: Core | None = None) -> web.Application:
    """An aiohttp application around a new mock, or around the one that is given."""
    mock = mock or Core(settings or Settings())

    async def answer(request: web.Request) -> web.StreamResponse:
        answered = await mock.answer(request)
        return answered.as_response() if isinstance(answered, BytesResponse) else answered

    @web.middleware
    async def net(request: web.Request, handler: Any) -> web.StreamResponse:
        """The outermost net: what aiohttp itself would refuse in plain text is answered in the vendor's words."""
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPException:
            response = await answer(request)
        return response

    app = web.Application(middlewares=[net], client_max_size=mock.settings.max_body)
    app[MOCK] = mock

    async def end_delays(_: web.Application) -> None:
        mock.vendor.delays.stop()

    app.on_shutdown.append(end_delays)
    app.router.add_route("*", "/{path:.*}", answer, expect_handler=_no_hurry)
    return app


async def _no_hurry(_: web.Request) -> None:
    """An expectation is answered by the mock itself, however it is served."""
