"""What a record would be after a change, or an attach: every merge rule of the service. Rules judge; this merges."""

from typing import NamedTuple

from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL, parsed, whole
from mockserver.infisical.javascript import bigint
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.record import API_MODE, KubernetesAuth
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.rules.absent import ABSENT, Absent


def resulting(stored: KubernetesAuth, change: Change, now: int) -> KubernetesAuth:
    """The record after `change` at `now` (milliseconds); the stored one if no column is set. No rule is asked here.

    Texts that are no trusted IPs are left out.
    """
    if change.writes_nothing:
        return stored
    after = dict(change.sent)
    for name in _WHOLE.intersection(after):
        after[name] = bigint(after[name])
    if "access_token_trusted_ips" in after:
        after["access_token_trusted_ips"] = parsed(change.access_token_trusted_ips, ())
    if "token_reviewer_jwt" in after:
        after["token_reviewer_jwt"] = _reviewer_jwt(stored, change)
    if "ca_cert" in after:
        after["verify_tls_certificate"] = _verify(stored, change)
    if "gateway_id" in after or "gateway_pool_id" in after:
        after["gateway_id"], after["gateway_pool_id"] = _gateways(change)
    return stored._replace(updated_at=now, **after)


_WHOLE = frozenset(("access_token_ttl", "access_token_max_ttl", "access_token_num_uses_limit"))


class Route(NamedTuple):
    """How the cluster is reached while the change is validated. A pool goes before a gateway; neither means direct."""

    gateway_id: str | None
    gateway_pool_id: str | None

    @property
    def is_direct(self) -> bool:
        """Whether no gateway and no pool is on the way."""
        return self.gateway_id is None and self.gateway_pool_id is None


def validation_route(stored: KubernetesAuth, change: Change) -> Route:
    """The way of the outbound checks. Each id counts by itself, sent or stored, so it is not always the resulting one.

    A `gatewayId` sent alone clears the pool in the record, while the check still goes through the old pool (3.5).
    """
    pool = stored.gateway_pool_id if change.gateway_pool_id is ABSENT else change.gateway_pool_id
    if pool:
        return Route(None, pool)
    return Route(stored.gateway_id if change.gateway_id is ABSENT else change.gateway_id, None)


def _verify(stored: KubernetesAuth, change: Change) -> bool:
    """With a CA that is sent: as sent; else on if the CA is one; else as stored (behaviour 3.4)."""
    if change.verify_tls_certificate is not ABSENT:
        return change.verify_tls_certificate
    return True if change.ca_cert else stored.verify_tls_certificate


def _reviewer_jwt(stored: KubernetesAuth, change: Change) -> str:
    """A null removes it, an empty one changes nothing (behaviour 3.9)."""
    sent = change.token_reviewer_jwt
    if sent is None:
        return ""
    return stored.token_reviewer_jwt if sent is ABSENT or not sent else sent


def _gateways(change: Change) -> tuple[str | None, str | None]:
    """Either key sent decides both columns (behaviour 3.5)."""
    pool = None if change.gateway_pool_id is ABSENT else change.gateway_pool_id
    gateway = None if change.gateway_id is ABSENT or pool else change.gateway_id
    return gateway, pool


def attached(sent: Change, id: str, identity_id: str, now: int) -> KubernetesAuth:
    """The record that an attach stores: what is sent, and the defaults of the operation (behaviour 2)."""
    ca_cert = "" if sent.ca_cert is ABSENT else sent.ca_cert
    verify = sent.verify_tls_certificate
    gateway, pool = _id(sent.gateway_id), _id(sent.gateway_pool_id)
    return KubernetesAuth(
        id=id,
        identity_id=identity_id,
        created_at=now,
        updated_at=now,
        kubernetes_host=None if sent.kubernetes_host is ABSENT else sent.kubernetes_host,
        ca_cert=ca_cert,
        verify_tls_certificate=ca_cert != "" if verify is ABSENT else verify,
        token_reviewer_jwt=_text(sent.token_reviewer_jwt),
        token_review_mode=_text(sent.token_review_mode) or API_MODE,
        allowed_namespaces=_text(sent.allowed_namespaces),
        allowed_names=_text(sent.allowed_names),
        allowed_audience=_text(sent.allowed_audience),
        gateway_id=None if pool else gateway,
        gateway_pool_id=pool,
        access_token_trusted_ips=parsed(sent.access_token_trusted_ips, EVERYWHERE),
        access_token_ttl=whole(sent.access_token_ttl, DEFAULT_TTL),
        access_token_max_ttl=whole(sent.access_token_max_ttl, DEFAULT_TTL),
        access_token_num_uses_limit=whole(sent.access_token_num_uses_limit, 0),
    )


def _text(value: str | Absent | None) -> str:
    return value if isinstance(value, str) else ""


def _id(value: str | Absent | None) -> str | None:
    return value if isinstance(value, str) else None
