"""A run that only reads: the mock's side gets the identity as the tenant shows it, and both sides are asked for it."""

from collections.abc import Mapping
from typing import Any

from mockserver.parity.client import Tenant, Unreachable, of_the_service, prepared, told
from mockserver.parity.comparison import Answer
from mockserver.parity.extras import templates_of
from mockserver.parity.look import KUBERNETES, TOKEN, UNIVERSAL, Found, Refused
from mockserver.parity.scratch import IDENTITIES, TEMPLATES
from mockserver.parity.scripts import Script, Step, at

GIVEN = ("bare", "kubernetes", "universal", "token")
"""What scripts work on that the identity can stand in for."""
ALONE = "--read-only makes nothing for a script to work on"
_METHODS = {
    "kubernetes": ("Kubernetes Auth", "kubernetesAuth"),
    "universal": ("Universal Auth", "universalAuth"),
    "token": ("Token Auth", "tokenAuth"),
}
_TOKEN_FIELDS = ("id", "accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit", "createdAt", "updatedAt")
_RECORDS = {
    "kubernetesAuth": (
        KUBERNETES,
        "identityKubernetesAuth",
        (
            *_TOKEN_FIELDS,
            *("kubernetesHost", "caCert", "verifyTlsCertificate", "tokenReviewerJwt", "tokenReviewMode"),
            *("allowedNamespaces", "allowedNames", "allowedAudience", "isTokenReviewerJwtTemplateSourced"),
        ),
    ),
    "universalAuth": (
        UNIVERSAL,
        "identityUniversalAuth",
        (
            *_TOKEN_FIELDS,
            *("clientId", "accessTokenPeriod", "lockoutEnabled", "lockoutThreshold"),
            *("lockoutDurationSeconds", "lockoutCounterResetSeconds"),
        ),
    ),
    "tokenAuth": (TOKEN, "identityTokenAuth", _TOKEN_FIELDS),
}
_TRUSTED_IPS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_BUILT_IN = ("admin", "member", "no-access")


def reason_against(script: Script, identity: Mapping[str, Any] | None) -> str:
    """Return why the script cannot be played with reads of this identity alone; an empty text if it can."""
    if not script.only_reads:
        return "--read-only sends no request that may change something"
    for name in script.given:
        if name not in GIVEN:
            return ALONE
        title, key = _METHODS.get(name, ("", ""))
        if key and (identity is None or key not in identity):
            return f"the identity of --read-only has no {title}"
    return ""


def seeded(fixtures: dict[str, Any], identity: dict[str, Any] | None) -> dict[str, Any]:
    """Return the fixtures with the identity, and the gateway and template that it names."""
    if identity is None:
        return fixtures
    organization = fixtures["organizations"][0]
    record = identity.get("kubernetesAuth", {})
    if record.get("gatewayId"):
        gateway = {"id": record["gatewayId"], "organization": organization["id"], "name": "named", "cluster": "parity"}
        fixtures["gateways"].append(gateway)
    if record.get("gatewayPoolId"):
        pool = {"id": record["gatewayPoolId"], "organization": organization["id"], "name": "named", "gateways": []}
        fixtures["gatewayPools"] = [pool]
    if record.get("templateId"):
        organization["templates"] = [{"id": record["templateId"], "name": "named", "authMethod": "kubernetes"}]
    role = identity["role"]
    if role not in _BUILT_IN:
        organization["roles"].append({"slug": role, "name": role, "permissions": []})
    fixtures["identities"].append({**identity, "organization": organization["id"]})
    return fixtures


class Reader:
    """Reads an identity of the tenant, with GET alone."""

    def __init__(self, tenant: Tenant, token: str, identity: str) -> None:
        self._tenant = tenant
        self._token = token
        self._identity = identity

    async def found(self, organization: str | None) -> tuple[Found, dict[str, Any]]:
        """Return the organization and the identity as fixtures. Raises Refused, and Unreachable."""
        status = await self._get("/api/status")
        if not of_the_service(status):
            raise Unreachable(f"GET /api/status has no answer of the service: {told(status)}")
        details = at((await self._get(f"{IDENTITIES}/details")).body, "identityDetails.organization")
        answer = await self._get(f"{IDENTITIES}/{self._identity}")
        membership = at(answer.body, "identity")
        if answer.status != 200 or not isinstance(membership, dict):
            raise Refused(
                f"--read-only {self._identity}: the tenant shows no such identity: {answer.status} {answer.error}"
            )
        about: dict[str, str] = {"id": str(membership.get("orgId")), "name": "Parity", "slug": "parity"}
        if isinstance(details, dict) and details.get("id") == about["id"]:
            about = {key: str(details.get(key, value)) for key, value in about.items()}
        identity = _identity(membership)
        for key, (path, wrapper, fields) in _RECORDS.items():
            record = at((await self._get(path + self._identity)).body, wrapper)
            if isinstance(record, dict):
                identity[key] = _record(record, fields)
        lacks, plan = templates_of(await self._get(f"{TEMPLATES}?authMethod=kubernetes"))
        lacks |= {"gateway": ALONE, "cluster": ALONE}
        gateways = await self._get("/api/v2/gateways")
        if gateways.error == "PermissionDenied":
            lacks["gateway list-gateways"] = ALONE
        return Found({**about, **({"id": organization} if organization else {})}, plan, lacks), identity

    async def _get(self, path: str) -> Answer:
        return await self._tenant.send(prepared(Step("GET", path), {"caller": self._token}))


def _identity(membership: Mapping[str, Any]) -> dict[str, Any]:
    about = membership.get("identity") or {}
    role = at(membership, "customRole.slug") or membership.get("role") or "no-access"
    made = {
        "id": about.get("id"),
        "name": about.get("name"),
        "hasDeleteProtection": about.get("hasDeleteProtection"),
        "role": role,
        "createdAt": membership.get("createdAt"),
        "updatedAt": membership.get("updatedAt"),
        "metadata": [{"key": at(each, "key"), "value": at(each, "value")} for each in membership.get("metadata") or []],
    }
    return {key: value for key, value in made.items() if value is not None}


def _record(record: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    made = {key: record[key] for key in fields if record.get(key) not in (None, "") or key == "kubernetesHost"}
    for key in _TRUSTED_IPS:
        if isinstance(record.get(key), list):
            made[key] = [{"ipAddress": _address(each)} for each in record[key]]
    for key in ("gatewayId", "gatewayPoolId", "templateId"):
        if record.get(key) is not None:
            made[key] = record[key]
    return made


def _address(item: Mapping[str, Any]) -> str:
    prefix = item.get("prefix")
    return str(item.get("ipAddress")) if prefix is None else f"{item.get('ipAddress')}/{prefix}"
