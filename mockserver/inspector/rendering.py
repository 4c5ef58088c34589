"""Templates, and the headers of every page."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from aiohttp import web

from mockserver.control.inner_request import Reply
from mockserver.inspector import static
from mockserver.inspector.text import FILTERS
from mockserver.inspector.visit import Visit, of_world

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept, HX-Request, Cookie",
}
DONE = {
    "created": "The world is there.",
    "reset": "The world is as it was made: state, clock, journal and faults.",
    "reset-all": "Everything is back to the loaded fixtures; the other worlds are gone.",
    "deleted": "The world is gone.",
    "taken": "The snapshot is taken.",
    "restored": "The snapshot is restored, as one more revision.",
    "forgotten": "The snapshot is deleted.",
    "frozen": "Time stands still.",
    "advanced": "Time has moved ahead.",
    "running": "Time runs.",
    "armed": "The fault is armed.",
    "disarmed": "The fault is gone.",
    "cleared": "All faults are gone.",
    "coverage": "The count begins anew.",
}
"""What a page says after a form, by the word in its address."""


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(static=static.address, page=page_address)
    return environment


def page_address(*steps: str, **query: Any) -> str:
    """The address of a page of the inspector."""
    path = "/".join(("/_mock/ui", *(quote(str(each), safe="") for each in steps)))
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def render(visit: Visit, template: str, status: int = 200, **values: Any) -> web.Response:
    """The page of a template. It is given the values, and what every page needs."""
    parts, request = visit.call.parts, visit.call.request
    text = (
        _environment()
        .get_template(template)
        .render(
            {
                "world": visit.world,
                "here": str(request.rel_url),
                "base": f"{request.scheme}://{request.host}",
                "version": parts.version,
                "unavailable": parts.unavailable,
                "fragment": visit.is_fragment,
                "done": DONE.get(visit.query.get("done", ""), ""),
                **values,
            }
        )
    )
    return web.Response(body=text.encode("utf-8", "replace"), status=int(status), headers=HEADERS)


async def of_the_world(visit: Visit, template: str, status: int = 200, **values: Any) -> web.Response:
    """The page of a template with the facts of its world; the page that explains where there is no such world."""
    about = await visit.get(of_world(visit.world))
    if not about.ok:
        return gone(visit, about)
    return render(visit, template, status, about=about.value, **values)


def gone(visit: Visit, reply: Reply) -> web.Response:
    """The page for a world that is not there."""
    message = reply.message.removeprefix("/world: ")
    return explain(visit, reply.status, "This world is not there", f"{message[:1].upper()}{message[1:]}.")


def explain(visit: Visit, status: int, title: str, message: str) -> web.Response:
    """A page that says what is wrong, and leads on."""
    return render(visit, "explain.html", status, title=title, message=message)


def go(address: str) -> web.Response:
    """The answer to a form that did what it was to do: a page to look at."""
    return web.Response(status=303, headers={"Location": address})
