"""The clock of a world: freeze it, move it, let it run."""

from typing import Any

from aiohttp import web

from mockserver.control.inner_request import Reply
from mockserver.inspector.rendering import go, of_the_world, page_address
from mockserver.inspector.visit import Visit, of_world
from mockserver.inspector.worlds import BAD_FORM, unknown_action

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
STEPS = ((60, "1 minute"), (3600, "1 hour"), (86_400, "1 day"), (2_592_000, "30 days"))


async def show(visit: Visit) -> web.Response:
    """The time of the world, and what depends on it."""
    return await _show(visit)


async def _show(visit: Visit, failed: Reply | None = None, form: dict[str, str] | None = None) -> web.Response:
    tokens = await visit.get(of_world(visit.world, "tokens"))
    ending = [each for each in tokens.value["tokens"] if each["secondsLeft"]] if tokens.ok else []
    return await of_the_world(
        visit,
        "clock.html",
        200 if failed is None else failed.status,
        units=UNITS,
        steps=STEPS,
        ending=sorted(ending, key=lambda each: each["secondsLeft"])[:20],
        problem=failed.message if failed is not None else "",
        form=form or {},
        tab="clock",
    )


async def change(visit: Visit) -> web.Response:
    """Does what the form asks for with the clock."""
    form, path = await visit.form(), of_world(visit.world, "clock")
    if form is None:
        return await _show(visit, BAD_FORM)
    match form.get("action", ""):
        case "freeze":
            moment = form.get("now", "").strip() or (await visit.get(path)).value.get("now")
            reply, done = await visit.send("PUT", path, {"now": moment}), "frozen"
        case "advance":
            seconds = _seconds(form)
            if seconds is None:
                wrong = f"Advance by a number of seconds, minutes, hours or days, not by '{form.get('amount', '')}'"
                return await _show(visit, Reply(400, {"message": wrong}), form)
            reply, done = await visit.send("PUT", path, {"advance": seconds}), "advanced"
        case "run":
            reply, done = await visit.send("DELETE", path), "running"
        case action:
            return unknown_action(visit, action, "freeze, advance, run")
    return go(page_address("worlds", visit.world, "clock", done=done)) if reply.ok else await _show(visit, reply, form)


def _seconds(form: dict[str, Any]) -> float | None:
    """The length of time that the form says; None if it is no number."""
    try:
        amount = float(form.get("amount", "")) * UNITS[form.get("unit", "seconds")]
    except (ValueError, KeyError):
        return None
    return amount if abs(amount) < 1e12 else None  # not a number and infinity are no amounts either
