"""What a run has made in the tenant, and how it is removed: scratch identities and templates, by recognisable names."""

import re
from typing import Any

from mockserver.clock import IdSource
from mockserver.parity.client import Sent, Tenant
from mockserver.parity.comparison import JSON, NO_ANSWER, Answer
from mockserver.parity.scripts import at

PREFIX = "infisical-mock-parity-"
_MADE = {
    ("POST", "/api/v1/identities"): "identity.id",
    ("POST", "/api/v1/identity-templates"): "id",
    ("POST", "/api/v1/sub-organizations"): "organization.id",
}
"""The requests that make something which does not go with an identity, and where the answer has its id."""
IDENTITIES, TEMPLATES = "/api/v1/identities", "/api/v1/identity-templates"
SUB_ORGANIZATIONS = "/api/v1/sub-organizations"
_GONE = {IDENTITIES: 404, TEMPLATES: 404, SUB_ORGANIZATIONS: 400}
"""The status of the response about what is gone already."""


class Scratch:
    """The things of one run. `left` names those that could not be removed."""

    def __init__(self, tenant: Tenant, token: str) -> None:
        self._tenant = tenant
        self._headers = {"Authorization": f"Bearer {token}"}
        self._made: dict[str, str] = {}
        self.left: list[str] = []
        self.keep = False
        self.prefix = f"{PREFIX}{re.sub('[^0-9a-f]', '', IdSource().uuid())[:8]}"
        self._count = 0
        self._unanswered: set[str] = set()
        self._pending = ""

    def name(self) -> str:
        """Return a new name."""
        self._count += 1
        return f"{self.prefix}-{self._count}"

    def sending(self, method: str, path: str) -> None:
        """Expect that a request makes something, should the run end before its answer comes."""
        if (method, path) in _MADE:
            self._pending = path

    def heard(self, sent: Sent, answer: Answer) -> None:
        """Keep what a request of the tenant has made, or may have made."""
        path = sent.path.partition("?")[0]
        place = _MADE.get((sent.method, path))
        if place is not None:
            self._pending = ""
            made = at(answer.body, place)
            if isinstance(made, str) and answer.status < 300:
                self._made[made] = path
            elif answer.status == NO_ANSWER or answer.media_type != JSON or answer.status < 300:
                self._unanswered.add(path)

    @property
    def made(self) -> tuple[str, ...]:
        """The ids of what is there."""
        return tuple(self._made)

    async def remove(self, id: str) -> None:
        """Remove one thing, protected or not; a run that keeps what it has made removes nothing."""
        path = self._made.pop(id, None)
        if path is None or self.keep:
            return
        target = f"{path}/{id}"
        answer = await self._send("DELETE", target)
        if answer.status == 400 and path == IDENTITIES:
            await self._send("PATCH", target, b'{"name":"%s","hasDeleteProtection":false}' % self.prefix.encode())
            answer = await self._send("DELETE", target)
        if (answer.status >= 400 and answer.status != _GONE[path]) or answer.status == NO_ANSWER:
            self.left.append(target)

    async def remove_all(self) -> None:
        """Remove what is there; and what a lost answer has made, which is found by its name."""
        for each in self.made:
            await self.remove(each)
        lost = {*self._unanswered, self._pending}
        if IDENTITIES in lost:
            content = b'{"search":{"name":{"$contains":"%s"}},"limit":100}' % self.prefix.encode()
            found = await self._send("POST", f"{IDENTITIES}/search", content)
            await self._remove_found(found, IDENTITIES, "identities", "identity.id")
        if TEMPLATES in lost:
            found = await self._send("GET", f"{TEMPLATES}/search?search={self.prefix}&limit=100")
            await self._remove_found(found, TEMPLATES, "templates", "id")

        if SUB_ORGANIZATIONS in lost:
            found = await self._send("GET", f"{SUB_ORGANIZATIONS}?search={self.prefix}&limit=100")
            await self._remove_found(found, SUB_ORGANIZATIONS, "organizations", "id")

    async def _remove_found(self, found: Answer, path: str, key: str, place: str) -> None:
        items = found.body.get(key) if isinstance(found.body, dict) else None
        if not isinstance(items, list):
            self.left.append(f"perhaps something at {path} whose name begins with {self.prefix}: an answer was lost")
            return
        for each in (at(item, place) for item in items):
            if isinstance(each, str):
                self._made.setdefault(each, path)
                await self.remove(each)

    async def _send(self, method: str, path: str, content: bytes | None = None) -> Answer:
        headers: dict[str, Any] = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = JSON
        return await self._tenant.send(Sent(method, path, headers, content))
