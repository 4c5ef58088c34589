"""Parse a `kubernetesHost` into an authority, as the service's URL parser does (URL Standard)."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

_SCHEMES = ("https:", "http:")
_HTTP = re.compile(r"https?:", re.I)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_SPECIAL = re.compile(r"/*(?P<host>[A-Za-z0-9.\-]+)(?::(?P<port>[0-9]*))?(?:/.*)?", re.S)
_OPAQUE = re.compile(r"//(?:(?P<host>[A-Za-z0-9.\-]+)(?::(?P<port>[0-9]*))?)?(?:/.*)?", re.S)
_NAME_AND_PORT = re.compile(r"(?P<host>[A-Za-z0-9.\-]+)(?::(?P<port>[0-9]+))?")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
DEFAULT_PORT = 443
MAX_PORT = 65535
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The special schemes of the URL Standard, and the default port of each."""
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
        return _known_local(self.host) if len(self.host) <= _KEPT_LENGTH else _is_local(self.host)


def _is_local(host: str) -> bool:
    name = host.removesuffix(".")
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return any(address in block for block in _BLOCKED_NETWORKS)


def authority(text: str) -> Authority | None:
    """Return where a host of the fixtures points; None if it is not the URL of a host.

    `https://` is assumed if the text names no scheme. Without a port, `http` means 80 and anything else 443.
    """
    if _HTTP.match(text):
        return _authority(text)
    return None if "://" in text else _authority(f"https://{text}")


def direct(text: str) -> Authority | None:
    """Return where a direct call goes; None if the text is not the URL of a host.

    The service knows its two schemes in lower case only. It puts `https://` before any other text, so the host of
    `HTTPS://h` is `https`.
    """
    url = text if text.startswith(_SCHEMES) else f"https://{text}"
    return _known_authority(url) if len(url) <= _KEPT_LENGTH else _authority(url)


def takes_scheme_for_host(text: str) -> bool:
    """Whether a direct call takes the scheme of the text for the host, as in `HTTPS://h`."""
    return not text.startswith(_SCHEMES) and "://" in text


def tunnelled(text: str) -> Authority | None:
    """Return where a gateway dials for attach and update, in mode `api`; None if the text is not a URL.

    The service parses the text as a URL without a base, ignores the scheme and connects to port 443 unless the URL has
    another one. The host is empty in a URL without an authority, such as `name:6443`.
    """
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        return None
    if scheme.lower() not in _DEFAULT_PORTS:
        return _opaque(rest)
    found = _SPECIAL.fullmatch(rest)
    host = None if found is None else _host(found["host"].lower())
    if found is None or host is None:
        return None
    return _at(host, found["port"], _DEFAULT_PORTS[scheme.lower()])


def dialled(text: str) -> Authority | None:
    """Return where a gateway dials for a login, in mode `api`; None if the text leads nowhere.

    The service cuts off scheme and port and takes the rest for the name, so a path or a final slash spoils it.
    """
    match = _NAME_AND_PORT.fullmatch(text.removeprefix("https://").removeprefix("http://"))
    host = None if match is None else _host(match["host"].lower())
    return None if match is None or host is None else _at(host, match["port"], None)


def _authority(url: str) -> Authority | None:
    scheme, _, rest = url.partition(":")
    match = _SPECIAL.fullmatch(rest)
    host = None if match is None else _host(match["host"].lower())
    if match is None or host is None:
        return None
    port = int(match["port"][:8]) if match["port"] else _DEFAULT_PORTS[scheme.lower()]
    return None if port > MAX_PORT else Authority(host, port)


_KEPT_LENGTH = 300
"""Characters. A longer text is parsed each time, so that clients cannot fill the memory."""
_known_authority = lru_cache(maxsize=512)(_authority)
_known_local = lru_cache(maxsize=512)(_is_local)


def _opaque(rest: str) -> Authority | None:
    """Return the authority in a URL of a scheme without rules of its own."""
    match = _OPAQUE.fullmatch(rest)
    if match is None:
        return None if rest.startswith("//") else Authority("", DEFAULT_PORT)
    return _at((match["host"] or "").lower(), match["port"], None)


def _at(host: str, port: str | None, default: int | None) -> Authority | None:
    number = int(port[:8]) if port else DEFAULT_PORT
    if number > MAX_PORT:
        return None
    return Authority(host, DEFAULT_PORT if number == default else number)


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
