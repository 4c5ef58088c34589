"""The sections `clusters`, `gateways` and `gatewayPools`, and the setting `unknownHosts`."""

from mockserver.infisical.clusters.cluster import (
    Cluster,
    Clusters,
    Gateway,
    GatewayPool,
    Reachability,
    ServiceAccount,
    Verdict,
)
from mockserver.infisical.clusters.host import authority
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY
from mockserver.seeding.merge import Entry, Names
from mockserver.seeding.reading import Reading


def all_clusters(reading: Reading) -> Clusters:
    """Every cluster, and what a host in none of them is."""
    unknown_hosts: str | None = None
    for source, given in reading.entries.setting("unknownHosts"):
        if unknown_hosts not in (None, given):
            reading.entries.errors.append(source.error(("unknownHosts",), "another file says otherwise"))
        unknown_hosts = given
    clusters = [_cluster(reading, entry) for entry in reading.entries.section("clusters")]
    return Clusters(tuple(clusters), Reachability(unknown_hosts or "ok"))


def _cluster(reading: Reading, entry: Entry) -> Cluster:
    hosts = tuple(entry.get("hosts") or ())
    cluster = Cluster(
        name=entry["name"],
        hosts=hosts,
        reachability=Reachability(entry.get("reachability", "ok")),
        token_key=entry.get("tokenKey", DEFAULT_TOKEN_KEY),
        reviewers={each["jwt"]: Verdict(each["verdict"]) for each in entry.get("reviewers") or ()},
        service_accounts=tuple(
            ServiceAccount(
                token=each["token"],
                namespace=each.get("namespace", ""),
                name=each.get("name", ""),
                audiences=tuple(each.get("audiences") or ()),
                username=each.get("username"),
                authenticated=each.get("authenticated", True),
                error=each.get("error"),
                without_status=each.get("withoutStatus", False),
            )
            for each in entry.get("serviceAccounts") or ()
        ),
    )
    reading.clusters.add(entry, cluster, unique={"name": cluster.name})
    for index, host in enumerate(hosts):
        where = authority(host)
        if where is None:
            reading.entries.complain(entry, "not the URL of a host", "hosts", index)
        else:
            reading.clusters.add(entry, cluster, unique={"hosts": str(where)}, scope="host")
    return cluster


def gateway(reading: Reading, entry: Entry) -> Gateway | None:
    """The gateway that the entry describes; None, and an error kept, if it refers to nothing."""
    organization = reading.organizations.find(entry, entry["organization"], "organization")
    cluster = reading.clusters.find(entry, entry["cluster"], "cluster")
    if organization is None or cluster is None:
        return None
    gateway = Gateway(
        id=entry["id"].lower(),
        organization_id=organization.id,
        name=entry["name"],
        cluster=cluster.name,
        healthy=entry.get("healthy", True),
        retired=entry.get("retired", False),
        created_at=reading.created(entry),
    )
    _named(reading.gateways, entry, gateway)
    return gateway


def pool(reading: Reading, entry: Entry) -> GatewayPool | None:
    """The pool that the entry describes; None, and an error kept, if it refers to nothing."""
    organization = reading.organizations.find(entry, entry["organization"], "organization")
    if organization is None:
        return None
    members = [
        reading.gateways.find(entry, name, "gateways", index, scope=organization.id)
        for index, name in enumerate(entry.get("gateways") or ())
    ]
    pool = GatewayPool(
        id=entry["id"].lower(),
        organization_id=organization.id,
        name=entry["name"],
        gateways=tuple(member.id for member in members if member is not None),
    )
    _named(reading.pools, entry, pool)
    return pool


def _named(names: Names, entry: Entry, value: Gateway | GatewayPool) -> None:
    """Ids are unique among all organizations; a reference is looked up within one, by id or name."""
    names.add(entry, value, unique={"id": value.id})
    names.add(entry, value, unique={"id": value.id}, shared=value.name, scope=value.organization_id)
