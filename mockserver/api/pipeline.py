"""One request to the vendor's API, start to end, in the order of the real service. Read it from top to bottom.

    journal opens → world → route → Prefer → fault before → organization header → token → body → contract: request
    → operation → fault after → contract: response → journal closes

Every step returns a value or a refusal; nothing here raises for what a client sends.
"""

from collections.abc import Iterable
from dataclasses import replace

from aiohttp import web
from multidict import istr

from mockserver.api import body, forced, issue_list, meddling, replies
from mockserver.api.caller import NOBODY, admitted, checked, presented
from mockserver.api.held import body_violations, let_through, read_parameters
from mockserver.api.meddling import Met
from mockserver.api.operation import Call, Operation
from mockserver.api.prefer import CODE, PREFER
from mockserver.api.replies import JSON, Reply
from mockserver.api.request_rules import BODY, CRASH, FAULT, HEADERS, MALFORMED_HTTP, RESPONSE_CONTRACT, ROUTE, Routing
from mockserver.clock import IdSource, stopwatch
from mockserver.contract.compiled import Contract, ContractOperation
from mockserver.coverage.collect import Coverage
from mockserver.encoding import encoded
from mockserver.errors import SpecError
from mockserver.faults.apply import Delays, drop, drop_half_way, half_of
from mockserver.journal.book import Journal
from mockserver.journal.entry import KEPT_BODY, Entry, packed_headers
from mockserver.journal.show import log_line
from mockserver.logs import Log
from mockserver.profiles import Profile
from mockserver.routes import Match, Routes
from mockserver.rules import Refusal
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World

_ORGANIZATION, _WORLD = istr("x-infisical-org"), istr("Mock-World")
_Bound = tuple[ContractOperation, Operation]


class VendorApi:
    """The vendor-facing side: the contract's operations, bound to what carries them out."""

    def __init__(
        self,
        contract: Contract,
        operations: Iterable[Operation],
        worlds: Worlds,
        journal: Journal,
        ids: IdSource,
        log: Log,
        coverage: Coverage,
    ) -> None:
        bound = [(contract.operations[each.id], each) for each in operations if each.id in contract.operations]
        if not bound:
            raise SpecError(f"{contract.document.name}: holds none of the operations that this server carries out")
        self.offers = {each.id: forced.offer(each, operation, FAULT) for each, operation in bound}
        """What faults may do to each operation."""
        self.delays = Delays()
        self._routes: Routes[_Bound] = Routes((each[0].method, each[0].path, each) for each in bound)
        self._worlds = worlds
        self._journal = journal
        self._ids = ids
        self._log = log
        self._coverage = coverage

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to any request that is not the control API's."""
        started = stopwatch()
        named, path = _world_of(request)
        world = self._worlds.find(named)
        if world is None:
            named = named.encode("utf-8", "replace").decode()  # from a header it may hold bytes that are no text
        acting = world or self._worlds.default
        entry = Entry(
            self._ids.request_id(),
            acting.clock.now(),
            request.method,
            request.raw_path,
            packed_headers(request.headers),
            named,
            acting.profile.value,
            peer=request.remote or "",
            revision=acting.revision,
        )
        try:
            reply, contract = await self._steps(request, entry, acting, world is not None, path)
            reply = self._held_to_contract(reply, contract, entry)
        except ConnectionError:
            raise
        except Exception as error:
            self._log.crashed(entry.id, error)
            reply = replies.failed(CRASH, entry.id, f"{type(error).__name__}: a bug of this mock, see its log")
        response = self._close(entry, reply, started)
        if reply.cut == "half-way":
            return await drop_half_way(request, response)
        if reply.cut:
            drop(request)
        return response

    def malformed(self, request: web.BaseRequest, reason: str) -> web.Response:
        """The answer to what is no HTTP, or breaks the parser's limits."""
        entry = Entry(
            self._ids.request_id(), self._worlds.default.clock.now(), "", "", packed_headers(request.headers), DEFAULT
        )
        return self._close(entry, replies.failed(MALFORMED_HTTP, entry.id, reason, closes=True), stopwatch())

    def crashed(self, request: web.BaseRequest, error: BaseException) -> web.Response:
        """The answer where an exception has come through everything else."""
        entry = Entry(self._ids.request_id(), self._worlds.default.clock.now(), request.method, "", b"[]", DEFAULT)
        self._log.crashed(entry.id, error)
        reason = f"{type(error).__name__}: a bug of this mock, see its log"
        return self._close(entry, replies.failed(CRASH, entry.id, reason, closes=True), stopwatch())

    async def _steps(
        self, request: web.BaseRequest, entry: Entry, world: World, known: bool, path: str
    ) -> tuple[Reply, ContractOperation | None]:
        profile, headers = world.profile, request.headers
        # The service's framework answers HEAD wherever there is a GET; the contract knows no HEAD.
        method = "GET" if entry.method == "HEAD" and profile is Profile.LIVE else entry.method
        match = self._routes.find(method, path)
        if match.target is None or not known:
            gone = self._worlds.why_gone(entry.world)
            routing = Routing(entry.target, entry.method, entry.world, known, match.problem, gone)
            return _not_routed(ROUTE.decide(routing, profile).refusal, match.allowed, entry.id), None
        contract, operation = match.target
        entry.operation = contract.id

        met = Met(world, entry.at)
        if world.faults is not None or PREFER in headers or CODE in entry.target:
            offer, identity = self.offers[contract.id], _identity(match)
            met = await meddling.before(request, entry, world, contract, identity, offer, self.delays)
            if met.reply is not None:
                return met.reply, contract if met.reply.status in contract.responses else None
        return await self._carried_out(request, entry, world, match, contract, operation, met), contract

    async def _carried_out(
        self,
        request: web.BaseRequest,
        entry: Entry,
        world: World,
        match: Match[_Bound],
        contract: ContractOperation,
        operation: Operation,
        met: Met,
    ) -> Reply:
        """The answer of the operation itself, from the token on."""
        profile, headers = world.profile, request.headers

        sent = presented(headers, entry.target, world.state, world.token_secret, met.now)
        refusal = checked(sent, headers, request.remote or "", world)
        if refusal is None and _ORGANIZATION in headers:
            refusal = HEADERS.decide(headers[_ORGANIZATION], profile).refusal
        caller = refusal or (
            admitted(sent, world, identities_only=operation.identities_only) if contract.needs_token else NOBODY
        )
        if isinstance(caller, Refusal):
            return replies.refused(caller, entry.id)

        content, received = body.at_hand(request) or await body.read(request)
        entry.body, entry.body_size = content[:KEPT_BODY], len(content)
        value, received = body.value(content, received, contract, profile, announced=body.announced(headers))
        refusal = None if received.problem is None else BODY.decide(received, profile).refusal
        if refusal is not None:
            return replies.refused(refusal, entry.id, closes=received.problem == "incomplete")

        query, violations = read_parameters(contract, match.parameters, request)
        violations += body_violations(contract, value)
        issues = issue_list.issues_of(violations, value, contract.ranks) if violations else issue_list.NONE
        call = Call(
            met.world,
            met.now,
            match.parameters,
            query,
            value,
            issues,
            caller,
            self._ids,
            headers,
            request.remote or "",
            entry.id,
        )
        outcome = operation.handle(call)
        entry.judged, entry.refused_by = True, outcome.decision.refused_by
        self._coverage.judged(contract.id, profile, received.media_type, content, value, outcome)
        if outcome.decision.refusal is not None:
            return replies.refused(outcome.decision.refusal, entry.id)

        breaches = let_through(violations, contract, received.media_type)
        if breaches:
            entry.request_breaches = tuple(breach.as_json() for breach in breaches)
        reply = Reply(200, outcome.body)
        if world.faults is not None and not entry.fault:
            reply = meddling.after(entry, world, contract, _identity(match), reply)
        return reply

    def _held_to_contract(self, reply: Reply, contract: ContractOperation | None, entry: Entry) -> Reply:
        """The reply, or the 500 that stands in for one that breaks the contract."""
        if contract is None or contract.accepts_json(reply.status, reply.body):
            return reply
        breaches = contract.response_violations(reply.status, "application/json", reply.body)
        entry.response_breaches = tuple(breach.as_json() for breach in breaches)
        self._log.broken_answer(entry.id, contract.id, list(entry.response_breaches))
        first = breaches[0]
        return replies.failed(RESPONSE_CONTRACT, entry.id, f"{first.pointer or '(body)'}: {first.reason}")

    def _close(self, entry: Entry, reply: Reply, started: float) -> web.Response:
        """Encodes the reply, and closes the journal's entry with it."""
        content = encoded(reply.body)
        headers = {
            "Content-Type": JSON,
            "Mock-Request-Id": entry.id,
            "Mock-World": entry.world,
            "Mock-Rule": reply.rule,
        }
        if reply.headers is not None:
            headers.update(reply.headers)
        entry.status, entry.rule, entry.reason = reply.status, reply.rule, reply.reason
        entry.response_body, entry.response_type = content, JSON
        if reply.cut:
            entry.response_body = half_of(content) if reply.cut == "half-way" else b""
            entry.status = 0 if reply.cut == "whole" else reply.status
        if entry.request_breaches or entry.response_breaches:
            headers["Mock-Breach"] = str(entry.breaches)
        self._coverage.answered(entry.operation, entry.profile, reply.status, "" if entry.judged else reply.rule)
        response = web.Response(body=content, status=reply.status or 500, headers=headers)
        if reply.closes:
            response.force_close()
        entry.seconds = stopwatch() - started
        self._journal.record(entry)
        if self._log.shows_requests:
            self._log.request(**log_line(entry))
        return response


def _world_of(request: web.BaseRequest) -> tuple[str, str]:
    """The world that the request names, in its path or in a header, and the path without it and without the query."""
    path = request.raw_path.partition("?")[0]
    if not path.startswith("/"):
        path = request.rel_url.raw_path
    if path.startswith("/w/"):
        world, _, rest = path[3:].partition("/")
        return world, f"/{rest}"
    return request.headers.get(_WORLD) or DEFAULT, path


def _identity(match: Match[_Bound]) -> str | None:
    """The identity of the path, in the case of the records."""
    named = match.parameters.get("identityId")
    return None if named is None else named.lower()


def _not_routed(refusal: Refusal | None, allowed: tuple[str, ...], request_id: str) -> Reply:
    assert refusal is not None, "a path that leads nowhere is refused by a rule"
    reply = replies.refused(refusal, request_id)
    return replace(reply, headers={"Allow": ", ".join(allowed)}) if refusal.status == 405 else reply
