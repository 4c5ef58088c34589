"""The garbage collector is kept away from long work, and passes over what stays."""

import gc

import pytest

from mockserver.collector import paused


@pytest.mark.parametrize("stays", [True, False])
def test_nothing_is_collected_meanwhile(stays: bool):
    before = gc.get_freeze_count()
    try:
        with paused(stays=stays), paused(stays=stays):
            assert not gc.isenabled()
            made = [[number] for number in range(1000)]
        assert gc.isenabled()
        assert len(made) == 1000
        assert (gc.get_freeze_count() >= before + 1000) is stays
    finally:
        gc.unfreeze()


def test_where_there_is_nothing_long_it_goes_on():
    with paused(pauses=False):
        assert gc.isenabled()
