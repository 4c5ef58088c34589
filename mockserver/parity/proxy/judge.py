"""What the mock would have answered to a request that was forwarded, as far as it can know."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mockserver import masking
from mockserver.api.caller import Caller
from mockserver.api.operation import Call, Outcome
from mockserver.api.pipeline import VendorApi
from mockserver.api.replies import Reply
from mockserver.api.request_headers import RequestHeaders
from mockserver.api.request_rules import HEADERS
from mockserver.api.route_match import RouteMatch
from mockserver.clock import IdSource, WorldClock
from mockserver.contract.engine import Request
from mockserver.http.json_encoding import encoded
from mockserver.infisical.state import State
from mockserver.journal.entry import Entry
from mockserver.journal.mock_answer import DifferingField, MockAnswer
from mockserver.parity import comparison
from mockserver.parity.comparison import JSON, Answer, differences, normalised
from mockserver.parity.proxy.identities import IDENTITY
from mockserver.parity.proxy.records import CALLER, ORGANIZATION, nobody
from mockserver.parity.pull.organization import BUILT_IN
from mockserver.rules.absent import ABSENT
from mockserver.rules.edition import Edition
from mockserver.rules.rule import ACCEPTED, Refusal
from mockserver.worlds.world import World

_UNSEEN = {
    401: "it does not know the tokens of the upstream",
    403: "it does not know the tokens and permissions of the upstream",
    429: "it does not know the rate limits of the upstream",
    502: "a gateway before the upstream answered",
    503: "a gateway before the upstream answered",
    504: "a gateway before the upstream answered",
}
_CLUSTERS = ("Kubernetes", "TokenReview")
"""How the errors begin that a cluster causes."""
_NAMED = (("gatewayId", "gateways"), ("gatewayPoolId", "gateway_pools"), ("templateId", "templates"))
_NOT_KNOWN = (
    *("identity.lastLoginAuthMethod", "identity.lastLoginTime", "identity.authMethod"),
    "identity.identity.activeLockoutAuthMethods",
)
"""Fields of responses that follow from logins, which the mock does not see."""
_STATELESS = ("body.", "identity.uuid", "header.")
NO_RECORD = "it has not seen the record before this request"
NO_STATE = "the answer depends on a state that it does not see"


class Forwarded(NamedTuple):
    """A request with its route, and the answer of the upstream.

    `undisturbed`: nobody else wrote the record meanwhile. `kind` is that of the record that the operation is about (see
    `records.kind_of`); None for other operations. `world` is the one that the request names, if the upstream is a mock.
    """

    found: RouteMatch
    request: Request
    headers: RequestHeaders
    content: bytes
    value: Any
    answer: Answer
    kind: str | None
    undisturbed: bool
    world: str = ""


class Judgement(NamedTuple):
    """The mock's answer; with the call and the outcome if its rules decided as the upstream did."""

    answer: MockAnswer
    rule: str = ""
    entry: Entry | None = None
    call: Call | None = None
    outcome: Outcome | None = None


def _unknown(reason: str) -> Judgement:
    return Judgement(MockAnswer(unknown=reason))


class Judge:
    """Asks the rules of the mock. It changes no world: each request is decided in one of its own."""

    def __init__(self, vendor: VendorApi, edition: Edition, secret: str) -> None:
        self._vendor = vendor
        self._edition = edition
        self._secret = secret
        self._nobody: State | None = None

    def judge(self, seen: Forwarded, entry: Entry, state: State | None) -> Judgement:
        """Return the judgement on an exchange. `state` has the record as it was before; None if that is not known."""
        if self._nobody is None:
            self._nobody = nobody(entry.at)
        draft = Entry(entry.id, entry.at, entry.method, entry.target, b"[]", entry.world, self._edition)
        world = World(
            entry.world, self._nobody if state is None else state, self._edition, WorldClock(entry.at), self._secret
        )
        early = self._before(seen, draft, world)
        if isinstance(early, str):
            return _unknown(early)
        if early is not None:
            return self._compared(seen, early, draft)
        if seen.answer.status in _UNSEEN:
            return _unknown(_UNSEEN[seen.answer.status])
        caller = Caller(world.state.identities[CALLER], ORGANIZATION)
        reply, call, outcome = self._vendor.judge(
            seen.found, caller, seen.request, seen.headers, draft, world, seen.content, seen.headers.body, IdSource(0)
        )
        if not self._is_stateless(seen, reply, draft):
            reason = _why_not(seen, reply, state)
            if reason:
                return _unknown(reason)
        return self._compared(seen, _answer(reply), draft, call, outcome)

    def _before(self, seen: Forwarded, draft: Entry, world: World) -> Answer | str | None:
        """Return the answer to a request without token or with a bad organization, or why there is none; else None."""
        contract, headers = seen.found.contract, seen.headers
        if draft.method == "HEAD":
            return "it does not compare the responses to HEAD"
        if headers.organization:
            refusal = HEADERS.decide(headers.organization, self._edition).refusal
            if refusal is not None:
                return Answer(refusal.status, {"error": refusal.answer.error}, JSON, refusal.rule)
        if contract.needs_token and not headers.credential.is_sent:
            caller = self._vendor.caller(seen.found, headers, draft, world)
            if isinstance(caller, Refusal):
                return Answer(caller.status, {"error": caller.answer.error}, JSON, caller.rule)
        return None

    def _is_stateless(self, seen: Forwarded, reply: Reply, draft: Entry) -> bool:
        """Whether the mock rejects the request by what it says alone."""
        if reply.rule.startswith(_STATELESS):
            return True
        gathering = {rule.id for rule in seen.found.operation.rules.rules if rule.gathers}
        return bool(draft.refused_by) and gathering.issuperset(draft.refused_by)

    def _compared(
        self, seen: Forwarded, ours: Answer, draft: Entry, call: Call | None = None, outcome: Outcome | None = None
    ) -> Judgement:
        theirs = seen.answer
        if theirs.media_type != JSON and theirs.status < 400:
            return _unknown("the response of the upstream cannot be read")
        names = {seen.found.identity_id: "{identity}"} if seen.found.identity_id else {}
        theirs, ours = (normalised(_plain(each), names) for each in (theirs, ours))
        by_header = call is None and ours.error == theirs.error
        found = () if by_header and ours.status == theirs.status else tuple(differences(theirs, ours, _NOT_KNOWN))
        error = None if ours.status < 400 else str(ours.error)
        fields = tuple(DifferingField(each.field, _value(each.tenant), _value(each.mock)) for each in found)
        answer = MockAnswer(ours.status, error, ours.rule, fields)
        if any(each.kind == "outcome" for each in found):
            return Judgement(answer)
        return Judgement(answer, ours.rule, draft, call, outcome)


def _why_not(seen: Forwarded, reply: Reply, state: State | None) -> str:
    """Return why the mock's decision on a request that is well formed says nothing; an empty text if it does."""
    if seen.kind is None:
        return NO_STATE
    if not seen.undisturbed:
        return "other requests wrote the record at the same time"
    if state is None:
        return NO_RECORD
    for name, records in _NAMED if isinstance(seen.value, Mapping) else ():
        named = seen.value.get(name)
        if isinstance(named, str) and named.lower() not in getattr(state, records):
            return f"it has not seen the record that {name} names"
    role = seen.value.get("role") if isinstance(seen.value, Mapping) else None
    if seen.kind == IDENTITY and role is not None and role not in BUILT_IN:
        return "it does not know the roles of the upstream"
    if str(seen.answer.error).startswith(_CLUSTERS) or reply.rule.startswith("cluster."):
        return "it does not know the clusters of the upstream"
    if seen.answer.status >= 500 and reply.rule == ACCEPTED:
        return f"the upstream failed with {seen.answer.status}"
    return ""


def _value(value: Any) -> Any:
    return ABSENT if value == comparison.ABSENT else value


def _answer(reply: Reply) -> Answer:
    body = orjson.loads(encoded(reply.body)) if reply.type.startswith(JSON) else None
    return Answer(reply.status, body, reply.type.partition(";")[0], reply.rule)


def _plain(answer: Answer) -> Answer:
    """Return the answer without secrets, which are not the same on both sides."""
    return answer._replace(body=masking.json_value(answer.body))
