"""Turns and order of faults, without a server."""

import pytest

from mockserver.faults.plan import MAX_FAULTS, ArmedFault, Delay, Drop, Fault, Plan, Stale, Status, Turns

HERE = frozenset({"here"})
ERROR = Status(500)


def played(turns: Turns, requests: int) -> str:
    """One letter for each request: x where the fault plays. A consumed one is not asked any more."""
    armed = ArmedFault("fault-1", Fault(ERROR, HERE, turns=turns))
    return "".join("x" if not armed.consumed and armed.plays() else "." for _ in range(requests))


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param(Turns(), "x.........", id="once"),
        pytest.param(Turns(times=3), "xxx.......", id="three times"),
        pytest.param(Turns(times=None), "xxxxxxxxxx", id="always"),
        pytest.param(Turns(times=None, every=3), "..x..x..x.", id="every third"),
        pytest.param(Turns(times=2, every=3), "..x..x....", id="every third, twice"),
        pytest.param(Turns(times=None, every=1), "xxxxxxxxxx", id="every one"),
        pytest.param(Turns(times=None, every=11), "..........", id="every eleventh of ten"),
        pytest.param(Turns(times=None, probability=1, seed=0), "xxxxxxxxxx", id="certain"),
        pytest.param(Turns(times=2, probability=1, seed=0), "xx........", id="certain, twice"),
        pytest.param(Turns(times=None, probability=1e-9, seed=0), "..........", id="next to impossible"),
    ],
)
def test_a_fault_plays_when_it_is_its_turn(turns: Turns, expected: str):
    assert played(turns, 10) == expected


def test_chances_are_those_of_the_seed():
    first, again, other = (played(Turns(None, probability=0.5, seed=seed), 64) for seed in (7, 7, 8))
    assert first == again != other
    assert 15 < first.count("x") < 49


@pytest.mark.parametrize(("probability", "least", "most"), [(0.1, 60, 140), (0.5, 440, 560), (0.9, 860, 940)])
def test_a_probability_is_about_kept(probability: float, least: int, most: int):
    assert least <= played(Turns(None, probability=probability, seed=1), 1000).count("x") <= most


def test_delays_of_a_range_are_within_it_and_those_of_the_seed():
    def delays(seed: int) -> list[float]:
        armed = ArmedFault("fault-1", Fault(Delay(1, 3), HERE, turns=Turns(seed=seed)))
        return [armed.seconds() for _ in range(50)]

    assert delays(5) == delays(5) != delays(6)
    assert all(1 <= each <= 3 for each in delays(5))
    assert max(delays(5)) - min(delays(5)) > 1
    assert ArmedFault("fault-1", Fault(Delay(2, 2), HERE)).seconds() == 2


def test_a_plan_of_one_seed_gives_the_same_seeds_and_begins_again_when_it_is_cleared():
    one, other, third = Plan(3), Plan(3), Plan(4)
    seeds = [one.new_seed() for _ in range(5)]
    assert seeds == [other.new_seed() for _ in range(5)] != [third.new_seed() for _ in range(5)]
    assert len(set(seeds)) == 5
    one.clear()
    assert [one.new_seed() for _ in range(5)] == seeds


def test_the_oldest_fault_whose_turn_it_is_plays_and_those_behind_it_do_not_see_the_request():
    plan = Plan(0)
    second_of_two = plan.add(Fault(ERROR, HERE, turns=Turns(None, every=2)))
    always = plan.add(Fault(ERROR, HERE, turns=Turns(None)))
    order = [plan.before("here", None, has_past=False) for _ in range(4)]
    assert order == [always, second_of_two, always, second_of_two]
    assert (second_of_two.seen, second_of_two.played, always.seen, always.played) == (4, 2, 2, 2)


@pytest.mark.parametrize(
    ("operation", "identity", "fits"),
    [("here", "one", True), ("here", "other", False), ("here", None, False), ("there", "one", False)],
)
def test_a_fault_fits_its_operations_and_its_identity(operation: str, identity: str | None, fits: bool):
    plan = Plan(0)
    armed = plan.add(Fault(ERROR, HERE, identity_id="one"))
    assert plan.before(operation, identity, has_past=True) is (armed if fits else None)
    assert armed.seen == fits


@pytest.mark.parametrize(
    ("effect", "before", "after"),
    [
        (Delay(1, 1), True, False),
        (ERROR, True, False),
        (Drop("before-write"), True, False),
        (Stale(), True, False),
        (Drop("after-write"), False, True),
        (Drop("mid-body"), False, True),
    ],
)
def test_a_fault_plays_at_its_place(effect, before: bool, after: bool):
    plan = Plan(0)
    plan.add(Fault(effect, HERE, turns=Turns(None)))
    assert (plan.before("here", None, has_past=True) is not None) is before
    assert (plan.after("here", None) is not None) is after


def test_a_stale_answer_waits_for_a_world_with_a_past():
    plan = Plan(0)
    armed = plan.add(Fault(Stale(), HERE))
    assert plan.before("here", None, has_past=False) is None
    assert armed.seen == 0
    assert plan.before("here", None, has_past=True) is armed


def test_an_id_is_never_given_again():
    plan = Plan(0)
    assert [plan.add(Fault(ERROR, HERE)).id for _ in range(2)] == ["fault-1", "fault-2"]
    assert plan.remove("fault-2")
    assert not plan.remove("fault-2")
    assert plan.add(Fault(ERROR, HERE)).id == "fault-3"
    plan.clear()
    assert list(plan) == []
    assert plan.before("here", None, has_past=True) is None
    assert plan.add(Fault(ERROR, HERE)).id == "fault-4"


def test_a_removed_fault_plays_no_more():
    plan = Plan(0)
    plan.add(Fault(ERROR, HERE, turns=Turns(None)))
    plan.remove("fault-1")
    assert plan.before("here", None, has_past=True) is None


def test_a_plan_has_an_end():
    plan = Plan(0)
    for _ in range(MAX_FAULTS):
        plan.add(Fault(ERROR, HERE))
    with pytest.raises(AssertionError):
        plan.add(Fault(ERROR, HERE))
