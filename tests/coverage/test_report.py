"""Reports as values: merging has its laws, totals round down, and what is no report is refused with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.coverage.report import Report, State, Total, Unmergeable, from_json, merged

SHAPE = {
    "updateIt": {"statuses": ("200", "404"), "rules": ("a.b refused", "a.b held")},
    "getIt": {"statuses": ("200",)},
}
STATES = st.sampled_from(State)
REPORTS = st.builds(
    Report,
    st.just("1"),
    st.just("c"),
    st.sampled_from([("contract",), ("live",), ("contract", "live")]),
    st.fixed_dictionaries(
        {
            operation: st.fixed_dictionaries(
                {section: st.fixed_dictionaries(dict.fromkeys(items, STATES)) for section, items in sections.items()}
            )
            for operation, sections in SHAPE.items()
        }
    ),
    st.sampled_from([("2026-05",), ("2026-08", "2026-10")]),
)


def report(state: State = State.MISSING, **more) -> Report:
    operations = {
        operation: {section: dict.fromkeys(items, state) for section, items in sections.items()}
        for operation, sections in SHAPE.items()
    }
    return Report("1", "c", ("contract",), operations)._replace(**more)


@given(REPORTS, REPORTS)
def test_merging_is_commutative(one, other):
    assert one.merged(other) == other.merged(one)


@given(REPORTS, REPORTS, REPORTS)
def test_merging_is_associative(one, other, third):
    assert one.merged(other).merged(third) == one.merged(other.merged(third)) == merged([one, other, third])


@given(REPORTS, REPORTS)
def test_merging_again_changes_nothing(one, other):
    both = one.merged(other)
    assert one.merged(one) == one
    assert both.merged(other) == both


@given(REPORTS, REPORTS)
def test_merging_covers_what_either_covers_and_nothing_else(one, other):
    both = one.merged(other)
    for operation, sections in both.operations.items():
        for section, items in sections.items():
            for item, state in items.items():
                pair = {each.operations[operation][section][item] for each in (one, other)}
                assert (state is State.COVERED) == (State.COVERED in pair)
                assert (state is State.NOT_COUNTED) == (pair == {State.NOT_COUNTED})


@given(REPORTS)
def test_a_report_is_read_back_from_its_json(one):
    assert from_json(json.loads(json.dumps(one.as_json()))) == one


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (report(version="2"), "version 1, the other of 2"),
        (report(contract="d"), "contract c, the other of d"),
        (report(operations={"getIt": {"statuses": {"200": State.MISSING}}}), "the same operations"),
    ],
    ids=["version", "contract", "operations"],
)
def test_what_is_not_about_the_same_things_is_not_merged(other, told):
    with pytest.raises(Unmergeable, match=told):
        report().merged(other)


def test_totals_count_by_operation_and_section_and_leave_out_what_does_not_count():
    made = report()
    made.operations["updateIt"]["statuses"]["200"] = State.COVERED
    made.operations["updateIt"]["rules"]["a.b held"] = State.NOT_COUNTED
    assert made.total() == (1, 4)
    assert made.total("updateIt") == (1, 3)
    assert made.total("updateIt", "statuses") == (1, 2)
    assert made.total(None, "rules") == (0, 1)
    assert made.missing("updateIt", "rules") == ["a.b refused"]
    told = made.as_json()
    assert told["totals"]["all"] == {"covered": 1, "of": 4, "percent": 25.0}
    assert told["operations"][1]["totals"] == {
        "all": {"covered": 0, "of": 1, "percent": 0.0},
        "statuses": {"covered": 0, "of": 1, "percent": 0.0},
    }


def test_a_report_is_narrowed_to_operations_and_sections():
    made = report()
    assert list(made.narrowed(["getIt"]).operations) == ["getIt"]
    assert made.narrowed([], ["rules"]).operations == {"updateIt": {"rules": made.operations["updateIt"]["rules"]}}
    assert made.narrowed() == made


def test_a_percentage_is_whole_only_if_all_is_covered():
    assert Total(1999, 2000).percent == 99.9
    assert Total(2000, 2000).percent == 100
    assert Total(0, 0).percent == 100
    assert not Total(1999, 2000).reaches(99.96)
    assert Total(1999, 2000).reaches(99.95)
    assert Total(0, 5).reaches(0)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(lambda value: [], r"\(document\): .* expected an object", id="a list"),
        pytest.param(
            lambda value: value.pop("operations") and value, r"\(document\): .* missing operations", id="a part is gone"
        ),
        pytest.param(lambda value: value | {"operations": {}}, "/operations: .* an array", id="operations by name"),
        pytest.param(
            lambda value: value | {"operations": [7]}, "/operations/0: .* an object", id="an operation that is none"
        ),
        pytest.param(lambda value: value | {"version": 7}, "/version: .* a string", id="version"),
        pytest.param(lambda value: value | {"profiles": [7]}, "/profiles: .* a string", id="profiles"),
        pytest.param(
            lambda value: value | {"operations": [{"operation": "x", "items": {"rules": {"a": "maybe"}}}]},
            "/operations/0/items/rules/a: expected one of not counted, missing, covered",
            id="state",
        ),
        pytest.param(
            lambda value: value | {"operations": [{"operation": "x", "items": {"colours": {}}}]},
            "/operations/0/items/colours: expected one of statuses",
            id="section",
        ),
    ],
)
def test_what_is_no_report_is_refused_with_its_place(spoil, told):
    with pytest.raises(ValueError, match=told):
        from_json(spoil(report().as_json()))
