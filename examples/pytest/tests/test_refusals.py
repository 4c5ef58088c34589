"""What the client does when it is refused, in the world of this test and in one with another clock."""

import os
from urllib.request import urlopen

import pytest
from kubernetes_access import KubernetesAccess, Refused

from mockserver.testing import Now, World


def test_a_refusal_is_final(infisical_mock: World[Now], access: KubernetesAccess, slept: list[float]) -> None:
    """The stored maximum stands in for the TTL that is not sent; asking again would not help."""
    with pytest.raises(Refused, match=r"400 BadRequest: .*7200.*60"):
        access.ensure(infisical_mock.identities["payments"], {"accessTokenMaxTTL": 60})
    assert slept == []
    assert infisical_mock.state.revisions() == []


@pytest.mark.infisical_mock(now="2026-01-01T00:00:00Z")
def test_what_is_unchanged_keeps_its_date(infisical_mock: World[Now], access: KubernetesAccess) -> None:
    """A second run a day later writes nothing."""
    identity = infisical_mock.identities["shop"]
    access.ensure(identity, {"allowedNames": "web"})
    infisical_mock.clock.advance(86400)
    assert access.ensure(identity, {"allowedNames": "web"}) == "unchanged"
    assert infisical_mock.state.identity("shop")["kubernetesAuth"]["updatedAt"] == "2026-01-01T00:00:00.000Z"


def test_what_was_attached_is_removed_once(infisical_mock: World[Now], access: KubernetesAccess) -> None:
    """Removing what is not there is no error."""
    for _ in range(2):
        access.remove(infisical_mock.identities["shop"])
    assert "kubernetesAuth" not in infisical_mock.state.identity("shop")


@pytest.mark.skipif("INFISICAL_MOCK_URL" not in os.environ, reason="needs a server that runs already, as in CI")
def test_the_service_container_is_seeded() -> None:
    """Its default world is ours: clients in other processes, in any language, see it without a word about worlds."""
    with urlopen(f"{os.environ['INFISICAL_MOCK_URL']}/_mock/worlds/default") as answer:  # noqa: S310 - our own URL
        assert b'"identities":11' in answer.read()
