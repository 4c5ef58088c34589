"""The faults of a world, and a form that offers what applies to the operation and the kind that are chosen."""

from typing import Any

from aiohttp import web

from mockserver.control.inner_request import Reply
from mockserver.faults.reading import Offer
from mockserver.inspector.rendering import go, of_the_world, page_address
from mockserver.inspector.visit import Visit, of_world
from mockserver.inspector.worlds import BAD_FORM, unknown_action

KINDS = {
    "status": "An error status instead of the operation",
    "delay": "The request waits first",
    "rate-limit": "429 with Retry-After",
    "drop": "The connection is closed",
    "stale": "A read is answered from the revision before",
}
PLACES = {
    "before-write": "before anything is done",
    "after-write": "after the operation, without an answer",
    "mid-body": "half-way through the answer's body",
}
_NUMBERS = ("status", "retryAfter", "times", "every", "seed")


async def show(visit: Visit) -> web.Response:
    """The faults that are armed or used up, and the form."""
    return await _show(visit)


async def _show(visit: Visit, failed: Reply | None = None, form: dict[str, str] | None = None) -> web.Response:
    reply = await visit.get(of_world(visit.world, "faults"))
    chosen = form if form is not None else {name: value for name, value in visit.query.items() if value}
    parts, world = visit.call.parts, visit.call.parts.worlds.glance(visit.world)
    offers = parts.offers(parts.edition.generation if world is None else world.generation)
    operation = chosen.get("operation", "")
    offered = [offers[operation]] if operation in offers else list(offers.values())
    kinds = {kind: says for kind, says in KINDS.items() if kind != "stale" or any(each.reads for each in offered)}
    kind = chosen["kind"] if chosen.get("kind") in kinds else next(iter(kinds))
    return await of_the_world(
        visit,
        "faults.html",
        200 if failed is None else failed.status,
        rows=reply.value["faults"] if reply.ok else [],
        operations=sorted(name for name, offer in offers.items() if kind != "stale" or offer.reads),
        kinds=kinds,
        kind=kind,
        statuses=sorted({status for each in offered for status in each.statuses}),
        places=PLACES,
        identities=_identities(visit, offered),
        form=chosen,
        problem=failed.message if failed is not None else "",
        tab="faults",
    )


def _identities(visit: Visit, offered: list[Offer]) -> list[tuple[str, str]]:
    """The identities that a fault may be for, by id and name; none where no path of the operations names one."""
    world = visit.call.parts.worlds.glance(visit.world)
    if world is None or not any(each.names_identity for each in offered) or len(world.state.identities) > 500:
        return []
    return sorted(((each.id, each.name) for each in world.state.identities.values()), key=lambda pair: pair[1])


async def change(visit: Visit) -> web.Response:
    """Arms the fault of the form, takes one out, or all."""
    form, path = await visit.form(), of_world(visit.world, "faults")
    if form is None:
        return await _show(visit, BAD_FORM)
    match form.get("action", ""):
        case "add":
            body = body_of(form)
            if isinstance(body, Reply):
                return await _show(visit, body, form)
            reply, done = await visit.send("POST", path, body), "armed"
        case "delete":
            reply = await visit.send("DELETE", of_world(visit.world, "faults", form.get("id", "")))
            done = "disarmed"
        case "clear":
            reply, done = await visit.send("DELETE", path), "cleared"
        case action:
            return unknown_action(visit, action, "add, delete, clear")
    if not reply.ok:
        return await _show(visit, reply, form)
    return go(page_address("worlds", visit.world, "faults", done=done))


def body_of(form: dict[str, str]) -> dict[str, Any] | Reply:
    """The body that asks the control API for the fault of a form; or what is wrong with a number of it."""
    body: dict[str, Any] = {"kind": form.get("kind", "")}
    wanted = {"status": ("status",), "rate-limit": ("retryAfter",), "drop": ("where",)}.get(body["kind"], ())
    names = ("operation", "identityId", *wanted, "every", "probability", "seed")
    try:
        for name in names:
            if name in form:
                value = form[name].strip()
                body[name] = int(value) if name in _NUMBERS else float(value) if name == "probability" else value
        if body["kind"] == "delay":
            least = float(form.get("from", "0"))
            most = float(form.get("to", least))
            body["seconds"] = least if least == most else {"from": least, "to": most}
        if "always" in form:
            body["times"] = None
        elif "times" in form:
            body["times"] = int(form["times"])
    except ValueError:
        return Reply(400, {"message": f"A field of the form is no number: {form.get(name, '') or 'seconds, times'}"})
    return body
