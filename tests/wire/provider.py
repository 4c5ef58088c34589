"""The Terraform provider's connection: its login, its headers, its retries and what it makes of an error."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from tests.wire import go
from tests.wire.exchanges import Answer, Send

RETRIES = 5
_UNIX_TIME_FROM = 1_000_000_000
_LOGIN = go.struct(accessToken=go.text, expiresIn=go.int64, accessTokenMaxTTL=go.int64, tokenType=go.text)


class ApiError(Exception):
    """An error status. `message` is the service's; of a 422 it is the raw body."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        body = _json(answer.content)
        self.message = answer.content.decode() if answer.status == 422 else body.get("message", "")
        self.req_id = body.get("reqId", "")
        super().__init__(f"[status-code={self.status}] [request-id={self.req_id}] [message={self.message}]")


class NotFound(ApiError):
    """A 404 on GET: the resource leaves the state."""


@dataclass(frozen=True)
class Token:
    """`INFISICAL_TOKEN`: nothing is called."""

    token: str


@dataclass(frozen=True)
class Login:
    """A method that calls once, at the start: its path and its body."""

    path: str
    body: Mapping[str, str]


def universal(client_id: str, client_secret: str, organization_slug: str | None = None) -> Login:
    body = {"clientId": client_id, "clientSecret": client_secret}
    return Login("api/v1/auth/universal-auth/login", _with_slug(body, organization_slug))


def kubernetes(identity_id: str, jwt: str, organization_slug: str | None = None) -> Login:
    """`jwt` is the content of the token's file, its line end too."""
    body = {"identityId": identity_id, "jwt": jwt}
    return Login("api/v1/auth/kubernetes-auth/login", _with_slug(body, organization_slug))


Auth = Token | Login


class Provider:
    """One process of the provider. `waits` are the seconds that it slept, `now` the Unix time that it goes by."""

    def __init__(self, host: str, send: Send, now: Callable[[], float] = lambda: 0.0) -> None:
        self.waits: list[float] = []
        self._host = host
        self._send = send
        self._now = now
        self._token = ""

    async def configure(self, auth: Auth) -> None:
        """Logs in, if the method has a login. Raises ApiError."""
        if isinstance(auth, Token):
            self._token = auth.token
            return
        self._token = (await self.call("POST", auth.path, dict(auth.body), _LOGIN))["accessToken"]

    async def call(self, method: str, path: str, body: Any, into: go.Decoder) -> Any:
        """The answer, decoded. Raises NotFound for a 404 on GET, ApiError for other errors, DecodeError."""
        answer = await self._retried(lambda: self._send(method, f"{self._host}/{path}", body, self._headers(body)))
        if answer.status == 404 and method == "GET":
            raise NotFound(answer)
        if answer.status >= 400:
            raise ApiError(answer)
        return go.read(answer.content, answer.headers.get("Content-Type", ""), into)

    def _headers(self, body: Any) -> dict[str, str]:
        headers = {"User-Agent": "terraform", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    async def _retried(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = await ask()
        for attempt in range(RETRIES):
            if answer.status != 429:
                break
            self.waits.append(self._wait(answer.headers, attempt))
            answer = await ask()
        return answer

    def _wait(self, headers: Mapping[str, str], attempt: int) -> float:
        """Seconds: `Retry-After` (seconds, or a date), else `X-RateLimit-Reset` (seconds, or a time), else doubling."""
        after, reset = headers.get("Retry-After", ""), headers.get("X-RateLimit-Reset", "")
        if after.isdecimal():
            return float(after)
        if after:
            return max(0.0, parsedate_to_datetime(after).timestamp() - self._now())
        if reset.isdecimal():
            return float(reset) if int(reset) < _UNIX_TIME_FROM else max(0.0, int(reset) - self._now())
        return float(min(60, 2**attempt))


def _with_slug(body: dict[str, str], slug: str | None) -> dict[str, str]:
    return body if slug is None else {**body, "organizationSlug": slug}


def _json(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
