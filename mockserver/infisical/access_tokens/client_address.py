"""The client address of a request in the strict mode: only trusted proxies may say it (auth.md, Client IP).

Without trusted proxies the service believes the address headers of every caller: see `credentials`. With them only
`X-Forwarded-For` counts, and only entries that trusted proxies have written. Each proxy appends the address of its own
peer. So the list is read backwards from the socket's address, up to the first address that is not a trusted proxy.
"""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from mockserver.infisical.trusted_ips import client_address

TrustedProxies = tuple[str, ...]
"""CIDR blocks in their canonical form. An empty tuple: the headers of every caller count."""
FORWARDED = "x-forwarded-for"
_MAPPED = 0xFFFF << 32
"""IPv4 addresses are compared as IPv4-mapped IPv6 addresses, so that both forms of an address match a block."""
_SHOWN = 64
"""How many characters of a mistaken text a message repeats."""


class Taken(NamedTuple):
    """The client address. `header` is the name of the header it comes from, None for the socket; `reason` says why."""

    address: str
    header: str | None
    reason: str


def trusted_proxy(text: object) -> str:
    """Return the canonical form of a CIDR block or single address.

    Raises ValueError if it is neither or has bits behind its prefix.
    """
    if not isinstance(text, str):
        raise ValueError("not a text: use a CIDR block such as 10.0.0.0/8")
    address, slash, prefix = text.partition("/")
    mistaken = f"'{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}' is not a CIDR block such as 10.0.0.0/8"
    if "%" in text or (slash and not (prefix.isascii() and prefix.isdigit())):
        raise ValueError(mistaken)
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(mistaken) from None
    if block.network_address != ipaddress.ip_address(address):
        raise ValueError(f"'{text}' has host bits behind its prefix: did you mean {block}?")
    return str(block)


def trusted_proxies(texts: object) -> TrustedProxies:
    """Return the canonical forms of CIDR blocks, each once. Raises ValueError if it is no list of them."""
    if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
        raise ValueError("not a list of CIDR blocks such as 10.0.0.0/8")
    return tuple(dict.fromkeys(trusted_proxy(text) for text in texts))


def is_proxy(address: str, proxies: TrustedProxies) -> bool:
    """Whether the address is in one of the blocks; a text that is no IP address is in none."""
    parsed = client_address(address)
    if parsed is None:
        return False
    number = int(parsed) + (_MAPPED if parsed.version == 4 else 0)
    starts, ends = _ranges(proxies)
    place = bisect_right(starts, number)
    return place > 0 and number <= ends[place - 1]


@lru_cache(maxsize=64)
def _ranges(proxies: TrustedProxies) -> tuple[list[int], list[int]]:
    """Return the first and the last addresses of the blocks, in order and without overlaps."""
    blocks = [
        ipaddress.IPv6Network((_MAPPED + int(block.network_address), 96 + block.prefixlen))
        if isinstance(block, ipaddress.IPv4Network)
        else block
        for block in map(ipaddress.ip_network, proxies)
    ]
    merged = sorted(ipaddress.collapse_addresses(blocks))
    return [int(each.network_address) for each in merged], [int(each.broadcast_address) for each in merged]


def strict_address(forwarded: str, peer: str, proxies: TrustedProxies) -> Taken:
    """Return the client address behind trusted proxies.

    `forwarded` is the value of `X-Forwarded-For`, with commas between the values of repeated headers. `peer` is the
    address of the socket.
    """
    if not is_proxy(peer, proxies):
        return Taken(peer, None, f"The socket's address {peer} is not a trusted proxy, so no header counts")
    chain = [entry for each in forwarded.split(",") if (entry := each.strip())]
    if not chain:
        return Taken(peer, None, "The trusted proxy sends no X-Forwarded-For")
    for entry in reversed(chain):
        if not is_proxy(entry, proxies):
            return Taken(entry, FORWARDED, "The last entry of X-Forwarded-For that is not a trusted proxy")
    return Taken(chain[0], FORWARDED, "The first entry of X-Forwarded-For: all entries are trusted proxies")


def forwarded_in(headers: Iterable[tuple[str, str]]) -> str:
    """Return the values of all `X-Forwarded-For` headers, joined by commas in order; empty if there is none."""
    return ",".join(value for name, value in headers if name.lower() == FORWARDED)
