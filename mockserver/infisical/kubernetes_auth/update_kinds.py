"""Kinds of updates, by what is sent and what is stored: rules that a kind settles are not asked about it."""

from collections.abc import Iterable
from functools import cache

from mockserver.infisical.auth_methods.attachment import IS_ATTACHED
from mockserver.infisical.auth_methods.token_settings import FITS_COLUMNS
from mockserver.infisical.kubernetes_auth.change import COLUMN_LENGTH, CONNECTION, Change
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import SAFE

CALLS_NO_CLUSTER = "calls no cluster"
"""The kind of update that sends no connection setting, of a record without gateway and pool."""
KEEPS_TLS = "keeps TLS"
"""The kind of update that sends no connection setting, of a record whose TLS flag says whether it has a CA."""
OF_NO_KIND: frozenset[str] = frozenset()
_CHANGES_CONNECTION = frozenset((IS_ATTACHED,))
_CHANGES_OTHER_COLUMNS = frozenset((IS_ATTACHED, FITS_COLUMNS))


def kinds_of(stored: KubernetesAuth, sent: Change) -> frozenset[str]:
    """Return the kinds of an update of a stored record. One that sends a connection setting is of few kinds."""
    if sent.is_about_connection:
        others = [value for name, value in sent.sent.items() if name not in CONNECTION]
        fits = sent.kubernetes_host is ABSENT and sent.template_id is ABSENT and _fits_columns(others)
        return _CHANGES_OTHER_COLUMNS if fits else _CHANGES_CONNECTION
    return _kinds(
        stored.gateway_id is None and stored.gateway_pool_id is None,
        stored.verify_tls_certificate is (stored.ca_cert != ""),
        _fits_columns(sent.sent.values()),
    )


def _fits_columns(values: Iterable[object]) -> bool:
    """Whether the columns hold these values of a body as they are sent: texts, numbers and trusted IPs."""
    length = 0
    for value in values:
        if type(value) is str:
            length += len(value)
            if "\0" in value:
                return False
        elif type(value) is int:
            if not -SAFE <= value <= SAFE:
                return False
        elif type(value) is not tuple:
            return False
    return length <= COLUMN_LENGTH


@cache
def _kinds(calls_no_cluster: bool, keeps_tls: bool, fits_columns: bool) -> frozenset[str]:
    named = {CALLS_NO_CLUSTER: calls_no_cluster, KEEPS_TLS: keeps_tls, FITS_COLUMNS: fits_columns}
    return _CHANGES_CONNECTION | {name for name, holds in named.items() if holds}
