"""One exchange, as it came in and went out. Whatever is shown of it goes through `masking`."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import orjson

from mockserver.infisical.rate_limits.rules import CountedRequest
from mockserver.journal.mock_answer import MockAnswer
from mockserver.rules.edition import Edition

KEPT_BODY = 64 * 1024
"""How many bytes of a body are kept."""
_FIXED_SIZE = 800
"""What an entry of empty texts takes in memory, about: itself, its id, a record, its place in the journal."""
_BREACH = 300


@dataclass
class Entry:
    """An exchange. `at` is in milliseconds since 1970, `seconds` how long it took; `status` 0 means not answered.

    `headers` are packed by `packed_headers`. `response_size` is that of a response body of which only the beginning is
    kept, in bytes; 0 if all of it is. `judged` says whether the operation's rules were asked, `refused_by` which
    of them refused. `request_breaches` are what the contract does not allow and the profile let through,
    `response_breaches` are ours: each with pointer, keyword and reason. `peer` is the address of the socket, `revision`
    that of the world when the request came (or when it had waited, as `at` is then), `life` tells the world from others
    that had its name; `fault` is id and kind of the fault that played, if one did. `address` is the client's, empty if
    nothing asked for it, and `proxies` are the trusted proxies by which it was taken. `counted` is the request as the
    rate limits count it, None where they do not. `mock_answer` is what the mock would have answered, in the journal of
    a proxy; None in that of a mock.

    For the critic (`journal.critic`): `habits` is what a client did that one exchange does not show; `stored` and
    `resulting` are the record before and after an update, `names` what its properties are called in them. `weight` is
    what `weigh` said when the entry was closed.
    """

    id: str
    at: int
    method: str
    target: str
    headers: bytes
    world: str = ""
    edition: Edition | None = None
    peer: str = ""
    revision: int = 0
    life: int = 0
    # What follows is known later: until then the class says it, which spares every request the assignments.
    operation: str = field(default="", init=False)
    body: bytes = field(default=b"", init=False)
    body_size: int = field(default=0, init=False)
    status: int = field(default=0, init=False)
    response_body: bytes = field(default=b"", init=False)
    response_size: int = field(default=0, init=False)
    response_type: str = field(default="", init=False)
    rule: str = field(default="", init=False)
    reason: str = field(default="", init=False)
    judged: bool = field(default=False, init=False)
    refused_by: tuple[str, ...] = field(default=(), init=False)
    request_breaches: tuple[dict[str, str], ...] = field(default=(), init=False)
    response_breaches: tuple[dict[str, str], ...] = field(default=(), init=False)
    seconds: float = field(default=0.0, init=False)
    fault: str = field(default="", init=False)
    address: str = field(default="", init=False)
    proxies: tuple[str, ...] = field(default=(), init=False)
    counted: CountedRequest | None = field(default=None, init=False)
    habits: Mapping[str, float] | None = field(default=None, init=False)
    stored: Any = field(default=None, init=False)
    resulting: Any = field(default=None, init=False)
    names: Mapping[str, str] | None = field(default=None, init=False)
    weight: int = field(default=0, init=False)
    mock_answer: MockAnswer | None = field(default=None, init=False)

    @property
    def profile(self) -> str:
        """The profile of the world; empty where the request reached none."""
        return "" if self.edition is None else self.edition.profile.value

    @property
    def generation(self) -> str:
        """The generation of the world; empty where the request reached none."""
        return "" if self.edition is None else self.edition.generation.value

    def unjudged(self) -> "Entry":
        """A copy, as it was before the operation's rules were asked."""
        draft = copy(self)
        draft.judged, draft.refused_by = False, ()
        return draft

    @property
    def breaches(self) -> int:
        """How many breaches there are, on both sides."""
        return len(self.request_breaches) + len(self.response_breaches)

    @property
    def is_whole(self) -> bool:
        """Whether the request's body was kept to its end."""
        return len(self.body) == self.body_size

    def weigh(self) -> int:
        """About how many bytes it holds. What records hold beside the body is shared with the world's revisions."""
        held = len(self.headers) + 2 * len(self.body) + len(self.response_body) + len(self.target)
        if self.request_breaches or self.response_breaches:
            held += sum(_BREACH + len(str(each)) for each in (*self.request_breaches, *self.response_breaches))
        return held + _FIXED_SIZE


def packed_headers(headers: Mapping[str, str]) -> bytes:
    """Headers as one JSON text of pairs, in order."""
    pairs = list(headers.items())
    try:
        return orjson.dumps(pairs)
    except TypeError:  # bytes that are no UTF-8
        return orjson.dumps([(name, value.encode("utf-8", "replace").decode()) for name, value in pairs])
