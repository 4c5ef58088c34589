"""One exchange, as it came in and went out. Whatever is shown of it goes through `masking`."""

import marshal
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

KEPT_BODY = 64 * 1024
"""How many bytes of a body are kept."""


@dataclass(slots=True)
class Entry:
    """An exchange. `at` is in milliseconds since 1970, `seconds` how long it took; `status` 0 means not answered.

    `headers` are packed by `packed_headers`. `judged` says whether the operation's rules were asked, `refused_by` which
    of them refused. `request_breaches` are what the contract does not allow and the profile let through,
    `response_breaches` are ours: each with pointer, keyword and reason. `peer` is the address of the socket, `revision`
    that of the world when the request came (or when it had waited), `fault` id and kind of the fault that played, if
    one did; `warnings` is what the critic has to say about the client, each with a code and a reason.
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
    warnings: tuple[dict[str, str], ...] = ()

    @property
    def breaches(self) -> int:
        """How many breaches there are, on both sides."""
        return len(self.request_breaches) + len(self.response_breaches)

    def packed(self) -> bytes:
        """The entry as one object. A thousand entries of small ones would scatter what every request allocates."""
        return marshal.dumps(
            (
                self.id,
                self.at,
                self.method,
                self.target,
                self.headers,
                self.world,
                self.profile,
                self.operation,
                self.body,
                self.body_size,
                self.status,
                self.response_body,
                self.response_type,
                self.rule,
                self.reason,
                self.judged,
                self.refused_by,
                self.request_breaches,
                self.response_breaches,
                self.seconds,
                self.peer,
                self.revision,
                self.fault,
                self.warnings,
            )
        )


def unpacked(content: bytes) -> Entry:
    """The entry that `packed` made the bytes from; they never come from outside."""
    return Entry(*marshal.loads(content))  # noqa: S302


def packed_headers(headers: Mapping[str, str]) -> bytes:
    """Headers as one JSON text of pairs, in order."""
    pairs = list(headers.items())
    try:
        return orjson.dumps(pairs)
    except TypeError:  # bytes that are no UTF-8
        return orjson.dumps([(name, value.encode("utf-8", "replace").decode()) for name, value in pairs])
