"""Merge a request into a stored record: the record that an update or attach would store."""

from typing import Any, NamedTuple

from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL, parsed, whole
from mockserver.infisical.javascript import SAFE_INTEGER, bigint
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.connection import Connection
from mockserver.infisical.kubernetes_auth.record import API_MODE, KubernetesAuth
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.rules.absent import ABSENT, Absent


def resulting(stored: KubernetesAuth, change: Change, now: int, *, fits_columns: bool = False) -> KubernetesAuth:
    """Return the record after `change` at `now` (milliseconds); the stored record if the change sets no column.

    The change is not validated. Invalid trusted IPs are omitted. `fits_columns`: its numbers are stored as they are.
    """
    sent = change.sent
    if len(sent) < 2 and change.writes_nothing:
        return stored
    values: list[Any] = list(
        stored
    )  # set one by one in a third of the time that _replace takes, which goes through all fields
    values[_UPDATED_AT] = now
    for name, value in sent.items():
        values[_PLACES[name]] = value
    if not fits_columns:
        for place in [_PLACES[name] for name in _WHOLE & sent.keys()]:
            number = values[place]
            if type(number) is not int or not -SAFE_INTEGER <= number <= SAFE_INTEGER:
                values[place] = bigint(number)
    if "access_token_trusted_ips" in sent:
        values[_TRUSTED_IPS] = parsed(change.access_token_trusted_ips, ())
    if change.is_about_connection:
        for name, value in _connection_columns(stored, change).items():
            values[_PLACES[name]] = value
    return tuple.__new__(KubernetesAuth, values)


_PLACES = {name: place for place, name in enumerate(KubernetesAuth._fields)}
_UPDATED_AT, _TRUSTED_IPS = _PLACES["updated_at"], _PLACES["access_token_trusted_ips"]


def _connection_columns(stored: KubernetesAuth, change: Change) -> dict[str, Any]:
    """Return the columns that depend on several settings of the connection, as far as one of those is sent."""
    sent, columns = change.sent, dict[str, Any]()
    if "token_reviewer_jwt" in sent:
        columns["token_reviewer_jwt"] = _reviewer_jwt(stored, change)
        columns["jwt_from_template"] = stored.jwt_from_template and change.token_reviewer_jwt == ""
    if "ca_cert" in sent:
        columns["verify_tls_certificate"] = _verify(stored, change)
    if "gateway_id" in sent or "gateway_pool_id" in sent:
        columns["gateway_id"], columns["gateway_pool_id"] = _gateways(change)
        columns["retired_gateway_id"] = None
    return columns


def linked(stored: KubernetesAuth, change: Change, connection: Connection, now: int) -> KubernetesAuth:
    """Return the record at `now` (milliseconds) after a change that holds the values of a template's `connection`."""
    return resulting(stored, change, now)._replace(jwt_from_template=connection.token_reviewer_jwt != "")


_WHOLE = frozenset(("access_token_ttl", "access_token_max_ttl", "access_token_num_uses_limit"))


class Route(NamedTuple):
    """The route to a cluster: through a pool, through a gateway, or direct if both ids are None."""

    gateway_id: str | None
    gateway_pool_id: str | None

    @property
    def is_direct(self) -> bool:
        """Whether the cluster is called without a gateway or pool."""
        return self.gateway_id is None and self.gateway_pool_id is None


DIRECT = Route(None, None)


def validation_route(stored: KubernetesAuth, change: Change) -> Route:
    """Return the route of the outbound checks. It can differ from that of the resulting record.

    The service merges each id separately for the checks, and a pool overrides a gateway. A `gatewayId` sent alone
    clears the pool in the record, but the check still goes through the stored pool.
    """
    pool = stored.gateway_pool_id if change.gateway_pool_id is ABSENT else change.gateway_pool_id
    if pool:
        return Route(None, pool)
    return Route(stored.gateway_id if change.gateway_id is ABSENT else change.gateway_id, None)


def _verify(stored: KubernetesAuth, change: Change) -> bool:
    """Return the TLS flag if `caCert` is sent: as sent, else on if the CA is not empty, else as stored."""
    if change.verify_tls_certificate is not ABSENT:
        return change.verify_tls_certificate
    return True if change.ca_cert else stored.verify_tls_certificate


def _reviewer_jwt(stored: KubernetesAuth, change: Change) -> str:
    """Return the reviewer JWT to store: null removes it, an empty text keeps the stored one."""
    sent = change.token_reviewer_jwt
    if sent is None:
        return ""
    return stored.token_reviewer_jwt if sent is ABSENT or not sent else sent


def _gateways(change: Change) -> tuple[str | None, str | None]:
    """Return gateway and pool to store. If one of the two is sent, both columns are written."""
    pool = None if change.gateway_pool_id is ABSENT else change.gateway_pool_id
    gateway = None if change.gateway_id is ABSENT or pool else change.gateway_id
    return gateway, pool


def attached(sent: Change, id: str, identity_id: str, now: int) -> KubernetesAuth:
    """Return the record that an attach at `now` (milliseconds) stores: the sent fields and the operation's defaults."""
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
        template_id=_id(sent.template_id),
        jwt_from_template=isinstance(sent.template_id, str) and bool(sent.token_reviewer_jwt),
    )


def _text(value: str | Absent | None) -> str:
    return value if isinstance(value, str) else ""


def _id(value: str | Absent | None) -> str | None:
    return value if isinstance(value, str) else None
