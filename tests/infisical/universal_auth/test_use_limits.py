"""How many logins a client secret with a limit allows: the service compares texts until 2026-09 (N1)."""

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import ABOUT, ROBOT, login, secrets, turned_by_hand

AS_TEXT = "universal-login.secret-used-up-as-text"
USED_UP = "universal-login.secret-used-up"


async def logins(client: Client, limit: int, most: int) -> tuple[int, str, str]:
    """How many of so many logins a new secret allows, the rule that rejects the next, and that of the one after it."""
    made = (await client.send("POST", f"{ABOUT}{ROBOT}/client-secrets", {"numUsesLimit": limit})).json
    allowed = 0
    while allowed < most:
        answer = await login(client, made["clientSecret"])
        if answer.status != 200:
            break
        allowed += 1
    else:
        return allowed, "", ""
    assert (in_envelope(answer).status, answer.error) == (401, "UnauthorizedError")
    kept = (await secrets(client))[made["clientSecretData"]["id"]]
    assert (kept["revoked"], kept["numUses"], kept["numUsesLimit"]) == (True, allowed, limit)
    return allowed, answer.rule, (await login(client, made["clientSecret"])).rule


@pytest.mark.parametrize("as_of", ["2026-05", "2026-08", "2026-09"])
@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        *((each, each) for each in range(1, 10)),
        *((each, 2) for each in (10, 11, 19, 100, 1000)),
        *((each, 3) for each in (20, 25)),
        (30, 4),
        (89, 9),
        (90, 90),
        (91, 91),
    ],
)
async def test_live_compares_texts(serve: Serve, as_of: str, limit: int, allowed: int):
    client = await serve(profile="live", as_of=as_of)
    turned_by_hand(client)
    rule = USED_UP if allowed == limit else AS_TEXT
    assert await logins(client, limit, 100) == (allowed, rule, "universal-login.secret")


@pytest.mark.parametrize(
    ("profile", "as_of"),
    [*((Profile.CONTRACT, each) for each in GENERATIONS), (Profile.LIVE, "2026-10")],
    ids=str,
)
@pytest.mark.parametrize("limit", [1, 9, 10, 25, 30])
async def test_numbers_are_compared_in_contract_and_since_2026_10(
    serve: Serve, profile: Profile, as_of: str, limit: int
):
    client = await serve(profile=profile, as_of=as_of)
    turned_by_hand(client)
    assert await logins(client, limit, 100) == (limit, USED_UP, "universal-login.secret")


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_no_limit_is_no_limit(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of)
    clock = turned_by_hand(client)
    assert [(await login(client)).status for _ in range(12)] == [200] * 12
    clock.later(10)
    assert (await login(client)).status == 200


async def test_the_rule_says_that_it_is_a_fault_of_the_service(serve: Serve):
    rules = (await (await serve(profile="live")).get("/_mock/rules")).json["rules"]
    (found,) = [each for each in rules if each["id"] == AS_TEXT]
    assert "as text" in found["says"]
    assert "fault of the service" in found["says"]
    assert (found["until"], set(found["answers"])) == ("2026-09", {"live"})
