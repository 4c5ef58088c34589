"""What the critic has to know of an update, noted while the record before it is at hand. Nothing is judged here."""

from collections.abc import Iterator
from typing import Any

from mockserver.api.operation import Outcome
from mockserver.journal.critic import WHOLE_PROPERTIES
from mockserver.journal.entry import Entry
from mockserver.tables import Writes
from mockserver.trusted_ips import TrustedIp, views

_LISTS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_REVIEWER = "tokenReviewerJwt"
_SUSPICIOUS = frozenset((_REVIEWER, *_LISTS))


def note_update(entry: Entry, sent: Any, writes: Writes, outcome: Outcome) -> None:
    """Notes in the entry of an accepted update how its body compares with the record before, if it may matter."""
    fields = writes.names
    if type(sent) is not dict or not fields:
        return
    suspicious = not _SUSPICIOUS.isdisjoint(sent)
    if len(sent) < WHOLE_PROPERTIES and not suspicious:
        return
    stored, after = outcome.stored, outcome.resulting
    unchanged = 0
    for name in sent:
        field = fields.get(name)
        if field is not None and getattr(stored, field) == getattr(after, field):
            unchanged += 1
    found: dict[str, Any] = {"sent": len(sent), "unchanged": unchanged} if unchanged >= WHOLE_PROPERTIES else {}
    if suspicious:
        lists = ((sent[name], getattr(stored, fields[name])) for name in _LISTS if name in sent and name in fields)
        narrowed = [block for texts, blocks in lists for block in _narrowed(texts, blocks)]
        if narrowed:
            found["narrowed"] = narrowed
        if _REVIEWER in sent and sent[_REVIEWER] is None and getattr(stored, fields.get(_REVIEWER, ""), None):
            found["erased"] = True
    if found:
        entry.evidence = {**entry.evidence, **found} if entry.evidence else found


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
