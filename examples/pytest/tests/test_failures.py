"""What the client does when it is told to wait, and when nobody answers."""

import pytest
from kubernetes_access import KubernetesAccess, Unreachable

from mockserver.testing import Now, World


def test_it_waits_as_long_as_it_is_told(
    infisical_mock: World[Now], access: KubernetesAccess, slept: list[float]
) -> None:
    """`Retry-After` is the server's word."""
    infisical_mock.faults.add("rate-limit", retryAfter=30, times=2)
    access.ensure(infisical_mock.identities["shop"], {"allowedNames": "web"})
    assert slept == [30, 30]


def test_it_gives_up_in_the_end(infisical_mock: World[Now], access: KubernetesAccess, slept: list[float]) -> None:
    """The waiting grows, and ends."""
    infisical_mock.faults.add("status", status=500, times=100)
    with pytest.raises(Unreachable, match="given up after 6 tries: status 500"):
        access.ensure(infisical_mock.identities["shop"], {"allowedNames": "web"})
    assert slept == [0.2, 0.4, 0.8, 1.6, 3.2]
    assert infisical_mock.state.revisions() == []
