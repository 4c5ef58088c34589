"""What responses say of an identity itself: name, role, metadata, delete protection, and which auth methods it has."""

from collections.abc import Mapping
from typing import Any

from mockserver.parity.pull.organization import BUILT_IN, METHODS, metadata_entries

IDENTITY = "identity"
ATTACHED = "attached"
"""The key of the auth methods in a record of an identity, which fixtures do not have."""
Known = Mapping[str, dict[str, Any] | None]


def new(sent: Any, body: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the records of an identity that has just been created."""
    known: dict[str, dict[str, Any] | None] = dict.fromkeys(METHODS)
    identity = body.get("identity")
    role = sent.get("role", "no-access") if isinstance(sent, Mapping) else None
    if isinstance(identity, Mapping) and role in BUILT_IN and identity.get("projectId") is None:
        known[IDENTITY] = _record(identity, role, identity.get("metadata"), [])
    return known


def after(method: str, known: Known, sent: Any, body: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the records after an accepted request to the identity itself."""
    answered = body.get("identity")
    if method == "DELETE" or not isinstance(answered, Mapping):
        return {}
    if method == "GET":
        return _read(known, answered)
    before = known.get(IDENTITY)
    rest = {kind: each for kind, each in known.items() if kind != IDENTITY}
    if before is None or not isinstance(sent, Mapping) or sent.get("role", before["role"]) not in BUILT_IN:
        return rest
    metadata = answered.get("metadata") if "metadata" in sent else before["metadata"]
    return {**rest, IDENTITY: _record(answered, sent.get("role", before["role"]), metadata, before[ATTACHED])}


def _read(known: Known, membership: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the records after the identity has been read: the auth methods that it lacks are known, too."""
    identity = membership.get("identity")
    methods = identity.get("authMethods") if isinstance(identity, Mapping) else None
    records = {kind: each for kind, each in known.items() if kind != IDENTITY}
    if not isinstance(identity, Mapping) or not isinstance(methods, list):
        return records
    attached = [each for each in METHODS if each in methods]
    for each in METHODS:
        if each not in attached:
            records[each] = None
        elif records.get(each, {}) is None:
            del records[each]  # somebody else has attached it
    is_plain = identity.get("projectId") is None and identity.get("orgId") == membership.get("orgId")
    if is_plain and membership.get("role") in BUILT_IN and len(attached) == len(methods):
        records[IDENTITY] = _record(identity, membership["role"], membership.get("metadata"), attached)
    return records


def _record(identity: Mapping[str, Any], role: str, metadata: Any, attached: list[str]) -> dict[str, Any]:
    return {
        "name": str(identity.get("name")),
        "role": role,
        "hasDeleteProtection": identity.get("hasDeleteProtection") is True,
        "metadata": list(metadata_entries(metadata)),
        ATTACHED: attached,
    }
