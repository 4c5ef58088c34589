"""One exchange, as it came in and went out, in few and small objects: a thousand of them stay in memory.

Whatever is shown of it goes through `masking`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from mockserver.rules import Decision

KEPT_BODY = 64 * 1024
"""How many bytes of a body are kept."""


class Breach(Protocol):
    """One place where a message breaks the contract."""

    def as_json(self) -> dict[str, str]:
        """Pointer, keyword and reason."""


@dataclass(slots=True)
class Entry:
    """An exchange. `at` is in milliseconds since 1970, `seconds` how long it took; `status` 0 means not answered yet.

    `headers` are packed by `packed`. `request_breaches` are what the contract does not allow and the profile let through; `response_breaches` are ours.
    """

    id: str
    at: int
    method: str
    target: str
    headers: bytes
    world: str = ""
    operation: str | None = None
    body: bytes = b""
    body_size: int = 0
    status: int = 0
    response_body: bytes = b""
    response_type: str = ""
    rule: str = ""
    reason: str = ""
    decision: Decision | None = None
    request_breaches: Sequence[Breach] = ()
    response_breaches: Sequence[Breach] = ()
    seconds: float = 0.0

    @property
    def breaches(self) -> int:
        """How many breaches there are, on both sides."""
        return len(self.request_breaches) + len(self.response_breaches)

    @property
    def size(self) -> int:
        """About how many bytes the entry keeps."""
        return _OVERHEAD + len(self.headers) + len(self.target) + len(self.body) + len(self.response_body)


_OVERHEAD = 1024


def packed(headers: Mapping[str, str]) -> bytes:
    """Headers as one JSON text of pairs. Kept as they are, they would hold thirty objects in memory for each request."""
    pairs = list(headers.items())
    try:
        return orjson.dumps(pairs)
    except TypeError:  # bytes that are no UTF-8
        return orjson.dumps([(name, value.encode("utf-8", "replace").decode()) for name, value in pairs])
