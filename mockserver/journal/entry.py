"""One exchange, as it came in and went out. Whatever is shown of it goes through `masking`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

KEPT_BODY = 64 * 1024
"""How many bytes of a body are kept."""
_FIXED_SIZE = 512
"""What an entry of empty texts takes in memory, about: itself, its id, its place in the journal."""


@dataclass(slots=True)
class Entry:
    """An exchange. `at` is in milliseconds since 1970, `seconds` how long it took; `status` 0 means not answered.

    `headers` are packed by `packed_headers`. `judged` says whether the operation's rules were asked, `refused_by` which
    of them refused. `request_breaches` are what the contract does not allow and the profile let through,
    `response_breaches` are ours: each with pointer, keyword and reason. `peer` is the address of the socket, `revision`
    that of the world when the request came (or when it had waited, as `at` is then), `life` tells the world from others
    that had its name; `fault` is id and kind of the fault that played, if one did. `evidence` is what the critic needs
    to know beside the entry itself, noted while it was at hand: see `journal.critic`. `weight` is what `weigh` said
    when the entry was closed.
    """

    id: str
    at: int
    method: str
    target: str
    headers: bytes
    world: str = ""
    profile: str = ""
    operation: str = ""
    body: bytes = b""
    body_size: int = 0
    status: int = 0
    response_body: bytes = b""
    response_type: str = ""
    rule: str = ""
    reason: str = ""
    judged: bool = False
    refused_by: tuple[str, ...] = ()
    request_breaches: tuple[dict[str, str], ...] = ()
    response_breaches: tuple[dict[str, str], ...] = ()
    seconds: float = 0.0
    peer: str = ""
    revision: int = 0
    fault: str = ""
    life: int = 0
    evidence: dict[str, Any] | None = None
    weight: int = 0

    @property
    def breaches(self) -> int:
        """How many breaches there are, on both sides."""
        return len(self.request_breaches) + len(self.response_breaches)

    @property
    def is_whole(self) -> bool:
        """Whether the request's body was kept to its end."""
        return len(self.body) == self.body_size

    def weigh(self) -> int:
        """About how many bytes it holds."""
        held = len(self.headers) + len(self.body) + len(self.response_body) + len(self.target) + len(self.reason)
        if self.request_breaches or self.response_breaches or self.evidence:
            notes = (*self.request_breaches, *self.response_breaches, self.evidence or {})
            held += sum(_FIXED_SIZE + len(str(each)) for each in notes)
        return held + _FIXED_SIZE


def packed_headers(headers: Mapping[str, str]) -> bytes:
    """Headers as one JSON text of pairs, in order."""
    pairs = list(headers.items())
    try:
        return orjson.dumps(pairs)
    except TypeError:  # bytes that are no UTF-8
        return orjson.dumps([(name, value.encode("utf-8", "replace").decode()) for name, value in pairs])
