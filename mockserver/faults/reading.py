"""Read a fault from a request body that has passed the schema, or return why it cannot be armed."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.faults.plan import Delay, Drop, Effect, Fault, RateLimit, Stale, Status, Turns

RETRY_AFTER = 1
"""Default of `Retry-After`, in seconds. It is short because tests wait for it."""


class Offer(NamedTuple):
    """The faults that are possible for one operation.

    `statuses` are the error statuses that the contract documents for it, in the vendor's envelope; `reads` says that
    it stores nothing, `names_identity` that its path has an `identityId`.
    """

    statuses: frozenset[int]
    reads: bool
    names_identity: bool


class Misfit(NamedTuple):
    """The reason why a fault cannot be armed, with its place in the body."""

    pointer: str
    reason: str


def read(body: Mapping[str, Any], offers: Mapping[str, Offer], new_seed: Callable[[], int]) -> Fault | Misfit:
    """Return the fault that the body describes, or a Misfit. `offers` has every operation by its id."""
    effect = _effect(body)
    operations = _operations(body, offers)
    if isinstance(operations, Misfit):
        return operations
    misfit = _of_status(effect, operations) or _of_kind(body, effect, operations) or _of_turns(body, effect)
    if misfit is not None:
        return misfit
    return Fault(
        effect,
        frozenset(name for name, offer in operations.items() if _suits(effect, offer)),
        body.get("operation"),
        body["identityId"].lower() if "identityId" in body else None,
        _turns(body, effect, new_seed),
    )


def _effect(body: Mapping[str, Any]) -> Effect:
    match body["kind"]:
        case "delay":
            seconds = body["seconds"]
            if isinstance(seconds, Mapping):
                return Delay(float(seconds["from"]), float(seconds["to"]))
            return Delay(float(seconds), float(seconds))
        case "status":
            return Status(int(body["status"]))
        case "rate-limit":
            return RateLimit(int(body.get("retryAfter", RETRY_AFTER)))
        case "drop":
            return Drop(body["where"])
    return Stale()


def _operations(body: Mapping[str, Any], offers: Mapping[str, Offer]) -> Mapping[str, Offer] | Misfit:
    """Return the operations that the body selects."""
    name = body.get("operation")
    if name is not None and name not in offers:
        return Misfit("/operation", f"there is no operation '{name}': use an operationId of the contract")
    named = offers if name is None else {name: offers[name]}
    if "identityId" not in body:
        return named
    if name is not None and not named[name].names_identity:
        return Misfit("/identityId", f"the path of {name} has no identityId")
    return {each: offer for each, offer in named.items() if offer.names_identity}


def _of_status(effect: Effect, operations: Mapping[str, Offer]) -> Misfit | None:
    if not isinstance(effect, Status):
        return None
    if effect.status < 400:
        return Misfit("/status", f"{effect.status} is not an error: a fault can force statuses from 400 to 599")
    for name, offer in operations.items():
        if effect.status not in offer.statuses:
            known = ", ".join(map(str, sorted(offer.statuses)))
            more = "; use the kind rate-limit for a 429" if effect.status == 429 else ""
            return Misfit("/status", f"the contract has no {effect.status} for {name}, only {known}{more}")
    return None


def _of_kind(body: Mapping[str, Any], effect: Effect, operations: Mapping[str, Offer]) -> Misfit | None:
    if isinstance(effect, Delay) and effect.least > effect.most:
        return Misfit("/seconds/from", "`from` is greater than `to`")
    name = body.get("operation")
    if name is None or _suits(effect, operations[name]):
        return None
    if isinstance(effect, Stale):
        return Misfit("/operation", f"{name} writes, and only the response to a read can be stale")
    return Misfit("/operation", f"{name} writes nothing: use before-write or mid-body")


def _suits(effect: Effect, offer: Offer) -> bool:
    """Whether the effect can occur for an operation."""
    if isinstance(effect, Stale):
        return offer.reads
    return not offer.reads or not isinstance(effect, Drop) or effect.where != "after-write"


def _of_turns(body: Mapping[str, Any], effect: Effect) -> Misfit | None:
    if "every" in body and "probability" in body:
        return Misfit("/probability", "`every` and `probability` exclude each other")
    if "seed" in body and not _has_chances(body, effect):
        return Misfit("/seed", "a seed needs a `probability`, or `seconds` as a range")
    return None


def _turns(body: Mapping[str, Any], effect: Effect, new_seed: Callable[[], int]) -> Turns:
    goes_on = "every" in body or "probability" in body
    times = body.get("times", None if goes_on else 1)
    seed = None
    if _has_chances(body, effect):
        seed = int(body["seed"]) if "seed" in body else new_seed()
    return Turns(None if times is None else int(times), int(body.get("every", 1)), body.get("probability"), seed)


def _has_chances(body: Mapping[str, Any], effect: Effect) -> bool:
    return "probability" in body or (isinstance(effect, Delay) and effect.least != effect.most)
