"""The response of an exchange, with the headers that name it."""

from typing import Any

from mockserver.http.response import BytesResponse


class ExchangeResponse(BytesResponse):
    """A whole response with the exchange's id, world and rule. Few ask for its headers, so they are made then."""

    _made: dict[str, str] | None = None

    def __init__(self, status: int, kind: str, request_id: str, world: str, rule: str, body: bytes) -> None:
        self.status = status
        self.body = body
        self._named = kind, request_id, world, rule

    @property
    def headers(self) -> Any:
        """The headers of its own, in order; who changes them changes the response."""
        if self._made is None:
            kind, request_id, world, rule = self._named
            named = {"Mock-Request-Id": request_id, "Mock-World": world, "Mock-Rule": rule}
            self._made = {"Content-Type": kind, **named} if kind else named
        return self._made

    @headers.setter
    def headers(self, headers: dict[str, str]) -> None:
        self._made = headers

    def _lines(self) -> str:
        kind, request_id, world, rule = self._named
        if self._made is not None or not kind or "\n" in world:
            return super()._lines()
        return f"Content-Type: {kind}\r\nMock-Request-Id: {request_id}\r\nMock-World: {world}\r\nMock-Rule: {rule}\r\n"
