"""The lockout: failed logins are counted, forgotten, and lock a client id for a while (behaviour 9)."""

from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import (
    ABOUT,
    OFFICE,
    OFFICE_SECRET,
    PATIENT,
    PATIENT_SECRET,
    ROBOT,
    SECRET,
    Hand,
    login,
    turned_by_hand,
)

# What the bundled robot has instead of the defaults.
THRESHOLD, DURATION, RESET = 5, 600, 60
WRONG, LOCKED = "universal-login.secret", "universal-login.locked"


class Room:
    """A server, its clock, and what happens to the robot there."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.clock: Hand = turned_by_hand(client)

    async def fail(self, times: int = 1, secret: str = "wrong", identity: str = ROBOT, **more: Any) -> list[str]:
        """The rules that refused so many logins."""
        return [(await login(self.client, secret, identity, **more)).rule for _ in range(times)]

    async def good(self) -> str:
        """The rule of a login with the right secret."""
        return (await login(self.client)).rule

    async def clear(self, identity: str = ROBOT) -> int:
        """How many counts of failed logins were cleared."""
        answer = await self.client.send("POST", f"{ABOUT}{identity}/clear-lockouts")
        assert (answer.status, set(answer.json)) == (200, {"deleted"})
        return answer.json["deleted"]

    async def set(self, **settings: Any) -> None:
        assert (await self.client.send("PATCH", ABOUT + ROBOT, settings)).status == 200


@pytest.fixture
async def room(serve: Serve, profile: Profile) -> Room:
    """A server of either profile whose clock is turned by hand."""
    return Room(await serve(profile=profile))


async def test_so_many_failures_lock_a_client_id_whatever_the_secret(room: Room):
    assert await room.fail(THRESHOLD) == [WRONG] * THRESHOLD
    assert await room.fail() == [LOCKED]
    answer = in_envelope(await login(room.client))
    assert (answer.status, answer.error, answer.rule) == (401, "UnauthorizedError", LOCKED)
    assert "wrong" not in answer.json["message"]


async def test_one_failure_less_does_not(room: Room):
    await room.fail(THRESHOLD - 1)
    assert await room.good() == "accepted"


async def test_a_lock_lasts_for_its_duration_and_no_try_makes_it_longer(room: Room):
    await room.fail(THRESHOLD)
    room.clock.later(DURATION - 0.001)
    assert await room.fail(3) == [LOCKED] * 3
    assert await room.good() == LOCKED
    room.clock.later(0.001)
    assert await room.good() == "accepted"


async def test_behind_a_lock_the_count_starts_anew(room: Room):
    await room.fail(THRESHOLD)
    room.clock.later(DURATION)
    assert await room.fail(THRESHOLD) == [WRONG] * THRESHOLD
    assert await room.good() == LOCKED


async def test_failures_are_forgotten_some_time_after_the_last(room: Room):
    for _ in range(THRESHOLD - 1):
        await room.fail()
        room.clock.later(RESET - 0.001)
    assert await room.fail() == [WRONG]
    assert await room.good() == LOCKED


async def test_after_that_time_the_count_starts_anew(room: Room):
    await room.fail(THRESHOLD - 1)
    room.clock.later(RESET)
    assert await room.fail(THRESHOLD - 1) == [WRONG] * (THRESHOLD - 1)
    assert await room.good() == "accepted"


async def test_a_good_login_clears_the_count(room: Room):
    for _ in range(3):
        await room.fail(THRESHOLD - 1)
        assert await room.good() == "accepted"


@pytest.mark.parametrize("secret", ["robot-expired-secret", "robot-spent-secret"])
async def test_a_secret_that_is_right_but_over_clears_the_count_too(room: Room, secret: str):
    await room.fail(THRESHOLD - 1)
    assert (await login(room.client, secret)).status == 401
    assert await room.fail(THRESHOLD - 1) == [WRONG] * (THRESHOLD - 1)
    assert await room.good() == "accepted"


async def test_a_right_secret_with_a_wrong_organization_clears_the_count_too(room: Room):
    await room.fail(THRESHOLD - 1)
    assert (await login(room.client, slug="nowhere")).status == 404
    assert await room.clear() == 0


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"identity": "nobody"}, id="unknown client id"),
        pytest.param({"identity": OFFICE, "headers": {"X-Real-IP": "192.0.2.1"}}, id="address not trusted"),
        pytest.param({"identity": OFFICE, "headers": {"X-Real-IP": "?"}}, id="address unreadable"),
        pytest.param({"slug": "No Slug"}, id="refused by the schema"),
    ],
)
async def test_a_login_that_never_came_to_the_secret_is_not_counted(room: Room, more: dict[str, Any]):
    await room.fail(THRESHOLD + 1, **more)
    assert await room.good() == "accepted"
    assert await room.clear(OFFICE) == 0
    assert (await login(room.client, OFFICE_SECRET, OFFICE, headers={"X-Real-IP": "203.0.113.7"})).status == 200


async def test_a_secret_that_was_revoked_counts_as_a_wrong_one(room: Room):
    assert await room.fail(THRESHOLD, "robot-revoked-secret") == [WRONG] * THRESHOLD
    assert await room.good() == LOCKED


async def test_each_client_id_is_locked_by_itself(room: Room):
    await room.fail(THRESHOLD)
    assert (await login(room.client, PATIENT_SECRET, PATIENT)).status == 200


async def test_where_lockouts_are_off_nothing_is_counted(room: Room):
    assert await room.fail(20, identity=PATIENT) == [WRONG] * 20
    assert (await login(room.client, PATIENT_SECRET, PATIENT)).status == 200
    assert await room.clear(PATIENT) == 0


async def test_a_lock_ends_as_lockouts_are_turned_off(room: Room):
    await room.fail(THRESHOLD)
    assert await room.good() == LOCKED
    await room.set(lockoutEnabled=False)
    assert await room.fail(THRESHOLD + 1) == [WRONG] * (THRESHOLD + 1)
    assert (await login(room.client)).status == 200


async def test_a_lock_counts_again_where_lockouts_are_turned_on_again_in_its_time(room: Room):
    await room.fail(THRESHOLD)
    await room.set(lockoutEnabled=False)
    await room.set(lockoutEnabled=True)
    assert await room.good() == LOCKED


async def test_a_new_duration_is_for_the_next_lock(room: Room):
    await room.fail(THRESHOLD)
    await room.set(lockoutDurationSeconds=30)
    room.clock.later(30)
    assert await room.good() == LOCKED
    room.clock.later(DURATION - 30)
    await room.fail(THRESHOLD)
    room.clock.later(30)
    assert await room.good() == "accepted"


async def test_a_lower_threshold_counts_what_has_failed(room: Room):
    await room.fail(2)
    await room.set(lockoutThreshold=2)
    assert await room.good() == "accepted"
    await room.set(lockoutThreshold=5)
    await room.fail(3)
    await room.set(lockoutThreshold=2)
    assert await room.fail() == [WRONG]
    assert await room.good() == LOCKED


async def test_a_threshold_of_one_locks_at_once(room: Room):
    await room.set(lockoutThreshold=1)
    assert await room.fail(2) == [WRONG, LOCKED]


@pytest.mark.parametrize("failures", [0, 1, THRESHOLD])
async def test_clearing_says_how_many_counts_were_there_and_takes_them_away(room: Room, failures: int):
    await room.fail(failures)
    assert await room.clear() == (1 if failures else 0)
    assert await room.clear() == 0
    assert await room.fail(THRESHOLD - 1) == [WRONG] * (THRESHOLD - 1)
    assert await room.good() == "accepted"


@pytest.mark.parametrize(
    ("as_of", "counted"), [("2026-05", True), ("2026-08", True), ("2026-09", False), ("2026-10", False)]
)
async def test_a_count_without_a_lock_is_cleared_until_2026_08(
    serve: Serve, profile: Profile, as_of: str, counted: bool
):
    room = Room(await serve(profile=profile, as_of=as_of))
    await room.fail(THRESHOLD - 1)
    assert await room.clear() == counted
    assert await room.fail(2) == ([WRONG, WRONG] if counted else [WRONG, LOCKED])
    await room.clear()
    await room.fail(THRESHOLD)
    assert await room.clear() == 1  # a lock is cleared in every generation, and its count with it
    assert await room.clear() == 0
    assert await room.fail(THRESHOLD) == [WRONG] * THRESHOLD


@pytest.mark.parametrize(("failures", "seconds"), [(1, RESET), (THRESHOLD, DURATION)])
async def test_a_count_that_is_forgotten_cannot_be_cleared(room: Room, failures: int, seconds: int):
    await room.fail(failures)
    room.clock.later(seconds)
    assert await room.clear() == 0


async def test_clearing_is_for_one_identity(room: Room):
    await room.fail(THRESHOLD)
    assert await room.clear(OFFICE) == 0
    assert await room.good() == LOCKED


async def test_who_may_not_clear_clears_nothing(room: Room):
    await room.fail(THRESHOLD)
    refused = await room.client.send("POST", f"{ABOUT}{ROBOT}/clear-lockouts", token="acme-auditor-token")
    assert (refused.status, refused.rule) == (403, "permission.edit")
    assert await room.good() == LOCKED


async def test_the_defaults_are_three_failures_five_minutes_and_half_a_minute(room: Room):
    periodic = "1d000000-0000-4000-8000-000000000021"
    assert await room.fail(4, identity=periodic) == [WRONG, WRONG, WRONG, LOCKED]
    room.clock.later(300)
    await room.fail(2, identity=periodic)
    room.clock.later(29.999)
    assert await room.fail(2, identity=periodic) == [WRONG, LOCKED]
    room.clock.later(300)
    await room.fail(2, identity=periodic)
    room.clock.later(30)
    assert await room.fail(3, identity=periodic) == [WRONG] * 3


async def test_a_lock_goes_with_its_universal_auth(room: Room):
    await room.fail(THRESHOLD)
    assert (await room.client.send("DELETE", ABOUT + ROBOT)).status == 200
    assert (await room.client.send("POST", ABOUT + ROBOT, {})).status == 200
    assert await room.clear() == 0


async def test_a_reset_takes_locks_away(room: Room):
    await room.fail(THRESHOLD)
    await room.client.send("POST", "/_mock/reset")
    assert (await login(room.client, SECRET)).status == 200
