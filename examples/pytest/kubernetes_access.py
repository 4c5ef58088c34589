"""Keeps the Kubernetes Auth of machine identities as it is written down. Only the standard library is needed."""

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

Settings = Mapping[str, Any]


class Refused(Exception):
    """Infisical has answered, and will not answer otherwise when asked again."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {answer.get('error')}: {answer.get('message')}")
        self.status = status


class Unreachable(Exception):
    """Infisical has not answered, or not in a way that counts, as often as it was asked."""


class _Again(Exception):
    """Nobody knows what became of the request, or it is to come later; `wait` in seconds."""

    def __init__(self, reason: str, wait: float) -> None:
        super().__init__(reason)
        self.wait = wait


class KubernetesAccess:
    """Configures Kubernetes Auth through the API at `url`, with the token of an identity that may."""

    def __init__(
        self, url: str, token: str, *, tries: int = 6, timeout: float = 5, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._parts = urlsplit(url)
        self._token = token
        self._tries = tries
        self._timeout = timeout
        self._sleep = sleep

    def ensure(self, identity_id: str, wanted: Settings) -> str:
        """Brings the record to what is wanted: "attached", "updated", or "unchanged".

        A write whose answer is lost is not sent again blindly: the record is read anew, and what is missing is written.
        """
        return self._persist(lambda: self._step(identity_id, wanted))

    def remove(self, identity_id: str) -> None:
        """Takes Kubernetes Auth away; it is no error if there is none."""

        def step() -> None:
            try:
                self._ask("DELETE", identity_id)
            except Refused as refused:
                if refused.status not in (400, 404):
                    raise

        self._persist(step)

    def _step(self, identity_id: str, wanted: Settings) -> str:
        record = self._read(identity_id)
        if record is None:
            return self._attach(identity_id, wanted)
        missing = {name: value for name, value in wanted.items() if _plain(record.get(name)) != _plain(value)}
        if not missing:
            return "unchanged"
        self._ask("PATCH", identity_id, missing)
        return "updated"

    def _attach(self, identity_id: str, wanted: Settings) -> str:
        try:
            self._ask("POST", identity_id, wanted)
        except Refused as refused:
            if refused.status == 400 and self._read(identity_id) is not None:
                raise _Again("it has been attached meanwhile", 0) from refused
            raise
        return "attached"

    def _read(self, identity_id: str) -> Settings | None:
        """The record; None if none is attached."""
        try:
            return self._ask("GET", identity_id)
        except Refused as refused:
            if refused.status in (400, 404):
                return None
            raise

    def _persist(self, step: Callable[[], Any]) -> Any:
        for number in range(1, self._tries + 1):
            try:
                return step()
            except _Again as again:
                if number == self._tries:
                    raise Unreachable(f"given up after {number} tries: {again}") from again
                self._sleep(again.wait or 0.1 * 2**number)
        raise AssertionError("there is at least one try")

    def _ask(self, method: str, identity_id: str, body: Settings | None = None) -> Settings:
        path = f"{self._parts.path.rstrip('/')}/api/v1/auth/kubernetes-auth/identities/{identity_id}"
        headers = {"Authorization": f"Bearer {self._token}"}
        if body is not None:  # the service rejects a JSON media type without a body
            headers["Content-Type"] = "application/json"
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=self._timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return _read(connection.getresponse())
        except (OSError, HTTPException) as error:
            raise _Again(f"no answer: {error!r}", 0) from error
        finally:
            connection.close()


def _read(response: HTTPResponse) -> Settings:
    content = response.read()
    if response.status == 429:
        raise _Again("rate limit", float(response.headers.get("Retry-After", 1)))
    if response.status >= 500:
        raise _Again(f"status {response.status}", 0)
    answer = json.loads(content)
    if response.status != 200:
        raise Refused(response.status, answer)
    record: Settings = answer["identityKubernetesAuth"]
    return record


def _plain(value: Any) -> Any:
    """Trusted IPs as they are sent: the answer has type and prefix of each beside the address."""
    if isinstance(value, list):
        return [f"{each['ipAddress']}/{each['prefix']}" if "prefix" in each else each["ipAddress"] for each in value]
    return value
