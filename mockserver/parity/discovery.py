"""Finds out what the tenant has: its organization, plan, the caller's permissions, a reachable cluster, a gateway."""

from mockserver.parity.client import Tenant, Unreachable, of_the_service, told
from mockserver.parity.extras import find_sub_organizations, find_templates
from mockserver.parity.look import KUBERNETES, NOWHERE, TOKEN, UNIVERSAL, Found, Look, Refused, short
from mockserver.parity.reachable import ACCESS, Reachable
from mockserver.parity.scratch import IDENTITIES, Scratch
from mockserver.parity.scripts import Step, at

NEEDS = ("cluster", "gateway", "templates", "template-operations", "client-address", "sub-organizations", "login-jwt")


class Discovery:
    """One look at a tenant. It works on a scratch identity, which it removes again."""

    def __init__(self, tenant: Tenant, token: str, scratch: Scratch, host: str | None) -> None:
        self._look = Look(tenant, token, scratch)
        self._reachable = Reachable(self._look, host)
        self._is_old = False

    async def found(self, organization: str | None) -> Found:
        """Return what the tenant has. Raises Refused, and Unreachable."""
        status = await self._look.ask("GET", "/api/status", token=None, counted=False)
        if not of_the_service(status):
            raise Unreachable(f"GET /api/status has no answer of the service: {told(status)}")
        about = await self._organization(organization)
        await self._try_an_identity(about["id"])
        await find_templates(self._look)
        await find_sub_organizations(self._look)
        await self._client_address()
        reachable = self._reachable
        reachable.reasons()
        return Found(about, self._look.plan, self._look.lacks, reachable.host, reachable.gateway, self._is_old)

    async def _organization(self, given: str | None) -> dict[str, str]:
        details = await self._look.ask("GET", f"{IDENTITIES}/details")
        found = at(details.body, "identityDetails.organization")
        about = {"id": given or self._look.unknown, "name": "Parity", "slug": "parity"}
        if isinstance(found, dict) and details.status == 200:
            return {
                **about,
                **{key: str(found[key]) for key in about if key in found},
                **({"id": given} if given else {}),
            }
        if details.status == 401 or details.error == "TokenError":
            raise Refused(f"the tenant rejects the token: {details.status} {details.error}. Give another with --token")
        if details.status == 403 and given is None:
            raise Refused("the token does not tell its organization, as a user's does not: give --organization ID")
        return about

    async def _try_an_identity(self, organization: str) -> None:
        body = {"name": self._look.scratch.name(), "organizationId": organization, "role": "no-access"}
        made = await self._look.ask("POST", IDENTITIES, body)
        self._look.permission("identity create", made)
        scratch = at(made.body, "identity.id")
        if made.status == 403 and made.error != "PermissionDenied":
            raise Refused(
                f"the token is not of organization {organization}: give the id of its own with --organization"
            )
        if made.status != 200 or not isinstance(scratch, str):
            listed = await self._look.ask("GET", f"{IDENTITIES}?orgId={organization}")
            self._look.permission("identity read", listed)
            self._look.lacks.setdefault("identity create", f"the tenant creates no identity: {short(made)}")
            return
        await self._permissions(scratch)
        await self._plans(scratch)
        await self._reachable.find(scratch, organization)
        await self._look.remove(scratch)

    async def _permissions(self, id: str) -> None:
        self._look.permission("identity read", await self._look.ask("GET", f"{IDENTITIES}/{id}"))
        role = await self._look.ask("PATCH", f"{IDENTITIES}/{id}", {"role": "member"})
        self._look.permission("identity edit", role)
        if role.error == "PermissionBoundaryError":
            self._look.lacks["identity grant-privileges"] = short(role)
        attached = await self._look.ask("POST", TOKEN + id, {})
        self._look.permission("identity edit-auth", attached)
        if attached.status != 200:
            return
        made = await self._look.ask("POST", f"{TOKEN}{id}/tokens", {"name": "parity"})
        member = at(made.body, "accessToken")
        if role.status == 200 and isinstance(member, str):
            await self._privileges(id, member)
        revoked = await self._look.ask("DELETE", TOKEN + id)
        for action, answer in (("create-token", made), ("revoke-auth", revoked)):
            if answer.status == 403:
                self._look.lacks[f"identity {action}"] = short(answer)

    async def _privileges(self, id: str, member: str) -> None:
        """Tell the privilege system: in the old one a member may do to a member what it lacks the action for."""
        attached = await self._look.ask("POST", UNIVERSAL + id, {})
        granted = await self._look.ask("PATCH", f"{IDENTITIES}/{id}", {"role": "member"}, token=member)
        listed = await self._look.ask("GET", f"{UNIVERSAL}{id}/client-secrets", token=member)
        self._is_old = attached.status == granted.status == listed.status == 200
        await self._look.ask("DELETE", UNIVERSAL + id)

    async def _plans(self, id: str) -> None:
        trusted = [{"ipAddress": "10.0.0.0/8"}]
        answer = await self._look.ask("POST", UNIVERSAL + id, {"accessTokenTrustedIps": trusted})
        self._look.flag("ipAllowlisting", answer, (200,))
        await self._secrets(id, attached=answer.status == 200)
        host = {"kubernetesHost": NOWHERE, **ACCESS}
        for flag, key, action in (
            ("gateway", "gatewayId", ""),
            ("gatewayPool", "gatewayPoolId", "gateway-pool attach-gateway-pools"),
        ):
            answer = await self._look.ask("POST", KUBERNETES + id, {**host, key: self._look.unknown})
            self._look.flag(flag, answer, (403, 404) if action else (404,))
            if answer.status == 200:  # against all expectations: the next attempt needs an identity without it
                await self._look.ask("DELETE", KUBERNETES + id)
            if action:
                self._look.permission(action, answer)

    async def _secrets(self, id: str, *, attached: bool) -> None:
        if not attached:
            attached = (await self._look.ask("POST", UNIVERSAL + id, {})).status == 200
        made = await self._look.ask("POST", f"{UNIVERSAL}{id}/client-secrets", {}) if attached else None
        if made is None or made.status != 200:
            return
        listed = await self._look.ask("GET", f"{UNIVERSAL}{id}/client-secrets")
        secret = at(made.body, "clientSecretData.id")
        revoked = await self._look.ask("POST", f"{UNIVERSAL}{id}/client-secrets/{secret}/revoke", {})
        for action, answer in (("get-token", listed), ("delete-token", revoked)):
            if answer.error == "PermissionBoundaryError":
                self._look.lacks[f"identity {action}"] = short(answer)

    async def _client_address(self) -> None:
        """Tell whether the tenant takes the client address from a header that the client sends."""
        sent = Step("GET", f"{IDENTITIES}/details", headers={"X-Forwarded-For": "unknown"})
        answer = await self._look.send(sent)
        if answer.status == 200:
            self._look.lacks["client-address"] = "the tenant takes no client address from a client's own header"
