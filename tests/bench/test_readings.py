"""What wrk prints is read as it is meant; what is asked is what the README says; figures get the verdict they earn."""

import json

import pytest

from bench import stopwatch
from bench.rounds import Rounds
from bench.steps import STEPS
from bench.stopwatch import Stopwatch, found
from bench.table import Row, markdown, put, shown, skipped, verdict
from bench.workload import ACCEPTED, REFUSED, VARIANTS
from bench.wrk import Round, WrongAnswers, parsed

LINE = "FIGURES requests={} duration=2000000 p50=150 p99=900 max=4000 refused={} broken={}\n"
PRINTED = "Running 2s test @ http://127.0.0.1:8080/\n  1 threads and 16 connections\n" + LINE


def test_the_figures_of_a_round_are_read():
    assert parsed(PRINTED.format(10000, 0, 0), 200) == Round(5000.0, 150, 900, 4000, 10000)


def test_a_round_of_refusals_is_one_in_which_all_are_refused():
    assert parsed(PRINTED.format(10000, 10000, 0), 422).requests == 10000


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        (PRINTED.format(10000, 1, 0), 200),
        (PRINTED.format(10000, 9999, 0), 422),
        (PRINTED.format(10000, 0, 1), 200),
        (PRINTED.format(0, 0, 0), 200),
        ("unable to connect to 127.0.0.1:8080 Connection refused\n", 200),
    ],
    ids=["one refused", "one accepted", "one broken", "none", "no server"],
)
def test_a_round_with_other_answers_is_none(printed, status):
    with pytest.raises(WrongAnswers):
        parsed(printed, status)


@pytest.mark.parametrize("workload", [ACCEPTED, *REFUSED], ids=lambda each: each.name)
def test_no_request_of_a_workload_is_sent_twice(workload, tmp_path):
    assert len({(request.path, request.body) for request in workload.requests}) == VARIANTS
    assert workload.as_file(tmp_path).read_bytes().split(b"\0")[:-1] == [each.raw for each in workload.requests]


def test_a_request_is_whole_on_the_wire():
    request = ACCEPTED.requests[0]
    head, _, body = request.raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"PATCH {request.path} HTTP/1.1"
    assert "Authorization: Bearer acme-admin-token" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert json.loads(body)["accessTokenTTL"] == 600


def test_ratios_are_taken_within_a_round():
    figures = iter([(100, 50), (10, 10), (90, 30)])
    now = {}

    def fast():
        now["slow"] = next(figures)
        return Round(now["slow"][0], 0, 0, 0, 1)

    rounds = Rounds({"fast": fast, "slow": lambda: Round(now["slow"][1], 0, 0, 0, 1)}, 1, "")
    assert rounds.ratio("fast", "slow", "rate") == 2


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (Row("share", 0.7, ">=", 0.7), ("share", ">= 0.7", "0.700", "holds")),
        (Row("share", 0.69996, ">=", 0.7), ("share", ">= 0.7", "0.69996", "**MISSED**")),
        (Row("times", 1.6, "<=", 1.6), ("times", "<= 1.6", "1.60", "holds")),
        (Row("seconds", 0.15, "<", 0.15), ("seconds", "< 0.15", "0.150", "**MISSED**")),
        (Row("rate", 12345.6), ("rate", "", "12,346", "")),
        (Row("several", "1 / 2"), ("several", "", "1 / 2", "")),
        (skipped("Prism", "npm is not installed", ">=", 2.5), ("Prism", ">= 2.5", "", "skipped: npm is not installed")),
    ],
    ids=lambda each: each.what if isinstance(each, Row) else "",
)
def test_a_row_shows_what_its_verdict_says(row, cells):
    assert row.as_cells() == cells


def test_one_missed_mark_is_enough_and_a_skipped_one_is_none():
    fine = [Row("", 1, ">=", 1), Row("", 5), skipped("", "", ">=", 2)]
    assert verdict(fine)
    assert not verdict([*fine, Row("", 2, "<=", 1)])
    assert markdown(fine).count("\n") == 4


@pytest.mark.parametrize(("figure", "text"), [(0.0421, "0.042"), (3.14159, "3.14"), (61.23, "61.2"), (999.6, "1,000")])
def test_figures_have_three_digits(figure, text):
    assert shown(figure) == text


def test_a_section_is_put_between_its_markers_and_nowhere_else():
    text = "a\n<!-- one -->\nold\n<!-- end one -->\n<!-- two -->\nkept\n<!-- end two -->\n"
    assert put(text, "one", "new") == text.replace("old", "new")
    with pytest.raises(ValueError, match="three"):
        put(text, "three", "new")


@pytest.mark.parametrize("place", [place for places in STEPS.values() for place in places])
def test_each_step_that_is_timed_stands_where_it_is_looked_for(place):
    owner, name = found(place)
    assert callable(getattr(owner, name))


class Clock:
    now = 0


class Subject:
    @classmethod
    def of(cls, number):
        return number + 1

    def outer(self, number):
        Clock.now += 3
        return self.inner(number) * 2

    def inner(self, number):
        Clock.now += 50
        return number


def test_a_timed_function_does_what_it_did_and_leaves_out_what_is_timed_inside(monkeypatch):
    monkeypatch.setattr(stopwatch, "perf_counter_ns", lambda: Clock.now)
    watch, original = Stopwatch(), Subject.__dict__["of"]
    here = f"{__name__}:Subject."
    with watch.at({here + "outer": "outer", here + "inner": "inner", here + "of": "of"}):
        assert Subject().outer(21) == 42
        assert Subject.of(1) == 2
    assert watch.calls == {"outer": [3], "inner": [50], "of": [0]}
    assert Subject.__dict__["of"] is original


def test_what_does_not_stand_there_cannot_be_timed():
    with pytest.raises(LookupError, match="STEPS"):
        found("mockserver.rules.rule:Rulebook.no_such_step")
