"""The records of a world as one immutable value. Each change returns a new state that shares unchanged parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from rpds import HashTrieMap

from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.access_tokens.client_address import TrustedProxies
from mockserver.infisical.access_tokens.revocations import Revocations
from mockserver.infisical.clusters.cluster import Clusters, Gateway, GatewayPool
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.identity_templates.template import IdentityTemplate
from mockserver.infisical.index import Index
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.rate_limits.limits import RateLimits
from mockserver.infisical.token_auth.record import TokenAuth
from mockserver.infisical.token_auth.store import TokenAuths
from mockserver.infisical.universal_auth.store import UniversalAuths

_NONE: Mapping[str, Any] = MappingProxyType({})
_Stored = TypeVar("_Stored")


class State(NamedTuple):
    """The records of a world.

    Records are keyed by id in lower case, Kubernetes Auths by identity id, `access_tokens` by the token's text and
    `token_uses` by token id. Operations write to persistent maps only; the other maps come from the fixtures.
    `members` indexes identities by organization, `gateway_users` by the gateway of their Kubernetes Auth, and
    `template_users` by its auth template. All are derived from the records, so change those through the methods.
    `trusted_proxies` and `rate_limits` are what the fixtures say of them, None if nothing: then the world's own setting
    applies.
    """

    organizations: HashTrieMap[str, Organization] = HashTrieMap()
    identities: HashTrieMap[str, Identity] = HashTrieMap()
    kubernetes_auths: HashTrieMap[str, KubernetesAuth] = HashTrieMap()
    universal_auths: UniversalAuths = UniversalAuths()
    token_auths: TokenAuths = TokenAuths()
    gateways: Mapping[str, Gateway] = _NONE
    gateway_pools: Mapping[str, GatewayPool] = _NONE
    clusters: Clusters = Clusters()
    access_tokens: Mapping[str, AccessToken] = _NONE
    token_uses: HashTrieMap[str, int] = HashTrieMap()
    revocations: Revocations = Revocations()
    members: Index = Index()
    gateway_users: Index = Index()
    templates: HashTrieMap[str, IdentityTemplate] = HashTrieMap()
    template_users: Index = Index()
    trusted_proxies: TrustedProxies | None = None
    rate_limits: RateLimits | None = None

    def with_new(self, identities: Collection[Identity], records: Collection[KubernetesAuth]) -> State:
        """Return the state with these identities and Kubernetes Auths added: many in one change."""
        return self._replace(
            identities=_with(self.identities, {each.id: each for each in identities}),
            kubernetes_auths=_with(self.kubernetes_auths, {each.identity_id: each for each in records}),
            members=self.members.all_moved((each.id, (), each.organization_ids) for each in identities),
            gateway_users=self.gateway_users.all_moved((each.identity_id, (), _gateways(each)) for each in records),
            template_users=self.template_users.all_moved((each.identity_id, (), _templates(each)) for each in records),
        )

    def with_identity(self, identity: Identity) -> State:
        """Return the state with that identity added, or replaced if its id exists."""
        before = self.identities.get(identity.id)
        places = () if before is None else before.organization_ids
        return self._replace(
            identities=self.identities.insert(identity.id, identity),
            members=self.members.moved(identity.id, places, identity.organization_ids),
        )

    def with_kubernetes_auth(self, record: KubernetesAuth, before: KubernetesAuth | None = None) -> State:
        """Return the state with that record as the identity's Kubernetes Auth. `before` is the stored one, if known."""
        records, identity_id = self.kubernetes_auths, record.identity_id
        if before is None:
            before = records.get(identity_id)
        if before is not None and before.gateway_id == record.gateway_id and before.template_id == record.template_id:
            # The most frequent change: in less than half the time of _replace.
            values = list(self)
            values[_RECORDS] = records.insert(identity_id, record)
            return tuple.__new__(State, values)
        return self._replace(
            kubernetes_auths=records.insert(identity_id, record),
            gateway_users=self.gateway_users.moved(identity_id, _gateways(before), _gateways(record)),
            template_users=self.template_users.moved(identity_id, _templates(before), _templates(record)),
        )

    def with_kubernetes_auths(self, changed: Collection[KubernetesAuth]) -> State:
        """Return the state with each of these records in place of its identity's old one: many in one change."""
        records = self.kubernetes_auths
        pairs = [(records.get(each.identity_id), each) for each in changed]
        gateways = [
            (new.identity_id, _gateways(old), _gateways(new))
            for old, new in pairs
            if old is None or old.gateway_id != new.gateway_id
        ]
        templates = [
            (new.identity_id, _templates(old), _templates(new))
            for old, new in pairs
            if old is None or old.template_id != new.template_id
        ]
        return self._replace(
            kubernetes_auths=records.update({each.identity_id: each for each in changed}),
            gateway_users=self.gateway_users.all_moved(gateways),
            template_users=self.template_users.all_moved(templates),
        )

    def with_linked(self, template_id: str, columns: Mapping[str, Any]) -> State:
        """Return the state with these columns in every record that is linked to the template."""
        records = self.kubernetes_auths
        places = [(KubernetesAuth._fields.index(name), value) for name, value in columns.items()]
        linked = []
        for each in self.template_users.ids_in(template_id):
            values = list(records[each])  # many records: half the time of `_replace`
            for place, value in places:
                values[place] = value
            linked.append(KubernetesAuth._make(values))
        return self.with_kubernetes_auths(linked) if linked else self

    def with_template(self, template: IdentityTemplate) -> State:
        """Return the state with that template in place of the one of its id."""
        return self._replace(templates=self.templates.insert(template.id, template))

    def without_template(self, template_id: str) -> State:
        """Return the state without the template. No record may be linked to it."""
        return self._replace(templates=self.templates.discard(template_id))

    def without_kubernetes_auth(self, identity_id: str) -> State:
        """Return the state without the identity's Kubernetes Auth."""
        before = self.kubernetes_auths.get(identity_id)
        return self._replace(
            kubernetes_auths=self.kubernetes_auths.discard(identity_id),
            gateway_users=self.gateway_users.moved(identity_id, _gateways(before), ()),
            template_users=self.template_users.moved(identity_id, _templates(before), ()),
        )

    def with_token_auth(self, record: TokenAuth) -> State:
        """Return the state with that record as the identity's Token Auth."""
        return self._replace(token_auths=self.token_auths.with_record(record))

    def with_token_used(self, token_id: str) -> State:
        """Return the state with the token's number of uses increased by one."""
        return self._replace(token_uses=self.token_uses.insert(token_id, self.token_uses.get(token_id, 0) + 1))

    def without_identity(self, identity_id: str) -> State:
        """Return the state without the identity, its memberships and its auth methods."""
        before = self.identities.get(identity_id)
        places = () if before is None else before.organization_ids
        return self.without_kubernetes_auth(identity_id)._replace(
            organizations=self._without_project_member(identity_id, places),
            identities=self.identities.discard(identity_id),
            members=self.members.moved(identity_id, places, ()),
            universal_auths=self.universal_auths.without(identity_id),
            token_auths=self.token_auths.without(identity_id),
        )

    def with_organization(self, organization: Organization) -> State:
        """Return the state with that organization added, or replaced if its id exists."""
        return self._replace(organizations=self.organizations.insert(organization.id, organization))

    def without_organization(self, organization_id: str) -> State:
        """Return the state without the organization and everything in it.

        Its identities go, with their auth methods, client secrets and tokens; those of other organizations only lose
        their membership. So do its gateways, gateway pools and auth templates.
        """
        state = self
        for identity_id in self.members.ids_in(organization_id):
            identity = self.identities[identity_id]
            if identity.organization_id == organization_id:
                state = state.without_identity(identity_id)
            else:
                state = state.with_identity(identity.without_membership(organization_id))
        return state._replace(
            organizations=state.organizations.discard(organization_id),
            gateways=_elsewhere(state.gateways, organization_id),
            gateway_pools=_elsewhere(state.gateway_pools, organization_id),
            templates=HashTrieMap(_elsewhere(state.templates, organization_id)),
        )

    def _without_project_member(
        self, identity_id: str, organization_ids: Iterable[str]
    ) -> HashTrieMap[str, Organization]:
        organizations = self.organizations
        for each in organization_ids:
            before = organizations.get(each)
            after = None if before is None else before.without_member(identity_id)
            if after is not None and after is not before:
                organizations = organizations.insert(each, after)
        return organizations

    def auth_methods(self, identity_id: str) -> list[str]:
        """Return the names of the identity's attached auth methods, in the service's fixed order."""
        attached = (
            ("universal-auth", self.universal_auths.get(identity_id)),
            ("kubernetes-auth", self.kubernetes_auths.get(identity_id)),
            ("token-auth", self.token_auths.get(identity_id)),
        )
        return [method for method, record in attached if record is not None]


def _with(records: HashTrieMap[str, _Stored], new: dict[str, _Stored]) -> HashTrieMap[str, _Stored]:
    """Return the map with the new records. A map is made from many in a third of the time that an update takes."""
    return records.update(new) if records else HashTrieMap(new)


_RECORDS = State._fields.index("kubernetes_auths")


class _OfOrganization(Protocol):
    @property
    def organization_id(self) -> str: ...


_Record = TypeVar("_Record", bound=_OfOrganization)


def _elsewhere(records: Mapping[str, _Record], organization_id: str) -> Mapping[str, _Record]:
    """Return the records of other organizations; the same mapping if none is of that organization."""
    if all(each.organization_id != organization_id for each in records.values()):
        return records
    return {key: each for key, each in records.items() if each.organization_id != organization_id}


def _gateways(record: KubernetesAuth | None) -> tuple[str, ...]:
    """Return the index keys of the record: its gateway id, if any."""
    return () if record is None or record.gateway_id is None else (record.gateway_id,)


def _templates(record: KubernetesAuth | None) -> tuple[str, ...]:
    """Return the template that the record is linked to, if there is one."""
    return () if record is None or record.template_id is None else (record.template_id,)
