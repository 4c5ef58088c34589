"""What fuzzing has found stays found; and each parser meets a few hundred mutations in every test run."""

from itertools import islice
from pathlib import Path

import pytest

from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from tests.fuzz_parsers import bodies, calls, targets, wire
from tests.fuzz_parsers.engines import Run, inputs, unguided
from tests.fuzz_parsers.run import Row, shares, table
from tests.fuzz_parsers.target import FOUND, Target, failure_of
from tests.fuzz_parsers.targets import TARGETS

EXECUTIONS = 300
NO_CLOCK = 60
"""Seconds of CPU time allowed: tests do not depend on timing, but what hangs is a failure."""


@pytest.fixture(scope="module", autouse=True)
def closing():
    yield
    targets.close()


def kept():
    return sorted(file for file in FOUND.rglob("*") if file.is_file())


@pytest.mark.parametrize("file", kept(), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_has_been_found_is_mended(file: Path):
    assert failure_of(TARGETS[file.parent.name], file.read_bytes(), NO_CLOCK) is None


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_a_parser_holds_out(target: Target):
    for content in islice(inputs(target, seed=1), EXECUTIONS):
        failure = failure_of(target, content, NO_CLOCK)
        assert failure is None, (content, failure.says)


def statuses(name: str, before: bytes = b""):
    return [calls.answer_to(before + content).status for content in TARGETS[name].seeds]


def test_the_seeds_mean_something_to_their_parsers():
    """Or the fuzzer would look at refusals alone."""
    told = [wire.line().answers(content)[9:12] for content in TARGETS["http"].seeds]
    assert told == [b"200", b"200", b"401", b"100", b"406", b"200", b"404", b"200"]
    assert statuses("requests") == [200, 200, 200, 200, 200, 200, 200, 200, 403, 404, 200]
    assert set(statuses("control")) == {200, 201, 204}
    assert set(statuses("faults", calls.FAULT)) == {201}
    assert set(statuses("expectations", calls.VERIFY)) == {200, 406}
    for content in TARGETS["fixtures"].seeds:
        load([Text("seed", content.decode())], 0)
    found = [bodies.token_in(content) for content in TARGETS["token"].seeds]
    assert [type(each).__name__ for each in found] == [
        "AccessToken", "AccessToken", "Defect", "AccessToken", "AccessToken", "Defect", "Defect",
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_inputs():
    one, other, third = (list(islice(inputs(TARGETS["json"], seed), 100)) for seed in (1, 1, 2))
    assert one == other != third


def _fragile(content: bytes) -> None:
    if b"!" in content:
        raise ValueError("a bang")
    if b"?" in content:
        raise RecursionError


def test_a_failure_becomes_a_file_without_what_it_does_not_need(tmp_path: Path):
    target = Target("fragile", "a parser with two bugs", _fragile, (b"one two three", b"1"), (b"!", b"?"))
    run = Run(target, 2000, found=tmp_path)
    unguided(run, seed=1)
    row = run.result()
    assert row["executions"] == 2000
    assert sorted(Path(file).read_bytes() for file in row["failures"]) == [b"!", b"?"]


def test_what_takes_too_long_is_a_failure():
    target = Target("slow", "a parser that counts", lambda _: sum(range(300_000)) and None, (b"x",))
    assert failure_of(target, b"x", 0.000_001).kind == "slow"
    assert failure_of(target, b"x", 60) is None


def test_executions_are_shared_out_and_none_is_lost():
    found = shares(list(TARGETS.values()), 1_000_000)
    assert sum(found.values()) == 1_000_000
    assert min(found.values()) > 10_000


def test_the_table_sums_up():
    shown = table([Row("a", 1000, 2, 3), Row("b", 500, 1, 4, {"f": "x"})]).splitlines()
    assert [line.split() for line in shown[1:]] == [
        ["a", "1,000", "500", "3", "0"],
        ["b", "500", "500", "4", "1"],
        ["all", "1,500", "500", "7", "1"],
    ]
