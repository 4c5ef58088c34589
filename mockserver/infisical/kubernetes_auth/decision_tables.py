"""The two decision tables of the update: TLS flag and CA certificate, gateway and pool.

Coverage reads these tables; responses do not depend on them. An exchange covers a row if its stored record and body
match the row and its outcome is the row's.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from mockserver.infisical.kubernetes_auth.change import NAMES, Change
from mockserver.infisical.kubernetes_auth.record import API_MODE, KubernetesAuth, columns
from mockserver.infisical.kubernetes_auth.resulting import validation_route
from mockserver.rules.absent import ABSENT
from mockserver.rules.decision_table import Table, Writes
from mockserver.rules.generation import period

Flag = Literal["off", "on"]
Id = Literal["-", "null", "id"]
"""An id in the body: not sent, null, or an id."""
REQUIRED, CONFLICT, BOTH = "update.tls.ca-required", "update.tls.ca-conflict", "gateway.both"


class TlsRow(NamedTuple):
    """A row of the TLS table: stored flag and CA, sent flag and CA, outcome.

    `-` means not sent. The outcome is the resulting flag and CA, or the id of the rule that rejects the request.
    """

    stored_flag: Flag
    stored_ca: Literal["none", "stored"]
    sent_flag: Flag | Literal["-"]
    sent_ca: Literal["-", "empty", "new"]
    outcome: tuple[Flag, Literal["none", "stored", "new"]] | str


TLS_ROWS = (
    TlsRow("off", "none", "-", "-", ("off", "none")),
    TlsRow("off", "none", "-", "empty", ("off", "none")),
    TlsRow("off", "none", "-", "new", ("on", "new")),
    TlsRow("off", "none", "off", "-", ("off", "none")),
    TlsRow("off", "none", "off", "empty", ("off", "none")),
    TlsRow("off", "none", "off", "new", CONFLICT),
    TlsRow("off", "none", "on", "-", REQUIRED),
    TlsRow("off", "none", "on", "empty", REQUIRED),
    TlsRow("off", "none", "on", "new", ("on", "new")),
    TlsRow("off", "stored", "-", "-", CONFLICT),
    TlsRow("off", "stored", "-", "empty", ("off", "none")),
    TlsRow("off", "stored", "-", "new", ("on", "new")),
    TlsRow("off", "stored", "off", "-", CONFLICT),
    TlsRow("off", "stored", "off", "empty", ("off", "none")),
    TlsRow("off", "stored", "off", "new", CONFLICT),
    TlsRow("off", "stored", "on", "-", ("on", "stored")),
    TlsRow("off", "stored", "on", "empty", REQUIRED),
    TlsRow("off", "stored", "on", "new", ("on", "new")),
    TlsRow("on", "none", "-", "-", REQUIRED),
    TlsRow("on", "none", "-", "empty", REQUIRED),
    TlsRow("on", "none", "-", "new", ("on", "new")),
    TlsRow("on", "none", "off", "-", ("off", "none")),
    TlsRow("on", "none", "off", "empty", ("off", "none")),
    TlsRow("on", "none", "off", "new", CONFLICT),
    TlsRow("on", "none", "on", "-", REQUIRED),
    TlsRow("on", "none", "on", "empty", REQUIRED),
    TlsRow("on", "none", "on", "new", ("on", "new")),
    TlsRow("on", "stored", "-", "-", ("on", "stored")),
    TlsRow("on", "stored", "-", "empty", REQUIRED),
    TlsRow("on", "stored", "-", "new", ("on", "new")),
    TlsRow("on", "stored", "off", "-", CONFLICT),
    TlsRow("on", "stored", "off", "empty", ("off", "none")),
    TlsRow("on", "stored", "off", "new", CONFLICT),
    TlsRow("on", "stored", "on", "-", ("on", "stored")),
    TlsRow("on", "stored", "on", "empty", REQUIRED),
    TlsRow("on", "stored", "on", "new", ("on", "new")),
)
"""Rows 1 to 36. The table applies if the resulting mode is `api`."""
OLD_TLS_ROWS = {
    19: TlsRow("on", "none", "-", "-", ("on", "none")),
    20: TlsRow("on", "none", "-", "empty", ("on", "none")),
    29: TlsRow("on", "stored", "-", "empty", ("on", "none")),
}
"""The rows that read differently in 2026-05, by their numbers: stored verification needs no CA certificate."""


class GatewayRow(NamedTuple):
    """A row of the gateway table: what is stored, the sent ids, outcome.

    The outcome is the resulting gateway, the resulting pool and the route of the outbound checks, where `stored` and
    `sent` say which id it is; or the id of the rule that rejects the request.
    """

    stored: Literal["none", "gateway", "pool", "any"]
    sent_gateway: Id
    sent_pool: Id
    outcome: tuple[str, str, str] | str


GATEWAY_ROWS = (
    GatewayRow("none", "-", "-", ("null", "null", "direct")),
    GatewayRow("none", "-", "null", ("null", "null", "direct")),
    GatewayRow("none", "-", "id", ("null", "sent", "sent pool")),
    GatewayRow("none", "null", "-", ("null", "null", "direct")),
    GatewayRow("none", "null", "null", ("null", "null", "direct")),
    GatewayRow("none", "null", "id", ("null", "sent", "sent pool")),
    GatewayRow("none", "id", "-", ("sent", "null", "sent gateway")),
    GatewayRow("none", "id", "null", ("sent", "null", "sent gateway")),
    GatewayRow("gateway", "-", "-", ("stored", "null", "stored gateway")),
    GatewayRow("gateway", "-", "null", ("null", "null", "stored gateway")),
    GatewayRow("gateway", "-", "id", ("null", "sent", "sent pool")),
    GatewayRow("gateway", "null", "-", ("null", "null", "direct")),
    GatewayRow("gateway", "null", "null", ("null", "null", "direct")),
    GatewayRow("gateway", "null", "id", ("null", "sent", "sent pool")),
    GatewayRow("gateway", "id", "-", ("sent", "null", "sent gateway")),
    GatewayRow("gateway", "id", "null", ("sent", "null", "sent gateway")),
    GatewayRow("pool", "-", "-", ("null", "stored", "stored pool")),
    GatewayRow("pool", "-", "null", ("null", "null", "direct")),
    GatewayRow("pool", "-", "id", ("null", "sent", "sent pool")),
    GatewayRow("pool", "null", "-", ("null", "null", "stored pool")),
    GatewayRow("pool", "null", "null", ("null", "null", "direct")),
    GatewayRow("pool", "null", "id", ("null", "sent", "sent pool")),
    GatewayRow("pool", "id", "-", ("sent", "null", "stored pool")),
    GatewayRow("pool", "id", "null", ("sent", "null", "sent gateway")),
    GatewayRow("any", "id", "id", BOTH),
)
"""Rows 1 to 25."""


def _tls_name(number: int, row: TlsRow) -> str:
    outcome = row.outcome
    if not isinstance(outcome, str):
        outcome = f"{outcome[0]} {_WITH[outcome[1]]}"
    stored = f"{row.stored_flag} {'without' if row.stored_ca == 'none' else 'with'} CA"
    return f"tls {number}: stored {stored}; sent flag {row.sent_flag}, CA {row.sent_ca}; gives {outcome}"


_WITH = {"none": "without CA", "stored": "with the stored CA", "new": "with the new CA"}


def _gateway_name(number: int, row: GatewayRow) -> str:
    sent = f"sent gateway {row.sent_gateway}, pool {row.sent_pool}"
    outcome = row.outcome
    if not isinstance(outcome, str):
        gateway, pool, route = outcome
        outcome = f"gateway {gateway}, pool {pool}, checked {route if route == 'direct' else f'via {route}'}"
    return f"gateway {number}: stored {row.stored}; {sent}; gives {outcome}"


_TLS: Mapping[tuple[str, ...], tuple[TlsRow, str]] = {
    row[:4]: (row, _tls_name(number, row)) for number, row in enumerate(TLS_ROWS, 1)
}
_OLD_TLS: Mapping[tuple[str, ...], tuple[TlsRow, str]] = {
    row[:4]: (row, _tls_name(number, row)) for number, row in OLD_TLS_ROWS.items()
}
_GATEWAYS: Mapping[tuple[str, ...], tuple[GatewayRow, str]] = {
    row[:3]: (row, _gateway_name(number, row)) for number, row in enumerate(GATEWAY_ROWS, 1)
}


def tls_row(
    stored: KubernetesAuth, sent: Change, after: KubernetesAuth | None, refused_by: tuple[str, ...]
) -> str | None:
    """Return the name of the covered row; None in mode `gateway` and if another rule rejected the request."""
    mode = stored.token_review_mode if sent.token_review_mode is ABSENT else sent.token_review_mode
    if mode != API_MODE:
        return None
    flag = "-" if sent.verify_tls_certificate is ABSENT else _flag(on=sent.verify_tls_certificate)
    ca = "-" if sent.ca_cert is ABSENT else "new" if sent.ca_cert else "empty"
    case = _flag(on=stored.verify_tls_certificate), "stored" if stored.ca_cert else "none", flag, ca
    row, name = _TLS[case]
    if after is not None and case in _OLD_TLS:
        row, name = _OLD_TLS[case]
    if isinstance(row.outcome, str) or after is None:
        return name if refused_by == (row.outcome,) else None
    expected = {"none": "", "stored": stored.ca_cert, "new": sent.ca_cert}[row.outcome[1]]
    return name if (_flag(on=after.verify_tls_certificate), after.ca_cert) == (row.outcome[0], expected) else None


def gateway_row(
    stored: KubernetesAuth, sent: Change, after: KubernetesAuth | None, refused_by: tuple[str, ...]
) -> str | None:
    """Return the name of the covered row; None if another rule rejected the request."""
    gateway, pool = _id(sent.gateway_id), _id(sent.gateway_pool_id)
    kept = "gateway" if stored.gateway_id else "pool" if stored.gateway_pool_id else "none"
    row, name = _GATEWAYS["any" if gateway == pool == "id" else kept, gateway, pool]
    if isinstance(row.outcome, str) or after is None:
        return name if row.outcome in refused_by else None
    ids = {
        "null": (None, None),
        "stored": (stored.gateway_id, stored.gateway_pool_id),
        "sent": (sent.gateway_id, sent.gateway_pool_id),
    }
    of_gateway, of_pool, expected_route = row.outcome
    if (after.gateway_id, after.gateway_pool_id) != (ids[of_gateway][0], ids[of_pool][1]):
        return None
    source, _, kind = expected_route.partition(" ")
    route = validation_route(stored, sent)
    if kind == "gateway":
        return name if route == (ids[source][0], None) else None
    return name if route == (None, ids[source][1] if kind == "pool" else None) else None


def _flag(*, on: bool) -> Flag:
    return "on" if on else "off"


def _id(sent: object) -> Id:
    return "-" if sent is ABSENT else "null" if sent is None else "id"


_SINCE_AUGUST = {_TLS[case][1]: period(since="2026-08") for case in _OLD_TLS}
_UNTIL_MAY = {name: period(until="2026-05") for _, name in _OLD_TLS.values()}
TABLES = (
    Table(
        "tls",
        tuple(name for _, name in (*_TLS.values(), *_OLD_TLS.values())),
        tls_row,
        {**_SINCE_AUGUST, **_UNTIL_MAY},
    ),
    Table("gateway", tuple(name for _, name in _GATEWAYS.values()), gateway_row),
)
"""The tables of the update operation."""

_SHAPE = ("token_review_mode", "verify_tls_certificate", "ca_cert", "gateway_id", "gateway_pool_id")
WRITES = Writes.of(NAMES, TABLES, columns(*_SHAPE), columns)
"""What coverage counts for an update."""
