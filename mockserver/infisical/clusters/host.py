"""Parse a `kubernetesHost` into an authority, as the service's URL parser does (URL Standard)."""

import ipaddress
import re
from typing import NamedTuple

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_URL = re.compile(r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.\-]+)(?::(?P<port>\d*))?(?:/.*)?", re.I | re.A)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
DEFAULT_PORT = 443
_LOCAL_NAMES = frozenset(("localhost", "host.docker.internal"))
# The service's own list: every block that is not unicast. `ipaddress.is_private` differs, and varies between versions.
_BLOCKED_NETWORKS = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)


class Authority(NamedTuple):
    """A host in lower case and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether the host is local or private, so that the service refuses to call it directly."""
        name = self.host.removesuffix(".")
        if name in _LOCAL_NAMES or name.endswith(".localhost"):
            return True
        try:
            address = ipaddress.IPv4Address(name)
        except ValueError:
            return False
        return any(address in block for block in _BLOCKED_NETWORKS)


def has_scheme(text: str) -> bool:
    """Whether the text starts with a URL scheme."""
    return _SCHEME.match(text) is not None


def authority(text: str) -> Authority | None:
    """Return the authority of the text; None if it is not a URL with a host. The default scheme is `https`."""
    match = _URL.fullmatch(text if has_scheme(text) else f"https://{text}")
    if match is None:
        return None
    port = int(match["port"][:8]) if match["port"] else DEFAULT_PORT
    host = _host(match["host"].lower())
    return None if host is None or port > 65535 else Authority(host, port)


def _host(name: str) -> str | None:
    """Return the host; None if it is invalid. A host whose last label is a number is an IPv4 address (URL Standard)."""
    labels = name.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    return name if name.strip(".") else None


def _ipv4(labels: list[str]) -> str | None:
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        *bytes_, last = [_number(label) for label in labels]
    except ValueError:
        return None
    if any(byte > 255 for byte in bytes_) or last >= 256 ** (4 - len(bytes_)):
        return None
    value = sum(byte << (8 * (3 - place)) for place, byte in enumerate(bytes_)) + last
    return str(ipaddress.IPv4Address(value))


def _number(label: str) -> int:
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if len(label) > 1 and label.startswith("0") else int(label)
