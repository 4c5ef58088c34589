"""What the tests of faults share: making one, and asking where an answer may not come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.client import IDENTITIES, PAYMENTS, Answer, Client

FAULTS = "/_mock/worlds/default/faults"
TARGET = IDENTITIES + PAYMENTS
UPDATE, GET = "updateKubernetesAuth", "getKubernetesAuth"
ERRORS = {
    400: "BadRequest",
    401: "UnauthorizedError",
    403: "ForbiddenError",
    404: "NotFound",
    422: "ValidationFailure",
    500: "InternalServerError",
}
"""What the vendor calls the errors that can be asked for."""


async def add(client: Client, kind: str, world: str = "default", **more: Any) -> dict[str, Any]:
    """The fault, as the server has taken it in."""
    answer = await client.send("POST", f"/_mock/worlds/{world}/faults", {"kind": kind, **more}, token=None)
    assert answer.status == 201, answer.content
    return answer.json


async def faults(client: Client, world: str = "default") -> list[dict[str, Any]]:
    return (await client.get(f"/_mock/worlds/{world}/faults")).json["faults"]


async def counts(client: Client, world: str = "default") -> list[tuple[int, int, bool]]:
    """Seen, played and consumed of each fault."""
    return [(each["seen"], each["played"], each["consumed"]) for each in await faults(client, world)]


async def outcome(client: Client, json: Any = None, path: str = TARGET, method: str = "PATCH") -> int:
    """The status of an answer to a request of its own connection; 0 if it was cut off."""
    headers = {"Authorization": "Bearer acme-admin-token"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        try:
            body = {"allowedNames": "a"} if json is None and method == "PATCH" else json
            async with session.request(method, client.url + path, json=body, headers=headers) as response:
                await response.read()
                return response.status
        except aiohttp.ClientError:
            return 0


async def latest(client: Client) -> dict[str, Any]:
    """The journal's entry of the latest exchange, whole."""
    (line,) = (await client.get("/_mock/requests?limit=1")).json["requests"]
    entry = (await client.get(f"/_mock/requests/{line['id']}")).json
    assert line == {name: entry[name] for name in line}
    return entry


async def names(client: Client) -> str:
    """What is stored of the identity that the tests write to."""
    return (await client.stored())["allowedNames"]


def envelope(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.error


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits until that holds, but not for ever."""
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that in five seconds")


async def until_seen(client: Client, requests: int = 1) -> None:
    """Waits until the first fault has seen so many requests."""

    async def holds() -> bool:
        return (await counts(client))[0][0] == requests

    await until(holds)
