"""The clock of a world: frozen, moved, let run; and everything that follows it."""

from typing import Any

import pytest

from mockserver.clock import WorldClock, from_iso
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Client

CLOCK = "/_mock/worlds/default/clock"
NOON = "2026-06-01T12:00:00.000Z"


async def put(client: Client, **body: Any) -> dict[str, Any]:
    answer = await client.send("PUT", CLOCK, body, token=None)
    assert answer.status == 200, answer.content
    return answer.json


async def login(client: Client) -> str:
    body = {"identityId": PAYMENTS, "jwt": "sa-payments-api"}
    answer = await client.send("POST", "/api/v1/auth/kubernetes-auth/login", body, token=None)
    assert answer.status == 200, answer.content
    return answer.json["accessToken"]


async def test_it_runs_until_it_is_frozen_and_moves_when_it_is_told(server: Client):
    first = (await server.get(CLOCK)).json
    assert not first["frozen"]
    assert from_iso((await server.get(CLOCK)).json["now"]) >= from_iso(first["now"])
    assert await put(server, now=NOON) == {"now": NOON, "frozen": True}
    assert (await server.get(CLOCK)).json == {"now": NOON, "frozen": True}
    assert await put(server, advance=0.25) == {"now": "2026-06-01T12:00:00.250Z", "frozen": True}
    assert await put(server, now="2026-06-01T14:00:00+02:00", advance=60) == {
        "now": "2026-06-01T12:01:00.000Z",
        "frozen": True,
    }
    running = (await server.send("DELETE", CLOCK, token=None)).json
    assert not running["frozen"]
    assert from_iso("2026-06-01T12:01:00Z") <= from_iso(running["now"]) < from_iso("2026-06-01T12:02:00Z")
    ahead = await put(server, advance=3600)
    assert not ahead["frozen"]
    assert from_iso("2026-06-01T13:01:00Z") <= from_iso(ahead["now"]) < from_iso("2026-06-01T13:02:00Z")


async def test_updates_and_the_journal_have_its_time(server: Client):
    await put(server, now=NOON)
    answer = await server.update({"allowedNames": "x"})
    assert answer.record["updatedAt"] == NOON
    assert (await server.journalled(answer))["at"] == NOON
    [revision] = (await server.get("/_mock/worlds/default/revisions")).json["revisions"]
    assert (revision["at"], revision["requestId"]) == (NOON, answer.headers["Mock-Request-Id"])


async def test_tokens_die_and_renewals_end_by_it(server: Client):
    await put(server, now=NOON)
    token = await login(server)  # TTL 3600, max TTL 7200
    await put(server, advance=3599)
    assert (await server.get(IDENTITIES + PAYMENTS, token=token)).rule == "permission.read"
    renewed = await server.send("POST", "/api/v1/auth/token/renew", {"accessToken": token}, token=None)
    assert renewed.json["expiresIn"] == 3600
    await put(server, advance=1)
    assert (await server.get(IDENTITIES + PAYMENTS, token=token)).rule == "token.expired"
    again = await server.send("POST", "/api/v1/auth/token/renew", renewed.json, token=None)
    assert again.status == 422  # the answer holds more than the contract allows in the request
    token = renewed.json["accessToken"]
    await put(server, advance=3000)
    last = await server.send("POST", "/api/v1/auth/token/renew", {"accessToken": token}, token=None)
    assert last.json["expiresIn"] == 600  # all that the max TTL leaves
    await put(server, advance=600)
    over = await server.send("POST", "/api/v1/auth/token/renew", {"accessToken": last.json["accessToken"]}, token=None)
    assert over.rule == "token.expired"


async def test_a_lockout_ends_by_it(server: Client):
    await put(server, now=NOON)
    path = "/api/v1/auth/universal-auth/login"
    good = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    for _ in range(3):
        await server.send("POST", path, {**good, "clientSecret": "wrong"}, token=None)
    assert (await server.send("POST", path, good, token=None)).rule == "universal-login.locked"
    await put(server, advance=299)
    assert (await server.send("POST", path, good, token=None)).rule == "universal-login.locked"
    await put(server, advance=1)
    assert (await server.send("POST", path, good, token=None)).status == 200


async def test_it_goes_back_only_before_the_first_change(server: Client):
    await put(server, now=NOON)
    assert await put(server, now="2026-05-01T00:00:00Z") == {"now": "2026-05-01T00:00:00.000Z", "frozen": True}
    await server.update({"allowedNames": "x"})
    answer = await server.send("PUT", CLOCK, {"now": "2026-04-30T23:59:59Z"}, token=None)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (409, "/now")
    assert (await server.get(CLOCK)).json["now"] == "2026-05-01T00:00:00.000Z"
    await server.send("POST", "/_mock/worlds/default/reset", token=None)
    assert not (await server.get(CLOCK)).json["frozen"]


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ({}, ""),
    "a negative step": ({"advance": -0.001}, "/advance"),
    "a step that is a text": ({"advance": "1"}, "/advance"),
    "a step past the year 9999": ({"advance": 253_402_300_799}, "/advance"),
    "a time without a zone": ({"now": "2026-01-01T00:00:00"}, "/now"),
    "a time that is none": ({"now": "noon"}, "/now"),
    "a time that is a number": ({"now": 1_800_000_000}, "/now"),
    "a time before 1970": ({"now": "1969-12-31T23:59:59Z"}, "/now"),
    "an unknown property": ({"now": NOON, "rate": 2}, ""),
}


@pytest.mark.parametrize(("body", "pointer"), REFUSED.values(), ids=REFUSED)
async def test_a_time_that_cannot_be_is_refused_and_nothing_moves(server: Client, body: Any, pointer: str):
    await put(server, now=NOON)
    answer = await server.send("PUT", CLOCK, body, token=None)
    assert answer.status == 400, answer.content
    assert answer.json["errors"][0]["pointer"] == pointer
    assert (await server.get(CLOCK)).json == {"now": NOON, "frozen": True}


async def test_each_world_has_its_own(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "one", "now": NOON}, token=None)
    await put(server, now="2030-01-01T00:00:00Z")
    answer = await server.send("PATCH", f"/w/one{IDENTITIES}{PAYMENTS}", {"allowedNames": "x"}, token=ADMIN)
    assert answer.record["updatedAt"] == NOON


class Machine:
    """A machine's time that a test sets."""

    moment = 1_000

    def now(self) -> int:
        return self.moment


def test_a_copy_shows_the_same_time_and_goes_its_own_way():
    machine = Machine()
    clock = WorldClock(machine=machine)
    clock.advance(500)
    copy = clock.copy()
    clock.advance(100)
    machine.moment = 2_000
    assert (clock.now(), copy.now()) == (2_600, 2_500)
    copy.reset()
    assert copy.now() == 2_500
    clock.reset()
    assert clock.now() == 2_000


def test_let_run_it_goes_on_from_where_it_stood():
    machine = Machine()
    clock = WorldClock(5_000, machine)
    machine.moment = 9_000
    assert clock.now() == 5_000
    clock.run()
    machine.moment = 9_250
    assert (clock.now(), clock.frozen) == (5_250, False)
    clock.run()
    assert clock.now() == 5_250
