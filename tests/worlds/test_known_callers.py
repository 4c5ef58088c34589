"""A caller admitted once is checked again as soon as anything that its rules read has changed."""

from dataclasses import replace

import pytest

from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.worlds.world import World
from tests.api.test_tokens import signed
from tests.client import IDENTITIES, PAYMENTS, Client

SMALL = {"allowedNames": "a"}
ADMIN_ID = "1d000000-0000-4000-8000-000000000001"
OTHER = "1d000000-0000-4000-8000-00000000000b"


async def admitted(server: Client) -> World:
    """The default world, once it knows the caller."""
    for _ in range(2):
        assert (await server.update(SMALL)).status == 200
    world: World = server.mock.worlds.default
    assert world.known_callers is not None
    return world


@pytest.mark.parametrize(
    ("change", "status", "rule"),
    [
        pytest.param({"revoked": True}, 401, "token.revoked", id="revoked"),
        pytest.param({"expires_at": 1}, 403, "token.expired", id="expired"),
        pytest.param({"kind": "user", "organization_id": ""}, 401, "token.user-organization", id="of another kind"),
        pytest.param({"trusted_ips": ()}, 403, "token.address", id="from elsewhere"),
        pytest.param({"complete": False}, 401, "token.claims", id="incomplete"),
    ],
)
async def test_a_token_that_changes_is_checked_again(server: Client, change, status, rule):
    world = await admitted(server)
    text = next(iter(each for each, token in world.state.access_tokens.items() if token.identity_id == ADMIN_ID))
    tokens = {**world.state.access_tokens, text: replace(world.state.access_tokens[text], **change)}
    world.commit(world.state._replace(access_tokens=tokens))
    refused = await server.update(SMALL)
    assert (refused.status, refused.rule) == (status, rule)


async def test_a_token_expires_though_nothing_is_written(server: Client):
    world = server.mock.worlds.default
    ends = world.clock.now() + 60_000
    tokens = {each: replace(token, expires_at=ends) for each, token in world.state.access_tokens.items()}
    world.commit(world.state._replace(access_tokens=tokens))
    assert (await admitted(server)) is world
    world.clock.advance(120_000)
    assert (await server.update(SMALL)).rule == "token.expired"


async def test_another_address_is_checked_again(server: Client):
    world = server.mock.worlds.default
    here = (TrustedIp("127.0.0.1", "ipv4"),)
    tokens = {each: replace(token, trusted_ips=here) for each, token in world.state.access_tokens.items()}
    world.commit(world.state._replace(access_tokens=tokens))
    await admitted(server)
    headers = {"X-Forwarded-For": "10.9.8.7"}
    assert (await server.update(SMALL, headers=headers)).rule == "token.address"
    assert (await server.update(SMALL, headers={"x-api-key": "k"})).rule == "token.api-key"
    assert (await server.update(SMALL)).status == 200


async def admitted_by_jwt(server: Client, **claims: object) -> dict[str, str]:
    """The headers of a caller with a JWT, once the world knows it."""
    headers = {"Authorization": f"Bearer {signed(identityId=PAYMENTS, authMethod='kubernetes-auth', **claims)}"}
    world = server.mock.worlds.default
    home = world.state.identities[ADMIN_ID].home
    world.commit(world.state.with_identity(world.state.identities[PAYMENTS]._replace(home=home)))
    for _ in range(2):
        assert (await server.update(SMALL, OTHER, headers=headers)).status == 200
    text = headers["Authorization"].removeprefix("Bearer ")
    assert world.known_callers.find(text, "127.0.0.1", world.state, world.clock.now()) is not None
    return headers


async def test_a_jwt_is_checked_again_when_its_auth_method_is_revoked(server: Client):
    headers = await admitted_by_jwt(server)
    assert (await server.send("DELETE", f"{IDENTITIES}{PAYMENTS}")).status == 200
    assert (await server.update(SMALL, OTHER, headers=headers)).rule == "token.revoked"


async def test_a_jwt_is_checked_again_when_its_auth_method_trusts_others(server: Client):
    headers = await admitted_by_jwt(server)
    elsewhere = {"accessTokenTrustedIps": [{"ipAddress": "10.9.0.0/16"}]}
    assert (await server.update(elsewhere, headers=headers)).status == 200
    assert (await server.update(SMALL, headers=headers)).rule == "token.address"


async def test_a_jwt_is_checked_again_when_it_is_revoked(server: Client):
    headers = await admitted_by_jwt(server)
    token = {"accessToken": headers["Authorization"][7:]}
    assert (await server.send("POST", "/api/v1/auth/token/revoke", json=token)).status == 200
    assert (await server.update(SMALL, headers=headers)).rule == "token.revoked"


@pytest.mark.parametrize(
    ("moment", "rule"), [(999_999_999, "token.not-active"), (2_000_000_000, "token.expired")], ids=["before", "behind"]
)
async def test_a_jwt_holds_between_its_times_whatever_the_clock_does(server: Client, moment, rule):
    headers = await admitted_by_jwt(server, nbf=1_000_000_000, exp=2_000_000_000)
    server.mock.worlds.default.clock.freeze(moment * 1000 + 999)
    assert (await server.update(SMALL, headers=headers)).rule == rule
    server.mock.worlds.default.clock.freeze(1_999_999_999_999)
    assert (await server.update(SMALL, headers=headers)).status == 200


async def test_only_so_many_callers_are_kept(server: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockserver.api.known_callers._KEPT", 3)
    for number in range(8):
        bearer = {"Authorization": f"Bearer {signed(jti=f'{number}')}"}
        assert (await server.update(SMALL, headers=bearer)).status == 200
    assert len(server.mock.worlds.default.known_callers._admitted) <= 3
