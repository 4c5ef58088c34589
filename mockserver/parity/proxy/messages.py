"""Requests and responses as a proxy passes them on: without the headers that belong to one connection."""

from aiohttp import HttpVersion11
from aiohttp.http import HttpVersion
from multidict import CIMultiDict, MultiMapping

from mockserver.http.reason_phrases import reason_phrase
from mockserver.http.response import KEEP_ALIVE_SECONDS, BytesResponse, connection_lines, kept_alive

_HOPS = frozenset(
    (
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    )
)
_OF_THE_REQUEST = frozenset(("host", "content-length"))
_KEPT = kept_alive(KEEP_ALIVE_SECONDS)
NO_BODY = frozenset((204, 205, 304))
"""Statuses whose responses have no body."""


def request_headers(headers: MultiMapping[str]) -> CIMultiDict[str]:
    """Return the headers of a request that are passed on; the client of the upstream adds Host and the length.

    The proxy meets the expectation 100-continue itself.
    """
    met = headers.get("Expect", "").lower() == "100-continue"
    return _end_to_end(headers, _OF_THE_REQUEST | {"expect"} if met else _OF_THE_REQUEST)


def response_headers(headers: MultiMapping[str]) -> CIMultiDict[str]:
    """Return the headers of a response that are passed on. Those of an upstream that is a mock are left out."""
    kept = _end_to_end(headers, frozenset())
    for name in {each.lower() for each in kept if each.lower().startswith("mock-")}:
        kept.popall(name)
    return kept


def _end_to_end(headers: MultiMapping[str], more: frozenset[str]) -> CIMultiDict[str]:
    named = {each.strip().lower() for value in headers.getall("Connection", ()) for each in value.split(",")}
    dropped = _HOPS | more | named
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)


class ForwardedResponse(BytesResponse):
    """A whole response of the upstream: status line and headers as they came, Date and Server too."""

    def __init__(self, status: int, phrase: str, headers: CIMultiDict[str], body: bytes) -> None:
        super().__init__(status, headers, body)
        self._phrase = phrase

    def head(self, version: HttpVersion = HttpVersion11, kept: str = _KEPT) -> bytes:
        """All of it but the body. A response to HEAD and a 304 have the length that the upstream says."""
        lines = [f"HTTP/{version.major}.{version.minor} {self.status} {self._phrase or reason_phrase(self.status, '')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [connection_lines(version, kept, keep_alive=self.keep_alive), ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape")
