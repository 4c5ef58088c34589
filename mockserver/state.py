"""Everything that one world holds, as one frozen value. A commit makes a new one that shares all but what changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rpds import HashTrieMap

from mockserver.identity.identity import Identity
from mockserver.identity.organization import Organization
from mockserver.kubernetes.cluster import Clusters, Gateway, GatewayPool
from mockserver.kubernetes_auth.record import KubernetesAuth
from mockserver.tokens.access_token import AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Records by id (lower case); Kubernetes Auth by identity; fixed tokens by their text; `token_uses` by token id."""

    organizations: HashTrieMap[str, Organization] = field(default_factory=HashTrieMap)
    identities: HashTrieMap[str, Identity] = field(default_factory=HashTrieMap)
    kubernetes_auths: HashTrieMap[str, KubernetesAuth] = field(default_factory=HashTrieMap)
    gateways: HashTrieMap[str, Gateway] = field(default_factory=HashTrieMap)
    gateway_pools: HashTrieMap[str, GatewayPool] = field(default_factory=HashTrieMap)
    clusters: Clusters = field(default_factory=Clusters)
    access_tokens: HashTrieMap[str, AccessToken] = field(default_factory=HashTrieMap)
    token_uses: HashTrieMap[str, int] = field(default_factory=HashTrieMap)

    def with_kubernetes_auth(self, record: KubernetesAuth) -> State:
        """The state with that record in place of the identity's old one."""
        return replace(self, kubernetes_auths=self.kubernetes_auths.insert(record.identity_id, record))

    def with_token_used(self, token_id: str) -> State:
        """The state with one more use of the token counted."""
        return replace(self, token_uses=self.token_uses.insert(token_id, self.token_uses.get(token_id, 0) + 1))
