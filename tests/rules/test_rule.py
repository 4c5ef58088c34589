"""The walk over rules: what is gathered, what refuses first, what was asked, and what the steps say."""

import pytest

from mockserver.api.request_rules import HEADERS
from mockserver.api.route_rules import ROUTE, Routing
from mockserver.rules import issues
from mockserver.rules.edition import edition
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Answer, Finding, Rulebook, Source, answers, rule

CONTRACT, LIVE = edition(Profile.CONTRACT), edition(Profile.LIVE)
SOURCE = Source("assumption", "this test", "2026-11-23")


def gathering(name, rank):
    @rule(name, "It holds.", SOURCE, answers(422, "ValidationFailure"), gathers=True)
    def check(names):
        return Finding(issues=(issues.custom(rank, (name,), ""),)) if name in names else None

    return check


def deciding(name, answers, about=()):
    @rule(name, "It holds.", SOURCE, answers, about=about)
    def check(names):
        return Finding(f"{name} refuses") if name in names else None

    return check


BOOK = Rulebook(
    gathering("late", rank=2),
    gathering("early", rank=1),
    deciding("first", answers(400, "First")),
    deciding("live-only", answers(contract=None, live=Answer(500, "LiveOnly"))),
    deciding("about-a", answers(403, "AboutA"), about=("a", "b")),
)


def verdicts(refusing, edition=CONTRACT, sent=None):
    refused_by = BOOK.decide(refusing, edition, sent).refused_by
    return {step.rule.id: step.verdict for step in BOOK.steps(edition, refused_by)}


def refusal(refusing, edition=CONTRACT, sent=None):
    return BOOK.decide(refusing, edition, sent).refusal


def test_nothing_refused_is_no_refusal():
    assert refusal(()) is None
    assert set(verdicts(()).values()) == {"held"}


def test_gathered_issues_are_one_answer_in_the_order_of_their_ranks():
    found = refusal(("late", "early", "first"))
    assert (found.status, found.rule) == (422, "early")
    assert [issue["path"] for issue in found.message] == [["early"], ["late"]]


def test_the_first_that_refuses_decides():
    assert refusal(("first", "about-a")).message == "first refuses"
    assert refusal(("about-a",)).answer == Answer(403, "AboutA")


def test_a_rule_holds_only_in_the_profiles_that_it_answers():
    assert refusal(("live-only",), CONTRACT) is None
    assert refusal(("live-only",), LIVE).answer == Answer(500, "LiveOnly")


@pytest.mark.parametrize(
    ("sent", "asked"), [(("a",), True), (("x", "b"), True), (("x",), False), ((), False), (None, True)]
)
def test_a_rule_about_properties_is_asked_where_one_of_them_is_sent(sent, asked):
    assert (refusal(("about-a",), sent=sent) is not None) is asked


@pytest.mark.parametrize(
    ("refusing", "steps"),
    [
        pytest.param(("first",), ("held", "held", "refused", "not reached"), id="deciding"),
        pytest.param(("early",), ("held", "refused", "not reached", "not reached"), id="gathering"),
        pytest.param(("late",), ("refused", "held", "not reached", "not reached"), id="gathering goes on"),
        pytest.param(("late", "early"), ("refused", "refused", "not reached", "not reached"), id="gathering both"),
        pytest.param(("about-a",), ("held", "held", "held", "refused"), id="the last"),
    ],
)
def test_the_steps_say_what_each_rule_said(refusing, steps):
    assert verdicts(refusing) == dict(zip(("late", "early", "first", "about-a"), steps, strict=True))


def test_a_book_that_does_not_open_with_what_gathers_is_refused():
    with pytest.raises(AssertionError, match="come first"):
        Rulebook(deciding("first", answers(400, "First")), gathering("late", rank=1)).decide((), CONTRACT)


def test_a_finding_may_name_an_error_and_carry_details():
    @rule("named", "It holds.", SOURCE, answers(400, "Usual"), errors=("Other",))
    def named(_):
        return Finding("why", "Other", details=[1])

    found = Rulebook(named).decide(None, LIVE).refusal
    assert (found.answer, found.message, found.details) == (Answer(400, "Other"), "why", [1])


@pytest.mark.parametrize(
    ("world_known", "problem", "contract", "live"),
    [
        pytest.param(
            False, "unknown", (404, "NotFound", "world.unknown"), (404, "NotFound", "world.unknown"), id="world"
        ),
        pytest.param(
            True,
            "encoding",
            (400, "BadRequest", "route.encoding"),
            (400, "Bad Request", "route.encoding"),
            id="encoding",
        ),
        pytest.param(
            True, "unknown", (404, "NotFound", "route.unknown"), (404, "Not Found", "route.unknown"), id="path"
        ),
        pytest.param(
            True, "segment", (404, "NotFound", "route.segment"), (404, "Not Found", "route.segment"), id="segment"
        ),
        pytest.param(
            True, "method", (405, "MethodNotAllowed", "route.method"), (404, "Not Found", "route.method"), id="method"
        ),
    ],
)
def test_a_request_that_leads_nowhere(world_known, problem, contract, live):
    routing = Routing("/nowhere", "GET", "side", world_known, problem)
    for each, answer in ((CONTRACT, contract), (LIVE, live)):
        found = ROUTE.decide(routing, each).refusal
        assert (found.status, found.answer.error, found.rule) == answer


@pytest.mark.parametrize(
    ("slug", "refused"),
    [
        ("acme", False),
        ("a-1", False),
        ("", True),
        ("Acme", True),
        ("a--b", True),
        ("-a", True),
        ("a_b", True),
        ("a\n", True),
    ],
)
def test_the_organization_header_is_a_slug(slug, refused, profile):
    found = HEADERS.decide(slug, edition(profile)).refusal
    assert (found is not None) is refused
    assert found is None or (found.status, found.rule) == (422, "header.organization")


def test_names_of_any_length_are_not_kept():
    book = Rulebook(*ROUTE.rules)
    for number in range(3):
        book.decide(Routing("/", "GET", "default", True), CONTRACT, (f"{number}" * 2000,))
    assert not book._walks
    book.decide(Routing("/", "GET", "default", True), CONTRACT, ("short",))
    assert len(book._walks) == 1
