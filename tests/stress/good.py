"""64 clients that do nothing wrong, each with a ledger of its own: what it was told must be what is there.

python -m tests.stress.good PORT SECONDS     prints what they met, as JSON
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import orjson
import uvloop

from tests.stress.connection import Answer, Connection, connected, request_bytes

PAUSE_SECONDS = 0.06
"""Between two requests of one client: a server that is never idle would be measured by its queue."""
WINDOW_SECONDS = 10
MAX_COMPLAINTS = 20
ACME = "0a000000-0000-4000-8000-000000000001"
SHARED = "1d000000-0000-4000-8000-000000000002"
AUTH = "/api/v1/auth/kubernetes-auth/identities"
IDENTITIES = "/api/v1/identities"
UNIVERSAL = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
POD = {"identityId": "1d000000-0000-4000-8000-000000000008", "jwt": "sa-payments-api"}
ATTACHMENT = {
    "kubernetesHost": "https://prod.k8s.example:6443",
    "allowedNamespaces": "payments",
    "allowedNames": "api",
    "allowedAudience": "",
}
REFUSED: tuple[tuple[Any, int], ...] = (
    ({"accessTokenTTL": -1, "unheard-of": 1, "allowedNames": 5}, 422),
    ({"accessTokenMaxTTL": 60}, 400),
    (b'{"allowedNames": ', 400),
)


class Met:
    """What all clients met: complaints, latencies by window, commits to the default world."""

    def __init__(self, seconds: float) -> None:
        self.began = time.perf_counter()
        self.until = self.began + seconds
        self.complaints: list[str] = []
        self.windows: list[list[float]] = [[]]
        self.commits = 0
        self.lags: list[float] = []

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() >= self.until

    def complain(self, text: str) -> None:
        """Notes what should not be."""
        if len(self.complaints) < MAX_COMPLAINTS:
            self.complaints.append(text[:500])

    def took(self, seconds: float) -> None:
        """Notes how long an answer took."""
        window = int((time.perf_counter() - self.began) / WINDOW_SECONDS)
        while len(self.windows) <= window:
            self.windows.append([])
        self.windows[window].append(seconds)


class Client:
    """One client on one connection, in one world."""

    def __init__(self, met: Met, connection: Connection, number: int) -> None:
        self.met = met
        self.number = number
        self._connection = connection

    async def ask(
        self,
        expected: int,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "acme-admin-token",
        commits: bool = False,
    ) -> Answer:
        """The answer, which must have that status; after it, a pause."""
        answer = await self._connection.ask(request_bytes(method, path, body, token=token))
        self.met.took(answer.seconds)
        if answer.status != expected:
            self.met.complain(f"{method} {path}: {answer.status} where {expected} was due: {answer.body[:300]!r}")
        elif commits:
            self.met.commits += 1
        await asyncio.sleep(PAUSE_SECONDS)
        return answer

    def same(self, what: str, found: Any, due: Any) -> None:
        """Complains where the two differ."""
        if found != due:
            self.met.complain(f"client {self.number}, {what}: {found!r} where {due!r} was due")

    async def new_identity(self, *, attached: bool) -> str:
        """An identity of this client's own, in the default world."""
        body = {"name": f"stress-{self.number}", "organizationId": ACME, "role": "member"}
        made = (await self.ask(200, "POST", IDENTITIES, body, commits=True)).json["identity"]["id"]
        if attached:
            await self.ask(200, "POST", f"{AUTH}/{made}", ATTACHMENT, commits=True)
        return made


async def writer(client: Client) -> None:
    """Accepted and refused updates of an identity of its own; what is read is what was accepted last."""
    path = f"{AUTH}/{await client.new_identity(attached=True)}"
    for number in count():
        names = f"api-{client.number}-{number}"
        made = (await client.ask(200, "PATCH", path, {"allowedNames": names}, commits=True)).json
        client.same("updated", made["identityKubernetesAuth"]["allowedNames"], names)
        body, status = REFUSED[number % len(REFUSED)]
        await client.ask(status, "PATCH", path, body)
        await client.ask(403, "PATCH", path, {"allowedNames": "nobody"}, token="nobody")
        read = (await client.ask(200, "GET", path)).json["identityKubernetesAuth"]
        client.same(
            "read", (read["allowedNames"], read["updatedAt"]), (names, made["identityKubernetesAuth"]["updatedAt"])
        )
        if client.met.is_over:
            return


async def attacher(client: Client) -> None:
    """Attaches, reads, revokes, and looks that nothing is left."""
    path = f"{AUTH}/{await client.new_identity(attached=False)}"
    while not client.met.is_over:
        await client.ask(200, "POST", path, ATTACHMENT, commits=True)
        await client.ask(400, "POST", path, ATTACHMENT)
        await client.ask(200, "GET", path)
        await client.ask(200, "DELETE", path, commits=True)
        await client.ask(404, "GET", path)
        await client.ask(400, "DELETE", path)


async def visitor(client: Client) -> None:
    """Logs in, uses the token, renews and revokes it: in a world of its own, which begins anew now and then."""
    name = f"visitor-{client.number}"
    await client.ask(201, "PUT", f"/_mock/worlds/{name}")
    under, token = f"/w/{name}", "/api/v1/auth/token"
    for number in count():
        access = (await client.ask(200, "POST", f"{under}/api/v1/auth/universal-auth/login", UNIVERSAL)).json[
            "accessToken"
        ]
        await client.ask(200, "GET", f"{under}{AUTH}/{SHARED}", token=access)
        renewed = (await client.ask(200, "POST", f"{under}{token}/renew", {"accessToken": access})).json["accessToken"]
        await client.ask(200, "POST", f"{under}{token}/revoke", {"accessToken": renewed})
        await client.ask(401, "GET", f"{under}{AUTH}/{SHARED}", token=renewed)
        await client.ask(200, "POST", f"{under}/api/v1/auth/kubernetes-auth/login", POD)
        if number % 20 == 19:
            await client.ask(204, "POST", f"/_mock/worlds/{name}/reset")
        if client.met.is_over:
            return


async def founder(client: Client) -> None:
    """Makes worlds, changes them, resets them, deletes them: every change is a revision, and none is missing."""
    for number in count():
        name = f"founder-{client.number}-{number}"
        await client.ask(201, "PUT", f"/_mock/worlds/{name}")
        path = f"/w/{name}{AUTH}/{SHARED}"
        for each in range(1, 6):
            await client.ask(200, "PATCH", path, {"allowedNames": f"a{each}"})
        found = (await client.ask(200, "GET", f"/_mock/worlds/{name}/revisions")).json
        client.same("revisions", [each["revision"] for each in found["revisions"]], [5, 4, 3, 2, 1])
        await client.ask(204, "POST", f"/_mock/worlds/{name}/reset")
        shown = (await client.ask(200, "GET", f"/_mock/worlds/{name}")).json
        client.same("revision after a reset", shown["revision"], 0)
        await client.ask(204, "DELETE", f"/_mock/worlds/{name}")
        await client.ask(404, "PATCH", path, {"allowedNames": "late"})
        if client.met.is_over:
            return


async def reader(client: Client) -> None:
    """Reads the journal, explanations, lists and the state."""
    path = f"{AUTH}/{SHARED}"
    for number in count():
        refused = await client.ask(422, "PATCH", path, {"unheard-of": number})
        request_id = refused.header("Mock-Request-Id")
        entry = (await client.ask(200, "GET", f"/_mock/requests/{request_id}")).json
        client.same("journalled", entry["status"], 422)
        said = (await client.ask(200, "GET", f"/_mock/requests/{request_id}/explain")).json
        client.same("explained", said["rule"], "contract.unrecognized-keys")
        await client.ask(200, "GET", "/_mock/requests?limit=20&status=422")
        await client.ask(200, "GET", f"{IDENTITIES}?orgId={ACME}")
        await client.ask(200, "POST", f"{IDENTITIES}/search", {"search": {"name": {"$contains": "pay"}}})
        await client.ask(200, "GET", "/_mock/worlds/default/state")
        await client.ask(200, "GET", "/_mock/health", token="")
        if client.met.is_over:
            return


class Shared:
    """A world that several clients write to at once, the same record."""

    NAME = "shared"

    def __init__(self) -> None:
        self.accepted: dict[str, str] = {}

    async def writer(self, client: Client) -> None:
        """Updates the record that all others update too."""
        for number in count():
            names = f"shared-{client.number}-{number}"
            answer = await client.ask(200, "PATCH", f"/w/{self.NAME}{AUTH}/{SHARED}", {"allowedNames": names})
            self.accepted[answer.header("Mock-Request-Id")] = names
            if client.met.is_over:
                return

    def audit(self, met: Met, found: dict[str, Any], record: dict[str, Any]) -> None:
        """Every accepted update is one revision, in one row without gaps; the last of them is what stands there."""
        if found["revision"] != len(self.accepted):
            met.complain(f"{found['revision']} revisions of the shared record, {len(self.accepted)} accepted updates")
        rows = found["revisions"]
        numbers = [each["revision"] for each in rows]
        if numbers != list(range(found["revision"], found["revision"] - len(rows), -1)):
            met.complain("the revisions of the shared record have gaps")
        for row in rows:
            changed = {each["pointer"].rpartition("/")[2]: each["after"] for each in row["changes"]}
            if changed.get("allowedNames") != self.accepted.get(row["requestId"]):
                met.complain(f"revision {row['revision']} is not what its client was told: {changed}")
        if not rows or record["allowedNames"] != self.accepted.get(rows[0]["requestId"]):
            met.complain("the shared record does not hold the last accepted update")


async def _watch_own_lag(met: Met) -> None:
    """How late this process itself is: what is measured includes that."""
    while not met.is_over:
        began = time.perf_counter()
        await asyncio.sleep(0.01)
        met.lags.append(time.perf_counter() - began - 0.01)


async def _all(port: int, seconds: float) -> dict[str, Any]:
    met, shared = Met(seconds), Shared()
    roles: list[tuple[int, Callable[[Client], Awaitable[None]]]] = [
        (24, writer),
        (8, attacher),
        (8, visitor),
        (8, founder),
        (8, reader),
        (8, shared.writer),
    ]
    work = [role for number, role in roles for _ in range(number)]
    first = Client(met, await connected(port), 0)
    await first.ask(201, "PUT", f"/_mock/worlds/{Shared.NAME}")
    clients = [Client(met, await connected(port), number) for number in range(1, len(work) + 1)]
    gc.freeze()
    ends = await asyncio.gather(
        _watch_own_lag(met), *(role(client) for role, client in zip(work, clients, strict=True)), return_exceptions=True
    )
    for error in ends:
        if isinstance(error, BaseException):
            met.complain(f"a good client failed: {type(error).__name__}: {error}")
    first = Client(met, await connected(port), 0)  # the other one has been idle for too long
    found = (await first.ask(200, "GET", f"/_mock/worlds/{Shared.NAME}/revisions?limit=1000")).json
    record = (await first.ask(200, "GET", f"/w/{Shared.NAME}{AUTH}/{SHARED}")).json["identityKubernetesAuth"]
    shared.audit(met, found, record)
    default = (await first.ask(200, "GET", "/_mock/worlds/default")).json
    if default["revision"] != met.commits:
        met.complain(f"{default['revision']} revisions of the default world, {met.commits} accepted changes")
    return _told(met, len(shared.accepted))


def _told(met: Met, shared: int) -> dict[str, Any]:
    """What is handed on: the last window is left out where it is not whole."""
    windows = [sorted(each) for each in met.windows if each]
    if len(windows) > 1:
        windows.pop()
    return {
        "complaints": met.complaints,
        "requests": sum(map(len, met.windows)),
        "commits": met.commits + shared,
        "p50": [_at(each, 0.50) for each in windows],
        "p99": [_at(each, 0.99) for each in windows],
        "most": max(each[-1] for each in windows),
        "own_lag_p99": _at(sorted(met.lags), 0.99),
        "own_processor": time.process_time() / (time.perf_counter() - met.began),
    }


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(_all(int(sys.argv[1]), float(sys.argv[2])))))
