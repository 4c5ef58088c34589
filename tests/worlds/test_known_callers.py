"""A caller admitted once is checked again as soon as anything that its rules read has changed."""

from dataclasses import replace

import pytest

from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.worlds.world import World
from tests.client import Client

SMALL = {"allowedNames": "a"}
ADMIN_ID = "1d000000-0000-4000-8000-000000000001"


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
