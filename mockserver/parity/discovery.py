"""Finds out what the tenant has: its organization, plan, the caller's permissions, a reachable cluster, a gateway."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.clock import IdSource
from mockserver.parity.client import Sent, Tenant, Unreachable, of_the_service, prepared, told
from mockserver.parity.comparison import Answer
from mockserver.parity.scratch import IDENTITIES, TEMPLATES, Scratch
from mockserver.parity.scripts import CALLER, Step, at

KUBERNETES, UNIVERSAL, TOKEN = (
    f"/api/v1/auth/{each}/identities/" for each in ("kubernetes-auth", "universal-auth", "token-auth")
)
_TRIED = 3
"""How many hosts and gateways of the tenant are tried at most."""
_ACCESS = {"allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
NEEDS = ("cluster", "gateway", "templates", "template-operations", "client-address", "login-jwt")


class Refused(Exception):
    """The run cannot begin with this token or organization; the text says why, and what to do."""


class Found(NamedTuple):
    """What the tenant has. `lacks` maps a need, or a permission such as `identity edit`, to the reason.

    `plan` has the flags that could be told. `host` is reached by the tenant, and so is the gateway's cluster.
    """

    organization: Mapping[str, str]
    plan: Mapping[str, bool]
    lacks: Mapping[str, str]
    host: str | None = None
    gateway: Mapping[str, str] | None = None
    has_old_privileges: bool = False


class Discovery:
    """One look at a tenant. It works on a scratch identity, which it removes again."""

    def __init__(self, tenant: Tenant, token: str, scratch: Scratch, host: str | None) -> None:
        self._tenant = tenant
        self._token = token
        self._scratch = scratch
        self._hosts = [] if host is None else [host]
        self._host: str | None = None
        self._gateway: dict[str, str] | None = None
        self._lacks: dict[str, str] = {}
        self._plan: dict[str, bool] = {}
        self._is_old = False
        self._unknown = IdSource().uuid()

    async def found(self, organization: str | None) -> Found:
        """Return what the tenant has. Raises Refused, and Unreachable."""
        status = await self._ask("GET", "/api/status", token=None, counted=False)
        if not of_the_service(status):
            raise Unreachable(f"GET /api/status has no answer of the service: {told(status)}")
        about = await self._organization(organization)
        await self._try_an_identity(about["id"])
        await self._templates()
        await self._client_address()
        if self._gateway is None:
            self._lacks.setdefault("gateway", "the tenant lists no gateway through which it reaches a cluster")
        if self._host is None:
            self._lacks.setdefault("cluster", _NO_CLUSTER)
        return Found(about, self._plan, self._lacks, self._host, self._gateway, self._is_old)

    async def _organization(self, given: str | None) -> dict[str, str]:
        details = await self._ask("GET", f"{IDENTITIES}/details")
        found = at(details.body, "identityDetails.organization")
        about = {"id": given or self._unknown, "name": "Parity", "slug": "parity"}
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
        body = {"name": self._scratch.name(), "organizationId": organization, "role": "no-access"}
        made = await self._ask("POST", IDENTITIES, body)
        self._permission("identity create", made)
        scratch = at(made.body, "identity.id")
        if made.status == 403 and made.error != "PermissionDenied":
            raise Refused(
                f"the token is not of organization {organization}: give the id of its own with --organization"
            )
        if made.status != 200 or not isinstance(scratch, str):
            listed = await self._ask("GET", f"{IDENTITIES}?orgId={organization}")
            self._permission("identity read", listed)
            self._lacks.setdefault("identity create", f"the tenant creates no identity: {_short(made)}")
            return
        await self._permissions(scratch)
        await self._plans(scratch)
        await self._cluster(scratch, organization)
        await self._gateways(scratch)
        await self._remove(scratch)

    async def _remove(self, scratch: str) -> None:
        left = len(self._scratch.left)
        await self._scratch.remove(scratch)
        if len(self._scratch.left) > left:
            where = self._scratch.left[-1]
            raise Refused(
                f"the tenant creates, but does not delete {where}: the run would leave much behind. Remove it, and give"
                " a token that may delete"
            )

    async def _permissions(self, id: str) -> None:
        self._permission("identity read", await self._ask("GET", f"{IDENTITIES}/{id}"))
        role = await self._ask("PATCH", f"{IDENTITIES}/{id}", {"role": "member"})
        self._permission("identity edit", role)
        if role.error == "PermissionBoundaryError":
            self._lacks["identity grant-privileges"] = _short(role)
        attached = await self._ask("POST", TOKEN + id, {})
        self._permission("identity edit-auth", attached)
        if attached.status != 200:
            return
        made = await self._ask("POST", f"{TOKEN}{id}/tokens", {"name": "parity"})
        member = at(made.body, "accessToken")
        if role.status == 200 and isinstance(member, str):
            await self._privileges(id, member)
        revoked = await self._ask("DELETE", TOKEN + id)
        for action, answer in (("create-token", made), ("revoke-auth", revoked)):
            if answer.status == 403:
                self._lacks[f"identity {action}"] = _short(answer)

    async def _privileges(self, id: str, member: str) -> None:
        """Tell the privilege system: in the old one a member may do to a member what it lacks the action for."""
        attached = await self._ask("POST", UNIVERSAL + id, {})
        granted = await self._ask("PATCH", f"{IDENTITIES}/{id}", {"role": "member"}, token=member)
        listed = await self._ask("GET", f"{UNIVERSAL}{id}/client-secrets", token=member)
        self._is_old = attached.status == granted.status == listed.status == 200
        await self._ask("DELETE", UNIVERSAL + id)

    async def _plans(self, id: str) -> None:
        trusted = [{"ipAddress": "10.0.0.0/8"}]
        answer = await self._ask("POST", UNIVERSAL + id, {"accessTokenTrustedIps": trusted})
        self._flag("ipAllowlisting", answer, (200,))
        await self._secrets(id, attached=answer.status == 200)
        host = {"kubernetesHost": "https://infisical-mock-parity.invalid", **_ACCESS}
        for flag, key, action in (
            ("gateway", "gatewayId", ""),
            ("gatewayPool", "gatewayPoolId", "gateway-pool attach-gateway-pools"),
        ):
            answer = await self._ask("POST", KUBERNETES + id, {**host, key: self._unknown})
            self._flag(flag, answer, (403, 404) if action else (404,))
            if answer.status == 200:  # against all expectations: the next attempt needs an identity without it
                await self._ask("DELETE", KUBERNETES + id)
            if action:
                self._permission(action, answer)

    async def _secrets(self, id: str, *, attached: bool) -> None:
        if not attached:
            attached = (await self._ask("POST", UNIVERSAL + id, {})).status == 200
        made = await self._ask("POST", f"{UNIVERSAL}{id}/client-secrets", {}) if attached else None
        if made is None or made.status != 200:
            return
        listed = await self._ask("GET", f"{UNIVERSAL}{id}/client-secrets")
        secret = at(made.body, "clientSecretData.id")
        revoked = await self._ask("POST", f"{UNIVERSAL}{id}/client-secrets/{secret}/revoke", {})
        for action, answer in (("get-token", listed), ("delete-token", revoked)):
            if answer.error == "PermissionBoundaryError":
                self._lacks[f"identity {action}"] = _short(answer)

    async def _cluster(self, id: str, organization: str) -> None:
        """Attach Kubernetes Auth with hosts that others use, until the tenant reaches one."""
        if not self._hosts:
            await self._used_hosts(organization)
        for host in self._hosts[:_TRIED]:
            answer = await self._ask("POST", KUBERNETES + id, {"kubernetesHost": host, **_ACCESS})
            if answer.status == 200:
                self._host = host
                self._lacks.pop("cluster", None)
                return
            self._lacks["cluster"] = f"the tenant does not take {host}: {_short(answer)}. {_HINT}"

    async def _used_hosts(self, organization: str) -> None:
        listed = await self._ask("GET", f"{IDENTITIES}?orgId={organization}")
        items = at(listed.body, "identities")
        tried = 0
        for each in items if isinstance(items, list) else []:
            if tried == _TRIED:
                return
            if "kubernetes-auth" in (at(each, "identity.authMethods") or []):
                tried += 1
                answer = await self._ask("GET", f"{KUBERNETES}{at(each, 'identity.id')}")
                record = at(answer.body, "identityKubernetesAuth") or {}
                host = record.get("kubernetesHost")
                is_direct = record.get("gatewayId") is None and record.get("gatewayPoolId") is None
                if isinstance(host, str) and is_direct and host not in self._hosts:
                    self._hosts.append(host)

    async def _gateways(self, id: str) -> None:
        """Send Kubernetes Auth through the tenant's gateways, until one reaches its cluster."""
        listed = await self._ask("GET", "/api/v2/gateways")
        self._permission("gateway list-gateways", listed)
        items = [each for each in listed.body if isinstance(each, dict)] if isinstance(listed.body, list) else []
        method = "POST" if self._host is None else "PATCH"
        for each in items[:_TRIED]:
            sent = {"kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": each.get("id"), **_ACCESS}
            answer = await self._ask(method, KUBERNETES + id, sent)
            if answer.status == 200:
                self._gateway = {"id": str(each.get("id")), "name": str(each.get("name"))}
                self._lacks.pop("gateway", None)
                return
            self._lacks["gateway"] = f"the tenant reaches no cluster through its gateways: {_short(answer)}"
            self._permission("gateway attach-gateways", answer)

    async def _templates(self) -> None:
        lacks, plan = templates_of(await self._ask("GET", f"{TEMPLATES}?authMethod=kubernetes"))
        self._lacks.update(lacks)
        self._plan.update(plan)
        if "templates" in lacks:
            return
        for action, method, path, body in (
            ("list-templates", "GET", f"{TEMPLATES}/search", None),
            ("unlink-templates", "POST", f"{TEMPLATES}/{self._unknown}/delete-usage", {"identityIds": []}),
        ):
            self._permission(f"{_TEMPLATE} {action}", await self._ask(method, path, body))
        fields = {"kubernetesHost": "https://infisical-mock-parity.invalid"}
        template = {"name": self._scratch.name(), "authMethod": "kubernetes", "templateFields": fields}
        made = await self._ask("POST", TEMPLATES, template)
        self._permission(f"{_TEMPLATE} create-templates", made)
        scratch = at(made.body, "id")
        if made.status == 200 and isinstance(scratch, str):
            changed = await self._ask("PATCH", f"{TEMPLATES}/{scratch}", {"name": self._scratch.name()})
            self._permission(f"{_TEMPLATE} edit-templates", changed)
            await self._remove(scratch)

    async def _client_address(self) -> None:
        """Tell whether the tenant takes the client address from a header that the client sends."""
        sent = Step("GET", f"{IDENTITIES}/details", headers={"X-Forwarded-For": "unknown"})
        answer = await self._send(sent)
        if answer.status == 200:
            self._lacks["client-address"] = "the tenant does not take the client address from a client's own header"

    def _permission(self, name: str, answer: Answer) -> None:
        if answer.error == "PermissionDenied":
            self._lacks[name] = _short(answer)

    def _flag(self, name: str, answer: Answer, has: tuple[int, ...]) -> None:
        if answer.status in has or answer.status == 400:
            self._plan[name] = answer.status in has

    async def _ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = CALLER, counted: bool = True
    ) -> Answer:
        step = Step(method, path, body, has_body=body is not None, token=token)
        return await self._send(step, counted=counted)

    async def _send(self, step: Step, *, counted: bool = True) -> Answer:
        sent: Sent = prepared(step, {"caller": self._token})
        answer = await self._tenant.send(sent)
        self._scratch.heard(sent, answer)
        if counted:
            self._tenant.heard(answer, expected=False)
        return answer


_HINT = "Give the URL of a cluster that it reaches with --kubernetes-host"
_NO_CLUSTER = f"no identity of the tenant names a cluster. {_HINT}"


_TEMPLATE = "machine-identity-auth-template"


def templates_of(listed: Answer) -> tuple[dict[str, str], dict[str, bool]]:
    """Return what the list of auth templates tells: what the tenant lacks, and its flag of the plan."""
    flag = "machineIdentityAuthTemplates"
    if listed.status == 404:
        reason = "the tenant has no operations for auth templates"
        # Nobody can tell the plan; the scripts of the operations show that they are missing.
        return dict.fromkeys(("templates", "template-operations"), reason), {flag: True}
    if listed.status in (400, 200):
        reason = f"the tenant does not list its auth templates: {_short(listed)}"
        return ({"templates": reason} if listed.status == 400 else {}), {flag: listed.status == 200}
    reason = f"the tenant does not list its auth templates: {_short(listed)}"
    lacks = {"templates": reason}
    if listed.error == "PermissionDenied":
        lacks.update(dict.fromkeys((f"{_TEMPLATE} {each}" for each in _TEMPLATE_ACTIONS), reason))
    return lacks, {flag: True}


_TEMPLATE_ACTIONS = (
    *("create-templates", "edit-templates", "delete-templates", "list-templates"),
    *("attach-templates", "unlink-templates"),
)


def _short(answer: Answer) -> str:
    return f"{answer.status} {answer.error}" if answer.status else str(answer.body)
