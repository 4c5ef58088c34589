"""A server of the world of Token Auth."""

import pytest

from mockserver.rules.profile import Profile
from tests.conftest import Serve
from tests.infisical.token_auth.world import Asker, asker


@pytest.fixture
async def acme(serve: Serve, profile: Profile) -> Asker:
    """Of either profile."""
    return await asker(serve, profile=profile, as_of="2026-09")
