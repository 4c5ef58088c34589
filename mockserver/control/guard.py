"""Access to the control API: rejects pages of other origins and checks the control token."""

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".example", ".svc")


def foreign_page(headers: Mapping[str, str]) -> str | None:
    """Return why the request looks like one of a page of another origin; None if it does not.

    A page can make a browser call any address, and DNS rebinding lets it read the response. So `Host` must be a name
    that nobody can register, or an address, and `Origin` must be this server.
    """
    host = headers.get("Host", "")
    if not _is_ours(host):
        return f"the Host '{host}' is neither a local name nor an address"
    origin = headers.get("Origin")
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return f"the Origin '{origin}' is not this server"
    if headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
        return "the request comes from a page of another site"
    return None


def bearer_given(headers: Mapping[str, str], token: str) -> bool:
    """Whether the request sends the control token as a bearer token."""
    scheme, _, sent = headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        sent.strip().encode("utf-8", "surrogateescape"), token.encode()
    )


def _is_ours(host: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
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
