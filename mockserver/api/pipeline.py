"""One request to the vendor's API, start to end, in the order of the real service. Read it from top to bottom.

    journal opens → world → route → organization header → token → body → contract: request → operation
    → contract: response → journal closes

Every step returns a value or a refusal; nothing here raises for what a client sends.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from aiohttp import web
from multidict import istr

from mockserver.api import body, evidence, issue_list, replies
from mockserver.api.caller import NOBODY, Caller, admitted, checked, presented
from mockserver.api.held import Request, body_violations, let_through, read_parameters
from mockserver.api.operation import Call, Operation
from mockserver.api.replies import JSON, Reply
from mockserver.api.request_rules import (
    BODY,
    CRASH,
    HEADERS,
    MALFORMED_HTTP,
    RESPONSE_CONTRACT,
    ROUTE,
    Received,
    Routing,
)
from mockserver.clock import IdSource, stopwatch
from mockserver.contract.compiled import Contract, ContractOperation
from mockserver.encoding import encoded
from mockserver.errors import SpecError
from mockserver.journal import habits
from mockserver.journal.book import Journal
from mockserver.journal.entry import KEPT_BODY, Entry, packed_headers
from mockserver.journal.show import log_line
from mockserver.logs import Log
from mockserver.profiles import Profile
from mockserver.routes import Routes
from mockserver.rules import Refusal
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World

_ORGANIZATION, _WORLD = istr("x-infisical-org"), istr("Mock-World")
_Bound = tuple[ContractOperation, Operation]


Admitted = tuple[ContractOperation, Operation, Mapping[str, str], Caller]
"""A request that has found its operation, the parameters of its path, and a caller who may call at all."""


class Turned(NamedTuple):
    """A request that has not got so far: the answer to it, and the operation if it has found one."""

    reply: Reply
    contract: ContractOperation | None


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
    ) -> None:
        bound = [(contract.operations[each.id], each) for each in operations if each.id in contract.operations]
        if not bound:
            raise SpecError(f"{contract.document.name}: holds none of the operations that this server carries out")
        self._routes: Routes[_Bound] = Routes((each[0].method, each[0].path, each) for each in bound)
        self._worlds = worlds
        self._journal = journal
        self._ids = ids
        self._log = log

    async def answer(self, request: web.BaseRequest) -> web.Response:
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
            life=acting.life,
        )
        if world is not None and (world.habits is not None or request.method == "GET"):
            habits.note(world, entry, request.headers, started)
        try:
            reply, contract = await self._steps(request, entry, acting, world is not None, path)
            reply = self._held_to_contract(reply, contract, entry)
        except ConnectionError:
            raise
        except Exception as error:
            self._log.crashed(entry.id, error)
            reply = replies.failed(CRASH, entry.id, f"{type(error).__name__}: a bug of this mock, see its log")
        return self._close(entry, reply, started)

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
        admitted = self.admit(request, entry, world, path, known=known)
        if isinstance(admitted, Turned):
            return admitted
        content, received = body.at_hand(request) or await body.read(request)
        entry.body, entry.body_size = content[:KEPT_BODY], len(content)
        return self.judge(admitted, request, entry, world, content, received, self._ids), admitted[0]

    def admit(
        self, request: Request, entry: Entry, world: World, path: str, *, known: bool = True
    ) -> Admitted | Turned:
        """Route, organization header and token: what the request asks for, and who asks; or the answer to it."""
        profile, headers = world.profile, request.headers

        # The service's framework answers HEAD wherever there is a GET; the contract knows no HEAD.
        method = "GET" if entry.method == "HEAD" and profile is Profile.LIVE else entry.method
        match = self._routes.find(method, path)
        if match.target is None or not known:
            gone = self._worlds.why_gone(entry.world)
            routing = Routing(entry.target, entry.method, entry.world, known, match.problem, gone)
            return Turned(_not_routed(ROUTE.decide(routing, profile).refusal, match.allowed, entry.id), None)
        contract, operation = match.target
        entry.operation = contract.id

        sent = presented(headers, entry.target, world.state, world.token_secret, entry.at)
        refusal = checked(sent, headers, entry.peer, world)
        if refusal is None and _ORGANIZATION in headers:
            refusal = HEADERS.decide(headers[_ORGANIZATION], profile).refusal
        caller = refusal or (
            admitted(sent, world, identities_only=operation.identities_only) if contract.needs_token else NOBODY
        )
        if isinstance(caller, Refusal):
            return Turned(replies.refused(caller, entry.id), contract)
        return contract, operation, match.parameters, caller

    def judge(
        self,
        admitted: Admitted,
        request: Request,
        entry: Entry,
        world: World,
        content: bytes,
        received: Received,
        ids: IdSource,
        make_call: Callable[..., Call] = Call,
    ) -> Reply:
        """Body, contract and operation: the answer to a request that has come so far. It notes its steps in `entry`."""
        contract, operation, parameters, caller = admitted
        profile, headers = world.profile, request.headers
        value, received = body.value(content, received, contract, profile, announced=body.announced(headers))
        refusal = None if received.problem is None else BODY.decide(received, profile).refusal
        if refusal is not None:
            return replies.refused(refusal, entry.id, closes=received.problem == "incomplete")

        query, violations = read_parameters(contract, parameters, request)
        violations += body_violations(contract, value)
        issues = issue_list.issues_of(violations, value, contract.ranks) if violations else issue_list.NONE
        call = make_call(world, entry.at, parameters, query, value, issues, caller, ids, headers, entry.peer, entry.id)
        before, entry.revision = world.state, world.revision  # a body that is waited for lets others change the world
        outcome = operation.handle(call)
        entry.judged, entry.refused_by = True, outcome.decision.refused_by
        if outcome.decision.refusal is not None:
            return replies.refused(outcome.decision.refusal, entry.id)

        breaches = let_through(violations, contract, received.media_type)
        if breaches:
            entry.request_breaches = tuple(breach.as_json() for breach in breaches)
        if contract.method == "PATCH":
            evidence.note_update(entry, before, call, outcome.body)
        return Reply(200, outcome.body)

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
        if reply.status == 429:
            self._note_limit(entry, reply)
        if entry.request_breaches or entry.response_breaches:
            headers["Mock-Breach"] = str(entry.breaches)
        response = web.Response(body=content, status=reply.status, headers=headers)
        if reply.closes:
            response.force_close()
        entry.seconds = stopwatch() - started
        self._journal.record(entry)
        if self._log.shows_requests:
            self._log.request(**log_line(entry))
        return response

    def _note_limit(self, entry: Entry, reply: Reply) -> None:
        world = self._worlds.find(entry.world)
        if world is not None:
            habits.note_limit(world, entry, reply.headers or {})


def _world_of(request: web.BaseRequest) -> tuple[str, str]:
    """The world that the request names, in its path or in a header, and the path without it and without the query."""
    path = request.raw_path.partition("?")[0]
    if not path.startswith("/"):
        path = request.rel_url.raw_path
    world = ""
    if path.startswith("/w/"):
        world, path = named_in(path)
    return world or request.headers.get(_WORLD) or DEFAULT, path


def named_in(path: str) -> tuple[str, str]:
    """The world that the path names, empty if none, and the path without it."""
    if not path.startswith("/w/"):
        return "", path
    world, _, rest = path[3:].partition("/")
    return world, f"/{rest}"


def _not_routed(refusal: Refusal | None, allowed: tuple[str, ...], request_id: str) -> Reply:
    assert refusal is not None, "a path that leads nowhere is refused by a rule"
    reply = replies.refused(refusal, request_id)
    return replace(reply, headers={"Allow": ", ".join(allowed)}) if refusal.status == 405 else reply
