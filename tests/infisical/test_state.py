"""What a state keeps beside its records says what the records say, whatever became of them."""

from hypothesis import given
from hypothesis import strategies as st
from rpds import HashTrieMap

from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.index import Index
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.state import State

IDS = st.sampled_from(["a", "b", "c"])
PLACES = st.lists(st.sampled_from(["acme", "hobby", "eu"]), min_size=1, max_size=3, unique=True)
GATEWAYS = st.sampled_from([None, "g1", "g2"])


def identity(id: str, places: list[str]) -> Identity:
    home, *shared = [Membership(f"{id}-{place}", place) for place in places]
    return Identity(id=id, name=id, home=home, shared=tuple(shared))


def record(id: str, gateway: str | None) -> KubernetesAuth:
    return KubernetesAuth(id=f"r-{id}", identity_id=id, created_at=0, updated_at=0, gateway_id=gateway)


STEPS = st.one_of(
    st.builds(lambda one, places: lambda state: state.with_identity(identity(one, places)), IDS, PLACES),
    st.builds(lambda one, gateway: lambda state: state.with_kubernetes_auth(record(one, gateway)), IDS, GATEWAYS),
    st.builds(lambda one: lambda state: state.without_kubernetes_auth(one), IDS),
    st.builds(lambda one: lambda state: state.without_identity(one), IDS),
)


@given(st.lists(STEPS, max_size=12))
def test_members_and_users_of_gateways_follow_from_the_records(steps):
    state = State()
    for step in steps:
        state = step(state)
        bare = state._replace(identities=HashTrieMap(), kubernetes_auths=HashTrieMap(), members=Index())
        bare = bare._replace(gateway_users=Index(), template_users=Index())
        assert state == bare.with_new(tuple(state.identities.values()), tuple(state.kubernetes_auths.values()))
        for name in ("acme", "hobby", "eu"):
            there = {each.id for each in state.identities.values() if each.membership(name) is not None}
            assert set(state.members.ids_in(name)) == there
        for name in ("g1", "g2"):
            through = {each.identity_id for each in state.kubernetes_auths.values() if each.gateway_id == name}
            assert set(state.gateway_users.ids_in(name)) == through
