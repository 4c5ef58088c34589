"""Everything that one world holds, as one frozen value. A commit makes a new one that shares all but what changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from rpds import HashTrieMap

from mockserver.identity.identity import Identity
from mockserver.identity.organization import Organization
from mockserver.kubernetes.cluster import Clusters, Gateway, GatewayPool
from mockserver.kubernetes_auth.record import KubernetesAuth
from mockserver.tokens.access_token import AccessToken

_NONE: Mapping[str, Any] = MappingProxyType({})


class State(NamedTuple):
    """Records by id (lower case); Kubernetes Auth by identity; fixed tokens by their text; `token_uses` by token id.

    What operations write is in persistent maps: a new one shares all but the changed entry. The rest is plain.
    """

    organizations: Mapping[str, Organization] = _NONE
    identities: HashTrieMap[str, Identity] = HashTrieMap()
    kubernetes_auths: HashTrieMap[str, KubernetesAuth] = HashTrieMap()
    gateways: Mapping[str, Gateway] = _NONE
    gateway_pools: Mapping[str, GatewayPool] = _NONE
    clusters: Clusters = Clusters()
    access_tokens: Mapping[str, AccessToken] = _NONE
    token_uses: HashTrieMap[str, int] = HashTrieMap()

    def with_kubernetes_auth(self, record: KubernetesAuth) -> State:
        """The state with that record in place of the identity's old one."""
        return self._replace(kubernetes_auths=self.kubernetes_auths.insert(record.identity_id, record))

    def with_token_used(self, token_id: str) -> State:
        """The state with one more use of the token counted."""
        return self._replace(token_uses=self.token_uses.insert(token_id, self.token_uses.get(token_id, 0) + 1))
