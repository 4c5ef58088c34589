"""Kinds of updates, by what is sent and what is stored: rules that a kind settles are not asked about it."""

from mockserver.infisical.kubernetes_auth.change import CONNECTION, Change
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth

CALLS_NO_CLUSTER = "calls no cluster"
"""The kind of update that sends no connection setting, of a record without gateway and pool."""
KEEPS_TLS = "keeps TLS"
"""The kind of update that sends no connection setting, of a record whose TLS flag says whether it has a CA."""
OF_NO_KIND: frozenset[str] = frozenset()
_CALLS_NO_CLUSTER, _KEEPS_TLS = frozenset((CALLS_NO_CLUSTER,)), frozenset((KEEPS_TLS,))
_PLAIN = _CALLS_NO_CLUSTER | _KEEPS_TLS


def kinds_of(stored: KubernetesAuth, sent: Change) -> frozenset[str]:
    """Return the kinds of an update: none if it sends a connection setting."""
    if not CONNECTION.isdisjoint(sent.sent):
        return OF_NO_KIND
    keeps_tls = stored.verify_tls_certificate is (stored.ca_cert != "")
    if stored.gateway_id is None and stored.gateway_pool_id is None:
        return _PLAIN if keeps_tls else _CALLS_NO_CLUSTER
    return _KEEPS_TLS if keeps_tls else OF_NO_KIND
