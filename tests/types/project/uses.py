"""A user's tests, which a type checker accepts without an ignored line."""

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, assert_type

import pytest

from mockserver.testing import Later, Mock, MockError, Now, Server, World


def test_a_world(infisical_mock: World, infisical_mock_server: Server) -> None:
    assert_type(infisical_mock.url, str)
    assert_type(infisical_mock.identities, Mapping[str, str])
    assert_type(infisical_mock.tokens["ops-admin"], str)
    assert_type(
        infisical_mock.faults.add("drop", where="before-write", operation="updateKubernetesAuth"), dict[str, Any]
    )
    infisical_mock.faults.add("delay", seconds={"from": 0.1, "to": 1}, probability=0.5, seed=7)
    infisical_mock.faults.add("rate-limit", retryAfter=2, times=3, identityId="payments")
    infisical_mock.faults.clear()
    assert_type(infisical_mock.journal.requests(status=200, limit=5), list[dict[str, Any]])
    assert_type(infisical_mock.journal.explain("latest"), str)
    assert_type(infisical_mock.clock.advance(timedelta(hours=1)), str)
    infisical_mock.clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    assert_type(infisical_mock.verify(operation="updateKubernetesAuth", method="patch", count=0), dict[str, Any])
    infisical_mock.verify(
        identity="payments", body={"allowedNames": "a", "caCert": {"absent": True}}, count={"atMost": 2}
    )
    infisical_mock.verify(order=[{"status": 200}, {"rule": "mock.fault", "warning": "polling"}], failOnWarning=True)
    infisical_mock.verify(state={"from": 0, "changed": [{"pointer": "/identities/**"}], "ignoring": []})
    with infisical_mock_server.world(profile="live", as_of="2026-09-20", fixtures={"version": 1}) as other:
        assert_type(other, World[Now])
        same: World = other
        assert_type(same.generation, str)


def test_a_mock() -> None:
    with Mock(profile="live", as_of="2026-10", fixtures=[Path("world.yaml")], port=0, log_level="info") as mock:
        assert_type(mock, Server[Now])
        assert_type(mock.health(), dict[str, Any])
        world = mock.world()
        assert_type(world.state.identity("payments"), dict[str, Any])
    with pytest.raises(MockError):
        world.clock.now()


async def test_the_asynchronous_client_has_the_same_shape() -> None:
    async with Mock(engine="compiled") as mock:
        assert_type(mock, Server[Later])
        async with await mock.world(now="2026-01-01T00:00:00Z") as world:
            assert_type(world, World[Later])
            assert_type(world.url, str)
            assert_type(world.identities, Awaitable[Mapping[str, str]])
            assert_type((await world.tokens)["ops-admin"], str)
            assert_type(await world.faults.add("stale", operation="getKubernetesAuth"), dict[str, Any])
            assert_type(await world.journal.requests(rule="accepted"), list[dict[str, Any]])
            assert_type(await world.clock.advance(1.5), str)
            await world.verify(operation="updateKubernetesAuth", count=0)
            await world.state.put("version: 1\n")
            await world.reset()
