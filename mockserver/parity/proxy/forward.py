"""The path of a request through the proxy: read, forwarded, checked against the document, judged, and kept."""

from aiohttp import web
from multidict import CIMultiDict

from mockserver import masking
from mockserver.api import body, replies
from mockserver.api.replies import Reply
from mockserver.api.request_headers import read_headers
from mockserver.api.request_rules import BODY, MALFORMED_HTTP, UNREACHABLE
from mockserver.clock import stopwatch
from mockserver.http.json_encoding import encoded
from mockserver.http.request_body import go_ahead
from mockserver.http.response import BytesResponse
from mockserver.journal.entry import KEPT_BODY, Entry, packed_headers
from mockserver.journal.mock_answer import MockAnswer
from mockserver.journal.show import log_exchange
from mockserver.parity.proxy.content import Unreadable, decoded, masked
from mockserver.parity.proxy.examination import Examiner, Passing, Tools
from mockserver.parity.proxy.messages import NO_BODY, ForwardedResponse, request_headers
from mockserver.parity.proxy.upstream import WHOLE_BYTES, Received, Unreachable, Upstream
from mockserver.parity.recording.exchange import Raw
from mockserver.parity.recording.recorder import Recorder
from mockserver.worlds.registry import DEFAULT

_NO_TEXT = "The target or a header has bytes that are not UTF-8, which the proxy cannot pass on"


class ProxyApi:
    """Forwards the requests of clients to the upstream. `recorder` writes a script of them, if there is one."""

    def __init__(self, tools: Tools, upstream: Upstream, recorder: Recorder | None = None) -> None:
        self._tools = tools
        self._upstream = upstream
        self._recorder = recorder
        self._examiner = Examiner(tools)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the response of the upstream, or the proxy's own if there is none."""
        headers, started = read_headers(request.headers), stopwatch()
        if headers.expects:
            await go_ahead(request)
        entry = self._entry(request)
        target = _target(request)
        content, came = await body.read(request, headers.body.media_type, self._tools.body_timeout)
        if came.problem is not None:
            entry.body_size = len(content)
            refusal = BODY.decide(came, self._tools.world.edition).refusal
            assert refusal is not None, "a body that did not come is rejected"
            return self._own(entry, replies.refused(refusal, entry.id, closes=True), started)
        sent = request_headers(request.headers)
        if not _is_utf8(target, sent):
            return self._own(entry, replies.failed(MALFORMED_HTTP, entry.id, _NO_TEXT, closes=True), started)
        entry.body = masked(content, headers.body.media_type)
        entry.body_size = len(entry.body) if len(entry.body) < KEPT_BODY else max(len(content), KEPT_BODY + 1)
        passing = self._examiner.begin(request, headers, entry, content, target)
        received = None
        try:
            received = await self._upstream.send(
                entry.method,
                target,
                sent,
                content if content or headers.announced else None,
                chunked=headers.announced == "chunked",
            )
        except Unreachable as error:
            self._record(passing, None, b"")
            return self._own(entry, replies.failed(UNREACHABLE, entry.id, str(error)), started)
        finally:
            self._examiner.end(passing, answered=received is not None)
        read = _read(received)
        entry.status, entry.response_type = received.status, masking.text(received.header("Content-Type"))
        entry.response_body = masked(read, received.media_type) if isinstance(read, bytes) else f"({read})".encode()
        self._record(passing, received, read)
        self._examiner.examine(passing, received, read)
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

    def _record(self, passing: Passing, received: Received | None, read: bytes | str) -> None:
        """Hand the exchange to the recorder, which takes its secrets out; without `received` no response came."""
        if self._recorder is None:
            return
        entry = passing.entry
        self._recorder.add(
            Raw(
                operation=entry.operation,
                method=entry.method,
                target=passing.target,
                headers=list(passing.request.headers.items()),
                body=passing.content,
                status=0 if received is None else received.status,
                response_type="" if received is None else received.header("Content-Type"),
                response_body=read if isinstance(read, bytes) else b"",
                at=entry.at,
            )
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


def _is_utf8(target: str, headers: CIMultiDict[str]) -> bool:
    """Return whether what is passed on is UTF-8: the client of the upstream would leave other bytes out."""
    try:
        "".join((target, *headers.values())).encode()
    except UnicodeEncodeError:
        return False
    return True


def _target(request: web.BaseRequest) -> str:
    """Return path and query as they came; of a request in absolute form, without the server."""
    target = request.raw_path
    return target if target.startswith("/") else request.rel_url.raw_path_qs


def _read(received: Received) -> bytes | str:
    """Return the body without its content encoding, or why it cannot be read."""
    if received.rest is not None:
        return f"it is longer than {WHOLE_BYTES} bytes, or has no end"
    try:
        return decoded(received.body, received.header("Content-Encoding"), WHOLE_BYTES)
    except Unreadable as error:
        return str(error)


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
