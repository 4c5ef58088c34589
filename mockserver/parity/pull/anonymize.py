"""Replace everything in a fixture document that tells whose it is; the same value by the same everywhere."""

import re
from base64 import b64encode
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?P<host>\[[^\]]*\]|[^/:]*)(?P<port>:[0-9]+)?(?P<path>/.*)?")
_EDGES = re.compile(r"(\s*)(.*?)(\*?\s*)", re.DOTALL)
_LISTS = {"allowedNamespaces": "namespace", "allowedNames": "account", "allowedAudience": "audience"}
_SECTIONS = {
    "organizations": "organization",
    "gateways": "gateway",
    "gatewayPools": "pool",
    "identities": "identity",
    "templates": "template",
    "roles": "role",
}
_BUILT_IN = frozenset(("admin", "member", "no-access"))
_COARSE = {4: 8, 6: 32}
"""Prefixes of so many bits or less tell nothing of whose network it is."""


def anonymized(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with other ids, names, slugs, hosts, certificates, addresses and metadata."""
    changed: dict[str, Any] = _Anonymizer().value(document, "", "")
    return changed


class _Anonymizer:
    """The replacements so far, by kind and value."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, str]] = {}

    def value(self, value: Any, key: str, section: str) -> Any:
        """Return the value with everything below it replaced. `section` is the kind of the entry that it is in."""
        if isinstance(value, dict):
            return {name: self.value(each, name, section) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, key, _SECTIONS.get(key, section)) for each in value]
        return self._text(value, key, section) if isinstance(value, str) and value else value

    def _text(self, text: str, key: str, section: str) -> str:
        if _UUID.fullmatch(text):
            return self._known("id", text.lower(), "00000000-0000-4000-8000-{:012x}".format)
        if key in _LISTS:
            return ",".join(self._name(each, _LISTS[key]) for each in text.split(","))
        match key:
            case "ipAddress":
                return self._network(text)
            case "kubernetesHost" | "hosts":
                return self._host(text)
            case "caCert":
                return self._known("certificate", text, _certificate)
            case "description":
                return ""
            case "slug" | "role" if text in _BUILT_IN:
                return text
            case "name" | "slug" if section:
                return self._known(f"{section} {key}", text, f"{section}-{{}}".format)
            case "role":
                return self._known("role slug", text, "role-{}".format)
            case "key" | "value":
                return self._known(f"metadata {key}", text, f"{key}-{{}}".format)
        return text

    def _known(self, kind: str, text: str, make: Callable[[int], str]) -> str:
        given = self._given.setdefault(kind, {})
        return given.setdefault(text, make(len(given) + 1))

    def _name(self, text: str, kind: str) -> str:
        """Replace an entry of a comma list; a star at its end stays, as it decides what matches."""
        edges = _EDGES.fullmatch(text)
        if edges is None or not edges[2]:
            return text
        return f"{edges[1]}{self._known(kind, edges[2], f'{kind}-{{}}'.format)}{edges[3]}"

    def _host(self, text: str) -> str:
        """Replace host and path of a URL; scheme and port stay."""
        parts = _URL.fullmatch(text)
        if parts is None:
            return self._known("host", text, "https://host-{}.example".format)
        host = self._known("host", parts["host"].lower(), "host-{}.example".format)
        return f"{parts['scheme'] or ''}{host}{parts['port'] or ''}"

    def _network(self, text: str) -> str:
        """Replace an address or block by a documentation network of the same size."""
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return text
        if network.prefixlen <= _COARSE[network.version]:
            return text
        free = network.max_prefixlen - network.prefixlen
        base = (10 << 24) if network.version == 4 else (0x20010DB8 << 96)
        number = int(self._known(f"IPv{network.version}/{network.prefixlen}", str(network), str))
        room = network.max_prefixlen - _COARSE[network.version] - free
        start = base + ((number % (1 << room)) << free)
        made = type(network)((start, network.prefixlen))
        return str(made.network_address) if "/" not in text else str(made)


def _certificate(number: int) -> str:
    content = b64encode(f"certificate {number}".encode()).decode()
    return f"-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----"
