"""Connection settings: how a cluster is reached and who reviews tokens. An auth template copies them to its records."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.record import API_MODE, GATEWAY_MODE, KubernetesAuth

MANAGED = (
    "kubernetesHost",
    "caCert",
    "verifyTlsCertificate",
    "tokenReviewerJwt",
    "tokenReviewMode",
    "allowedAudience",
    "gatewayId",
    "gatewayPoolId",
)
"""The properties of a body that a template manages, in the order of the service's schema."""


class Connection(NamedTuple):
    """The settings of a template; `""` is "none" for CA and reviewer JWT.

    `retired_gateway_id` is a gateway of version 1, which only fixtures can name and no response shows.
    """

    kubernetes_host: str | None = None
    ca_cert: str = ""
    verify_tls_certificate: bool = False
    token_reviewer_jwt: str = ""
    token_review_mode: str = API_MODE
    allowed_audience: str = ""
    gateway_id: str | None = None
    gateway_pool_id: str | None = None
    retired_gateway_id: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether the service calls the host itself: mode `api`, a host, no gateway and no pool."""
        in_api_mode = self.token_review_mode == API_MODE and self.kubernetes_host is not None
        return in_api_mode and self.gateway_id is None and self.gateway_pool_id is None

    def columns(self) -> dict[str, Any]:
        """Return the columns of a linked record: all settings, and whether the reviewer JWT is the template's."""
        return {**self._asdict(), "jwt_from_template": self.token_reviewer_jwt != ""}


class Template(Protocol):
    """An auth template for Kubernetes Auth."""

    @property
    def id(self) -> str:
        """Its id, in lower case."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def connection(self) -> Connection:
        """Its settings."""


def contradictions(connection: Connection) -> Iterator[str]:
    """Yield each reason why the settings do not hold together (generations 1, T5)."""
    in_gateway_mode = connection.token_review_mode == GATEWAY_MODE
    if in_gateway_mode and connection.gateway_id is None and connection.gateway_pool_id is None:
        yield "mode 'gateway' needs a gatewayId or a gatewayPoolId"
    if not in_gateway_mode and not connection.kubernetes_host:
        yield "mode 'api' needs a kubernetesHost"
    if connection.gateway_id is not None and connection.gateway_pool_id is not None:
        yield "gatewayId and gatewayPoolId exclude each other"
    if not in_gateway_mode and connection.verify_tls_certificate and not connection.ca_cert:
        yield "verifyTlsCertificate needs a caCert"
    if not in_gateway_mode and not connection.verify_tls_certificate and connection.ca_cert:
        yield "a caCert needs verifyTlsCertificate"


def with_template(sent: Change, template: Template) -> Change:
    """Return the change with the template's values in place of those of the body; a JWT that it lacks is removed."""
    values = template.connection._asdict()
    del values["retired_gateway_id"]
    values["token_reviewer_jwt"] = template.connection.token_reviewer_jwt or None
    return Change(**{**sent.sent, **values, "template_id": template.id})


def redirected(stored: KubernetesAuth, sent: Change, texts: Mapping[str, Any]) -> list[str]:
    """Return the properties that would change where the reviewer JWT goes (generations 2).

    Values are compared as text, ids as they stand in the body (`texts`).
    """
    found: dict[str, tuple[Any, Any]] = {
        "kubernetesHost": (sent.kubernetes_host, stored.kubernetes_host),
        "gatewayId": (texts.get("gatewayId"), stored.gateway_id or stored.retired_gateway_id),
        "gatewayPoolId": (texts.get("gatewayPoolId"), stored.gateway_pool_id),
        "verifyTlsCertificate": (sent.verify_tls_certificate, stored.verify_tls_certificate),
        "caCert": (sent.ca_cert, stored.ca_cert),
    }
    return [name for name, (value, held) in found.items() if name in texts and value != held]
