"""A world with templates of every kind, records that are linked, unlinked or pinned, and callers of all rights."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.rules.generation import Generation
from tests.client import IDENTITIES, STATE, Answer, Client
from tests.conftest import Serve

TEMPLATES = "/api/v1/identity-templates"
ACME, HOBBY, OTHER = (f"0a000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
GATEWAY, DARK, RETIRED, FOREIGN_GATEWAY = (f"6a000000-0000-4000-8000-00000000000{n}" for n in (1, 3, 4, 9))
POOL, FOREIGN_POOL, FAILOVER = (f"6b000000-0000-4000-8000-00000000000{n}" for n in (1, 9, 2))
DIRECT, BARE_SETTINGS, THROUGH, POOLED, PINNED, PRIVATE, DIRECTORY, VERIFIED, LONG, BY_NAME = (
    f"7e000000-0000-4000-8000-0000000000{n:02x}" for n in range(1, 11)
)
HOBBY_TEMPLATE, OTHER_TEMPLATE = (f"7e000000-0000-4000-8000-0000000000{n}" for n in ("f1", "f2"))
BROKEN = {
    "mode gateway without a gateway": "7e000000-0000-4000-8000-0000000000b1",
    "mode api without a host": "7e000000-0000-4000-8000-0000000000b2",
    "gateway and pool": "7e000000-0000-4000-8000-0000000000b3",
    "verification without a CA": "7e000000-0000-4000-8000-0000000000b4",
    "a CA without verification": "7e000000-0000-4000-8000-0000000000b5",
}
STRANGER = "7e000000-0000-4000-8000-0000000000ff"
PLAIN, LINKED, KEPT, PINNED_RECORD, UNATTACHED, LINKED_PLAIN, THROUGH_RECORD = (
    f"1d000000-0000-4000-8000-00000000001{n}" for n in range(1, 8)
)
HOBBY_PLAIN, OTHER_PLAIN = "1d000000-0000-4000-8000-000000000021", "1d000000-0000-4000-8000-000000000031"
HOST, OTHER_HOST = "https://prod.k8s.example:6443", "https://other.k8s.example"
NOW = 1_800_000_000_000
SUBJECT = "machine-identity-auth-template"

WORLD = f"""
version: 1
organizations:
  - id: {ACME}
    name: Acme
    slug: acme
    plan: {{ipAllowlisting: true, gateway: true, gatewayPool: true, machineIdentityAuthTemplates: true}}
    roles:
      - slug: editor
        name: Editor
        permissions: [{{subject: identity, actions: [read, edit, edit-auth]}}]
      - slug: linker
        name: Linker
        permissions:
          - {{subject: identity, actions: [read, edit, edit-auth]}}
          - {{subject: {SUBJECT}, actions: [attach-templates]}}
      - slug: author
        name: Author
        permissions:
          - {{subject: {SUBJECT}, actions: [create-templates, edit-templates]}}
    templates:
      - {{id: {DIRECT}, name: direct, authMethod: kubernetes, kubernetesHost: "{HOST}", tokenReviewerJwt: reviewer-good,
          allowedAudience: infisical, createdAt: 2026-01-02T03:04:05.678Z}}
      - {{id: {BARE_SETTINGS}, name: bare, authMethod: kubernetes, kubernetesHost: "{OTHER_HOST}"}}
      - {{id: {THROUGH}, name: through, authMethod: kubernetes, tokenReviewMode: gateway, gatewayId: eu-1}}
      - {{id: {POOLED}, name: pooled, authMethod: kubernetes, tokenReviewMode: gateway, gatewayPoolId: eu}}
      - {{id: {PINNED}, name: pinned, authMethod: kubernetes, kubernetesHost: "{HOST}", gatewayId: old}}
      - {{id: {PRIVATE}, name: private, authMethod: kubernetes, kubernetesHost: "https://10.0.0.1"}}
      - {{id: {DIRECTORY}, name: directory, authMethod: ldap}}
      - {{id: {VERIFIED}, name: verified, authMethod: kubernetes, kubernetesHost: "{HOST}", caCert: pem}}
      - {{id: {LONG}, name: long, authMethod: kubernetes, kubernetesHost: "{HOST}", allowedAudience: {"a" * 256}}}
      - {{id: {BROKEN["mode gateway without a gateway"]}, name: b1, authMethod: kubernetes, tokenReviewMode: gateway,
          kubernetesHost: "{HOST}"}}
      - {{id: {BROKEN["mode api without a host"]}, name: b2, authMethod: kubernetes, gatewayId: eu-1}}
      - {{id: {BROKEN["gateway and pool"]}, name: b3, authMethod: kubernetes, tokenReviewMode: gateway,
          gatewayId: eu-1, gatewayPoolId: eu}}
      - {{id: {BROKEN["verification without a CA"]}, name: b4, authMethod: kubernetes, kubernetesHost: "{HOST}",
          verifyTlsCertificate: true}}
      - {{id: {BROKEN["a CA without verification"]}, name: b5, authMethod: kubernetes, kubernetesHost: "{HOST}",
          caCert: pem, verifyTlsCertificate: false}}
  - id: {HOBBY}
    name: Hobby
    slug: hobby
    templates: [{{id: {HOBBY_TEMPLATE}, name: hobby, authMethod: kubernetes, kubernetesHost: "{HOST}"}}]
  - id: {OTHER}
    name: Other
    slug: other
    plan: {{machineIdentityAuthTemplates: true}}
    templates: [{{id: {OTHER_TEMPLATE}, name: other, authMethod: kubernetes, kubernetesHost: "{HOST}"}}]
clusters:
  - name: prod
    hosts: ["{HOST}"]
    reviewers: [{{jwt: reviewer-bad, verdict: forbidden}}]
    serviceAccounts: [{{token: sa-good, namespace: payments, name: api, audiences: [infisical]}}]
  - {{name: dark, hosts: ["https://dark.k8s.example"], reachability: refused}}
gateways:
  - {{id: {GATEWAY}, organization: acme, name: eu-1, cluster: prod}}
  - {{id: {DARK}, organization: acme, name: into-the-dark, cluster: dark}}
  - {{id: {RETIRED}, organization: acme, name: old, cluster: prod, retired: true}}
  - {{id: {FOREIGN_GATEWAY}, organization: other, name: foreign, cluster: prod}}
gatewayPools:
  - {{id: {POOL}, organization: acme, name: eu, gateways: [eu-1]}}
  - {{id: {FAILOVER}, organization: acme, name: failover, gateways: [into-the-dark, eu-1]}}
  - {{id: {FOREIGN_POOL}, organization: other, name: foreign, gateways: [foreign]}}
identities:
  - {{id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: admin}}
  - {{id: 1d000000-0000-4000-8000-000000000002, organization: acme, name: member, role: member}}
  - {{id: 1d000000-0000-4000-8000-000000000003, organization: acme, name: editor, role: editor}}
  - {{id: 1d000000-0000-4000-8000-000000000004, organization: acme, name: linker, role: linker}}
  - {{id: 1d000000-0000-4000-8000-000000000005, organization: acme, name: author, role: author}}
  - {{id: 1d000000-0000-4000-8000-000000000006, organization: acme, name: nobody}}
  - {{id: 1d000000-0000-4000-8000-000000000007, organization: hobby, name: hobby-ops, role: admin}}
  - {{id: 1d000000-0000-4000-8000-000000000008, organization: other, name: other-ops, role: admin}}
  - id: {PLAIN}
    organization: acme
    name: plain
    kubernetesAuth: {{kubernetesHost: "{OTHER_HOST}", tokenReviewerJwt: own, createdAt: 2026-01-02T03:04:05.678Z}}
  - id: {LINKED}
    organization: acme
    name: linked
    kubernetesAuth: {{templateId: direct, createdAt: 2026-01-02T03:04:05.678Z}}
  - id: {KEPT}
    organization: acme
    name: kept
    kubernetesAuth: {{kubernetesHost: "{HOST}", tokenReviewerJwt: reviewer-good, gatewayId: eu-1,
      isTokenReviewerJwtTemplateSourced: true, createdAt: 2026-01-02T03:04:05.678Z}}
  - id: {PINNED_RECORD}
    organization: acme
    name: pinned
    kubernetesAuth: {{kubernetesHost: "{HOST}", gatewayId: old, createdAt: 2026-01-02T03:04:05.678Z}}
  - {{id: {UNATTACHED}, organization: acme, name: unattached}}
  - id: {LINKED_PLAIN}
    organization: acme
    name: also-linked
    kubernetesAuth: {{templateId: bare, createdAt: 2026-01-02T03:04:05.678Z}}
  - id: {THROUGH_RECORD}
    organization: acme
    name: through
    kubernetesAuth: {{tokenReviewMode: gateway, gatewayPoolId: failover, createdAt: 2026-01-02T03:04:05.678Z}}
  - id: {HOBBY_PLAIN}
    organization: hobby
    name: hobby-plain
    kubernetesAuth: {{kubernetesHost: "{HOST}"}}
  - id: {OTHER_PLAIN}
    organization: other
    name: other-plain
    kubernetesAuth: {{kubernetesHost: "{HOST}"}}
accessTokens:
  - {{token: acme-admin-token, identity: ops}}
  - {{token: member, identity: member}}
  - {{token: editor, identity: editor}}
  - {{token: linker, identity: linker}}
  - {{token: author, identity: author}}
  - {{token: nobody, identity: nobody}}
  - {{token: hobby, identity: hobby-ops}}
  - {{token: other, identity: other-ops}}
"""


async def started(serve: Serve, profile: str = "contract", as_of: str = "2026-09", **settings: Any) -> Client:
    """A server with that world, at that day of the service."""
    return await serve(
        profile=profile, as_of=Generation(as_of), clock=NOW, fixtures_yaml=settings.pop("world", WORLD), **settings
    )


async def update(client: Client, identity: str, body: Any, token: str = "acme-admin-token") -> Answer:
    """The answer to an update."""
    return await client.send("PATCH", IDENTITIES + identity, body, token=token)


async def stored(client: Client, identity: str) -> dict[str, Any]:
    """The record as it stands in the state, with what no answer shows."""
    state = (await client.send("GET", f"{STATE}?secrets=clear")).json
    record = next(each["kubernetesAuth"] for each in state["identities"] if each["id"] == identity)
    return {"templateId": None, "isTokenReviewerJwtTemplateSourced": False, **record}


def outcome(answer: Answer) -> tuple[int, str, str]:
    """Status, `error` and rule of a rejection."""
    return answer.status, answer.error, answer.rule


def fields(host: str | None = HOST, **more: Any) -> Mapping[str, Any]:
    """Settings of a template."""
    return {"kubernetesHost": host, **more}


EDITIONS = [
    pytest.param((profile, day), id=f"{profile}@{day}")
    for profile in ("contract", "live")
    for day in ("2026-09", "2026-10")
]
"""Every edition that has templates."""
