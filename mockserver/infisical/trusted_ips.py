"""Trusted IPs: parse a text as the service does, and match client addresses."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from mockserver.infisical.javascript import WHITE_SPACE

EVERYWHERE_TEXTS = frozenset(("0.0.0.0/0", "::/0"))

_LEADING_INTEGER = re.compile(rf"[{WHITE_SPACE}]*([+-]?[0-9]+)")
_ZONE = re.compile(r"[0-9a-zA-Z\-.:]+", re.ASCII)
_WIDTH = {"ipv4": 32, "ipv6": 128}


class TrustedIp(NamedTuple):
    """A stored trusted IP. `prefix` is None for a single address; host bits stay as they were sent."""

    address: str
    kind: str
    prefix: int | None = None

    def text(self) -> str:
        """Return the text that a caller sends to store this item."""
        return self.address if self.prefix is None else f"{self.address}/{self.prefix}"

    def view(self) -> dict[str, object]:
        """Return the item as in responses: keys in the database's order, no `prefix` for a single address."""
        if self.prefix is None:
            return {"type": self.kind, "ipAddress": self.address}
        return {"type": self.kind, "prefix": self.prefix, "ipAddress": self.address}


EVERYWHERE = (TrustedIp("0.0.0.0", "ipv4", 0), TrustedIp("::", "ipv6", 0))  # noqa: S104 - a default, not a bind


def trusted_ip(text: str) -> TrustedIp | None:
    """Return the item that the service stores for `text`; None if it is neither an IP address nor a CIDR block."""
    return _cached_trusted_ip(text) if len(text) <= _MAX_CACHED_LENGTH else _trusted_ip(text)


def trusted_ips(texts: tuple[str, ...]) -> tuple[TrustedIp | None, ...]:
    """Return the item for each text, as `trusted_ip` does."""
    if len(texts) <= _MAX_CACHED_ITEMS and len("".join(texts)) <= _MAX_CACHED_LENGTH * _MAX_CACHED_ITEMS:
        return _cached_trusted_ips(texts)
    return tuple(map(trusted_ip, texts))


@lru_cache(maxsize=1024)
def _cached_trusted_ips(texts: tuple[str, ...]) -> tuple[TrustedIp | None, ...]:
    return tuple(map(trusted_ip, texts))


def _trusted_ip(text: str) -> TrustedIp | None:
    parts = text.split("/")
    kind = _kind(parts[0])
    if kind is None:
        return None
    if len(parts) == 1:
        return TrustedIp(parts[0], kind)
    # The service reads the leading integer of the second part and ignores what follows it.
    prefix = _leading_integer(parts[1])
    if prefix is None or not 0 <= prefix <= _WIDTH[kind]:
        return None
    return TrustedIp(parts[0], kind, prefix)


def _leading_integer(text: str) -> int | None:
    match = _LEADING_INTEGER.match(text)
    try:
        return None if match is None else int(match[1])
    except ValueError:  # Python limits the digits of an integer
        return None


def _kind(address: str) -> str | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv4Address):
        return "ipv4"
    zone_ok = parsed.scope_id is None or _ZONE.fullmatch(parsed.scope_id) is not None
    return "ipv6" if zone_ok else None


_MAX_CACHED_LENGTH = 64
"""The maximum length of a text or list in a cache. Callers choose them, so longer ones could fill the memory."""
_MAX_CACHED_ITEMS = 8
_cached_trusted_ip = lru_cache(maxsize=2048)(_trusted_ip)


@lru_cache(maxsize=1024)
def client_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address in `text`; None if it is not one."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_trusted(address: str, trusted: tuple[TrustedIp, ...]) -> bool:
    """Whether `address` matches an item of `trusted`. An IPv4-mapped IPv6 address matches both kinds."""
    return _cached_is_trusted(address, trusted) if len(trusted) <= _MAX_CACHED_LENGTH else _is_trusted(address, trusted)


def _is_trusted(address: str, trusted: tuple[TrustedIp, ...]) -> bool:
    parsed = client_address(address)
    if parsed is None:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    candidates = [parsed] if mapped is None else [parsed, mapped]
    return any(_contains(item, candidate) for item in trusted for candidate in candidates)


_cached_is_trusted = lru_cache(maxsize=1024)(_is_trusted)


def _contains(item: TrustedIp, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    width = _WIDTH[item.kind]
    network = ipaddress.ip_network(
        (item.address.partition("%")[0], width if item.prefix is None else item.prefix), False
    )
    return address in network


def views(trusted: tuple[TrustedIp, ...]) -> list[dict[str, object]]:
    """Return the items as in responses, in order."""
    # Callers choose the length of a list, so only short ones are cached.
    return _cached_views(trusted) if len(trusted) <= _MAX_CACHED_ITEMS else [item.view() for item in trusted]


@lru_cache(maxsize=1024)
def _cached_views(trusted: tuple[TrustedIp, ...]) -> list[dict[str, object]]:
    return [item.view() for item in trusted]


def texts(trusted: Iterable[TrustedIp]) -> list[dict[str, str]]:
    """Return the items as in request bodies and fixtures."""
    return [{"ipAddress": item.text()} for item in trusted]
