"""How many instructions a request takes, beside a bare handler: no load of the machine moves it."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench import instructions

LATER = 1.09 if sys.version_info >= (3, 12) else 1.0
"""An interpreter from 3.12 on takes more instructions for its steps: 1.36 times the bare handler, 1.25 on 3.11."""
MOST = 1.28 * LATER
"""Times the instructions of the bare handler: a bound on what has been reached. The mark of `make bench` is 1.35."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(instructions.why_not()), reason=instructions.why_not() or "it can be counted")
def test_an_accepted_update_takes_so_many_instructions_at_most():
    with ThreadPoolExecutor(2) as pool:
        mock, bare = pool.map(instructions.instructions, ("mock", "bare"))
    assert 50_000 < bare < mock
    assert mock / bare <= MOST, f"{mock:,.0f} instructions, the bare handler takes {bare:,.0f}"


OTHERS = {"invalid": 1.45, "login": 1.65}
"""Times the instructions of an accepted update to the bare handler: bounds on what has been reached."""


@pytest.mark.slow
@pytest.mark.extensive
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(instructions.why_not()), reason=instructions.why_not() or "it can be counted")
@pytest.mark.parametrize("workload", OTHERS)
def test_a_422_and_a_login_take_so_many_instructions_at_most(workload: str):
    asked = (("bare", instructions.WORKLOADS["accepted"]), ("mock", instructions.WORKLOADS[workload]))
    with ThreadPoolExecutor(2) as pool:
        bare, mock = pool.map(lambda each: instructions.instructions(*each), asked)
    assert 50_000 < bare < mock
    assert mock / bare <= OTHERS[workload] * LATER, f"{mock:,.0f} instructions, the bare handler takes {bare:,.0f}"
