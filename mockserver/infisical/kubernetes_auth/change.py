"""The body of an attach or update request: each field is absent, null or a value.

This module knows the property names and the trimming. It does not know what is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.infisical.body_fields import NULL, NUMBER, BodyShape, Field, fields_of, ip_texts, ranks
from mockserver.infisical.javascript import trim
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.generation import NEWEST, Generation, by_generation


@dataclass(init=False)
class Change:
    """A parsed request body, with texts trimmed.

    A value of a wrong type counts as absent, because the contract check reports it. Numbers stay as they were sent
    (`3600.0` equals 3600); UUIDs are in lower case, as the database returns them, except `template_id`, which the
    service compares as text. An instance stores only the fields that are sent; class attributes provide the others.
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
    template_id: str | Absent | None = ABSENT

    def __init__(self, **sent: Any) -> None:
        self.__dict__.update(sent)
        self.sent: Mapping[str, Any] = sent
        """The fields that are sent, by attribute name."""
        self.is_about_connection = not CONNECTION.isdisjoint(sent)
        """Whether a field is sent that says how the cluster is reached."""

    @classmethod
    def from_json(cls, body: object, generation: Generation = NEWEST, shape: BodyShape | None = None) -> "Change":
        """Parse a JSON body. Properties unknown to the service of `generation` are dropped, as it drops them."""
        made = cls.__new__(cls)
        sent = fields_of(body, _FIELDS_AS_OF[generation], shape)
        made.__dict__ = {**sent, "sent": sent, "is_about_connection": not CONNECTION.isdisjoint(sent)}
        return made

    @property
    def writes_nothing(self) -> bool:
        """Whether an update would set no column. An empty `tokenReviewerJwt` keeps the stored one, so it sets none."""
        return not self.sent or self.sent == _EMPTY_REVIEWER_JWT


_EMPTY_REVIEWER_JWT = {"token_reviewer_jwt": ""}


_FIELDS: Mapping[str, Field] = {
    "kubernetesHost": Field("kubernetes_host", (str, NULL), trim),
    "caCert": Field("ca_cert", (str,), trim),
    "verifyTlsCertificate": Field("verify_tls_certificate", (bool,)),
    "tokenReviewerJwt": Field("token_reviewer_jwt", (str, NULL), trim),
    "tokenReviewMode": Field("token_review_mode", (str,)),
    "allowedNamespaces": Field("allowed_namespaces", (str,)),
    "allowedNames": Field("allowed_names", (str,)),
    "allowedAudience": Field("allowed_audience", (str,)),
    "gatewayId": Field("gateway_id", (str, NULL), str.lower),
    "gatewayPoolId": Field("gateway_pool_id", (str, NULL), str.lower),
    "accessTokenTrustedIps": Field("access_token_trusted_ips", (list,), ip_texts),
    "accessTokenTTL": Field("access_token_ttl", NUMBER),
    "accessTokenNumUsesLimit": Field("access_token_num_uses_limit", NUMBER),
    "accessTokenMaxTTL": Field("access_token_max_ttl", NUMBER),
}

_WITH_TEMPLATE: Mapping[str, Field] = {**_FIELDS, "templateId": Field("template_id", (str, NULL))}
_FIELDS_AS_OF = by_generation({"2026-05": _FIELDS, "2026-09": _WITH_TEMPLATE})

NAMES = {name: field.name for name, field in _WITH_TEMPLATE.items()}
"""Each body property with its attribute name in `Change` and in the record."""

COLUMN_LENGTH = 255
"""How many characters a text column holds."""


def column_texts(sent: Change) -> str:
    """Return the texts for string columns, joined, so that a single check accepts a body without problems.

    CA certificate and reviewer JWT are not included: they are encrypted, so their columns accept any text.
    """
    namespaces, names, audience = sent.allowed_namespaces, sent.allowed_names, sent.allowed_audience
    return (
        ("" if namespaces is ABSENT else namespaces)
        + ("" if names is ABSENT else names)
        + ("" if audience is ABSENT else audience)
    )


CONNECTION = frozenset(
    (
        "kubernetes_host",
        "ca_cert",
        "verify_tls_certificate",
        "token_reviewer_jwt",
        "token_review_mode",
        "gateway_id",
        "gateway_pool_id",
        "template_id",
    )
)
"""The fields that say how the cluster is reached, by attribute name; `template_id` stands for all of them."""

RANKS = ranks(_WITH_TEMPLATE)
"""The rank of each property among the issues of a 422: the order of the published schema, which the service shares."""
