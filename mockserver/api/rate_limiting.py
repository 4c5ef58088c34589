"""Counts requests against the rate limits of the world, and rejects those beyond them."""

from collections.abc import Mapping
from dataclasses import replace

from mockserver.api import replies
from mockserver.api.operation import Operation
from mockserver.api.replies import Reply
from mockserver.contract.operation import ContractOperation
from mockserver.infisical.rate_limits.limits import Bucket
from mockserver.infisical.rate_limits.rules import RATE_LIMITS, CountedRequest
from mockserver.journal.entry import Entry
from mockserver.worlds.world import World

_OWN_BUCKETS: Mapping[str, Bucket | None] = {"createMachineIdentity": "identityCreation", "getInstanceStatus": None}
"""The operations whose bucket does not follow from their method; None: they are not limited."""


def bucket_of(contract: ContractOperation, operation: Operation) -> Bucket | None:
    """Return what a request of the operation counts as; None if it is not limited."""
    if operation.id in _OWN_BUCKETS:
        return _OWN_BUCKETS[operation.id]
    return "read" if contract.method == "GET" or operation.only_reads else "write"


def excess(contract: ContractOperation, operation: Operation, entry: Entry, world: World) -> Reply | None:
    """Count the request of `entry`, and note the count in it; return the 429 if it exceeds the limit, else None."""
    bucket, limits = bucket_of(contract, operation), world.rate_limits
    if bucket is None or limits is None or (limit := limits.of(bucket)) is None:
        return None
    assert world.rate_windows is not None, "a world with rate limits has windows"
    # Not at the time of the entry: a request that waited for its body would come before the window's beginning.
    number, left = world.rate_windows.count(bucket, entry.address, world.clock.now())
    counted = entry.counted = CountedRequest(bucket, entry.address, limit, number, -(-left // 1000))
    refusal = RATE_LIMITS.decide(counted, world.edition).refusal
    if refusal is None:
        return None
    reply = replies.refused(refusal, entry.id)
    return replace(reply, reason=_sentence(counted.says), headers={"retry-after": str(counted.seconds_left)})


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
