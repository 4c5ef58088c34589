"""What an identity has of which its creator said nothing, as others see it (behaviour 10)."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client
from tests.conftest import Serve
from tests.infisical.identities.world import IDENTITIES, create, get


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile)


async def test_a_role_of_which_nothing_is_said_is_no_access(client: Client):
    made = (await create(client)).json["identity"]["id"]
    found = (await get(client, made)).json["identity"]
    assert (found["role"], found["roleId"]) == ("no-access", None)


async def test_nobody_has_protected_it_and_nothing_is_said_of_it(client: Client):
    made = (await create(client)).json["identity"]["id"]
    found = (await get(client, made)).json["identity"]
    assert (found["identity"]["hasDeleteProtection"], found["metadata"]) == (False, [])
    assert (await client.send("DELETE", f"{IDENTITIES}/{made}")).status == 200
