"""The parsed body of a request that creates or updates a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockserver.infisical.body_fields import NULL, Field, fields_of
from mockserver.infisical.identity_templates.template import KUBERNETES
from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.connection import Connection
from mockserver.rules.absent import ABSENT, Absent

_FIELDS: Mapping[str, Field] = {
    "kubernetesHost": Field("kubernetes_host", (str, NULL), trim),
    "caCert": Field("ca_cert", (str,), trim),
    "verifyTlsCertificate": Field("verify_tls_certificate", (bool,)),
    "tokenReviewerJwt": Field("token_reviewer_jwt", (str, NULL), trim),
    "tokenReviewMode": Field("token_review_mode", (str,)),
    "allowedAudience": Field("allowed_audience", (str,), trim),
    "gatewayId": Field("gateway_id", (str, NULL), str.lower),
    "gatewayPoolId": Field("gateway_pool_id", (str, NULL), str.lower),
}
LDAP_FIELDS = frozenset(("url", "bindDN", "bindPass", "searchBase", "ldapCaCertificate"))
"""The settings of a template for LDAP Auth, which this mock does not keep."""
_NO_FIELDS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Change:
    """A parsed body. `template_fields` are the connection settings that are sent, by the fields of a `Connection`.

    `names` are the properties of `templateFields` as they were sent, those of other methods too.
    """

    name: str | Absent = ABSENT
    template_fields: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, body: object) -> "Change":
        """Parse a JSON body; a value of a wrong type counts as absent, because the contract check reports it."""
        sent = body if isinstance(body, dict) else {}
        given = sent.get("templateFields")
        fields = given if isinstance(given, dict) else _NO_FIELDS
        name = sent.get("name")
        settings = fields_of(fields, _FIELDS)
        if settings.get("token_reviewer_jwt", "") is None:
            settings["token_reviewer_jwt"] = ""
        return cls(trim(name) if isinstance(name, str) else ABSENT, settings, tuple(fields))

    @property
    def writes_settings(self) -> bool:
        """Whether a setting is sent, of whatever method."""
        return bool(self.template_fields) or not LDAP_FIELDS.isdisjoint(self.names)

    @property
    def writes_nothing(self) -> bool:
        """Whether an update would set no column."""
        return self.name is ABSENT and not self.writes_settings

    def foreign(self, method: str) -> list[str]:
        """Return the sent settings that a template of that method does not have."""
        own = _FIELDS.keys() if method == KUBERNETES else LDAP_FIELDS
        return [name for name in self.names if name not in own and (name in _FIELDS or name in LDAP_FIELDS)]

    def merged(self, stored: Connection) -> Connection:
        """Return the settings after the change.

        A CA without `verifyTlsCertificate` turns verification on if it is not empty, else off. A gateway or pool, null
        included, ends the use of a retired gateway.
        """
        after = dict(self.template_fields)
        if "ca_cert" in after:
            after.setdefault("verify_tls_certificate", after["ca_cert"] != "")
        if "gateway_id" in after or "gateway_pool_id" in after:
            after["retired_gateway_id"] = None
        return stored._replace(**after)
