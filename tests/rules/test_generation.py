"""Generations: their order, how one is named, and what holds since or until one."""

import pytest

from mockserver.rules.edition import EDITIONS, edition
from mockserver.rules.generation import GENERATIONS, NEWEST, Generation, by_generation, generation_as_of, period
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Answer, Finding, Rulebook, Source, answers, rule

SOURCE = Source("assumption", "this test", "2026-11-23")


def test_generations_are_ordered_and_say_what_they_are():
    assert list(GENERATIONS) == sorted(GENERATIONS) == ["2026-05", "2026-08", "2026-09", "2026-10"]
    assert [each.date for each in GENERATIONS] == ["2026-05-01", "2026-08-20", "2026-09-16", "2026-10-14"]
    assert all(each.summary.endswith(".") for each in GENERATIONS)
    assert NEWEST == "2026-10"


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        *((each, each) for each in GENERATIONS),
        *((each.date, each) for each in GENERATIONS),
        *((each.release, each) for each in GENERATIONS),
        *((each.release[1:], each) for each in GENERATIONS),
        ("2026-08-19", "2026-05"),
        ("2026-09-15", "2026-08"),
        ("2026-10-13", "2026-09"),
        ("2099-12-31", "2026-10"),
        ("v0.160.0", "2026-05"),
        ("V0.162.21", "2026-05"),
        ("v0.162.100", "2026-08"),
        ("v0.166.6", "2026-09"),
        ("0.167.0", "2026-10"),
        ("v1.0.0", "2026-10"),
    ],
)
def test_a_generation_is_named_by_itself_a_date_or_a_release(text: str, generation: str):
    assert generation_as_of(text) is Generation(generation)


BAD = (
    *(
        "",
        " ",
        "2026-04",
        "2026-04-30",
        "2026-07",
        "2026-8",
        "2026-02-30",
        "2026-13-01",
        "20260901",
        "2026-09-01T00:00:00Z",
    ),
    *(
        "v0.159.22",
        "0.9.0",
        "v0.162",
        "v0.162.22.1",
        "vv0.162.22",
        "v0.162.x",
        "latest",
        "2026-10 ",
        "\n2026-10",
        "2026\u201110",
    ),
    *("\uff12\uff10\uff12\uff16-10-14", "-2026-10-14", "x" * 100_000, "9" * 5000 + ".0.0"),
)


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_anything_else_is_refused_with_all_valid_names(text: str):
    with pytest.raises(ValueError, match="is no generation of the service") as refused:
        generation_as_of(text)
    assert all(each in str(refused.value) for each in (*GENERATIONS, "2026-05-01", "v0.159.23"))
    assert len(str(refused.value)) < 300


def test_a_mistyped_name_is_told_the_nearest():
    with pytest.raises(ValueError, match=r"Did you mean 2026-08\?"):
        generation_as_of("2026-8")


def test_a_period_includes_both_ends():
    assert period() == GENERATIONS
    assert period("2026-08") == GENERATIONS[1:]
    assert period(until="2026-08") == GENERATIONS[:2]
    assert period("2026-08", "2026-08") == (Generation.AUGUST,)
    with pytest.raises(AssertionError):
        period("2026-10", "2026-05")


def test_a_value_holds_until_the_next_one():
    assert by_generation({"2026-05": 1, "2026-09": 2}) == dict(zip(GENERATIONS, (1, 1, 2, 2), strict=True))
    assert by_generation({"2026-09": 2}) == {Generation.SEPTEMBER: 2, Generation.OCTOBER: 2}


def test_without_a_date_live_is_the_newest_and_contract_the_service_of_august():
    assert edition(Profile.LIVE).generation is NEWEST
    assert edition(Profile.CONTRACT).generation is Generation.AUGUST
    assert edition(Profile.LIVE) is edition(Profile.LIVE, NEWEST)
    assert len(EDITIONS) == len(set(EDITIONS)) == 8


def refusing(name: str, answered, **more):
    @rule(name, "It holds.", SOURCE, answered, **more)
    def check(_: object) -> Finding:
        return Finding("refused")

    return check


def deciding(book: Rulebook, profile: Profile) -> list[object]:
    refusals = [book.decide(None, edition(profile, each)).refusal for each in GENERATIONS]
    return [None if each is None else (each.status, each.answer.error) for each in refusals]


def test_a_rule_holds_since_and_until():
    middle = refusing("middle", answers(400, "A"), since="2026-08", until="2026-09")
    assert deciding(Rulebook(middle), Profile.LIVE) == [None, (400, "A"), (400, "A"), None]
    assert (middle.since, middle.until) == ("2026-08", "2026-09")
    always = refusing("always", answers(400, "A"))
    assert (always.since, always.until) == (None, None)


def test_an_answer_differs_by_profile_and_generation():
    dated = answers(contract=Answer(400, "C"), live={"2026-05": Answer(500, "L"), "2026-10": Answer(413, "F")})
    book = Rulebook(refusing("dated", dated))
    assert deciding(book, Profile.CONTRACT) == [(400, "C")] * 4
    assert deciding(book, Profile.LIVE) == [(500, "L")] * 3 + [(413, "F")]
    gone = answers(contract=None, live={"2026-05": Answer(500, "L"), "2026-10": None})
    assert deciding(Rulebook(refusing("gone", gone)), Profile.LIVE) == [(500, "L")] * 3 + [None]
    late = refusing("late", answers(400, "A", since="2026-10"))
    assert deciding(Rulebook(late), Profile.CONTRACT) == [None, None, None, (400, "A")]
    assert late.since == "2026-10"


def test_a_check_may_stand_at_two_places_of_an_order_in_different_generations():
    early = refusing("moved", answers(403, "A", until="2026-05"))
    late = early._replace(answers=answers(403, "A", since="2026-08"))
    book = Rulebook(early, refusing("other", answers(400, "B")), late)
    assert deciding(book, Profile.LIVE) == [(403, "A")] + [(400, "B")] * 3
