"""Access to the control API: rejects pages of other origins and checks the control token."""

import hmac
import ipaddress
from collections.abc import Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from aiohttp import web

_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".example", ".svc")


def foreign_page(headers: Mapping[str, str], allowed: Collection[str] = ()) -> str | None:
    """Return why the request looks like one of a page of another origin; None if it does not.

    A page can make a browser call any address, and DNS rebinding lets it read the response. So `Host` must be a name
    that nobody can register, or an address, and `Origin` must be this server. `allowed` are further names, in lower
    case and without a port, that are this server's too; `*` is any, for the Host alone.
    """
    host = headers.get("Host", "")
    if not _is_ours(host, allowed):
        return f"the Host '{host}' is neither a local name nor an address (--allowed-host permits further names)"
    origin = headers.get("Origin")
    if origin is not None and _name(origin.partition("://")[2]) in allowed:
        return None
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return f"the Origin '{origin}' is not this server (--allowed-host permits further names)"
    if headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
        return "the request comes from a page of another site"
    return None


def follows_link(request: web.BaseRequest, allowed: Collection[str] = ()) -> bool:
    """Whether a person follows a link of another site to a page of ours.

    Such a request reads nothing for that site and changes nothing. The Host must still be ours.
    """
    headers = request.headers
    return (
        request.method in ("GET", "HEAD")
        and _is_ours(headers.get("Host", ""), allowed)
        and "Origin" not in headers
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )


def cookie_name(host: str) -> str:
    """The name of the inspector's cookie; it has the port in it, as browsers keep cookies by host name alone."""
    port = host.rpartition(":")[2]
    return f"infisical-mock-{port if port.isdecimal() else 'port'}"


def cookie_value(token: str) -> str:
    """The value that stands for the control token in a browser: nobody reads the token from it."""
    return hmac.digest(token.encode(), b"infisical-mock inspector", "sha256").hex()


def token_given(headers: Mapping[str, str], token: str) -> bool:
    """Whether the control token is sent as bearer, or the inspector's cookie stands for it."""
    return bearer_given(headers, token) or _cookie_given(headers, token)


def _cookie_given(headers: Mapping[str, str], token: str) -> bool:
    try:
        cookies = SimpleCookie(headers.get("Cookie", ""))
    except CookieError:
        return False
    sent = cookies.get(cookie_name(headers.get("Host", "")))
    return sent is not None and hmac.compare_digest(
        sent.value.encode("utf-8", "surrogateescape"), cookie_value(token).encode()
    )


def bearer_given(headers: Mapping[str, str], token: str) -> bool:
    """Whether the request sends the control token as a bearer token."""
    scheme, _, sent = headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        sent.strip().encode("utf-8", "surrogateescape"), token.encode()
    )


def _name(host: str) -> str | None:
    """Return the name in lower case, without port; None if it is malformed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return None


def _is_ours(host: str, allowed: Collection[str]) -> bool:
    name = _name(host)
    if name in allowed or "*" in allowed:
        return True
    if name is None:
        return False
    if not name:
        return True  # browsers always send a Host
    if "." not in name or name.endswith(_LOCAL_ENDINGS):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
