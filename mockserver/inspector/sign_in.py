"""The control token, asked for once: a cookie stands for it from then on."""

import hmac
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from mockserver.control import guard
from mockserver.control.front import INSPECTOR
from mockserver.inspector.visit import Visit


def ask(visit: Visit, problem: str = "") -> web.Response:
    """The page that asks for the token; it leads back to the page that was asked for."""
    from mockserver.inspector.rendering import render

    request = visit.call.request
    wanted = str(request.rel_url) if request.method == "GET" else INSPECTOR
    response = render(visit, "sign_in.html", HTTPStatus.UNAUTHORIZED, bare=True, wanted=wanted, problem=problem)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def sign_in(visit: Visit) -> web.Response:
    """Sets the cookie and goes on to the page that was asked for; asks again if it is another token."""
    form, token = await visit.form(), visit.call.parts.control_token
    given = (form or {}).get("token", "").strip()
    if token is None:
        return _go(INSPECTOR)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return ask(visit, "That is not the control token of this server.")
    response = _go(_local((form or {}).get("wanted", "")))
    name = guard.cookie_name(visit.call.request.headers.get("Host", ""))
    response.set_cookie(
        name,
        guard.cookie_value(token),
        path="/_mock",
        httponly=True,
        samesite="Strict",
        secure=visit.call.request.scheme == "https",
    )
    return response


def _local(address: str) -> str:
    """The address if it is one of the inspector's pages; the first page for any other."""
    parts = urlsplit(address)
    is_page = parts.path in (INSPECTOR, "/_mock/reference") or parts.path.startswith("/_mock/ui/")
    return address if is_page and not (parts.scheme or parts.netloc) and address.isprintable() else INSPECTOR


def _go(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})
