"""Bodies that grow with the organization: made, checked and encoded in turns, while other requests are answered."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web

from mockserver.api.replies import JSON, Reply
from mockserver.collector import paused
from mockserver.contract.operation import ContractOperation
from mockserver.http.json_encoding import encoded
from mockserver.http.response import BytesResponse, PiecesResponse
from mockserver.http.turns import in_turns, result_of
from mockserver.journal.entry import KEPT_BODY, Entry
from mockserver.steps import AT_ONCE, LongList, Steps, finished

SENT_AT_ONCE = 1024 * 1024
"""Bytes. A longer body is sent in pieces, and the journal keeps its beginning only."""


class LongBody:
    """A body that is still to be made: a list, or a value without one."""

    __slots__ = ("steps",)

    def __init__(self, steps: Steps[Any]) -> None:
        self.steps = steps


def body_of(steps: Steps[Any], count: int) -> Any:
    """Return the body that the steps make of so many entries, or leave it to `made` if they are many."""
    if count > AT_ONCE:
        return LongBody(steps)
    body = finished(steps)
    return body.whole() if body.__class__ is LongList else body


class Pieces(bytes):
    """The beginning of an encoded body, as the journal keeps it, with all `pieces` of it and its `size` in bytes."""

    pieces: deque[bytes]
    size: int

    @classmethod
    def of(cls, pieces: deque[bytes], size: int) -> "Pieces":
        """Return the body of these pieces."""
        body = cls(pieces[0][:KEPT_BODY])
        body.pieces, body.size = pieces, size
        return body


class _Encoded(str):
    """A media type of which the body has been encoded."""

    __slots__ = ()


IN_PIECES = _Encoded(JSON)
"""JSON that is there in pieces."""


def in_pieces(response: BytesResponse, body: Pieces, entry: Entry) -> BytesResponse:
    """Return the response with the whole body, of which the journal's entry keeps the beginning."""
    entry.response_body, entry.response_size = bytes(body), body.size
    answer = PiecesResponse(response.status, response.headers, body.pieces)
    if not response.keep_alive:
        answer.force_close()
    return answer


async def made(
    reply: Reply, contract: ContractOperation | None, request: web.BaseRequest
) -> tuple[Reply, ContractOperation | None]:
    """Return the reply with its body, and the contract that it must still be held to; None if that has been done.

    A document of the user's may bound the list as a whole, so the body is checked as a whole. Raises ConnectionError if
    the client goes away. The work waits for nobody, so the collector, which would go through the list, can wait for it.
    """
    with paused(stays=False):
        return await _made(reply, contract, request)


async def _made(
    reply: Reply, contract: ContractOperation | None, request: web.BaseRequest
) -> tuple[Reply, ContractOperation | None]:
    body = await result_of(reply.body.steps)
    if body.__class__ is not LongList:
        return replace(reply, body=body), contract
    batch_by_batch = contract is not None and contract.is_ours and not reply.cut
    accepts = contract.checks.accepts_json if contract is not None and batch_by_batch else None
    pieces: list[bytes] = []
    entries: list[Any] = []
    async for each in in_turns(_checked(body, accepts, reply.status)):
        if request.transport is None:
            raise ConnectionResetError("the client has gone")
        if isinstance(each, bytes):
            pieces.append(b"," + each if pieces else each)
        else:
            entries += each
    if entries or not batch_by_batch or not pieces:  # what has been encoded comes before what breaks the contract
        entries[:0] = orjson.loads(b"[%b]" % b"".join(pieces))
        return replace(reply, body=body.body_of(entries)), contract
    joined, size = _joined(body, pieces)
    if size > SENT_AT_ONCE:
        return replace(reply, body=Pieces.of(joined, size), type=IN_PIECES), None
    return replace(reply, body=orjson.Fragment(b"".join(joined))), None


def _checked(body: LongList, accepts: Callable[[int, object], bool] | None, status: int) -> Iterator[bytes | list[Any]]:
    """Yield the batches that keep to the contract encoded, without brackets, and the others as they are.

    All that follow one that does not are left as they are too.
    """
    for batch in body.batches:
        if accepts is not None and accepts(status, body.body_of(batch)):
            yield encoded(batch)[1:-1]
        else:
            accepts = None
            yield batch


def _joined(body: LongList, pieces: list[bytes]) -> tuple[deque[bytes], int]:
    """Return the pieces of the encoded body, and its size."""
    head, _, tail = encoded(body.body_of([])).partition(b"[]")
    joined = deque((head + b"[" + pieces[0], *pieces[1:], b"]" + tail))
    return joined, sum(map(len, joined))
