"""Worlds: the list, one world with its snapshots, and the forms that make, reset, delete, keep and restore."""

from typing import Any

from aiohttp import web

from mockserver.control.inner_request import Reply
from mockserver.infisical.rate_limits.limits import PRESETS
from mockserver.inspector.journal import journal_of
from mockserver.inspector.rendering import explain, go, of_the_world, page_address, render
from mockserver.inspector.visit import Visit, of_world
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile

ROWS = 100
MOST_PROXIES = 20
BAD_FORM = Reply(400, {"message": "The form cannot be read: it is no text of UTF-8, or longer than 2 MiB"})


async def listing(visit: Visit) -> web.Response:
    """The worlds whose name has the text of `q` in it, a page of them, and the form that makes one."""
    return await _listing(visit)


async def _listing(visit: Visit, failed: Reply | None = None, form: dict[str, str] | None = None) -> web.Response:
    reply = await visit.get("/_mock/worlds")
    wanted = visit.query.get("q", "").strip()
    rows = [row for row in reply.value["worlds"] if wanted.lower() in row["id"].lower()]
    start = _whole(visit.query.get("start", "0"))
    about = await visit.get(of_world(visit.world))
    return render(
        visit,
        "worlds.html",
        200 if failed is None else failed.status,
        rows=rows[start : start + ROWS],
        found=len(rows),
        total=len(reply.value["worlds"]),
        most=reply.value["most"],
        idle=reply.value["idleSeconds"],
        start=start,
        step=ROWS,
        q=wanted,
        profiles=[each.value for each in Profile],
        generations=[(each.value, each.summary) for each in GENERATIONS],
        limits=list(PRESETS),
        about=about.value if about.ok else None,
        problem=failed.message if failed is not None else "",
        form=form or {},
        tab="worlds",
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


async def change_all(visit: Visit) -> web.Response:
    """Makes a world, or puts everything back to the fixtures."""
    form = await visit.form()
    if form is None:
        return await _listing(visit, BAD_FORM)
    if form.get("action") == "reset-all":
        reply = await visit.send("POST", "/_mock/reset")
        return go(page_address("worlds", done="reset-all")) if reply.ok else await _listing(visit, reply, form)
    body: dict[str, Any] = {
        name: form[name].strip() for name in ("id", "from", "profile", "asOf", "rateLimits", "now") if name in form
    }
    if "fixtures" in form:
        body["fixtures"] = form["fixtures"]
    if "trustedProxies" in form:
        body["trustedProxies"] = form["trustedProxies"].replace(",", " ").split()
    reply = await visit.send("POST", "/_mock/worlds", body)
    if not reply.ok:
        return await _listing(visit, reply, form)
    return go(page_address("worlds", reply.value["id"], done="created"))


async def show(visit: Visit) -> web.Response:
    """One world: what a client is given, its snapshots, and what can be done with it."""
    return await _show(visit)


async def _show(visit: Visit, failed: Reply | None = None, form: dict[str, str] | None = None) -> web.Response:
    snapshots = await visit.get(of_world(visit.world, "snapshots"))
    return await of_the_world(
        visit,
        "world.html",
        200 if failed is None else failed.status,
        snapshots=snapshots.value.get("snapshots", []) if snapshots.ok else [],
        problem=failed.message if failed is not None else "",
        form=form or {},
        most=MOST_PROXIES,
        tab="worlds",
    )


async def change(visit: Visit) -> web.Response:
    """Does what the form asks for with the world."""
    form, world = await visit.form(), visit.world
    if form is None:
        return await _show(visit, BAD_FORM)
    name, action = form.get("name", ""), form.get("action", "")
    match action:
        case "reset":
            reply, then = await visit.send("POST", of_world(world, "reset")), journal_of(world, done="reset")
        case "delete":
            reply, then = await visit.send("DELETE", of_world(world)), page_address("worlds", done="deleted")
        case "take":
            reply = await visit.send("POST", of_world(world, "snapshots"), {"name": name})
            then = page_address("worlds", world, done="taken")
        case "restore":
            reply = await visit.send("POST", of_world(world, "snapshots", name, "restore"))
            then = page_address("worlds", world, done="restored")
        case "forget":
            reply = await visit.send("DELETE", of_world(world, "snapshots", name))
            then = page_address("worlds", world, done="forgotten")
        case _:
            return unknown_action(visit, action, "reset, delete, take, restore, forget")
    return go(then) if reply.ok else await _show(visit, reply, form)


def unknown_action(visit: Visit, action: str, actions: str) -> web.Response:
    """The page for a form that asks for what there is not."""
    return explain(visit, 400, "There is no such action", f"'{action}' is none of {actions}.")
