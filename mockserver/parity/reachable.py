"""Finds a cluster and a gateway that the tenant reaches."""

from mockserver.parity.look import KUBERNETES, Look, short
from mockserver.parity.scratch import IDENTITIES
from mockserver.parity.scripts import at

_TRIED = 3
"""How many hosts and gateways of the tenant are tried at most."""
ACCESS = {"allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
_HINT = "Give the URL of a cluster that it reaches with --kubernetes-host"
_NO_CLUSTER = f"no identity of the tenant names a cluster. {_HINT}"


class Reachable:
    """The `host` and the `gateway` that were found; None for what was not."""

    def __init__(self, look: Look, host: str | None) -> None:
        self._look = look
        self._hosts = [] if host is None else [host]
        self.host: str | None = None
        self.gateway: dict[str, str] | None = None

    async def find(self, id: str, organization: str) -> None:
        """Try hosts and gateways on an identity."""
        await self._cluster(id, organization)
        await self._gateways(id)

    def reasons(self) -> None:
        """Keep why nothing was found, if nothing has told it yet."""
        if self.gateway is None:
            reason = "the tenant lists no gateway through which it reaches a cluster"
            self._look.lacks.setdefault("gateway", reason)
        if self.host is None:
            self._look.lacks.setdefault("cluster", _NO_CLUSTER)

    async def _cluster(self, id: str, organization: str) -> None:
        """Attach Kubernetes Auth with hosts that others use, until the tenant reaches one."""
        if not self._hosts:
            await self._used_hosts(organization)
        for host in self._hosts[:_TRIED]:
            answer = await self._look.ask("POST", KUBERNETES + id, {"kubernetesHost": host, **ACCESS})
            if answer.status == 200:
                self.host = host
                self._look.lacks.pop("cluster", None)
                return
            self._look.lacks["cluster"] = f"the tenant does not take {host}: {short(answer)}. {_HINT}"

    async def _used_hosts(self, organization: str) -> None:
        listed = await self._look.ask("GET", f"{IDENTITIES}?orgId={organization}")
        items = at(listed.body, "identities")
        tried = 0
        for each in items if isinstance(items, list) else []:
            if tried == _TRIED:
                return
            if "kubernetes-auth" in (at(each, "identity.authMethods") or []):
                tried += 1
                answer = await self._look.ask("GET", f"{KUBERNETES}{at(each, 'identity.id')}")
                record = at(answer.body, "identityKubernetesAuth") or {}
                host = record.get("kubernetesHost")
                is_direct = record.get("gatewayId") is None and record.get("gatewayPoolId") is None
                if isinstance(host, str) and is_direct and host not in self._hosts:
                    self._hosts.append(host)

    async def _gateways(self, id: str) -> None:
        """Send Kubernetes Auth through the tenant's gateways, until one reaches its cluster."""
        listed = await self._look.ask("GET", "/api/v2/gateways")
        self._look.permission("gateway list-gateways", listed)
        items = [each for each in listed.body if isinstance(each, dict)] if isinstance(listed.body, list) else []
        if items:
            self._look.plan["gateway"] = True
        method = "POST" if self.host is None else "PATCH"
        for each in items[:_TRIED]:
            sent = {"kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": each.get("id"), **ACCESS}
            answer = await self._look.ask(method, KUBERNETES + id, sent)
            if answer.status == 200:
                self.gateway = {"id": str(each.get("id")), "name": str(each.get("name"))}
                self._look.lacks.pop("gateway", None)
                return
            self._look.lacks["gateway"] = f"the tenant reaches no cluster through its gateways: {short(answer)}"
            self._look.permission("gateway attach-gateways", answer)
