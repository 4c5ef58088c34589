"""Machine tokens without `exp`: good until a day, then rejected, in the generations that have the rule."""

from typing import Any

import pytest

from mockserver.clock import WorldClock, from_iso
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.api.test_tokens import signed
from tests.client import ADMIN, Client
from tests.conftest import Serve

DETAILS, RENEW = "/api/v1/identities/details", "/api/v1/auth/token/renew"
BEFORE, FROM = "2026-08-01T23:59:59.999Z", "2026-08-02T00:00:00Z"
ENDLESS: dict[str, Any] = {"exp": None, "iat": 1_700_000_000}
OK, REJECTED = (200, "accepted"), (401, "token.endless")


async def rules(client: Client, now: str, token: str) -> list[tuple[int, str]]:
    """What comes of the token, used and renewed at that time."""
    client.mock.worlds.default.clock = WorldClock(from_iso(now))
    answers = [
        await client.get(DETAILS, token=token),
        await client.send("POST", RENEW, {"accessToken": token}, token=None),
    ]
    assert all(each.status == 200 or each.json["error"] == "UnauthorizedError" for each in answers)
    return [(each.status, each.rule) for each in answers]


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_all_of_them_end_at_once(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of)
    used_after = REJECTED if as_of > "2026-05" else OK
    for token in (signed(**ENDLESS), signed(**{**ENDLESS, "iat": 1_785_628_799})):  # whatever their age
        assert (await rules(client, BEFORE, token))[0] == OK
        assert (await rules(client, FROM, token))[0] == used_after


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_none_is_renewed_afterwards(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of)
    token = signed(**ENDLESS)
    assert (await rules(client, BEFORE, token))[1] == OK
    assert (await rules(client, FROM, token))[1] == (REJECTED if as_of > "2026-05" else OK)


async def test_other_tokens_have_nothing_to_do_with_it(serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of="2026-10")
    client.mock.worlds.default.clock = WorldClock(from_iso(FROM))
    assert (await client.get(DETAILS, token=ADMIN)).status == 200  # a fixture token without an end
    assert (await client.get(DETAILS, token=signed())).status == 200
    user = await client.get(DETAILS, token=signed(authTokenType="accessToken", exp=None))
    assert user.rule != "token.endless"
    assert (await client.get(DETAILS, token=signed(exp=None, authMethod=None))).rule == "token.claims"
    body = {"accessToken": signed(**ENDLESS)}
    assert (await client.send("POST", "/api/v1/auth/token/revoke", body, token=None)).status == 200
