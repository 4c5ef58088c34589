"""Who may use the control API: no page of another origin, and with a control token set, its bearer only."""

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".example", ".svc")


def foreign_page(headers: Mapping[str, str]) -> str | None:
    """Why the request looks like a browser page of another origin; None if it does not.

    A page can make a browser call any address, and by rebinding a name of its own it can even read the answer. So the
    Host must be a name that no stranger can own, and an Origin must be this very server.
    """
    host = headers.get("Host", "")
    if not _is_ours(host):
        return f"the Host '{host}' is not a local name or an address"
    origin = headers.get("Origin")
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return f"the Origin '{origin}' is not this server"
    if headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
        return "a page of another site asks"
    return None


def bearer_given(headers: Mapping[str, str], token: str) -> bool:
    """Whether the control token is sent as bearer."""
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
        return True  # HTTP/1.0, or no browser
    if "." not in name or name.endswith(_LOCAL_ENDINGS):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
