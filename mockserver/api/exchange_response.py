"""The response of an exchange, with the headers that name it."""

from functools import cached_property
from typing import Any

from mockserver.http.response import BytesResponse


class ExchangeResponse(BytesResponse):
    """A whole response with the exchange's id, world and rule. Few ask for its headers, so they are made then."""

    def __init__(self, status: int, kind: str, request_id: str, world: str, rule: str, body: bytes) -> None:
        self.status = status
        self.body = body
        self._named = kind, request_id, world, rule

    @cached_property
    def headers(self) -> Any:
        """The headers of its own, in order; who changes them changes the response."""
        kind, request_id, world, rule = self._named
        named = {"Mock-Request-Id": request_id, "Mock-World": world, "Mock-Rule": rule}
        return {"Content-Type": kind, **named} if kind else named

    def _lines(self) -> str:
        kind, request_id, world, rule = self._named
        if "headers" in self.__dict__ or not kind or "\n" in world:
            return super()._lines()
        return f"Content-Type: {kind}\r\nMock-Request-Id: {request_id}\r\nMock-World: {world}\r\nMock-Rule: {rule}\r\n"
