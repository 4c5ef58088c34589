"""GET requests to a tenant: at most so many a minute, and again after a 429."""

import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.clock import stopwatch
from mockserver.serving.fetch import Unfetched, fetched

_MINUTE = 60.0
_TRIES = 5
_WITHOUT_WORD, _MOST_WAIT = 5.0, 120.0
_MAX_BYTES = 64 * 1024 * 1024
_MAX_PAGES = 10_000


class Refused(Exception):
    """The tenant does not answer a request with a 200; the text says how it answers. `status` is 0 without answer."""

    def __init__(self, path: str, reason: str, status: int = 0) -> None:
        super().__init__(f"GET {path}: {reason}")
        self.status = status


class Reader:
    """Reads from a tenant at `url` with a bearer token. `rate` is the most requests in any minute, 0 for no limit."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        rate: int,
        timeout: float,
        trust: ssl.SSLContext | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/").removesuffix("/api")
        self._token, self._rate, self._timeout, self._trust, self._wait = token, rate, timeout, trust, wait
        self._sent: deque[float] = deque()

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON body of a 200. Raises Refused for any other answer."""
        target = f"{path}?{urlencode(query)}" if query else path
        for _ in range(_TRIES):
            self._keep_to_the_rate()
            try:
                content = fetched(
                    self.url + target,
                    token=self._token,
                    trust=self._trust,
                    timeout=self._timeout,
                    most=_MAX_BYTES,
                    through_proxy=True,
                ).content
                return json.loads(content)
            except Unfetched as error:
                if error.status != 429:
                    raise Refused(path, str(error), error.status) from error
                self._wait(_seconds(error.headers))
            except (ValueError, RecursionError) as error:
                raise Refused(path, "the response is not JSON", 200) from error
        raise Refused(path, f"status 429, {_TRIES} times in a row", 429)

    def one(self, path: str, key: str, **query: str | int) -> dict[str, Any]:
        """Return the object under a key of the body. Raises Refused if there is none."""
        body = self.get(path, **query)
        value = body.get(key) if isinstance(body, Mapping) else None
        if not isinstance(value, dict):
            raise Refused(path, f"the response has no object '{key}'", 200)
        return value

    def many(self, path: str, key: str = "", **query: str | int) -> list[dict[str, Any]]:
        """Return the list under a key of the body, or the body itself. Raises Refused if it is no list of objects."""
        return _list(path, key, self.get(path, **query))

    def many_with_total(self, path: str, key: str, **query: str | int) -> tuple[list[dict[str, Any]], int]:
        """Return the list under a key of the body, and `totalCount`."""
        body = self.get(path, **query)
        listed = _list(path, key, body)
        total = body["totalCount"] if isinstance(body.get("totalCount"), int) else len(listed)
        return listed, total

    def pages(self, path: str, key: str, size: int, **query: str | int) -> Iterator[dict[str, Any]]:
        """Yield the items of all pages of a list that has `limit` and `offset`."""
        for page in range(_MAX_PAGES):
            items = self.many(path, key, **query, limit=size, offset=page * size)
            yield from items
            if len(items) < size:
                return

    def _keep_to_the_rate(self) -> None:
        """Wait until one more request is within the rate."""
        now = stopwatch()
        while self._sent and now - self._sent[0] >= _MINUTE:
            self._sent.popleft()
        if self._rate and len(self._sent) >= self._rate:
            self._wait(_MINUTE - (now - self._sent.popleft()))
        self._sent.append(stopwatch())


def _list(path: str, key: str, body: Any) -> list[dict[str, Any]]:
    value = body.get(key) if key and isinstance(body, Mapping) else body
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Refused(path, f"the response has no list{f' {key}' if key else ''} of objects", 200)
    return value


def _seconds(headers: Any) -> float:
    """Return how long a 429 asks to wait."""
    for name in ("Retry-After", "X-RateLimit-Reset"):
        text = str((headers or {}).get(name) or "").strip()
        if text.isdecimal() and len(text) < 6:
            return min(float(text), _MOST_WAIT)
    return _WITHOUT_WORD
