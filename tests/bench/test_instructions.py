"""How many instructions an accepted update takes, beside a bare handler: no load of the machine moves it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench import instructions

MOST = 1.49
"""Times the instructions of the bare handler: a bound on what has been reached. The mark of `make bench` is 1.35."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(instructions.why_not()), reason=instructions.why_not() or "it can be counted")
def test_an_accepted_update_takes_so_many_instructions_at_most():
    with ThreadPoolExecutor(2) as pool:
        mock, bare = pool.map(instructions.instructions, ("mock", "bare"))
    assert 50_000 < bare < mock
    assert mock / bare <= MOST, f"{mock:,.0f} instructions, the bare handler takes {bare:,.0f}"
