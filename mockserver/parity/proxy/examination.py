"""What becomes of an exchange: checked against the document, judged as the mock would, learned from, and logged."""

from typing import Any, NamedTuple

from aiohttp import web

from mockserver.api import body
from mockserver.api.pipeline import VendorApi
from mockserver.api.request_headers import RequestHeaders
from mockserver.api.route_match import RouteMatch
from mockserver.api.world_path import named_in
from mockserver.clock import IdSource
from mockserver.coverage.collect import Coverage
from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from mockserver.journal.mock_answer import MockAnswer
from mockserver.logs import Log
from mockserver.parity.comparison import Answer
from mockserver.parity.proxy import checks
from mockserver.parity.proxy.content import Unreadable, json_of
from mockserver.parity.proxy.judge import Forwarded, Judge, Judgement
from mockserver.parity.proxy.records import Key, Records, Since, kind_of
from mockserver.parity.proxy.upstream import Received
from mockserver.rules.rule import ACCEPTED
from mockserver.worlds.world import World

_NO_OPERATION = "the document has no such operation"
_IDENTITIES = "/api/v1/identities"
_CHANGES_LINKED = "/identity-templates"
_CHANGES_ALL = "/sub-organizations/"
_READS = ("GET", "HEAD")


class Tools(NamedTuple):
    """The parts of the server that the proxy works with. `world` is the journal's only world."""

    vendor: VendorApi
    journal: Journal
    coverage: Coverage
    ids: IdSource
    log: Log
    world: World
    body_timeout: float


class Passing:
    """A request on its way. `key` is the identity whose records it may read or write; None for other requests."""

    def __init__(
        self, request: web.BaseRequest, headers: RequestHeaders, entry: Entry, content: bytes, target: str
    ) -> None:
        self.request, self.headers, self.entry = request, headers, entry
        self.content, self.target = content, target
        self.route: RouteMatch | None = None
        self.world = ""
        self.key: Key | None = None
        self.since: Since | None = None
        self.undisturbed = False


class Examiner:
    """Checks and judges exchanges, and keeps what it has learned of the upstream's records."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._records = Records()
        self._judge = Judge(tools.vendor, tools.world.edition, tools.world.token_secret)

    def begin(
        self, request: web.BaseRequest, headers: RequestHeaders, entry: Entry, content: bytes, target: str
    ) -> Passing:
        """Find the operation of a request before it is forwarded, and note that it is in progress."""
        passing = Passing(request, headers, entry, content, target)
        world, path = named_in(target.partition("?")[0])
        passing.world = world or headers.world
        found = self._tools.vendor.route(entry, self._tools.world.edition, path)
        if isinstance(found, RouteMatch):
            passing.route = found
            if found.identity_id is not None:
                passing.key = passing.world, found.identity_id
                passing.since = self._records.begin(passing.key, writes=entry.method not in _READS)
        return passing

    def end(self, passing: Passing, *, answered: bool) -> None:
        """Note that a request is no longer in progress. A write without an answer may have been carried out, or not."""
        if passing.key is None or passing.since is None:
            return
        writes = passing.entry.method not in _READS
        passing.undisturbed = self._records.end(passing.key, passing.since, writes=writes, answered=answered)

    def examine(self, passing: Passing, received: Received, read: bytes | str) -> None:
        """Check and judge the exchange, and note in the entry what is found. `read` is the body, or why it is not."""
        entry, route, headers = passing.entry, passing.route, passing.headers
        entry.rule = ACCEPTED if received.status < 400 else ""
        if route is None:
            entry.mock_answer = MockAnswer(unknown=_NO_OPERATION)
            return
        edition, contract = self._tools.world.edition, route.contract
        value, came = body.value(passing.content, headers.body, contract, edition.profile, announced=headers.announced)
        entry.request_breaches = checks.request_breaches(route, passing.request, value, came, edition)
        if entry.method != "HEAD":
            entry.response_breaches = checks.response_breaches(route, received.status, received.media_type, read)
        seen = Forwarded(
            route,
            passing.request,
            headers,
            passing.content,
            value,
            Answer(received.status, _json(read), received.media_type),
            kind_of(contract.path),
            passing.undisturbed,
            passing.world,
        )
        self._note(entry, self._judged(seen, entry, passing.key))

    def _judged(self, seen: Forwarded, entry: Entry, key: Key | None) -> Judgement:
        """Return the mock's answer, and learn from the exchange. A record that is read is judged as it is shown."""
        reads = entry.method == "GET"
        if reads:
            self._learn(seen, key)
        state = None if key is None or seen.kind is None else self._records.state(key, seen.kind, entry.at)
        judgement = self._judge.judge(seen, entry, state)
        if not reads:
            self._learn(seen, key)
        return judgement

    def _learn(self, seen: Forwarded, key: Key | None) -> None:
        path, writes = seen.found.contract.path, seen.found.contract.method != "GET"
        if seen.answer.status >= 300:
            return
        if seen.found.contract.method == "POST" and path == _IDENTITIES:
            self._records.learn_new(seen.world, seen.value, seen.answer.body)
        elif writes and (_CHANGES_LINKED in path or _CHANGES_ALL in path):
            self._records.forget(linked_only=_CHANGES_ALL not in path)
        elif key is not None and seen.undisturbed:
            self._records.learn(key, seen.found, seen.value, seen.answer.body)

    def _note(self, entry: Entry, judgement: Judgement) -> None:
        """Note the judgement in the entry, and log what a person should look at."""
        tools = self._tools
        entry.mock_answer = judgement.answer
        if judgement.entry is not None:
            entry.judged, entry.refused_by = judgement.entry.judged, judgement.entry.refused_by
            entry.rule, entry.reason = judgement.rule, judgement.entry.reason
        if judgement.call is not None and judgement.outcome is not None:
            call = judgement.call
            tools.coverage.judged(entry.operation, tools.world.edition, call.body, call.shape, judgement.outcome)
        if judgement.answer.differences:
            tools.log.warning(
                "differs from the mock",
                request=entry.id,
                operation=entry.operation,
                status=entry.status,
                mock=judgement.answer.says,
            )
        if entry.breaches:
            tools.log.warning(
                "breaks the contract",
                request=entry.id,
                operation=entry.operation,
                by_the_client=list(entry.request_breaches),
                by_the_upstream=list(entry.response_breaches),
            )


def _json(content: bytes | str) -> Any:
    try:
        return None if isinstance(content, str) else json_of(content)
    except Unreadable:
        return None
