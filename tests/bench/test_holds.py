"""How long calls about 100,000 identities hold the loop, in processor time: other work does not move it."""

import pytest

from bench import holds
from bench.large_world import CASES

MOST_MILLISECONDS = 100
"""Twice the mark of `bench.holds`. One step for a whole list takes 1,000 and more."""
READ = (
    *("GET state", "GET identities?search=load-9", "GET identities, the last page", "GET tokens"),
    *(
        "list all identities",
        "search, one page",
        "search, all by role",
        "search of memberships",
        "count of memberships",
    ),
)


@pytest.mark.extensive
@pytest.mark.timeout(900)
def test_lists_of_a_large_world_hold_nobody_up():
    cases = {each.name: each for each in CASES}
    with holds.rig(rate=100) as rig:
        found = [rig.measured(cases[name]) for name in READ]
    too_long = {each.name: each.held for each in found if each.held["processor"] > MOST_MILLISECONDS}
    assert not too_long
    assert sum(each.seconds for each in found) > 0.5, "they were long enough to hold somebody up"
    assert all(each.latencies for each in found), "updates went on"
