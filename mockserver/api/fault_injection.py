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


class Met(NamedTuple):
    """What a request has met before it is looked at: the world to read from, or an answer."""

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
) -> Met:
    """`Prefer` first, then a fault of the world; behind a status that `Prefer` forces no fault is asked."""
    met = Met(world)
    if PREFER in request.headers or CODE in entry.target:
        met = await _preferred(request, entry, met, contract, offer, delays)
    if world.faults is None or met.reply is not None:
        return met
    armed = world.faults.before(contract.id, identity_id, has_past=world.revision > 0)
    return met if armed is None else await _played(armed, request, entry, met, delays)


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
    request: web.BaseRequest, entry: Entry, met: Met, contract: ContractOperation, offer: Offer, delays: Delays
) -> Met:
    """What the request meets by its own wish. A success cannot be forced: the request has to earn it."""
    wanted = preference(request)
    if isinstance(wanted, str):
        return met._replace(reply=failed(PREFERENCE, entry.id, f"{wanted[0].upper()}{wanted[1:]}"))
    if wanted.wait:
        met = await _waited(request, entry, met, PREFERENCE.id, wanted.wait, delays)
    code = wanted.code
    if met.reply is not None or code is None or (code < 400 and code in contract.responses):
        return met
    if code in offer.statuses:
        return met._replace(reply=forced(PREFERENCE, code, entry.id, f"Prefer: a {code} was asked for"))
    known = ", ".join(map(str, sorted({*offer.statuses, *(each for each in contract.responses if each < 400)})))
    return met._replace(
        reply=failed(PREFERENCE, entry.id, f"The contract has no {code} for {contract.id}, only {known}")
    )


async def _played(armed: ArmedFault, request: web.BaseRequest, entry: Entry, met: Met, delays: Delays) -> Met:
    entry.fault = _name(armed)
    match armed.fault.effect:
        case Delay():
            return await _waited(request, entry, met, FAULT.id, armed.seconds(), delays)
        case Status(status):
            return met._replace(reply=forced(FAULT, status, entry.id, f"{armed.id}: a {status} was asked for"))
        case RateLimit(seconds):
            return met._replace(reply=too_many(FAULT, seconds, entry.id, f"{armed.id}: a rate limit was asked for"))
        case Drop():
            reason = f"{armed.id}: the connection was dropped before anything was done"
            return met._replace(reply=_dropped(FAULT.id, reason))
    return met._replace(world=met.world.as_it_was())


async def _waited(request: web.BaseRequest, entry: Entry, met: Met, rule: str, seconds: float, delays: Delays) -> Met:
    """Waits. The world may have changed meanwhile, so the request counts from now on; no answer if nobody waits."""
    if await delays.over(request, seconds):
        entry.at, entry.revision = met.world.clock.now(), met.world.revision
        return met
    what = f"{entry.fault.partition(' ')[0]}: " if entry.fault else ""
    reason = f"{what}nobody waited for the end of {seconds:g} seconds, and nothing was done"
    return met._replace(reply=_dropped(rule, reason))


def _dropped(rule: str, reason: str) -> Reply:
    return Reply(0, None, rule, reason, cut="whole")


def _name(armed: ArmedFault) -> str:
    return f"{armed.id} {armed.fault.kind}"
