"""Rules of caller and identity are checked once for both, and nothing else can change what they say."""

from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.edition import edition
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Finding, Rule, Rulebook, Source, answers

CONTRACT, LIVE = edition(Profile.CONTRACT), edition(Profile.LIVE)
ASKED: list[str] = []


def rule(id: str, *, of_caller: bool = False) -> Rule[Any]:
    """A rule that refuses a request that names it, and says when it is asked."""

    def check(request: tuple[str, ...]) -> Finding | None:
        ASKED.append(id)
        return Finding(id) if id in request else None

    source = Source("assumption", "this test", "2026-11-26")
    return Rule(id, id, source, answers(400, "BadRequest"), check, of_caller=of_caller)


@pytest.fixture
def book() -> Rulebook[Any]:
    ASKED.clear()
    return Rulebook(rule("first"), rule("caller", of_caller=True), rule("last"))


def test_a_rule_of_the_caller_that_has_held_is_not_asked_again(book: Rulebook[Any]):
    held: set[tuple[object, object]] = set()
    assert not book.decide((), CONTRACT, None, held).refused
    ASKED.clear()
    assert book.decide(("last",), CONTRACT, None, held).refused_by == ("last",)
    assert ASKED == ["first", "last"]


def test_one_that_refuses_is_asked_each_time_and_in_its_place(book: Rulebook[Any]):
    held: set[tuple[object, object]] = set()
    for _ in range(2):
        assert book.decide(("caller", "last"), CONTRACT, None, held).refused_by == ("caller",)
        assert book.decide(("first", "caller"), CONTRACT, None, held).refused_by == ("first",)
    assert held == set()


def test_what_has_held_in_one_edition_and_rulebook_says_nothing_of_another(book: Rulebook[Any]):
    held: set[tuple[object, object]] = set()
    book.decide((), CONTRACT, None, held)
    assert book.decide(("caller",), LIVE, None, held).refused_by == ("caller",)
    other = Rulebook(rule("caller", of_caller=True))
    assert other.decide(("caller",), CONTRACT, None, held).refused_by == ("caller",)


def test_without_a_memory_every_rule_is_asked(book: Rulebook[Any]):
    for _ in range(2):
        ASKED.clear()
        book.decide((), CONTRACT)
        assert ASKED == ["first", "caller", "last"]


OF_CALLER = {each.id: each for operation in OPERATIONS for each in operation.rules.rules if each.of_caller}
FACTS = frozenset(name for name in vars(CallerFacts) if not name.startswith("_")) - {"plan_has"}


class Facts:
    """The facts about caller and identity, and no others."""

    def __getattr__(self, name: str) -> Any:
        assert name in FACTS, f"{name} is no fact about caller and identity"
        return (lambda *_: ()) if name in ("caller_rules", "missing") else (lambda *_: True)


@pytest.mark.parametrize("each", OF_CALLER.values(), ids=OF_CALLER)
def test_a_rule_of_the_caller_reads_nothing_else(each: Rule[Any]):
    each.check(SimpleNamespace(facts=Facts()))
    assert not each.gathers
    assert not each.about


def test_there_are_such_rules():
    assert {"identity.unknown", "identity.home", "caller.member", "permission.edit-auth"} <= set(OF_CALLER)
