"""A server in each edition that has templates."""

import pytest

from tests.client import Client
from tests.conftest import Serve
from tests.infisical.identity_templates.world import EDITIONS, started


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Profile and generation."""
    return request.param


@pytest.fixture
async def mock(serve: Serve, edition: tuple[str, str]) -> Client:
    """A server with the world of these tests."""
    return await started(serve, *edition)
