"""The identities and auth methods that the responses of the upstream have shown, as states of a mock."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.api.route_match import RouteMatch
from mockserver.errors import FixtureErrors
from mockserver.infisical.identities.organization import PLAN_FLAGS
from mockserver.infisical.state import State
from mockserver.parity.proxy import identities
from mockserver.parity.proxy.identities import ATTACHED, IDENTITY
from mockserver.parity.pull.organization import METHODS, complete, record_entry
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text

CALLER = "00000000-0000-4000-8000-00000000ca11"
ORGANIZATION = "00000000-0000-4000-8000-000000000064"
REVIEWER = "reviewer-jwt-of-the-upstream"
"""Stands for a reviewer JWT: the real one is not kept."""
_KEPT = 1000
_BEGINNING = "/api/v1/auth/"
_END = "/identities/{identityId}"
_LINKED = "templateId"
IDENTITY_PATH = "/api/v1/identities/{identityId}"

_ANY_RECORD = {"kubernetes-auth": {"kubernetesHost": "https://cluster.example"}}
"""What stands for a record of which only the existence is known."""

Key = tuple[str, str]
"""The world of an upstream that is a mock, which the request names (or an empty text), and the identity's id."""


def kind_of(path: str) -> str | None:
    """Return what the operation at a path of the document is about: IDENTITY or an auth method; None for others."""
    if path == IDENTITY_PATH:
        return IDENTITY
    method = path.removeprefix(_BEGINNING).removesuffix(_END)
    return method if f"{_BEGINNING}{method}{_END}" == path and method in METHODS else None


class _Known:
    """An identity's records by kind, as the upstream shows them: the identity's own, and those of its auth methods.

    None stands for an auth method that is not attached.
    """

    __slots__ = ("begun", "ended", "records", "states")

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any] | None] = {}
        self.states: dict[str, State] = {}
        self.begun = self.ended = 0


class Since(NamedTuple):
    """What was in progress on an identity when a request began."""

    begun: int
    alone: bool


class Records:
    """What is known of the latest identities. A write in progress makes what is known of its identity uncertain."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, _Known] = OrderedDict()

    def begin(self, key: Key, *, writes: bool) -> Since:
        """Note that a request on the identity begins."""
        known = self._known.setdefault(key, _Known())
        self._known.move_to_end(key)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        alone = known.begun == known.ended
        known.begun += writes
        return Since(known.begun, alone)

    def end(self, key: Key, since: Since, *, writes: bool, answered: bool) -> bool:
        """Note that the request has ended; whether no other has written the identity's records meanwhile.

        A write that was not `answered` may have been carried out, or not.
        """
        known = self._known.get(key)
        if known is None:
            return False
        undisturbed = since.alone and known.begun == since.begun
        known.ended += writes
        if writes and not (undisturbed and answered):
            known.records.clear()
            known.states.clear()
        return undisturbed

    def state(self, key: Key, kind: str, now: int) -> State | None:
        """Return a state with the identity and its record of that kind; None if that is not known."""
        known = self._known.get(key)
        if known is None or kind not in known.records:
            return None
        if kind not in known.states:
            wanted = known.records if kind == IDENTITY else {kind: known.records[kind]}
            try:
                known.states[kind] = state_with(key[1], wanted, now)
            except FixtureErrors:
                return None
        return known.states[kind]

    def learn(self, key: Key, found: RouteMatch, sent: Any, body: Any) -> None:
        """Keep what an accepted request and its response say of the identity's records."""
        known, kind = self._known.get(key), kind_of(found.contract.path)
        if known is None or kind is None or not isinstance(body, Mapping):
            return
        if kind == IDENTITY:
            after = identities.after(found.contract.method, known.records, sent, body)
        else:
            name, answered = METHODS[kind]
            record = body.get(answered)
            if found.contract.method == "GET" and not isinstance(record, Mapping):
                return
            after = {each: value for each, value in known.records.items() if each != kind}
            if isinstance(record, Mapping):
                after[kind] = None if found.contract.method == "DELETE" else _entry(name, record)
        if after != known.records:
            known.records = after
            known.states.clear()

    def learn_new(self, world: str, sent: Any, body: Any) -> None:
        """Keep what is known of an identity that has just been created: it has no auth methods."""
        identity = body.get("identity") if isinstance(body, Mapping) else None
        identity_id = identity.get("id") if isinstance(identity, Mapping) else None
        if isinstance(identity_id, str):
            key = (world, identity_id.lower())
            self.begin(key, writes=False)
            self._known[key].records = identities.new(sent, body)

    def forget(self, *, linked_only: bool = False) -> None:
        """Drop what is known: of records that are linked to an auth template, or of all."""
        for known in self._known.values():
            for method, record in list(known.records.items()):
                if not linked_only or (record is not None and record.get(_LINKED)):
                    del known.records[method]
                    known.states.pop(method, None)


def _entry(name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record as an entry of fixtures, without its secrets."""
    entry = record_entry(name, record)
    if record.get("tokenReviewerJwt"):
        entry["tokenReviewerJwt"] = REVIEWER
    return entry


def state_with(identity_id: str, records: Mapping[str, Mapping[str, Any] | None], now: int) -> State:
    """Return a state with the identity and these records, in which nothing else stands in the way of a request.

    Raises FixtureErrors if a record is not one of the service.
    """
    entry: dict[str, Any] = {"id": identity_id, "organization": ORGANIZATION, "name": "seen", "role": "no-access"}
    entry |= records.get(IDENTITY) or {}
    for method in entry.pop(ATTACHED, ()):
        entry[METHODS[method][0]] = dict(_ANY_RECORD.get(method, {}))
    for kind, record in records.items():
        if kind != IDENTITY and record is not None:
            entry[METHODS[kind][0]] = dict(record)
    home: dict[str, Any] = {
        "id": ORGANIZATION,
        "name": "Upstream",
        "slug": "upstream",
        "plan": dict.fromkeys(PLAN_FLAGS, True),
    }
    document: dict[str, Any] = {
        "version": 1,
        "organizations": [home],
        "unknownHosts": "ok",
        "gateways": [],
        "identities": [{"id": CALLER, "organization": ORGANIZATION, "name": "caller", "role": "admin"}, entry],
    }
    complete(document, home, [])
    _populate(document)
    return load([Text("upstream", json.dumps(document))], now)


def _populate(document: dict[str, Any]) -> None:
    """Give each pool a healthy gateway: the upstream takes records with these pools."""
    pools = document["gatewayPools"]
    if not pools:
        return
    document["clusters"] = [{"name": "pulled", "reachability": "ok"}]
    document["gateways"].append({"organization": ORGANIZATION, "name": "of-pools", "cluster": "pulled"})
    for each in pools:
        each["gateways"] = ["of-pools"]


def nobody(now: int) -> State:
    """Return a state with the organization and its caller only."""
    return state_with("00000000-0000-4000-8000-0000000000ff", {}, now)
