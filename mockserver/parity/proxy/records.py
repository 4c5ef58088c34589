"""The identities and auth methods that the responses of the upstream have shown, as states of a mock."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.api.route_match import RouteMatch
from mockserver.errors import FixtureErrors
from mockserver.infisical.identities.organization import PLAN_FLAGS
from mockserver.infisical.state import State
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

Key = tuple[str, str]
"""The world of an upstream that is a mock, which the request names (or an empty text), and the identity's id."""


def method_of(path: str) -> str | None:
    """Return the auth method whose records the operation at a path of the document reads or writes; None for others."""
    method = path.removeprefix(_BEGINNING).removesuffix(_END)
    return method if f"{_BEGINNING}{method}{_END}" == path and method in METHODS else None


class _Known:
    """An identity's records by auth method, as the upstream shows them; None stands for one that is not attached."""

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

    def state(self, key: Key, method: str, now: int) -> State | None:
        """Return a state with the identity and its record of that auth method; None if that is not known."""
        known = self._known.get(key)
        if known is None or method not in known.records:
            return None
        if method not in known.states:
            try:
                known.states[method] = state_with(key[1], method, known.records[method], now)
            except FixtureErrors:
                return None
        return known.states[method]

    def learn(self, key: Key, found: RouteMatch, body: Any) -> None:
        """Keep what the body of an accepted request says of the identity's records."""
        known, method = self._known.get(key), method_of(found.contract.path)
        if known is None or not isinstance(body, Mapping):
            return
        if method is None:
            self._learn_identity(known, found, body)
            return
        name, answered = METHODS[method]
        record = body.get(answered)
        if not isinstance(record, Mapping):
            known.records.pop(method, None)
            known.states.pop(method, None)
            return
        shown = None if found.contract.method == "DELETE" else _entry(name, record)
        if method not in known.records or known.records[method] != shown:
            known.states.pop(method, None)
            known.records[method] = shown

    def learn_new(self, world: str, body: Any) -> None:
        """Keep that an identity which has just been created has no auth methods."""
        identity = body.get("identity") if isinstance(body, Mapping) else None
        identity_id = identity.get("id") if isinstance(identity, Mapping) else None
        if isinstance(identity_id, str):
            key = (world, identity_id.lower())
            self.begin(key, writes=False)
            self._known[key].records = dict.fromkeys(METHODS)

    def _learn_identity(self, known: _Known, found: RouteMatch, body: Mapping[str, Any]) -> None:
        membership = body.get("identity")
        identity = membership.get("identity", membership) if isinstance(membership, Mapping) else None
        attached = identity.get("authMethods") if isinstance(identity, Mapping) else None
        if found.contract.method == "DELETE":
            known.records.clear()
        elif isinstance(attached, list):
            for method in METHODS:
                if method not in attached:
                    known.records[method] = None
        known.states.clear()

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


def state_with(identity_id: str, method: str, record: Mapping[str, Any] | None, now: int) -> State:
    """Return a state with the identity and that record, in which nothing else stands in the way of a request.

    Raises FixtureErrors if the record is not one of the service.
    """
    entry: dict[str, Any] = {"id": identity_id, "organization": ORGANIZATION, "name": "seen", "role": "no-access"}
    if record is not None:
        entry[METHODS[method][0]] = dict(record)
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
    return state_with("00000000-0000-4000-8000-0000000000ff", "", None, now)
