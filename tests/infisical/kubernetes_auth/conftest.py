"""Servers with the world of these tests, at the day that the reference describes: later ones have auth templates."""

from typing import Any

import pytest

from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import Client
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import NOW, WORLD


@pytest.fixture
def serve(serve: Serve) -> Serve:
    """Starts servers of 2026-08, unless a test says otherwise."""

    async def start(*arguments: Any, **settings: Any) -> Client:
        return await serve(*arguments, **{"as_of": Generation.AUGUST, **settings})

    return start


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(fixtures_yaml=WORLD, profile=profile, clock=NOW)


@pytest.fixture
async def client(serve: Serve) -> Client:
    """A server in the contract profile."""
    return await serve(fixtures_yaml=WORLD, clock=NOW)
