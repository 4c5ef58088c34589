"""What the critic has to know of an update, noted while the record before it is at hand. Nothing is judged here."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from mockserver.api.operation import Outcome
from mockserver.journal.critic import WHOLE_PROPERTIES
from mockserver.journal.entry import Entry
from mockserver.tables import Writes
from mockserver.trusted_ips import TrustedIp, views

_LISTS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_REVIEWER = "tokenReviewerJwt"
_SUSPICIOUS = frozenset((_REVIEWER, *_LISTS))
_OF_METHODS = frozenset(("updateKubernetesAuth", "updateUniversalAuth", "updateTokenAuth"))


def note_update(entry: Entry, sent: Any, writes: Writes, outcome: Outcome) -> None:
    """Notes in the entry of an accepted update how its body compares with the record before, if it may matter."""
    if type(sent) is not dict or entry.operation not in _OF_METHODS:
        return
    suspicious = not _SUSPICIOUS.isdisjoint(sent)
    if len(sent) < WHOLE_PROPERTIES and not suspicious:
        return
    places = _places(writes.fields)
    stored, after = writes.values(outcome.stored), writes.values(outcome.resulting)
    unchanged = 0
    for name in sent:
        place = places.get(name)
        if place is not None and stored[place] == after[place]:
            unchanged += 1
    found: dict[str, Any] = {"sent": len(sent), "unchanged": unchanged} if unchanged >= WHOLE_PROPERTIES else {}
    if suspicious:
        narrowed = [block for name in _LISTS if name in sent for block in _narrowed(sent[name], stored[places[name]])]
        if narrowed:
            found["narrowed"] = narrowed
        if _REVIEWER in sent and sent[_REVIEWER] is None and stored[places[_REVIEWER]]:
            found["erased"] = True
    if found:
        entry.evidence = {**entry.evidence, **found} if entry.evidence else found


@lru_cache(maxsize=16)
def _places(fields: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(fields)}


def _narrowed(sent: list[dict[str, Any]], stored: tuple[TrustedIp, ...]) -> Iterator[str]:
    """The stored blocks whose address is sent alone."""
    texts = [each["ipAddress"].strip() for each in sent if "/" not in each["ipAddress"]]
    if not texts:
        return
    blocks: dict[str, Any] = {str(each["ipAddress"]): each for each in views(stored) if "prefix" in each}
    for address in sorted(blocks.keys() & set(texts)):
        block = blocks[address]
        if block["prefix"] != (32 if block["type"] == "ipv4" else 128):
            yield f"{address}/{block['prefix']}"
