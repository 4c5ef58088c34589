"""What differs by generation in Kubernetes Auth beyond its rules, as values. A world's edition selects them once."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mockserver.infisical.kubernetes_auth.record import (
    KubernetesAuth,
    view,
    view_with_template,
    view_with_template_without_secrets,
    view_without_secrets,
)
from mockserver.rules.edition import Edition, by_edition

View = Callable[[KubernetesAuth], dict[str, object]]


class Behaviour(NamedTuple):
    """How one generation judges and shows a record.

    `stored_flag_needs_ca`: stored TLS verification without a CA certificate is an error, as if it were sent.
    `audience_required`: an attach must send `allowedAudience`. `verifies`: whether calls to the cluster verify its
    certificate. `written` shows the record after attach and update, `read` in the response to get, `removed` in the
    response to revoke. `pool_fails_over`: a login tries further gateways of a pool.
    """

    stored_flag_needs_ca: bool
    audience_required: bool
    verifies: Callable[[KubernetesAuth], bool]
    written: View
    read: View
    removed: View
    pool_fails_over: bool = False


def _as_stored(record: KubernetesAuth) -> bool:
    return record.verify_tls_certificate


def _with_a_ca(record: KubernetesAuth) -> bool:
    return record.verify_tls_certificate and record.ca_cert != ""


def _without_gateway(record: KubernetesAuth) -> dict[str, object]:
    """Show only what the column of version 1 holds: nothing, for a gateway of version 2."""
    return {**view(record), "gatewayId": None}


def _derived_flag(record: KubernetesAuth) -> dict[str, object]:
    return {**view(record), "verifyTlsCertificate": _with_a_ca(record)}


def _removed_without_gateway(record: KubernetesAuth) -> dict[str, object]:
    return {**view_without_secrets(record), "gatewayId": None}


BEHAVIOUR: Mapping[Edition, Behaviour] = by_edition(
    {
        "2026-05": Behaviour(
            stored_flag_needs_ca=False,
            audience_required=True,
            verifies=_with_a_ca,
            written=_without_gateway,
            read=_derived_flag,
            removed=_removed_without_gateway,
        ),
        "2026-08": Behaviour(
            stored_flag_needs_ca=True,
            audience_required=False,
            verifies=_as_stored,
            written=view,
            read=view,
            removed=view_without_secrets,
        ),
        "2026-09": Behaviour(
            stored_flag_needs_ca=True,
            audience_required=False,
            verifies=_as_stored,
            written=view_with_template,
            read=view_with_template,
            removed=view_with_template_without_secrets,
            pool_fails_over=True,
        ),
    }
)
"""The behaviour of each edition."""
NEWEST = max(BEHAVIOUR.items(), key=lambda each: each[0].generation)[1]
