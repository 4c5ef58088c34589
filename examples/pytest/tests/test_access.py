"""Two hundred tests of the client, each in a world of its own."""

from typing import Any

import pytest
from kubernetes_access import KubernetesAccess

from mockserver.testing import Now, World

ATTACHED = ("shop", "payments", "through-a-gateway", "in-the-dark", "narrow")
BARE = ("new-1", "new-2", "new-3", "new-4", "new-5")
FIRST = {"kubernetesHost": "https://prod.k8s.example:6443", "allowedNamespaces": "", "allowedAudience": ""}
CHANGES = [
    *({"allowedNames": names} for names in ("web", "api,web", "web-*", "a,b,c,d")),
    *({"allowedNamespaces": namespaces} for namespaces in ("web", "web,shop-eu", "team-*")),
    *({"allowedAudience": audience} for audience in ("infisical", "https://infisical.example")),
    *({"accessTokenTTL": ttl, "accessTokenMaxTTL": most} for ttl, most in ((60, 60), (60, 600), (900, 86400), (1, 1))),
    *({"accessTokenNumUsesLimit": uses} for uses in (2, 50, 1000)),
    *({"accessTokenTrustedIps": [{"ipAddress": ip} for ip in ips]} for ips in (["192.0.2.0/24"], ["2001:db8::/32"])),
    {"accessTokenTrustedIps": [{"ipAddress": "192.0.2.7/32"}, {"ipAddress": "198.51.100.0/24"}]},
    {"allowedNames": "web", "accessTokenNumUsesLimit": 3, "accessTokenTTL": 30, "accessTokenMaxTTL": 90},
]


@pytest.mark.parametrize("wanted", CHANGES, ids=str)
@pytest.mark.parametrize("name", ATTACHED + BARE)
def test_a_record_is_brought_to_what_is_wanted(
    infisical_mock: World[Now], access: KubernetesAccess, fault: str | None, name: str, wanted: dict[str, Any]
) -> None:
    """Attached or updated, whatever goes wrong on the way; and nothing is left to do afterwards."""
    identity = infisical_mock.identities[name]
    if name in BARE:
        wanted = {**FIRST, "allowedNames": "", **wanted}
    assert infisical_mock.state.revisions() == [], "nobody else has been in this world"

    done = access.ensure(identity, wanted)
    again = access.ensure(identity, wanted)

    stored = infisical_mock.state.identity(name)["kubernetesAuth"]
    assert {key: stored[key] for key in wanted} == wanted
    asked = infisical_mock.journal.requests()
    assert all(each["path"].endswith(identity) for each in asked)
    if fault is None:
        assert (done, again) == ("attached" if name in BARE else "updated", "unchanged")
        assert [each["method"] for each in reversed(asked)] == ["GET", "POST" if name in BARE else "PATCH", "GET"]
    changed = infisical_mock.state.revisions()
    assert len(changed) == 1 or fault == "stale", "a write is not repeated"
    assert all(row["pointer"].startswith(f"/identities/{identity}") for each in changed for row in each["changes"])
