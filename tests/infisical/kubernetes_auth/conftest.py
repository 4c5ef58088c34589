"""Servers with the world of these tests."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import NOW, WORLD


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(fixtures_yaml=WORLD, profile=profile, clock=NOW)


@pytest.fixture
async def client(serve: Serve) -> Client:
    """A server in the contract profile."""
    return await serve(fixtures_yaml=WORLD, clock=NOW)
