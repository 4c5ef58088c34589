"""Judges an exchange of the journal again, on a copy of the world as it stood, to see what each rule looked at.

It goes the way of `api.pipeline`, which alone knows the order. Nothing of it reaches the real world.
"""

from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import orjson
from multidict import CIMultiDict, CIMultiDictProxy, MultiDictProxy
from rpds import HashTrieMap
from yarl import URL

from mockserver.api.explain.rule_inputs import Sides, look
from mockserver.api.operation import Call
from mockserver.api.pipeline import RouteMatch, VendorApi
from mockserver.api.request_headers import read_headers
from mockserver.api.world_path import named_in
from mockserver.clock import IdSource, WorldClock
from mockserver.contract.compiled import Contract
from mockserver.contract.pointers import Pointers
from mockserver.infisical.identities import request as identities
from mockserver.infisical.identities import update as identity_update
from mockserver.infisical.kubernetes_auth.request import AttachRequest, UpdateRequest
from mockserver.infisical.token_auth import settings as token_auth
from mockserver.infisical.token_auth.request import SettingsRequest as TokenAuthSettings
from mockserver.infisical.universal_auth import settings as universal_auth
from mockserver.infisical.universal_auth.request import SettingsRequest as UniversalAuthSettings
from mockserver.journal.entry import KEPT_BODY, Entry
from mockserver.journal.explain import Location, Look, Replayed
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Decision, Refusal, Rulebook
from mockserver.worlds.registry import Worlds
from mockserver.worlds.world import KEPT_REVISIONS, World

_CONTRACT_RULES = frozenset(("contract.body", "contract.unrecognized-keys"))
_USES = "token.uses"


class Replay:
    """Called with an entry whose operation was asked, it says what the rules looked at, or why that cannot be said."""

    def __init__(self, vendor: VendorApi, worlds: Worlds, contract: Contract) -> None:
        self._vendor = vendor
        self._worlds = worlds
        self._contract = contract
        self._pointers = Pointers(contract.document)

    def __call__(self, entry: Entry) -> Replayed:
        """The notes of a second judgement."""
        world = self._scratch(entry)
        if isinstance(world, str):
            return Replayed(problem=world)
        request = _Again.of(entry)
        draft = entry.unjudged()
        path = entry.target.partition("?")[0]
        if not path.startswith("/"):
            path = URL(entry.target, encoded=True).raw_path
        match = self._vendor.route(draft, world.edition, named_in(path)[1])
        assert isinstance(match, RouteMatch), "an operation that was routed once is routed again"
        headers = read_headers(request.headers)
        caller = self._vendor.caller(match, headers, draft, world)
        if isinstance(caller, Refusal):
            return Replayed(problem="the world changed while the body of the request was on its way")
        calls: list[_Watched] = []

        def watch(*arguments: Any) -> Call:
            calls.append(_Watched(*arguments))
            return calls[-1]

        self._vendor.judge(match, caller, request, headers, draft, world, entry.body, headers.body, IdSource(0), watch)
        if not calls or not draft.judged or draft.refused_by != entry.refused_by:
            return Replayed(problem="judged again, it comes to another decision than it came to then")
        call = calls[0]
        assert call.walk is not None, "an operation asks its rules"
        rules, attempt = call.walk
        return Replayed(
            dict(_looks(rules, attempt, call, entry)),
            tuple(self._spots(rules, attempt, call, match, request, entry)),
        )

    def _scratch(self, entry: Entry) -> World | str:
        """The world as it stood when the request came; or why there is none."""
        if not entry.is_whole:
            return f"of the {entry.body_size} bytes of its body only the first {KEPT_BODY} were kept"
        world = self._worlds.find(entry.world)
        if world is None:
            return f"there is no world '{entry.world}' any more"
        if world.life != entry.life:
            return "the world has been reset, or made anew, since"
        state = world.state_at(entry.revision)
        if state is None:
            most = f"at most {KEPT_REVISIONS} are, fewer of large ones"
            return f"revision {entry.revision} of the world is not kept any more: {most}"
        if entry.rule != _USES:  # uses are no revisions: those that came later are counted in this state too
            state = state._replace(token_uses=HashTrieMap())
        return World(entry.world, state, entry.edition or world.edition, WorldClock(entry.at), world.token_secret)

    def _spots(
        self,
        rules: Rulebook[Any],
        attempt: Any,
        call: Call,
        match: RouteMatch,
        request: "_Again",
        entry: Entry,
    ) -> Iterator[Location]:
        """Each place in the body or the parameters that a 422 is about."""
        contract, _, parameters = match
        for each in contract.checks.request(parameters, request, call.body)[1]:
            name = "contract.unrecognized-keys" if each.keyword == "additionalProperties" else "contract.body"
            if name in entry.refused_by:
                yield Location(name, each.pointer, each.reason, self._pointers.of_violation(contract, each))
        for rule in rules.rules:
            if rule.id not in entry.refused_by or rule.id in _CONTRACT_RULES or not rule.gathers:
                continue
            finding = rule.check(attempt)
            for issue in () if finding is None else finding.issues:
                pointer = "".join(f"/{step}" for step in issue.path)
                yield Location(rule.id, pointer, issue.message, self._pointers.of_property(contract, issue.path))


class _Watched(Call):
    """A call that keeps what its rules were asked about."""

    walk: tuple[Rulebook[Any], Any] | None = None

    def decide(self, rules: Rulebook[Any], attempt: Any) -> Decision:
        """The walk over the operation's rules."""
        self.walk = rules, attempt
        return Call.decide(self, rules, attempt)


class _Again(NamedTuple):
    """A request from the journal, as `contract.engine.Request` wants it."""

    headers: CIMultiDictProxy[str]
    query: MultiDictProxy[str]
    cookies: Mapping[str, str]

    @classmethod
    def of(cls, entry: Entry) -> "_Again":
        """The request of an entry."""
        headers = CIMultiDict(orjson.loads(entry.headers))
        query = entry.target.partition("#")[0].partition("?")[2]
        cookies = SimpleCookie(headers.get("Cookie", ""))
        return cls(
            CIMultiDictProxy(headers),
            URL.build(path="/", query_string=query, encoded=True).query,
            {name: each.value for name, each in cookies.items()},
        )


def _looks(rules: Rulebook[Any], attempt: Any, call: Call, entry: Entry) -> Iterator[tuple[str, Look]]:
    """By its id, what each rule that was reached looked at; one that is about what was not sent looked at nothing."""
    sides = _sides(attempt, call)
    sent = call.sent
    for rule, verdict in rules.steps(call.world.edition, entry.refused_by):
        if verdict == "not reached" or not rule.is_asked(sent):
            continue
        found, seen = look(rule, attempt, sides)
        assert (found is not None) == (verdict == "refused"), f"{rule.id} finds something else while it is watched"
        yield rule.id, seen


def _sides(attempt: Any, call: Call) -> Sides:
    """The record before, what is sent, and the record after, of whatever kind the attempt is."""
    stored = getattr(attempt, "stored", None) or getattr(attempt, "identity", None)
    sent = getattr(attempt, "sent", None) or getattr(attempt, "page", None)
    resulting = None if getattr(attempt, "issues", ()) else _resulting(attempt, stored, call)
    return Sides(stored, sent, resulting)


def _resulting(attempt: Any, stored: Any, call: Call) -> Any:
    match attempt:
        case AttachRequest():
            return attempt.record.after
        case _ if stored is None:
            return None
        case UpdateRequest():
            return attempt.record.after
        case UniversalAuthSettings():
            return universal_auth.updated(stored, attempt.sent, call.now)
        case TokenAuthSettings():
            return token_auth.updated(stored, attempt.sent, call.now)
        case identities.UpdateRequest():
            ids = () if attempt.sent.metadata is ABSENT else ("",) * len(attempt.sent.metadata)
            return identity_update.updated(stored, attempt.sent, call.caller.organization_id, ids, call.now)
    return None
