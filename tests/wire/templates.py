"""The Kubernetes Auth resource of the Terraform provider of 2026-10, which knows auth templates (`clients.md`)."""

from typing import Any

from tests.wire import go
from tests.wire.planning import UNKNOWN, Attribute, Schema, Values
from tests.wire.provider import ApiError, Provider
from tests.wire.resources import KUBERNETES_AUTH_SCHEMA, KubernetesAuthResource

_MANAGED = ("kubernetesHost", "caCert", "tokenReviewerJwt", "tokenReviewMode", "allowedAudience", "gatewayId")
_ANSWER = go.struct(
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
        templateId=go.pointer(go.text),
        isTokenReviewerJwtTemplateSourced=go.boolean,
    )
)


SCHEMA: Schema = {
    **KUBERNETES_AUTH_SCHEMA,
    "template_id": Attribute(),
    "jwt_of_template": Attribute(computed=True),
}


class KubernetesAuthWithTemplates(KubernetesAuthResource):
    """`template_id` links; without it everything is sent, and `templateId: null` always."""

    schema = SCHEMA

    async def update(self, provider: Provider, plan: Values, state: Values) -> Values:
        sent = self._sent({**plan, "jwt_of_template": state["jwt_of_template"]})
        if state["template_id"] and not plan["template_id"] and self._only_unlinks(plan, state):
            known = {name: state[name] if value is UNKNOWN else value for name, value in plan.items()}
            return {**known, **await self._unlinked(provider, plan["identity_id"], state["template_id"])}
        return {**plan, **self._kept(await self._call(provider, "PATCH", plan["identity_id"], sent))}

    def _only_unlinks(self, plan: Values, state: Values) -> bool:
        unlike = {name for name in plan if plan[name] is not UNKNOWN and plan[name] != state[name]}
        return unlike <= {"template_id", "kubernetes_host"}

    async def _unlinked(self, provider: Provider, identity_id: str, template_id: str) -> Values:
        path, body = f"api/v1/identity-templates/{template_id}/delete-usage", {"identityIds": [identity_id]}
        try:
            await provider.call("POST", path, body, go.many(go.struct(identityId=go.text)))
        except ApiError:
            body = {"identityId": identity_id, "templateId": None}
            return self._kept(await self._call(provider, "PATCH", identity_id, body))
        return {"template_id": None}

    async def _call(self, provider: Provider, method: str, identity_id: str, body: Any) -> Values:
        path = f"api/v1/auth/kubernetes-auth/identities/{identity_id}"
        return (await provider.call(method, path, body, _ANSWER))["identityKubernetesAuth"]

    def _sent(self, plan: Values) -> Values:
        if plan["template_id"]:
            host = plan["kubernetes_host"] or "managed by the template"  # the provider asks for none then
            body = super()._sent({**plan, "kubernetes_host": host, "token_reviewer_mode": "api"})
            return {
                **{key: each for key, each in body.items() if key not in _MANAGED},
                "templateId": plan["template_id"],
            }
        body = {**super()._sent(plan), "templateId": None}
        if plan.get("jwt_of_template") is True and body["tokenReviewerJwt"] is None:
            del body["tokenReviewerJwt"]
        return body

    def _kept(self, record: Values) -> Values:
        kept = super()._kept(record)
        return {
            **kept,
            "template_id": record["templateId"],
            "jwt_of_template": record["isTokenReviewerJwtTemplateSourced"],
        }
