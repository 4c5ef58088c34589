"""The two places of the pipeline where a request may be meddled with: before it is looked at, and when it is done."""

from typing import NamedTuple

from aiohttp import web

from mockserver.api.forced_responses import forced, too_many
from mockserver.api.prefer import CODE, PREFER, preference
from mockserver.api.replies import Reply, failed
from mockserver.api.request_rules import FAULT, PREFERENCE
from mockserver.contract.operation import ContractOperation
from mockserver.faults.apply import Delays
from mockserver.faults.plan import ArmedFault, Delay, Drop, RateLimit, Status
from mockserver.faults.reading import Offer
from mockserver.journal.entry import Entry
from mockserver.worlds.world import World


class Injected(NamedTuple):
    """The result of a fault before the operation: the world to read from, or a reply instead of the operation's."""

    world: World
    reply: Reply | None = None


async def before(
    request: web.BaseRequest,
    entry: Entry,
    world: World,
    contract: ContractOperation,
    identity_id: str | None,
    offer: Offer,
    delays: Delays,
) -> Injected:
    """`Prefer` first, then a fault of the world; behind a status that `Prefer` forces no fault is asked."""
    injected = Injected(world)
    if PREFER in request.headers or CODE in entry.target:
        injected = await _preferred(request, entry, injected, contract, offer, delays)
    if world.faults is None or injected.reply is not None:
        return injected
    armed = world.faults.before(contract.id, identity_id, has_past=world.revision > 0)
    return injected if armed is None else await _played(armed, request, entry, injected, delays)


def after(entry: Entry, world: World, contract: ContractOperation, identity_id: str | None, reply: Reply) -> Reply:
    """The answer of an operation that has been carried out, or what a fault makes of it."""
    armed = world.faults.after(contract.id, identity_id)
    if armed is None:
        return reply
    entry.fault = _name(armed)
    drop = armed.fault.effect
    assert isinstance(drop, Drop), "no other fault plays here"
    if drop.where == "mid-body":
        reply.cut, reply.reason = "half-way", f"{armed.id}: the connection was dropped half-way through the body"
        return reply
    reason = f"{armed.id}: the connection was dropped when the operation had been carried out ({reply.status})"
    return Reply(reply.status, reply.body, FAULT.id, reason, cut="whole")


async def _preferred(
    request: web.BaseRequest,
    entry: Entry,
    injected: Injected,
    contract: ContractOperation,
    offer: Offer,
    delays: Delays,
) -> Injected:
    """What the request meets by its own wish. A success cannot be forced: the request has to earn it."""
    wanted = preference(request)
    if isinstance(wanted, str):
        return injected._replace(reply=failed(PREFERENCE, entry.id, f"{wanted[0].upper()}{wanted[1:]}"))
    if wanted.wait:
        injected = await _waited(request, entry, injected, PREFERENCE.id, wanted.wait, delays)
    code = wanted.code
    if injected.reply is not None or code is None or (code < 400 and code in contract.responses):
        return injected
    if code in offer.statuses:
        return injected._replace(reply=forced(PREFERENCE, code, entry.id, f"Prefer: a {code} was asked for"))
    known = ", ".join(map(str, sorted({*offer.statuses, *(each for each in contract.responses if each < 400)})))
    return injected._replace(
        reply=failed(PREFERENCE, entry.id, f"The contract has no {code} for {contract.id}, only {known}")
    )


async def _played(
    armed: ArmedFault, request: web.BaseRequest, entry: Entry, injected: Injected, delays: Delays
) -> Injected:
    entry.fault = _name(armed)
    match armed.fault.effect:
        case Delay():
            return await _waited(request, entry, injected, FAULT.id, armed.seconds(), delays)
        case Status(status):
            return injected._replace(reply=forced(FAULT, status, entry.id, f"{armed.id}: a {status} was asked for"))
        case RateLimit(seconds):
            return injected._replace(
                reply=too_many(FAULT, seconds, entry.id, f"{armed.id}: a rate limit was asked for")
            )
        case Drop():
            reason = f"{armed.id}: the connection was dropped before anything was done"
            return injected._replace(reply=_dropped(FAULT.id, reason))
    return injected._replace(world=injected.world.as_it_was())


async def _waited(
    request: web.BaseRequest, entry: Entry, injected: Injected, rule: str, seconds: float, delays: Delays
) -> Injected:
    """Waits. The world may have changed meanwhile, so the request counts from now on; no answer if nobody waits."""
    if await delays.over(request, seconds):
        entry.at, entry.revision = injected.world.clock.now(), injected.world.revision
        return injected
    what = f"{entry.fault.partition(' ')[0]}: " if entry.fault else ""
    reason = f"{what}nobody waited for the end of {seconds:g} seconds, and nothing was done"
    return injected._replace(reply=_dropped(rule, reason))


def _dropped(rule: str, reason: str) -> Reply:
    return Reply(0, None, rule, reason, cut="whole")


def _name(armed: ArmedFault) -> str:
    return f"{armed.id} {armed.fault.kind}"
