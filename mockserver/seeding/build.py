"""Build the state of a world from fixture entries. References are checked; plan and rules of the service are not."""

from rpds import HashTrieMap

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.state import State
from mockserver.infisical.token_auth.store import TokenAuths
from mockserver.infisical.universal_auth.store import UniversalAuths
from mockserver.pauses import between, is_shared, pause
from mockserver.seeding.auth_methods import add_token_auth, add_universal_auth, kubernetes_auth
from mockserver.seeding.clusters import all_clusters, gateway, pool
from mockserver.seeding.identities import access_token, identity
from mockserver.seeding.merge import Entries
from mockserver.seeding.organizations import all_organizations
from mockserver.seeding.progress import SILENT, Progress
from mockserver.seeding.projects import with_members
from mockserver.seeding.proxies import trusted_proxies
from mockserver.seeding.rate_limits import stated_rate_limits
from mockserver.seeding.reading import Reading
from mockserver.seeding.templates import all_templates

_ADDED_AT_ONCE = 250


def build(entries: Entries, now: int, progress: Progress = SILENT) -> State:
    """Return the state that the entries describe; missing times are `now`. Errors are added to `entries`.

    Sections are read in the order of their references.
    """
    reading, section = Reading(entries, now), entries.section
    organizations = all_organizations(reading)
    clusters = all_clusters(reading)
    gateways = [each for entry in section("gateways") if (each := gateway(reading, entry)) is not None]
    pools = [one for entry in section("gatewayPools") if (one := pool(reading, entry)) is not None]
    templates = all_templates(reading)
    identities: list[Identity] = []
    records: list[KubernetesAuth] = []
    universal_auths, token_auths = UniversalAuths(), TokenAuths()
    for entry in between(progress.identities(section("identities"), entries.count("identities"))):
        found = identity(reading, entry)
        if found is None:
            continue
        identities.append(found)
        if entry.value.get("kubernetesAuth") is not None:
            records.append(kubernetes_auth(reading, entry, found))
        universal_auths = add_universal_auth(reading, entry, found, universal_auths)
        token_auths = add_token_auth(reading, entry, found, token_auths)
    found_tokens = (access_token(reading, entry) for entry in between(section("accessTokens")))
    tokens = {each.id: each for each in found_tokens if each is not None}
    state = State(
        organizations=HashTrieMap({each.id: each for each in with_members(reading, organizations)}),
        universal_auths=universal_auths,
        token_auths=token_auths,
        gateways={each.id: each for each in gateways},
        templates=HashTrieMap({each.id: each for each in templates}),
        gateway_pools={each.id: each for each in pools},
        clusters=clusters,
        access_tokens=tokens,
        trusted_proxies=trusted_proxies(entries),
        rate_limits=stated_rate_limits(entries),
    )
    if is_shared():
        reading.free()
    return _with_new(state, identities, records)


def _with_new(state: State, identities: list[Identity], records: list[KubernetesAuth]) -> State:
    """Return the state with these identities and records, which are a part of them.

    A map is made from many records in one step. Where others wait meanwhile, it is made in several, which takes longer.
    """
    if not is_shared():
        return state.with_new(identities, records)
    while identities or records:
        state = state.with_new(identities[-_ADDED_AT_ONCE:], records[-_ADDED_AT_ONCE:])
        del identities[-_ADDED_AT_ONCE:], records[-_ADDED_AT_ONCE:]
        pause()
    return state
