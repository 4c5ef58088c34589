"""Clients that log in and keep a token: the Go SDK, and under it operator and CLI; the SDKs for Python and Node."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from tests.wire import go
from tests.wire.exchanges import Answer, Recorder

CREDENTIAL = go.struct(accessToken=go.text, expiresIn=go.int64, accessTokenMaxTTL=go.int64, tokenType=go.text)
REFRESH_SECONDS_BEFORE = 5
CLAIMS = ("authTokenType", "identityId", "identityName", "authMethod", "orgId", "exp")


class ApiError(Exception):
    """The Go SDK's error: its text is what the CLI looks for `status-code=401` and `status-code=403` in."""

    def __init__(self, answer: Answer) -> None:
        message = answer.content.decode() if answer.status == 422 else answer.json["message"]
        super().__init__(f"APIError: [status-code={answer.status}] [reqId={answer.json['reqId']}] {message}")
        self.status = answer.status


class GoSdk:
    """One client of the Go SDK. `site_url` is with or without `/api`."""

    def __init__(self, site_url: str, recorder: Recorder, user_agent: str = "infisical-go-sdk") -> None:
        self.credential: dict[str, Any] = {}
        self._base = site_url if site_url.endswith("/api") else f"{site_url}/api"
        self._recorder = recorder
        self._user_agent = user_agent
        self._login: tuple[str, dict[str, str]] = ("", {})

    async def log_in_by_kubernetes(self, identity_id: str, jwt: str, organization_slug: str | None = None) -> None:
        """`jwt` is the file's content, untrimmed."""
        await self._log_in("/v1/auth/kubernetes-auth/login", {"identityId": identity_id, "jwt": jwt}, organization_slug)

    def will_log_in_by_kubernetes(self, identity_id: str, jwt: str) -> None:
        """Say how `log_in_again` does it."""
        self._login = "/v1/auth/kubernetes-auth/login", {"identityId": identity_id, "jwt": jwt}

    async def log_in_again(self) -> None:
        """The last login once more, or the one that was said."""
        await self._log_in(*self._login)

    async def log_in_by_universal_auth(self, client_id: str, secret: str, organization_slug: str | None = None) -> None:
        body = {"clientId": client_id, "clientSecret": secret}
        await self._log_in("/v1/auth/universal-auth/login", body, organization_slug)

    async def refresh(self, age: int) -> str | None:
        """What the SDK does with a token of that age in seconds: "renewed", "logged in", or None."""
        expires_in, max_ttl = self.credential["expiresIn"], self.credential["accessTokenMaxTTL"]
        if expires_in == 0 or age < expires_in - REFRESH_SECONDS_BEFORE:
            return None
        if max_ttl - age >= expires_in:
            try:
                await self.renew()
            except ApiError:
                pass
            else:
                return "renewed"
        await self._log_in(*self._login)
        return "logged in"

    async def renew(self) -> None:
        body = {"accessToken": self.credential["accessToken"]}
        self.credential = await self._post("/v1/auth/token/renew", body, CREDENTIAL)

    async def revoke(self) -> None:
        """The one of these calls that carries the token in its header too."""
        token = self.credential["accessToken"]
        await self._post("/v1/auth/token/revoke", {"accessToken": token}, go.struct(message=go.text), token)

    async def _log_in(self, path: str, body: dict[str, str], slug: str | None = None) -> None:
        if slug is not None:
            body = {**body, "organizationSlug": slug}
        self._login = path, body
        self.credential = await self._post(path, body, CREDENTIAL)

    async def _post(self, path: str, body: Any, into: go.Decoder, token: str = "") -> Any:
        headers = {"User-Agent": self._user_agent, "Accept": "application/json", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = await self._recorder.send("POST", self._base + path, body, headers)
        if answer.status >= 400:
            raise ApiError(answer)
        return go.read(answer.content, answer.headers["Content-Type"], into)


def claims(token: str) -> dict[str, Any]:
    """What the CLI reads of a token, without verifying it."""
    payload = token.split(".")[1]
    found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {name: found.get(name) for name in CLAIMS}


class PythonSdk:
    """`infisicalsdk`: JSON's media type on every request, and all four keys of a login's answer are needed."""

    def __init__(self, host: str, recorder: Recorder) -> None:
        self._host = host.rstrip("/")
        self._recorder = recorder
        self._token = ""

    async def log_in(self, client_id: str, client_secret: str) -> None:
        body = {"clientId": client_id, "clientSecret": client_secret}
        answer = await self.call("POST", "/api/v1/auth/universal-auth/login", body)
        found = answer.json
        assert {"accessToken", "expiresIn", "accessTokenMaxTTL", "tokenType"} <= set(found)
        self._token = found["accessToken"]

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return await self._recorder.send(method, self._host + path, body, headers)


def node_message(answer: Answer) -> str:
    """What the SDK for Node tells of an error: the message, or the status where that is no text."""
    message = answer.json.get("message")
    return message if isinstance(message, str) else f"Request failed with status code {answer.status}"
