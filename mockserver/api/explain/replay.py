"""Evaluates a journal entry again, on a copy of the world at that time, to record what each rule reads.

The order of the stages is that of `api.pipeline`. The real world is not changed.
"""

from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import orjson
from multidict import CIMultiDict, CIMultiDictProxy, MultiDictProxy
from rpds import HashTrieMap
from yarl import URL

from mockserver.api.explain.rule_inputs import Sides, read_inputs
from mockserver.api.operation import Call
from mockserver.api.pipeline import VendorApi
from mockserver.api.request_headers import read_headers
from mockserver.api.route_match import RouteMatch
from mockserver.api.world_path import named_in
from mockserver.clock import IdSource, WorldClock
from mockserver.contract.compiled import Contracts
from mockserver.contract.pointers import Pointers
from mockserver.infisical.identities import request as identities
from mockserver.infisical.identities import update as identity_update
from mockserver.infisical.kubernetes_auth.request import AttachRequest, UpdateRequest
from mockserver.infisical.token_auth import settings as token_auth
from mockserver.infisical.token_auth.request import SettingsRequest as TokenAuthSettings
from mockserver.infisical.universal_auth import settings as universal_auth
from mockserver.infisical.universal_auth.request import SettingsRequest as UniversalAuthSettings
from mockserver.journal.entry import KEPT_BODY, Entry
from mockserver.journal.explain import Location, Replayed, RuleInputs
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Decision, Refusal, Rulebook
from mockserver.worlds.registry import Worlds
from mockserver.worlds.world import KEPT_REVISIONS, World

_CONTRACT_RULES = frozenset(("contract.body", "contract.unrecognized-keys"))
_USES = "token.uses"


class Replay:
    """Replays journal entries whose request reached the rules of an operation."""

    def __init__(self, vendor: VendorApi, worlds: Worlds, contracts: Contracts) -> None:
        self._vendor = vendor
        self._worlds = worlds
        self._contracts = contracts

    def __call__(self, entry: Entry) -> Replayed:
        """Return what each rule read, or why the entry cannot be evaluated again."""
        world = self._world_copy(entry)
        if isinstance(world, str):
            return Replayed(problem=world)
        http_request = _StoredRequest.of(entry)
        draft = entry.unjudged()
        path = entry.target.partition("?")[0]
        if not path.startswith("/"):
            path = URL(entry.target, encoded=True).raw_path
        match = self._vendor.route(draft, world.edition, named_in(path)[1])
        assert isinstance(match, RouteMatch), "the same path matches the same route"
        headers = read_headers(http_request.headers)
        caller = self._vendor.caller(match, headers, draft, world)
        if isinstance(caller, Refusal):
            return Replayed(problem="the world changed while the request body was being received")
        calls: list[_RecordingCall] = []

        def watch(*arguments: Any) -> Call:
            calls.append(_RecordingCall(*arguments))
            return calls[-1]

        self._vendor.judge(
            match, caller, http_request, headers, draft, world, entry.body, headers.body, IdSource(0), watch
        )
        if not calls or not draft.judged or draft.refused_by != entry.refused_by:
            return Replayed(problem="evaluated again, the request gets a different decision")
        call = calls[0]
        assert call.walk is not None, "every operation checks its rules"
        rules, request = call.walk
        return Replayed(
            dict(_inputs(rules, request, call, entry)),
            tuple(self._locations(rules, request, call, match, http_request, entry)),
        )

    def _world_copy(self, entry: Entry) -> World | str:
        """Return a copy of the world before the request, or why there is none."""
        if not entry.is_whole:
            return f"of the {entry.body_size} bytes of the request body only the first {KEPT_BODY} were kept"
        world = self._worlds.find(entry.world)
        if world is None:
            return f"the world '{entry.world}' no longer exists"
        if world.life != entry.life:
            return "the world has been reset or created again since"
        state = world.state_at(entry.revision)
        if state is None:
            most = f"a world keeps at most {KEPT_REVISIONS} revisions, fewer if they are large"
            return f"revision {entry.revision} of the world is no longer kept: {most}"
        if entry.rule != _USES:  # counting a use makes no revision, so this state may count later uses
            state = state._replace(token_uses=HashTrieMap())
        state = state._replace(rate_limits=None)  # the request has been counted
        edition, clock, proxies = entry.edition or world.edition, WorldClock(entry.at), world.default_proxies
        return World(entry.world, state, edition, clock, world.token_secret, proxies, world.token_expiry_status)

    def _locations(
        self,
        rules: Rulebook[Any],
        request: Any,
        call: Call,
        match: RouteMatch,
        http_request: "_StoredRequest",
        entry: Entry,
    ) -> Iterator[Location]:
        """Yield each location in the body or the parameters that a 422 reports."""
        contract, _, parameters = match
        pointers = Pointers(self._contracts.of(call.world.generation).document)
        for each in contract.checks.request(parameters, http_request, call.body)[1]:
            name = "contract.unrecognized-keys" if each.keyword == "additionalProperties" else "contract.body"
            if name in entry.refused_by:
                yield Location(name, each.pointer, each.reason, pointers.of_violation(contract, each))
        for rule in rules.rules:
            if rule.id not in entry.refused_by or rule.id in _CONTRACT_RULES or not rule.gathers:
                continue
            finding = rule.check(request)
            for issue in () if finding is None else finding.issues:
                pointer = "".join(f"/{step}" for step in issue.path)
                yield Location(rule.id, pointer, issue.message, pointers.of_property(contract, issue.path))


class _RecordingCall(Call):
    """A call that keeps the rules that were checked and their request."""

    walk: tuple[Rulebook[Any], Any] | None = None

    def decide(self, rules: Rulebook[Any], request: Any, kinds: frozenset[str] = frozenset()) -> Decision:
        """Check the rules and return the decision."""
        self.walk = rules, request
        return Call.decide(self, rules, request, kinds)


class _StoredRequest(NamedTuple):
    """A request from the journal; implements `contract.engine.Request`."""

    headers: CIMultiDictProxy[str]
    query: MultiDictProxy[str]
    cookies: Mapping[str, str]

    @classmethod
    def of(cls, entry: Entry) -> "_StoredRequest":
        """Return the request of an entry."""
        headers = CIMultiDict(orjson.loads(entry.headers))
        query = entry.target.partition("#")[0].partition("?")[2]
        cookies = SimpleCookie(headers.get("Cookie", ""))
        return cls(
            CIMultiDictProxy(headers),
            URL.build(path="/", query_string=query, encoded=True).query,
            {name: each.value for name, each in cookies.items()},
        )


def _inputs(rules: Rulebook[Any], request: Any, call: Call, entry: Entry) -> Iterator[tuple[str, RuleInputs]]:
    """Yield the id and inputs of each rule that was checked; rules about properties that were not sent are skipped."""
    sides = _sides(request, call)
    sent = call.sent
    for rule, verdict in rules.steps(call.world.edition, entry.refused_by):
        if verdict == "not reached" or not rule.is_asked(sent):
            continue
        finding, inputs = read_inputs(rule, request, sides)
        assert (finding is not None) == (verdict == "refused"), f"recording changes the result of {rule.id}"
        yield rule.id, inputs


def _sides(request: Any, call: Call) -> Sides:
    """Return the stored record, the sent values and the resulting record of any kind of request."""
    stored = getattr(request, "stored", None) or getattr(request, "identity", None)
    sent = getattr(request, "sent", None) or getattr(request, "page", None)
    resulting = None if getattr(request, "issues", ()) else _resulting(request, stored, call)
    return Sides(stored, sent, resulting)


def _resulting(request: Any, stored: Any, call: Call) -> Any:
    match request:
        case AttachRequest():
            return request.record.after
        case _ if stored is None:
            return None
        case UpdateRequest():
            return request.record.after
        case UniversalAuthSettings():
            return universal_auth.updated(stored, request.sent, call.now)
        case TokenAuthSettings():
            return token_auth.updated(stored, request.sent, call.now)
        case identities.UpdateRequest():
            ids = () if request.sent.metadata is ABSENT else ("",) * len(request.sent.metadata)
            return identity_update.updated(stored, request.sent, call.caller.organization_id, ids, call.now)
    return None
