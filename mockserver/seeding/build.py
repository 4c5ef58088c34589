"""Entries of fixtures as the values of a world. It judges form and references, never plan or rules of the service."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from rpds import HashTrieMap

from mockserver.clock import from_iso
from mockserver.identity.identity import Identity, UniversalAuth
from mockserver.identity.organization import Organization, Permission, Role
from mockserver.kubernetes.cluster import (
    Cluster,
    Clusters,
    Gateway,
    GatewayPool,
    Reachability,
    ServiceAccount,
    Verdict,
)
from mockserver.kubernetes.host import authority
from mockserver.kubernetes_auth.record import API_MODE, ATTACH_DEFAULT_TTL, KubernetesAuth
from mockserver.seeding.merge import Entries, Entry, Names
from mockserver.state import State
from mockserver.tokens.access_token import AccessToken
from mockserver.trusted_ips import EVERYWHERE, TrustedIp, trusted_ip


def build(entries: Entries, now: int) -> State:
    """The state that the entries describe; times that are not given are `now`. Errors are left in `entries`."""
    return _Builder(entries, now).state()


class _Builder:
    def __init__(self, entries: Entries, now: int) -> None:
        self._entries = entries
        self._now = now
        self._organizations = Names(entries, "organization", "organizations")
        self._clusters = Names(entries, "cluster", "clusters")
        self._gateways = Names(entries, "gateway", "gateways")
        self._pools = Names(entries, "gateway pool", "gatewayPools")
        self._identities = Names(entries, "identity", "identities")
        self._record_ids = Names(entries, "kubernetesAuth", "identities")
        self._client_ids = Names(entries, "universalAuth", "identities")
        self._tokens = Names(entries, "access token", "accessTokens")

    def state(self) -> State:
        """Sections in the order in which they refer to one another."""
        section = self._entries.section
        organizations = [self._organization(entry) for entry in section("organizations")]
        clusters = self._all_clusters()
        gateways = list(filter(None, map(self._gateway, section("gateways"))))
        pools = list(filter(None, map(self._pool, section("gatewayPools"))))
        identities: list[Identity] = []
        records: list[KubernetesAuth] = []
        for entry in section("identities"):
            identity = self._identity(entry)
            if identity is not None:
                identities.append(identity)
                if entry.get("kubernetesAuth") is not None:
                    records.append(self._kubernetes_auth(entry, identity))
        tokens = list(filter(None, map(self._access_token, section("accessTokens"))))
        return State(
            organizations={each.id: each for each in organizations},
            identities=HashTrieMap({each.id: each for each in identities}),
            kubernetes_auths=HashTrieMap({each.identity_id: each for each in records}),
            gateways={each.id: each for each in gateways},
            gateway_pools={each.id: each for each in pools},
            clusters=clusters,
            access_tokens={each.id: each for each in tokens},
        )

    def _organization(self, entry: Entry) -> Organization:
        roles: dict[str, Role] = {}
        for index, role in enumerate(entry.get("roles") or ()):
            if role["slug"] in roles:
                self._entries.complain(
                    entry, "another role of the organization has this slug too", "roles", index, "slug"
                )
            permissions = (
                Permission(each["subject"], tuple(each["actions"])) for each in role.get("permissions") or ()
            )
            roles[role["slug"]] = Role(role["slug"], role["name"], tuple(permissions))
        organization = Organization(
            id=entry["id"].lower(),
            name=entry["name"],
            slug=entry["slug"],
            plan=frozenset(flag for flag, on in (entry.get("plan") or {}).items() if on),
            roles=roles,
        )
        unique = {"id": organization.id, "slug": organization.slug}
        self._organizations.add(entry, organization, unique=unique, shared=organization.name)
        return organization

    def _all_clusters(self) -> Clusters:
        unknown_hosts: str | None = None
        for source, given in self._entries.setting("unknownHosts"):
            if unknown_hosts not in (None, given):
                self._entries.errors.append(source.error(("unknownHosts",), "another file says otherwise"))
            unknown_hosts = given
        clusters = [self._cluster(entry) for entry in self._entries.section("clusters")]
        return Clusters(tuple(clusters), Reachability(unknown_hosts or "ok"))

    def _cluster(self, entry: Entry) -> Cluster:
        hosts = tuple(entry.get("hosts") or ())
        cluster = Cluster(
            name=entry["name"],
            hosts=hosts,
            reachability=Reachability(entry.get("reachability", "ok")),
            reviewers={each["jwt"]: Verdict(each["verdict"]) for each in entry.get("reviewers") or ()},
            service_accounts=tuple(
                ServiceAccount(each["token"], each["namespace"], each["name"], tuple(each.get("audiences") or ()))
                for each in entry.get("serviceAccounts") or ()
            ),
        )
        self._clusters.add(entry, cluster, unique={"name": cluster.name})
        for index, host in enumerate(hosts):
            where = authority(host)
            if where is None:
                self._entries.complain(entry, "not the URL of a host", "hosts", index)
            else:
                self._clusters.add(entry, cluster, unique={"hosts": str(where)}, scope="host")
        return cluster

    def _gateway(self, entry: Entry) -> Gateway | None:
        organization = self._organizations.find(entry, entry["organization"], "organization")
        cluster = self._clusters.find(entry, entry["cluster"], "cluster")
        if organization is None or cluster is None:
            return None
        gateway = Gateway(
            id=entry["id"].lower(),
            organization_id=organization.id,
            name=entry["name"],
            cluster=cluster.name,
            healthy=entry.get("healthy", True),
        )
        self._named(self._gateways, entry, gateway)
        return gateway

    def _pool(self, entry: Entry) -> GatewayPool | None:
        organization = self._organizations.find(entry, entry["organization"], "organization")
        if organization is None:
            return None
        members = [
            self._gateways.find(entry, name, "gateways", index, scope=organization.id)
            for index, name in enumerate(entry.get("gateways") or ())
        ]
        pool = GatewayPool(
            id=entry["id"].lower(),
            organization_id=organization.id,
            name=entry["name"],
            gateways=tuple(member.id for member in members if member is not None),
        )
        self._named(self._pools, entry, pool)
        return pool

    def _named(self, names: Names, entry: Entry, value: Gateway | GatewayPool) -> None:
        """Ids are unique among all organizations; a reference is looked up within one, by id or name."""
        names.add(entry, value, unique={"id": value.id})
        names.add(entry, value, unique={"id": value.id}, shared=value.name, scope=value.organization_id)

    def _identity(self, entry: Entry) -> Identity | None:
        organization = self._organizations.find(entry, entry["organization"], "organization")
        if organization is None:
            return None
        role = entry.get("role", "no-access")
        if organization.role(role) is None:
            self._entries.complain(entry, "the organization has no such role", "role")
        identity = Identity(
            id=entry["id"].lower(),
            organization_id=organization.id,
            name=entry["name"],
            role=role,
            has_delete_protection=entry.get("hasDeleteProtection", False),
            metadata=tuple((each["key"], each["value"]) for each in entry.get("metadata") or ()),
            universal_auth=self._universal_auth(entry),
        )
        self._identities.add(entry, identity, unique={"id": identity.id}, shared=identity.name)
        return identity

    def _universal_auth(self, entry: Entry) -> UniversalAuth | None:
        given = entry.get("universalAuth")
        if given is None:
            return None
        auth = UniversalAuth(given["clientId"].lower(), tuple(given.get("clientSecrets") or ()))
        self._client_ids.add(entry, auth, unique={"universalAuth": auth.client_id})
        return auth

    def _kubernetes_auth(self, entry: Entry, identity: Identity) -> KubernetesAuth:
        given = entry["kubernetesAuth"]
        ca_cert = given.get("caCert", "")
        created = self._time(entry, "kubernetesAuth", "createdAt")
        record = KubernetesAuth(
            # The same fixtures give the same id, with no word of chance in it.
            id=(given.get("id") or str(uuid5(NAMESPACE_URL, f"kubernetes-auth/{identity.id}"))).lower(),
            identity_id=identity.id,
            kubernetes_host=given.get("kubernetesHost"),
            ca_cert=ca_cert,
            verify_tls_certificate=given.get("verifyTlsCertificate", ca_cert != ""),
            token_reviewer_jwt=given.get("tokenReviewerJwt", ""),
            token_review_mode=given.get("tokenReviewMode", API_MODE),
            allowed_namespaces=given.get("allowedNamespaces", ""),
            allowed_names=given.get("allowedNames", ""),
            allowed_audience=given.get("allowedAudience", ""),
            gateway_id=self._reached_by(entry, identity, self._gateways, "gatewayId"),
            gateway_pool_id=self._reached_by(entry, identity, self._pools, "gatewayPoolId"),
            access_token_trusted_ips=self._trusted_ips(entry, "kubernetesAuth", "accessTokenTrustedIps") or EVERYWHERE,
            access_token_ttl=given.get("accessTokenTTL", ATTACH_DEFAULT_TTL),
            access_token_max_ttl=given.get("accessTokenMaxTTL", ATTACH_DEFAULT_TTL),
            access_token_num_uses_limit=given.get("accessTokenNumUsesLimit", 0),
            created_at=self._now if created is None else created,
            updated_at=self._time(entry, "kubernetesAuth", "updatedAt") or (self._now if created is None else created),
        )
        self._record_ids.add(entry, record, unique={"kubernetesAuth": record.id})
        if record.gateway_id and record.gateway_pool_id:
            self._entries.complain(
                entry, "a record has a gateway or a pool, not both", "kubernetesAuth", "gatewayPoolId"
            )
        return record

    def _reached_by(self, entry: Entry, identity: Identity, names: Names, key: str) -> str | None:
        name = entry["kubernetesAuth"].get(key)
        found = name and names.find(entry, name, "kubernetesAuth", key, scope=identity.organization_id)
        return found.id if found else None

    def _access_token(self, entry: Entry) -> AccessToken | None:
        identity = self._identities.find(entry, entry["identity"], "identity")
        if identity is None:
            return None
        token = AccessToken(
            id=entry["token"],
            kind="identity",
            identity_id=identity.id,
            organization_id=identity.organization_id,
            auth_method="token-auth",
            num_uses_limit=entry.get("numUsesLimit", 0),
            expires_at=self._time(entry, "expiresAt"),
            revoked=entry.get("revoked", False),
            trusted_ips=self._trusted_ips(entry, "trustedIps") or EVERYWHERE,
        )
        self._tokens.add(entry, token, unique={"token": token.id})
        return token

    def _trusted_ips(self, entry: Entry, *steps: str) -> tuple[TrustedIp, ...]:
        items = _at(entry, steps) or ()
        found: list[TrustedIp] = []
        for index, item in enumerate(items):
            parsed = trusted_ip(item["ipAddress"])
            if parsed is None:
                self._entries.complain(entry, "not an IP address or CIDR block", *steps, index, "ipAddress")
            else:
                found.append(parsed)
        return tuple(found)

    def _time(self, entry: Entry, *steps: str) -> int | None:
        text = _at(entry, steps)
        if text is None:
            return None
        try:
            return from_iso(text)
        except (ValueError, OverflowError):
            self._entries.complain(entry, "not a time of the calendar", *steps)
            return self._now


def _at(entry: Entry, steps: tuple[str, ...]) -> Any:
    value: Any = entry.value
    for step in steps:
        value = None if value is None else value.get(step)
    return value
