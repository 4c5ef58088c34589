"""What a caller asks to change: every field absent, null or a value (behaviour 3.1).

It knows the wire names and the trimming; it must not know what is stored.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.absent import ABSENT, Absent
from mockserver.javascript import is_number, trim


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
        if not isinstance(body, Mapping):
            return cls()
        sent: dict[str, Any] = {}
        for name, value in body.items():
            reader = _READERS.get(name)
            if reader is not None:
                field, read = reader
                sent[field] = read(value)
        return cls(**sent)

    @property
    def writes_nothing(self) -> bool:
        """Whether no column would be set: an empty reviewer JWT means "keep" (behaviour 3.7)."""
        return self in (_NOTHING, _EMPTY_REVIEWER_JWT)


_NOTHING = Change()
_EMPTY_REVIEWER_JWT = Change(token_reviewer_jwt="")


def _trimmed(value: object) -> str | Absent:
    return trim(value) if isinstance(value, str) else ABSENT


def _trimmed_or_null(value: object) -> str | Absent | None:
    return None if value is None else _trimmed(value)


def _text(value: object) -> str | Absent:
    return value if isinstance(value, str) else ABSENT


def _uuid_or_null(value: object) -> str | Absent | None:
    return None if value is None else value.lower() if isinstance(value, str) else ABSENT


def _flag(value: object) -> bool | Absent:
    return value if isinstance(value, bool) else ABSENT


def _number(value: object) -> float | Absent:
    return value if is_number(value) else ABSENT  # type: ignore[return-value]


def _ip_texts(value: object) -> tuple[str, ...] | Absent:
    if not isinstance(value, list):
        return ABSENT
    texts = (item.get("ipAddress") if isinstance(item, Mapping) else None for item in value)
    return tuple(trim(text) for text in texts if isinstance(text, str))


_READERS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "kubernetesHost": ("kubernetes_host", _trimmed_or_null),
    "caCert": ("ca_cert", _trimmed),
    "verifyTlsCertificate": ("verify_tls_certificate", _flag),
    "tokenReviewerJwt": ("token_reviewer_jwt", _trimmed_or_null),
    "tokenReviewMode": ("token_review_mode", _text),
    "allowedNamespaces": ("allowed_namespaces", _text),
    "allowedNames": ("allowed_names", _text),
    "allowedAudience": ("allowed_audience", _text),
    "gatewayId": ("gateway_id", _uuid_or_null),
    "gatewayPoolId": ("gateway_pool_id", _uuid_or_null),
    "accessTokenTrustedIps": ("access_token_trusted_ips", _ip_texts),
    "accessTokenTTL": ("access_token_ttl", _number),
    "accessTokenNumUsesLimit": ("access_token_num_uses_limit", _number),
    "accessTokenMaxTTL": ("access_token_max_ttl", _number),
}

WIRE_NAMES = {field: name for name, (field, _) in _READERS.items()}
"""The wire name of each field, in the order of the service's schema (which is the published one)."""

RANKS = {name: rank for rank, name in enumerate(_READERS)}
"""The rank of each wire name among the issues of a 422."""
