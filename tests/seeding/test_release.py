"""A large state is freed in pieces once nobody has a state that comes from it."""

import asyncio
import gc
import weakref
from itertools import pairwise

import pytest
from rpds import HashTrieMap

from mockserver.collector import paused
from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.clusters.cluster import Clusters
from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.state import State
from mockserver.seeding import release

COUNT = 5000


class Name(str):
    """A text that says when it is freed."""

    __slots__ = ("__weakref__",)


def large(count: int) -> tuple[State, "weakref.WeakSet[Name]"]:
    """A state that has just been loaded, and the names that are in it."""
    names: weakref.WeakSet[Name] = weakref.WeakSet()
    identities, tokens = {}, {}
    for number in range(count):
        name = Name(f"name {number}")
        names.add(name)
        identities[str(number)] = Identity(id=str(number), name=name, home=Membership(str(number), "acme"))
        token = Name(f"token {number}")
        names.add(token)
        tokens[str(number)] = AccessToken(id=token, kind="identity", identity_id=str(number), organization_id="acme")
    state = State(identities=HashTrieMap(identities), access_tokens=tokens, clusters=Clusters())
    release.in_pieces(state)
    return state, names


async def test_a_large_state_is_freed_beside_other_work():
    state, names = large(COUNT)
    changed = state.with_identity(Identity(id="new", name="new", home=Membership("new", "acme")))
    del state
    await asyncio.sleep(0.05)
    assert len(names) == 2 * COUNT, "a state that comes from it is still there"
    del changed
    left = [len(names)]
    while left[-1] and len(left) < COUNT:
        await asyncio.sleep(0)
        left.append(len(names))
    assert left[0] == 2 * COUNT
    assert left[-1] == 0
    assert max(before - after for before, after in pairwise(left)) <= COUNT / 5


@pytest.mark.parametrize("count", [10, COUNT])
def test_without_a_loop_it_is_freed_at_once(count: int):
    state, names = large(count)
    assert len(names) == 2 * count
    del state
    assert len(names) == 0


@pytest.fixture
def collected():
    gc.enable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("collected")
def test_no_garbage_is_collected_while_somebody_loads():
    with paused():
        assert not gc.isenabled()
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled(), "another one is still at work"
        made = [[number] for number in range(100)]
    assert gc.isenabled()
    assert all(each is not made for each in gc.get_objects())
    with paused(pauses=False):
        assert gc.isenabled()
    gc.disable()
    with paused():
        pass
    assert not gc.isenabled(), "it was off before"
