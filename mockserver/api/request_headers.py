"""What the headers of a request say, as far as the pipeline asks: worked out once for headers that come again.

A client repeats its headers from request to request; it is the body and the time that change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import orjson
from aiohttp import web
from multidict import istr

from mockserver.api.http_edges import cross_origin
from mockserver.api.prefer import PREFER
from mockserver.api.request_rules import Received
from mockserver.http.request_body import EXPECT
from mockserver.infisical.access_tokens.client_address import forwarded_in, strict_address
from mockserver.infisical.access_tokens.credentials import Credential, address_in, credential
from mockserver.journal.entry import Entry, packed_headers
from mockserver.worlds.world import World

_WORLD, _AUTHORIZATION, _ORGANIZATION = istr("Mock-World"), istr("Authorization"), istr("x-infisical-org")
_CONTENT_TYPE, _LENGTH, _ENCODING = istr("Content-Type"), istr("Content-Length"), istr("Transfer-Encoding")
_ORIGIN = istr("Origin")
_KEPT = 512
_KEPT_BYTES = 2048
"""Headers are the caller's: longer ones are read anew each time, so what is kept takes some 2 MB at most."""


@dataclass(slots=True)
class RequestHeaders:
    """What the headers say. `packed` is for the journal; `address` is what the first address header says.

    `organization` is what `x-infisical-org` says beside a credential, the only place where it counts.
    `announced` says how a body is framed, even an empty one; `body` is what there is to say of a body that comes whole.
    """

    packed: bytes
    world: str
    authorization: str
    credential: Credential
    address: str | None
    organization: str | None
    prefers: bool
    expects: bool
    announced: Literal["", "length", "chunked"]
    body: Received
    cross_origin: Mapping[str, str] | None = None

    def address_at(self, entry: Entry, world: World) -> str:
        """Return the client address, and note it in the entry. The entry's `peer` is the address of the socket."""
        proxies = world.trusted_proxies
        if proxies:
            entry.proxies = proxies
            address = strict_address(forwarded_in(orjson.loads(self.packed)), entry.peer, proxies).address
        else:
            address = entry.peer if self.address is None else self.address
        entry.address = address
        return address


def read_headers(headers: Mapping[str, str]) -> RequestHeaders:
    """What the headers say; the mapping finds names in any case."""
    presented, origin = credential(headers), headers.get(_ORIGIN)
    return RequestHeaders(
        packed=packed_headers(headers),
        world=headers.get(_WORLD, ""),
        authorization=headers.get(_AUTHORIZATION, ""),
        credential=presented,
        address=address_in(headers),
        organization=headers.get(_ORGANIZATION) if presented.is_sent else None,
        prefers=PREFER in headers,
        expects=EXPECT in headers,
        announced="chunked" if _ENCODING in headers else "length" if _LENGTH in headers else "",
        cross_origin=None if origin is None else cross_origin(origin),
        body=Received(headers.get(_CONTENT_TYPE, "").partition(";")[0].strip().lower()),
    )


class RequestHeaderCache:
    """The heads of the latest requests, by their raw headers."""

    def __init__(self) -> None:
        self._kept: dict[tuple[tuple[bytes, bytes], ...], RequestHeaders] = {}

    def of(self, request: web.BaseRequest) -> RequestHeaders:
        """What the headers of the request say."""
        found = self._kept.get(request.raw_headers)
        if found is None:
            found = read_headers(request.headers)
            if len(found.packed) <= _KEPT_BYTES:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[request.raw_headers] = found
        return found
