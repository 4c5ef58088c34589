"""What a caller asks to change: every field absent, null or a value (behaviour 3.1).

It knows the wire names and the trimming; it must not know what is stored.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.absent import ABSENT, Absent
from mockserver.javascript import trim


class Change(NamedTuple):
    """An update body after trimming. A value of a wrong type reads as absent: the contract check has named it.

    Numbers stay as they were sent (`3600.0` is 3600); uuids are in lower case, as the database returns them.
    """

    kubernetes_host: str | Absent | None = ABSENT
    ca_cert: str | Absent = ABSENT
    verify_tls_certificate: bool | Absent = ABSENT
    token_reviewer_jwt: str | Absent | None = ABSENT
    token_review_mode: str | Absent = ABSENT
    allowed_namespaces: str | Absent = ABSENT
    allowed_names: str | Absent = ABSENT
    allowed_audience: str | Absent = ABSENT
    gateway_id: str | Absent | None = ABSENT
    gateway_pool_id: str | Absent | None = ABSENT
    access_token_trusted_ips: tuple[str, ...] | Absent = ABSENT
    access_token_ttl: float | Absent = ABSENT
    access_token_num_uses_limit: float | Absent = ABSENT
    access_token_max_ttl: float | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "Change":
        """The change that a body asks for; names it does not know are dropped, as the service drops them."""
        sent: dict[str, Any] = {}
        for name, value in body.items() if isinstance(body, dict) else ():
            if name in _FIELDS:
                field, types, read = _FIELDS[name]
                if type(value) in types:
                    sent[field] = value if value is None or read is None else read(value)
        return cls(**sent)

    @property
    def writes_nothing(self) -> bool:
        """Whether no column would be set: an empty reviewer JWT means "keep" (behaviour 3.7)."""
        return self in (_NOTHING, _EMPTY_REVIEWER_JWT)


_NOTHING = Change()
_EMPTY_REVIEWER_JWT = Change(token_reviewer_jwt="")


def _ip_texts(items: list[object]) -> tuple[str, ...]:
    texts = [item.get("ipAddress") if isinstance(item, dict) else None for item in items]
    return tuple([trim(text) for text in texts if isinstance(text, str)])


class _Field(NamedTuple):
    """Where a property goes, the types that JSON may give it, and how its text is read."""

    name: str
    types: tuple[type, ...]
    read: Callable[[Any], object] | None = None


_NULL = type(None)
_NUMBER = (int, float)

_FIELDS: Mapping[str, _Field] = {
    "kubernetesHost": _Field("kubernetes_host", (str, _NULL), trim),
    "caCert": _Field("ca_cert", (str,), trim),
    "verifyTlsCertificate": _Field("verify_tls_certificate", (bool,)),
    "tokenReviewerJwt": _Field("token_reviewer_jwt", (str, _NULL), trim),
    "tokenReviewMode": _Field("token_review_mode", (str,)),
    "allowedNamespaces": _Field("allowed_namespaces", (str,)),
    "allowedNames": _Field("allowed_names", (str,)),
    "allowedAudience": _Field("allowed_audience", (str,)),
    "gatewayId": _Field("gateway_id", (str, _NULL), str.lower),
    "gatewayPoolId": _Field("gateway_pool_id", (str, _NULL), str.lower),
    "accessTokenTrustedIps": _Field("access_token_trusted_ips", (list,), _ip_texts),
    "accessTokenTTL": _Field("access_token_ttl", _NUMBER),
    "accessTokenNumUsesLimit": _Field("access_token_num_uses_limit", _NUMBER),
    "accessTokenMaxTTL": _Field("access_token_max_ttl", _NUMBER),
}

RANKS = {name: rank for rank, name in enumerate(_FIELDS)}
"""The rank of each wire name among the issues of a 422: the order of the service's schema, the published one."""
