"""What the critic has to know of an update, noted while the record before it is at hand. Nothing is judged here."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.api.operation import Call
from mockserver.journal.critic import WHOLE_PROPERTIES
from mockserver.journal.entry import Entry
from mockserver.kubernetes_auth import record as kubernetes_auth
from mockserver.state import State
from mockserver.token_auth import record as token_auth
from mockserver.universal_auth import record as universal_auth

_LISTS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_SUSPICIOUS = frozenset(("tokenReviewerJwt", *_LISTS))
_View = Callable[[State, str], dict[str, object]]
_VIEWS: Mapping[str, _View] = {
    "updateKubernetesAuth": lambda state, key: kubernetes_auth.view(state.kubernetes_auths[key]),
    "updateUniversalAuth": lambda state, key: universal_auth.view(state.universal_auths.records[key]),
    "updateTokenAuth": lambda state, key: token_auth.view(state.token_auths.records[key]),
}


def note_update(entry: Entry, before: State, call: Call, answered: Mapping[str, Any]) -> None:
    """Notes in the entry of an accepted update how its body compares with the record before, if it may matter."""
    sent = call.body
    if type(sent) is not dict or (len(sent) < WHOLE_PROPERTIES and _SUSPICIOUS.isdisjoint(sent)):
        return
    view = _VIEWS.get(entry.operation)
    if view is None:
        return
    stored = view(before, call.identity_id)
    (after,) = answered.values()
    entry.evidence = {
        **(entry.evidence or {}),
        "sent": len(sent),
        "unchanged": [name for name in sent if name in stored and stored[name] == after.get(name)],
        "narrowed": [block for name in _LISTS if name in sent for block in _narrowed(sent[name], stored[name])],
        "erased": sent.get("tokenReviewerJwt", "") is None and bool(stored.get("tokenReviewerJwt")),
    }


def _narrowed(sent: list[dict[str, Any]], stored: Any) -> Iterator[str]:
    """The stored blocks whose address is sent alone."""
    blocks = {each["ipAddress"]: each for each in stored if "prefix" in each}
    texts = {str(each["ipAddress"]).strip() for each in sent}
    for address in sorted(blocks.keys() & texts):
        block = blocks[address]
        if block["prefix"] != (32 if block["type"] == "ipv4" else 128):
            yield f"{address}/{block['prefix']}"
