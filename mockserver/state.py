"""Everything that one world holds, as one frozen value. A commit makes a new one that shares all but what changed."""

from __future__ import annotations

from typing import NamedTuple

from rpds import HashTrieMap

from mockserver.identity.identity import Identity
from mockserver.identity.organization import Organization
from mockserver.kubernetes.cluster import Clusters, Gateway, GatewayPool
from mockserver.kubernetes_auth.record import KubernetesAuth
from mockserver.tokens.access_token import AccessToken


class State(NamedTuple):
    """Records by id (lower case); Kubernetes Auth by identity; fixed tokens by their text; `token_uses` by token id."""

    organizations: HashTrieMap[str, Organization] = HashTrieMap()
    identities: HashTrieMap[str, Identity] = HashTrieMap()
    kubernetes_auths: HashTrieMap[str, KubernetesAuth] = HashTrieMap()
    gateways: HashTrieMap[str, Gateway] = HashTrieMap()
    gateway_pools: HashTrieMap[str, GatewayPool] = HashTrieMap()
    clusters: Clusters = Clusters()
    access_tokens: HashTrieMap[str, AccessToken] = HashTrieMap()
    token_uses: HashTrieMap[str, int] = HashTrieMap()

    def with_kubernetes_auth(self, record: KubernetesAuth) -> State:
        """The state with that record in place of the identity's old one."""
        return self._replace(kubernetes_auths=self.kubernetes_auths.insert(record.identity_id, record))

    def with_token_used(self, token_id: str) -> State:
        """The state with one more use of the token counted."""
        return self._replace(token_uses=self.token_uses.insert(token_id, self.token_uses.get(token_id, 0) + 1))
