"""The provider's two resources: which attributes they have, what they send, and what of an answer they keep."""

from typing import Any, Protocol

from tests.wire import go
from tests.wire.planning import UNKNOWN, Attribute, Schema, Values
from tests.wire.provider import NotFound, Provider


class InvalidConfiguration(Exception):
    """The provider's own refusal, before any call."""


class Resource(Protocol):
    """One type of resource. `read` returns None for what is gone; everything raises what the provider raises."""

    schema: Schema

    async def create(self, provider: Provider, plan: Values) -> Values: ...
    async def read(self, provider: Provider, state: Values) -> Values | None: ...
    async def update(self, provider: Provider, plan: Values, state: Values) -> Values: ...
    async def delete(self, provider: Provider, state: Values) -> None: ...
    async def imported(self, provider: Provider, id: str) -> Values: ...


_METADATA = go.many(go.struct(key=go.text, value=go.text))
_IDENTITY = go.struct(
    identity=go.struct(
        id=go.text,
        name=go.text,
        hasDeleteProtection=go.boolean,
        authMethods=go.many(go.text),
        createdAt=go.time,
        updatedAt=go.time,
    )
)
_MEMBERSHIP = go.struct(
    identity=go.struct(
        id=go.text,
        identityId=go.text,
        role=go.text,
        customRole=go.pointer(go.struct(slug=go.text)),
        orgId=go.text,
        metadata=_METADATA,
        createdAt=go.time,
        updatedAt=go.time,
        identity=go.struct(id=go.text, name=go.text, hasDeleteProtection=go.boolean, authMethods=go.many(go.text)),
    )
)


IDENTITY_SCHEMA: Schema = {
    "id": Attribute(computed=True, keeps=True),
    "name": Attribute(),
    "org_id": Attribute(replaces=True),
    "role": Attribute(),
    "has_delete_protection": Attribute(computed=True, keeps=True),
    "auth_modes": Attribute(computed=True),
    "metadata": Attribute(),
}


class IdentityResource:
    """`infisical_identity`. `metadata` is a set of pairs."""

    schema = IDENTITY_SCHEMA

    async def create(self, provider: Provider, plan: Values) -> Values:
        body = {"organizationId": plan["org_id"], **self._sent(plan)}
        if not body["metadata"]:
            del body["metadata"]
        made = (await provider.call("POST", "api/v1/identities", body, _IDENTITY))["identity"]
        return {**plan, "id": made["id"], **self._kept(made)}

    async def update(self, provider: Provider, plan: Values, state: Values) -> Values:
        body = {"identityId": state["id"], **self._sent(plan)}
        made = (await provider.call("PATCH", f"api/v1/identities/{state['id']}", body, _IDENTITY))["identity"]
        return {**plan, **self._kept(made)}

    async def delete(self, provider: Provider, state: Values) -> None:
        await provider.call("DELETE", f"api/v1/identities/{state['id']}", {"identityId": state["id"]}, _IDENTITY)

    async def read(self, provider: Provider, state: Values) -> Values | None:
        try:
            found = await self._found(provider, state["id"])
        except NotFound:
            return None
        shown = {name: found[name] for name in ("name", "role", "has_delete_protection", "auth_modes")}
        metadata = None if state["metadata"] is None else found["metadata"]
        return {**state, **shown, "metadata": metadata}

    async def imported(self, provider: Provider, id: str) -> Values:
        return await self._found(provider, id)

    async def _found(self, provider: Provider, id: str) -> Values:
        found = (await provider.call("GET", f"api/v1/identities/{id}", None, _MEMBERSHIP))["identity"]
        custom = found["customRole"]
        return {
            "id": id,
            "name": found["identity"]["name"],
            "org_id": found["orgId"],
            "role": found["role"] if custom is None else custom["slug"],
            "metadata": frozenset((each["key"], each["value"]) for each in found["metadata"]),
            **self._kept(found["identity"]),
        }

    def _kept(self, identity: Values) -> Values:
        modes = tuple(identity["authMethods"]) or None
        return {"has_delete_protection": identity["hasDeleteProtection"], "auth_modes": modes}

    def _sent(self, plan: Values) -> Values:
        return {
            "name": plan["name"],
            "hasDeleteProtection": _known(plan["has_delete_protection"]) or False,
            "role": plan["role"],
            "metadata": [{"key": key, "value": value} for key, value in sorted(plan["metadata"] or ())],
        }


_KUBERNETES_AUTH = go.struct(
    identityKubernetesAuth=go.struct(
        id=go.text,
        accessTokenTTL=go.int64,
        accessTokenMaxTTL=go.int64,
        accessTokenNumUsesLimit=go.int64,
        accessTokenTrustedIps=go.many(go.struct(type=go.text, prefix=go.pointer(go.int64), ipAddress=go.text)),
        createdAt=go.text,
        updatedAt=go.text,
        identityId=go.text,
        kubernetesHost=go.text,
        allowedNamespaces=go.text,
        allowedNames=go.text,
        allowedAudience=go.text,
        caCert=go.text,
        tokenReviewerJwt=go.text,
        tokenReviewMode=go.text,
        gatewayId=go.text,
    )
)


KUBERNETES_AUTH_SCHEMA: Schema = {
    "id": Attribute(computed=True, keeps=True),
    "identity_id": Attribute(replaces=True),
    "kubernetes_host": Attribute(),
    "kubernetes_ca_certificate": Attribute(computed=True, trimmed=True),
    "token_reviewer_jwt": Attribute(),
    "token_reviewer_mode": Attribute(computed=True, default="api"),
    "gateway_id": Attribute(),
    "allowed_service_account_names": Attribute(computed=True),
    "allowed_namespaces": Attribute(computed=True),
    "allowed_audience": Attribute(computed=True),
    "access_token_ttl": Attribute(computed=True),
    "access_token_max_ttl": Attribute(computed=True),
    "access_token_num_uses_limit": Attribute(computed=True),
    "access_token_trusted_ips": Attribute(computed=True),
}


class KubernetesAuthResource:
    """`infisical_identity_kubernetes_auth`. Lists are tuples; a trusted IP is its text."""

    schema = KUBERNETES_AUTH_SCHEMA

    async def create(self, provider: Provider, plan: Values) -> Values:
        body = self._sent(plan)
        for key in ("caCert", "tokenReviewerJwt"):
            if not body[key]:
                del body[key]
        made = await self._call(provider, "POST", plan["identity_id"], body)
        return {**plan, "id": made["id"], **self._kept(made)}

    async def update(self, provider: Provider, plan: Values, state: Values) -> Values:
        return {**plan, **self._kept(await self._call(provider, "PATCH", plan["identity_id"], self._sent(plan)))}

    async def delete(self, provider: Provider, state: Values) -> None:
        await self._call(provider, "DELETE", state["identity_id"], {"identityId": state["identity_id"]})

    async def read(self, provider: Provider, state: Values) -> Values | None:
        try:
            return {**state, **self._kept(await self._call(provider, "GET", state["identity_id"], None))}
        except NotFound:
            return None

    async def imported(self, provider: Provider, id: str) -> Values:
        """Only the identity's id is kept: the rest comes with the read that follows."""
        return {**dict.fromkeys(self.schema), "identity_id": id}

    async def _call(self, provider: Provider, method: str, identity_id: str, body: Any) -> Values:
        path = f"api/v1/auth/kubernetes-auth/identities/{identity_id}"
        return (await provider.call(method, path, body, _KUBERNETES_AUTH))["identityKubernetesAuth"]

    def _sent(self, plan: Values) -> Values:
        """The body of an update; a create leaves an empty CA and an empty reviewer JWT out of it."""
        known = {name: _known(value) for name, value in plan.items()}
        _check_mode(known)
        body = {
            "identityId": known["identity_id"],
            "kubernetesHost": known["kubernetes_host"] or None,
            "caCert": known["kubernetes_ca_certificate"] or "",
            "tokenReviewerJwt": known["token_reviewer_jwt"] or None,
            "allowedNamespaces": ",".join(known["allowed_namespaces"] or ()),
            "allowedNames": ",".join(known["allowed_service_account_names"] or ()),
            "allowedAudience": known["allowed_audience"] or "",
            "tokenReviewMode": known["token_reviewer_mode"],
            "gatewayId": known["gateway_id"] or None,
        }
        omitted_when_zero = {
            "accessTokenTrustedIps": [{"ipAddress": text} for text in known["access_token_trusted_ips"] or ()],
            "accessTokenTTL": known["access_token_ttl"],
            "accessTokenMaxTTL": known["access_token_max_ttl"],
            "accessTokenNumUsesLimit": known["access_token_num_uses_limit"],
        }
        return {**body, **{key: value for key, value in omitted_when_zero.items() if value}}

    def _kept(self, record: Values) -> Values:
        kept = {
            "kubernetes_ca_certificate": record["caCert"],
            "token_reviewer_mode": record["tokenReviewMode"],
            "allowed_service_account_names": _split(record["allowedNames"]),
            "allowed_namespaces": _split(record["allowedNamespaces"]),
            "allowed_audience": record["allowedAudience"],
            "access_token_ttl": record["accessTokenTTL"],
            "access_token_max_ttl": record["accessTokenMaxTTL"],
            "access_token_num_uses_limit": record["accessTokenNumUsesLimit"],
            "access_token_trusted_ips": tuple(_rendered(each) for each in record["accessTokenTrustedIps"]),
        }
        return {**kept, "gateway_id": record["gatewayId"]} if record["gatewayId"] else kept


RESOURCES: dict[str, Resource] = {
    "infisical_identity": IdentityResource(),
    "infisical_identity_kubernetes_auth": KubernetesAuthResource(),
}


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _split(joined: str) -> tuple[str, ...]:
    """An empty text comes out as one empty name."""
    return tuple(each.strip() for each in joined.split(","))


def _rendered(trusted: Values) -> str:
    """The prefix stands there if the answer has one, be it 0."""
    return trusted["ipAddress"] if trusted["prefix"] is None else f"{trusted['ipAddress']}/{trusted['prefix']}"


def _check_mode(known: Values) -> None:
    """Raises InvalidConfiguration."""
    if known["token_reviewer_mode"] == "gateway":
        if not known["gateway_id"]:
            raise InvalidConfiguration("gateway_id")
        for name in ("kubernetes_ca_certificate", "kubernetes_host", "token_reviewer_jwt"):
            if known[name]:
                raise InvalidConfiguration(name)
    elif not known["kubernetes_host"]:
        raise InvalidConfiguration("kubernetes_host")
