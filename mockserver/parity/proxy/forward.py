"""The path of a request through the proxy: read, forwarded, checked against the document, judged, and kept."""

from typing import Any, NamedTuple

import orjson
from aiohttp import web
from multidict import CIMultiDict

from mockserver import masking
from mockserver.api import body, replies
from mockserver.api.pipeline import VendorApi
from mockserver.api.replies import Reply
from mockserver.api.request_headers import RequestHeaders, read_headers
from mockserver.api.request_rules import BODY, UNREACHABLE
from mockserver.api.route_match import RouteMatch
from mockserver.api.world_path import named_in
from mockserver.clock import IdSource, stopwatch
from mockserver.coverage.collect import Coverage
from mockserver.http.json_encoding import encoded
from mockserver.http.request_body import go_ahead
from mockserver.http.response import BytesResponse
from mockserver.journal.entry import KEPT_BODY, Entry, packed_headers
from mockserver.journal.journal import Journal
from mockserver.journal.mock_answer import MockAnswer
from mockserver.journal.show import log_exchange
from mockserver.logs import Log
from mockserver.parity.comparison import Answer
from mockserver.parity.proxy import checks
from mockserver.parity.proxy.content import Unreadable, decoded, masked
from mockserver.parity.proxy.judge import Forwarded, Judge, Judgement
from mockserver.parity.proxy.messages import NO_BODY, ForwardedResponse, request_headers
from mockserver.parity.proxy.records import Key, Records, method_of
from mockserver.parity.proxy.upstream import WHOLE_BYTES, Received, Unreachable, Upstream
from mockserver.rules.rule import ACCEPTED
from mockserver.worlds.registry import DEFAULT
from mockserver.worlds.world import World

_NO_OPERATION = "the document has no such operation"
_IDENTITIES = "/api/v1/identities"
_CHANGES_LINKED = "/identity-templates"
_CHANGES_ALL = "/sub-organizations/"


class Tools(NamedTuple):
    """The parts of the server that the proxy works with. `world` is the journal's only world."""

    vendor: VendorApi
    journal: Journal
    coverage: Coverage
    ids: IdSource
    log: Log
    world: World
    body_timeout: float


class ProxyApi:
    """Forwards the requests of clients to the upstream."""

    def __init__(self, tools: Tools, upstream: Upstream) -> None:
        self._tools = tools
        self._upstream = upstream
        self._records = Records()
        self._judge = Judge(tools.vendor, tools.world.edition, tools.world.token_secret)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response of the upstream, or the proxy's own if there is none."""
        headers, started = read_headers(request.headers), stopwatch()
        if headers.expects:
            await go_ahead(request)
        entry = self._entry(request)
        target = _target(request)
        content, read = await body.read(request, headers.body.media_type, self._tools.body_timeout)
        if read.problem is not None:
            entry.body_size = len(content)
            refusal = BODY.decide(read, self._tools.world.edition).refusal
            assert refusal is not None, "a body that did not come is rejected"
            return self._own(entry, replies.refused(refusal, entry.id, closes=True), started)
        entry.body = masked(content, headers.body.media_type)
        entry.body_size = len(entry.body) if len(entry.body) < KEPT_BODY else max(len(content), KEPT_BODY + 1)
        world, path = named_in(target.partition("?")[0])
        found = self._tools.vendor.route(entry, self._tools.world.edition, path)
        route = found if isinstance(found, RouteMatch) else None
        key = None if route is None or route.identity_id is None else (world or headers.world, route.identity_id)
        writes = key is not None and entry.method not in ("GET", "HEAD")
        since = None if key is None else self._records.begin(key, writes=writes)
        undisturbed = False
        try:
            received = await self._upstream.send(
                entry.method,
                target,
                request_headers(request.headers),
                content if content or headers.announced else None,
                chunked=headers.announced == "chunked",
            )
        except Unreachable as error:
            return self._own(entry, replies.failed(UNREACHABLE, entry.id, str(error)), started)
        finally:
            if key is not None and since is not None:
                undisturbed = self._records.end(key, since, writes=writes)
        self._check(request, headers, entry, content, route, received, key, undisturbed)
        return await self._pass_on(request, entry, received, started)

    def _entry(self, request: web.BaseRequest) -> Entry:
        """Return the journal's entry of a request, its secrets masked before they are kept."""
        tools = self._tools
        shown: CIMultiDict[str] = CIMultiDict(
            (name, masking.header(name, value)) for name, value in request.headers.items()
        )
        return Entry(
            tools.ids.request_id(),
            tools.world.clock.now(),
            request.method,
            masking.text(request.raw_path),
            packed_headers(shown),
            DEFAULT,
            tools.world.edition,
            peer=request.remote or "",
        )

    def _check(
        self,
        request: web.BaseRequest,
        headers: RequestHeaders,
        entry: Entry,
        content: bytes,
        route: RouteMatch | None,
        received: Received,
        key: Key | None,
        undisturbed: bool,
    ) -> None:
        """Check the exchange against the document and the mock, and note in the entry what is found."""
        read = _read(received)
        entry.status, entry.response_type = received.status, masking.text(received.headers.get("Content-Type", ""))
        entry.response_body = masked(read, received.media_type) if isinstance(read, bytes) else f"({read})".encode()
        entry.rule = ACCEPTED if received.status < 400 else ""
        if route is None:
            entry.mock_answer = MockAnswer(unknown=_NO_OPERATION)
            return
        edition = self._tools.world.edition
        value, read_body = body.value(
            content, headers.body, route.contract, edition.profile, announced=headers.announced
        )
        entry.request_breaches = checks.request_breaches(route, request, value, read_body, edition)
        if entry.method != "HEAD":
            entry.response_breaches = checks.response_breaches(route, received.status, received.media_type, read)
        answer = Answer(received.status, _json(read), received.media_type)
        method = method_of(route.contract.path)
        world = named_in(_target(request))[0] or headers.world
        seen = Forwarded(route, request, headers, content, value, answer, method, undisturbed, world)
        self._note(entry, self._judged(seen, entry, key))

    def _judged(self, seen: Forwarded, entry: Entry, key: Key | None) -> Judgement:
        """Return the mock's answer, and learn from the exchange. A record that is read is judged as it is shown."""
        reads = entry.method == "GET"
        if reads:
            self._learn(seen, key)
        state = None if key is None or seen.method is None else self._records.state(key, seen.method, entry.at)
        judgement = self._judge.judge(seen, entry, state)
        if not reads:
            self._learn(seen, key)
        return judgement

    def _learn(self, seen: Forwarded, key: Key | None) -> None:
        path, writes = seen.found.contract.path, seen.found.contract.method != "GET"
        if seen.answer.status >= 300:
            return
        if seen.found.contract.method == "POST" and path == _IDENTITIES:
            self._records.learn_new(seen.world, seen.answer.body)
        elif writes and (_CHANGES_LINKED in path or _CHANGES_ALL in path):
            self._records.forget(linked_only=_CHANGES_ALL not in path)
        elif key is not None and seen.undisturbed and (seen.method is not None or path.endswith("/{identityId}")):
            self._records.learn(key, seen.found, seen.answer.body)

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

    async def _pass_on(
        self, request: web.BaseRequest, entry: Entry, received: Received, started: float
    ) -> web.StreamResponse:
        """Return the response of the upstream; a long one is written here, as it comes."""
        headers = received.headers
        headers.update(self._own_headers(entry))
        if received.rest is not None:
            try:
                return await _streamed(request, received)
            finally:
                received.rest.close()
                self._close(entry, started)
        if request.method != "HEAD" and received.status not in NO_BODY:
            headers["Content-Length"] = str(len(received.body))
        self._close(entry, started)
        return ForwardedResponse(received.status, received.phrase, headers, received.body)

    def _own_headers(self, entry: Entry) -> dict[str, str]:
        headers = {"Mock-Request-Id": entry.id, "Mock-World": entry.world}
        if entry.rule:
            headers["Mock-Rule"] = entry.rule
        if entry.breaches:
            headers["Mock-Breach"] = str(entry.breaches)
        return headers

    def _own(self, entry: Entry, reply: Reply, started: float) -> BytesResponse:
        """Return a response of the proxy itself, in the vendor's envelope."""
        content: bytes = encoded(reply.body)
        entry.status, entry.rule, entry.reason = reply.status, reply.rule, reply.reason
        entry.response_body, entry.response_type = content, reply.type
        entry.mock_answer = MockAnswer(unknown="the upstream has not answered the request")
        self._close(entry, started)
        response = BytesResponse(reply.status, {"Content-Type": reply.type, **self._own_headers(entry)}, content)
        if reply.closes:
            response.force_close()
        return response

    def _close(self, entry: Entry, started: float) -> None:
        tools = self._tools
        entry.seconds = stopwatch() - started
        tools.coverage.answered(entry.operation, entry.edition, entry.status, "" if entry.judged else entry.rule)
        tools.journal.record(entry)
        if tools.log.shows_requests:
            log_exchange(tools.log, entry)


def _target(request: web.BaseRequest) -> str:
    """Return path and query as they came; of a request in absolute form, without the server."""
    target = request.raw_path
    return target if target.startswith("/") else request.rel_url.raw_path_qs


def _read(received: Received) -> bytes | str:
    """Return the body without its content encoding, or why it cannot be read."""
    if received.rest is not None:
        return f"it is longer than {WHOLE_BYTES} bytes, or has no end"
    try:
        return decoded(received.body, received.headers.get("Content-Encoding", ""), WHOLE_BYTES)
    except Unreadable as error:
        return str(error)


def _json(content: bytes | str) -> Any:
    if isinstance(content, str):
        return None
    try:
        return orjson.loads(content)
    except ValueError:
        return None


async def _streamed(request: web.BaseRequest, received: Received) -> web.StreamResponse:
    """Write a long response as it comes. Raises ConnectionError if the upstream stops in the middle of it."""
    assert received.rest is not None
    response = web.StreamResponse(status=received.status, reason=received.phrase, headers=received.headers)
    if "Content-Length" not in received.headers:
        response.enable_chunked_encoding() if request.version >= (1, 1) else response.force_close()
    await response.prepare(request)
    await response.write(received.body)
    try:
        async for piece in received.rest.content.iter_any():
            await response.write(piece)
    except (OSError, TimeoutError, ValueError, web.HTTPException) as error:
        raise ConnectionError("the upstream stopped in the middle of a response") from error
    await response.write_eof()
    return response
