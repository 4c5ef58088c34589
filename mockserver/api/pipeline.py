"""One request to the vendor's API, start to end, in the order of the real service. Read it from top to bottom.

    journal opens → world → route → Prefer → fault before → token → organization header → body → rate limit
    → contract: request → operation → fault after → contract: response → journal closes

Every step returns a value or a refusal; nothing here raises for what a client sends.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from mockserver.api import body, fault_injection, http_edges, issue_list, long_bodies, rate_limiting, replies
from mockserver.api.caller import NOBODY, Caller, checked, presented
from mockserver.api.exchange_response import ExchangeResponse
from mockserver.api.known_callers import admitted_anew, known_caller
from mockserver.api.long_bodies import IN_PIECES, LongBody
from mockserver.api.operation import Call, Outcome
from mockserver.api.prefer import CODE
from mockserver.api.replies import JSON, Reply
from mockserver.api.request_headers import RequestHeaders
from mockserver.api.request_rules import BODY, CRASH, RESPONSE_CONTRACT, Received
from mockserver.api.route_match import RouteMatch
from mockserver.api.route_rules import ROUTE, Routing
from mockserver.api.served import ServedByGeneration
from mockserver.api.world_path import world_of
from mockserver.clock import IdSource, stopwatch
from mockserver.contract.engine import Request
from mockserver.contract.operation import ContractOperation
from mockserver.contract.undeclared import fitted
from mockserver.coverage.collect import Coverage
from mockserver.errors import why_failed
from mockserver.faults.apply import Delays, drop, drop_half_way, half_of
from mockserver.http.json_encoding import encoded
from mockserver.http.request_body import at_hand, go_ahead
from mockserver.http.response import BytesResponse
from mockserver.infisical.body_fields import shape_of
from mockserver.journal import client_history
from mockserver.journal.entry import KEPT_BODY, Entry, packed_headers
from mockserver.journal.journal import Journal
from mockserver.journal.show import log_exchange
from mockserver.logs import Log
from mockserver.rules.edition import Edition
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Refusal, Rule
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World


class VendorApi:
    """The vendor-facing side: the contract's operations, bound to what carries them out."""

    def __init__(
        self,
        served: ServedByGeneration,
        worlds: Worlds,
        journal: Journal,
        ids: IdSource,
        log: Log,
        coverage: Coverage,
        body_timeout: float,
    ) -> None:
        self.delays = Delays()
        self._served = served
        self._worlds = worlds
        self._journal = journal
        self._ids = ids
        self._log = log
        self._coverage = coverage
        self._body_timeout = body_timeout

    async def answer(self, request: web.BaseRequest, headers: RequestHeaders) -> web.StreamResponse:
        """The answer to any request that is not the control API's. `headers` is what its headers say."""
        if headers.expects:
            await go_ahead(request)
        started = stopwatch()
        named, path = world_of(request, headers.world)
        world = self._worlds.find(named, started)
        if world is None:
            named = named.encode("utf-8", "replace").decode()  # from a header it may hold bytes that are no text
        acting = world or self._worlds.default
        entry = Entry(
            self._ids.request_id(),
            acting.clock.now(),
            request.method,
            request.raw_path,
            headers.packed,
            named,
            acting.edition,
            request.remote or "",
            acting.revision,
            acting.life,
        )
        if world is not None and (world.habits is not None or entry.method == "GET"):
            client_history.note(world, entry, headers.authorization, started)
        try:
            reply, contract = await self._steps(request, headers, entry, acting, world is not None, path)
            if reply.body.__class__ is LongBody:
                reply, contract = await long_bodies.made(reply, contract, request)
            reply = self._held_to_contract(reply, contract, entry)
        except ConnectionError:
            raise
        except Exception as error:
            self._log.crashed(entry.id, error)
            reply = replies.failed(CRASH, entry.id, why_failed(error))
        response = self._close(entry, reply, started)
        if reply.type is IN_PIECES:
            response = long_bodies.in_pieces(response, reply.body, entry)
        if headers.cross_origin is not None and acting.profile is Profile.LIVE:
            response.headers.update(headers.cross_origin)
        if reply.cut:
            if reply.cut == "half-way":
                return await drop_half_way(request, response)
            drop(request)
        return response

    def rejected(self, rule: Rule[Any], reason: str, request: web.BaseRequest | None = None) -> BytesResponse:
        """Return the response to what never reaches an operation: malformed HTTP, a late head."""
        entry = Entry(self._ids.request_id(), self._worlds.default.clock.now(), "", "", b"[]", DEFAULT)
        if request is not None:
            entry.method, entry.target = request.method, request.raw_path
            entry.headers = packed_headers(request.headers)
        return self._close(entry, replies.failed(rule, entry.id, reason, closes=True), stopwatch())

    def failed(self, request: web.BaseRequest, error: BaseException) -> BytesResponse:
        """Return the response to a request that an unexpected exception has ended."""
        response = self.rejected(CRASH, why_failed(error), request)
        self._log.crashed(response.headers["Mock-Request-Id"], error)
        return response

    async def _steps(
        self, request: web.BaseRequest, headers: RequestHeaders, entry: Entry, world: World, known: bool, path: str
    ) -> tuple[Reply, ContractOperation | None]:
        early = http_edges.early_reply(request, world.edition) if headers.expects or entry.method == "OPTIONS" else None
        if early is not None:
            return early, None
        found = self.route(entry, world.edition, path, known=known)
        if isinstance(found, Reply):
            unreadable = await body.problem_without_route(request, headers, found, entry, world, self._body_timeout)
            return found if unreadable is None else replies.refused(unreadable, entry.id), None
        contract = found.contract
        readable = world  # a fault may show the world as it was
        if world.faults is not None or headers.prefers or CODE in entry.target:
            offer = self._served.offer(world.generation, contract.id)
            of_path, delays = found.identity_id, self.delays
            injected = await fault_injection.before(request, entry, world, contract, of_path, offer, delays)
            if injected.reply is not None:
                return injected.reply, contract if injected.reply.status in contract.responses else None
            readable = injected.world
        caller = self.caller(found, headers, entry, world)
        if isinstance(caller, Refusal):
            return replies.refused(caller, entry.id), contract
        content, received = at_hand(request), headers.body
        if content is None and contract.method == "GET":
            content = b""  # the service never waits for it
        elif content is None:
            content, received = await body.read(request, received.media_type, self._body_timeout)
        entry.body, entry.body_size = content[:KEPT_BODY], len(content)

        reply, call, outcome = self.judge(
            found, caller, request, headers, entry, readable, content, received, self._ids
        )
        if call is not None and outcome is not None:
            self._coverage.judged(contract.id, world.edition, call.body, call.shape, outcome)
            if world.faults is not None and not entry.fault and not outcome.decision.refused:
                reply = fault_injection.after(entry, world, contract, found.identity_id, reply)
        elif reply.status not in contract.responses:
            return reply, None  # an error of the service's HTTP framework, which no document describes
        return reply, contract

    def route(self, entry: Entry, edition: Edition, path: str, *, known: bool = True) -> RouteMatch | Reply:
        """The route: the operation that the request asks for; or the answer to one that asks for none."""
        if known and (found := self._served.matches.get((entry.method, path, edition))) is not None:
            entry.operation = found.contract.id
            return found
        # The service's framework answers HEAD wherever there is a GET; the contract knows no HEAD.
        method = "GET" if entry.method == "HEAD" and edition.profile is Profile.LIVE else entry.method
        asked, path = (entry.method, path, edition), http_edges.path_of(path, edition)
        served = self._served[edition.generation]
        match = served.routes.find(method, path)
        if match.target is None or not known:
            gone = self._worlds.why_gone(entry.world)
            routing = Routing(
                entry.target, entry.method, entry.world, known, match.problem, gone, path, self._worlds.server
            )
            return replies.not_routed(ROUTE.decide(routing, edition).refusal, match.allowed, entry.id)
        entry.operation = match.target
        return self._served.keep(asked, RouteMatch(*served.bound[match.target], match.parameters))

    def caller(self, found: RouteMatch, headers: RequestHeaders, entry: Entry, world: World) -> Caller | Refusal:
        """Token and organization header: who asks, or why nobody may who asks like this."""
        address, needs_token = headers.address_at(entry, world), found.contract.needs_token
        credential, now = headers.credential, entry.at
        if not needs_token and not credential.is_sent:
            return NOBODY
        as_before = needs_token and credential.text and not headers.organization
        if as_before and (known := known_caller(credential, address, world, now)) is not None:
            return known  # every rule has admitted it, and nothing that they read has changed
        sent = presented(credential, entry.target, world.state, world.token_secret, now, world.token_expiry_status)
        refusal = checked(sent, address, world, headers.organization)
        if refusal is not None or not needs_token:
            return refusal or NOBODY
        return admitted_anew(sent, address, world, identities_only=found.operation.identities_only)

    def judge(
        self,
        found: RouteMatch,
        caller: Caller,
        request: Request,
        headers: RequestHeaders,
        entry: Entry,
        world: World,
        content: bytes,
        received: Received,
        ids: IdSource,
        make_call: Callable[..., Call] = Call,
    ) -> tuple[Reply, Call | None, Outcome | None]:
        """Body, contract and operation: the answer to a request that has come so far. It notes its steps in `entry`.

        A rejected body has no call and no outcome.
        """
        contract, operation, parameters = found
        edition = world.edition
        value, received = body.value(content, received, contract, edition.profile, announced=headers.announced)
        reply = None if received.problem is None else _unreadable(received, edition, entry)
        if reply is None and world.rate_limits is not None:
            reply = rate_limiting.excess(contract, operation, entry, world)
        if reply is not None:
            return reply, None, None

        query, violations = contract.checks.request(parameters, request, value)
        issues = issue_list.issues_of(violations, value, contract.ranks) if violations else issue_list.NONE
        size, shape = len(content), shape_of(value)
        call = make_call(
            world, entry.at, parameters, query, value, issues, caller, ids, entry.address, entry.id, size, shape
        )
        entry.revision = world.revision  # a body that is waited for lets others change the world
        outcome = operation.handle(call)
        entry.judged, entry.refused_by = True, outcome.decision.refused_by
        if outcome.decision.refusal is not None:
            return replies.refused(outcome.decision.refusal, entry.id), call, outcome

        breaches = contract.let_through(violations, received.media_type)
        if breaches:
            entry.request_breaches = tuple(breach.as_json() for breach in breaches)
        if operation.writes is not None:
            entry.stored, entry.resulting, entry.names = outcome.stored, outcome.resulting, operation.writes.names
        return Reply(200, outcome.body), call, outcome

    def _held_to_contract(self, reply: Reply, contract: ContractOperation | None, entry: Entry) -> Reply:
        """The reply, or the 500 that stands in for one that breaks the contract."""
        if contract is None or contract.checks.accepts_json(reply.status, reply.body):
            return reply
        body = fitted(reply.body, reply.status, contract)
        if body is not reply.body and contract.checks.accepts_json(reply.status, body):
            return replace(reply, body=body)
        breaches = contract.checks.response_violations(reply.status, "application/json", reply.body)
        entry.response_breaches = tuple(breach.as_json() for breach in breaches)
        self._log.broken_answer(entry.id, contract.id, list(entry.response_breaches))
        first = breaches[0]
        return replies.failed(RESPONSE_CONTRACT, entry.id, f"{first.pointer or '(body)'}: {first.reason}")

    def _close(self, entry: Entry, reply: Reply, started: float) -> BytesResponse:
        """Encodes the reply, and closes the journal's entry with it."""
        status, kind, rule = reply.status, reply.type, reply.rule
        content: bytes = encoded(reply.body) if kind is JSON else reply.body
        entry.status, entry.rule, entry.reason = status, rule, reply.reason
        entry.response_body, entry.response_type = content, kind
        if reply.cut:
            entry.response_body = half_of(content) if reply.cut == "half-way" else b""
            entry.status = 0 if reply.cut == "whole" else status
        if status == 429 and (world := self._worlds.find(entry.world)) is not None:
            client_history.note_limit(world, entry, reply.headers or {})
        answer = ExchangeResponse(status or 500, kind, entry.id, entry.world, rule, content)
        if reply.headers is not None:
            answer.headers.update(reply.headers)
        if entry.counted is not None:
            answer.headers.update(entry.counted.headers)
        if entry.request_breaches or entry.response_breaches:
            answer.headers["Mock-Breach"] = str(entry.breaches)
        self._coverage.answered(entry.operation, entry.edition, status, "" if entry.judged else rule)
        answer.keep_alive = not reply.closes
        entry.seconds = stopwatch() - started
        self._journal.record(entry)
        if self._log.shows_requests:
            log_exchange(self._log, entry)
        return answer


def _unreadable(received: Received, edition: Edition, entry: Entry) -> Reply | None:
    """Return the refusal of a body that cannot be read; None if no rule rejects it."""
    refusal = BODY.decide(received, edition).refusal
    if refusal is None:
        return None
    return replies.refused(refusal, entry.id, closes=received.problem == "incomplete" or refusal.status == 415)
