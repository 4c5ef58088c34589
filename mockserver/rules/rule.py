"""Rules as values, and the walk over an ordered list of them that returns a decision.

This module knows no specific rule. Responses, the journal, `/_mock/rules` and the documentation read the same values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar, overload

from mockserver.rules.edition import EDITIONS, Edition
from mockserver.rules.generation import GENERATIONS, Generation, Name, by_generation, period
from mockserver.rules.issue_shapes import shaped
from mockserver.rules.issues import Issue
from mockserver.rules.profile import Profile

Request = TypeVar("Request", contravariant=True)  # noqa: PLC0105 - read far more often than its variance

ACCEPTED = "accepted"
"""The value of the `Mock-Rule` header if no rule rejected the request."""


class Source(NamedTuple):
    """The evidence for a rule: the published contract, the service's behaviour, or an assumption of this mock.

    `where` names the place in it, `date` (ISO 8601) the day of the document, of the assumption, or of the generation of
    the service that it was read of; `source_date` has that of a rule that holds in some generations only.
    """

    kind: Literal["contract", "service", "assumption"]
    where: str
    date: str


class Answer(NamedTuple):
    """Status and `error` name of a rejection.

    The shape `envelope` is the vendor's error body; `framework` is the body of its HTTP framework, without `reqId`.
    """

    status: int
    error: str
    shape: Literal["envelope", "framework", "page"] = "envelope"


class Finding(NamedTuple):
    """A check's reason to reject a request. `error` replaces the rule's `error` name; None keeps it."""

    message: str = ""
    error: str | None = None
    details: object = None
    issues: tuple[Issue, ...] = ()


class Rule(NamedTuple, Generic[Request]):
    """One condition under which a request is rejected.

    `answers` has an entry for each edition (profile and generation) that has the rule. `errors` lists further `error`
    names that a finding may set. `refuses_valid` says whether the rule can reject a request that the contract accepts.
    A rule that `gathers` adds its issues to the 422 instead of ending the walk. `about` names body properties: the rule
    is checked only if the body has one of them; if empty, it is always checked. A rule `of_caller` reads only facts
    about caller and identity, and no body. A rule `settled_by` a kind of request finds nothing in any request of it.
    """

    id: str
    summary: str
    source: Source
    answers: Mapping[Edition, Answer]
    check: Callable[[Request], Finding | None]
    refuses_valid: bool = True
    errors: tuple[str, ...] = ()
    gathers: bool = False
    about: frozenset[str] = frozenset()
    of_caller: bool = False
    settled_by: str = ""

    def is_asked(self, sent: Iterable[str] | None) -> bool:
        """Whether the rule is checked for a body with these properties; None means that the body is not an object."""
        return sent is None or not self.about or not self.about.isdisjoint(sent)

    def only(self, since: Name | None = None, until: Name | None = None) -> "Rule[Request]":
        """Return the rule for one place of a rulebook, where it holds in the generations from `since` to `until`."""
        held = period(since, until)
        return self._replace(answers={each: answer for each, answer in self.answers.items() if each.generation in held})

    @property
    def since(self) -> Generation | None:
        """The generation in which the rule begins to hold; None if it holds in the oldest one."""
        first = min(each.generation for each in self.answers)
        return None if first == GENERATIONS[0] else first

    @property
    def until(self) -> Generation | None:
        """The last generation in which the rule holds; None if it holds in the newest one."""
        last = max(each.generation for each in self.answers)
        return None if last == GENERATIONS[-1] else last


class Refusal(NamedTuple):
    """The error response to a rejected request, and the id of the rule that rejected it."""

    rule: str
    answer: Answer
    message: str | list[dict[str, object]]
    details: object = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status


class Step(NamedTuple):
    """A rule and its result in a walk."""

    rule: Rule[Any]
    verdict: Literal["held", "refused", "not reached"]


class Decision(NamedTuple):
    """The result of a walk: the refusal (None if the request is accepted) and the ids of the rules that rejected it."""

    refusal: Refusal | None
    refused_by: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a rule rejected the request."""
        return self.refusal is not None


class Rulebook(Generic[Request]):
    """An ordered list of rules. Gathering rules come first: one 422 reports the issues of all of them."""

    def __init__(self, *rules: Rule[Request]) -> None:
        self.rules = rules
        self._walks: dict[tuple[Edition, tuple[str, ...] | None, bool, frozenset[str]], _Walk] = {}

    def decide(
        self,
        request: Request,
        edition: Edition,
        sent: tuple[str, ...] | None = None,
        held: set[tuple[object, object]] | None = None,
        kinds: frozenset[str] = frozenset(),
    ) -> Decision:
        """Check the rules in order: return the issues of all gathering rules, else the first refusal.

        `sent` names the properties of the body; rules about other properties are skipped. None checks all rules.
        `held`, kept by caller and identity, collects rulebooks with editions: their rules `of_caller` are done with.
        `kinds` are those of the request, by body and stored record: rules settled by one of them hold.
        """
        known = held is not None and (self, edition) in held
        walk = self._walks.get((edition, sent, known, kinds)) or self._walk(edition, sent, known, kinds)
        for check in walk.gathering:
            if check(request) is not None:
                return walk.gathered(request, edition)
        for check in walk.deciding:
            if (finding := check(request)) is not None:
                rule = walk.deciding[check]
                return Decision(_refusal(rule, finding, edition), (rule.id,))
        if held is not None and not known:
            held.add((self, edition))
        return _ACCEPTED

    def steps(self, edition: Edition, refused_by: tuple[str, ...]) -> Iterator[Step]:
        """Yield each rule of the edition with its result, for a walk in which the rules `refused_by` rejected."""
        rules = [each for each in self.rules if edition in each.answers]
        gathering = any(each.gathers for each in rules if each.id in refused_by)
        reached = True
        for each in rules:
            reached = reached and (each.gathers or not gathering)
            yield Step(each, "refused" if each.id in refused_by else "held" if reached else "not reached")
            reached = reached and (gathering or each.id not in refused_by)

    def _walk(self, edition: Edition, sent: tuple[str, ...] | None, known: bool, kinds: frozenset[str]) -> "_Walk":
        asked = (each for each in self.rules if edition in each.answers and each.settled_by not in kinds)
        made = _Walk(tuple(each for each in asked if not (known and each.of_caller)), sent)
        if sum(map(len, sent or ())) <= _KEPT_NAMES:  # callers choose the names
            if len(self._walks) >= _KEPT_WALKS:
                self._walks.clear()
            self._walks[edition, sent, known, kinds] = made
        return made


_KEPT_WALKS, _KEPT_NAMES = 512, 1000
_ACCEPTED = Decision(None)


class _Walk:
    """The checks of one edition that apply to a body with these properties."""

    def __init__(self, rules: tuple[Rule[Any], ...], sent: tuple[str, ...] | None) -> None:
        asked = [each for each in rules if each.is_asked(sent)]
        self.gathering = {each.check: each for each in asked if each.gathers}
        self.deciding = {each.check: each for each in asked if not each.gathers}
        assert all(each.gathers for each in asked[: len(self.gathering)]), "gathering rules come first"
        assert len(self.gathering) + len(self.deciding) == len(asked), "each rule has a check of its own"

    def gathered(self, request: object, edition: Edition) -> Decision:
        """Return the refusal with the issues of all gathering rules, at least one of which finds something."""
        found = [(rule, finding) for check, rule in self.gathering.items() if (finding := check(request)) is not None]
        issues = sorted([issue for _, finding in found for issue in finding.issues], key=itemgetter(0))
        first = next(rule for rule, finding in found if issues[0] in finding.issues)
        refusal = Refusal(first.id, first.answers[edition], shaped(issues, edition))
        return Decision(refusal, tuple([rule.id for rule, _ in found]))


def _refusal(rule: Rule[Any], finding: Finding, edition: Edition) -> Refusal:
    answer = rule.answers[edition]
    if finding.error is not None:
        answer = Answer(answer.status, finding.error, answer.shape)
    return Refusal(rule.id, answer, finding.message, finding.details)


def rule(
    id: str,
    summary: str,
    source: Source,
    answers: Mapping[Edition, Answer],
    *,
    since: Name | None = None,
    until: Name | None = None,
    refuses_valid: bool = True,
    errors: tuple[str, ...] = (),
    gathers: bool = False,
    about: tuple[str, ...] = (),
    of_caller: bool = False,
    settled_by: str = "",
) -> Callable[[Callable[[Request], Finding | None]], Rule[Request]]:
    """Turn the decorated check into a rule. `summary` says when a request is rejected: "Rejected if …".

    The rule holds in the generations from `since` to `until`, both included, as far as `answers` has them.
    """
    held = period(since, until)

    def make(check: Callable[[Request], Finding | None]) -> Rule[Request]:
        return Rule(
            id=id,
            summary=summary,
            source=source,
            answers={edition: answer for edition, answer in answers.items() if edition.generation in held},
            check=check,
            refuses_valid=refuses_valid,
            errors=errors,
            gathers=gathers,
            about=frozenset(about),
            of_caller=of_caller,
            settled_by=settled_by,
        )

    return make


def together(rules: Iterable[Rule[Any]]) -> tuple[Rule[Any], ...]:
    """Return each rule once, in order, with its answers at all its places, which may differ in generations."""
    found: dict[str, Rule[Any]] = {}
    for each in rules:
        known = found.get(each.id)
        found[each.id] = each if known is None else known._replace(answers={**known.answers, **each.answers})
    return tuple(found.values())


Dated = Answer | Mapping[Name, Answer | None] | None
"""The answer of a profile: one for all generations, or one from each named generation on; None: the rule is absent."""


@overload
def answers(
    status: int, error: str, *, since: Name | None = None, until: Name | None = None
) -> Mapping[Edition, Answer]: ...
@overload
def answers(
    *, contract: Dated, live: Dated, since: Name | None = None, until: Name | None = None
) -> Mapping[Edition, Answer]: ...
def answers(
    status: int = 0,
    error: str = "",
    *,
    contract: Dated = None,
    live: Dated = None,
    since: Name | None = None,
    until: Name | None = None,
) -> Mapping[Edition, Answer]:
    """Return the answer of a rule in each edition in which it holds.

    One status and error for both profiles, or one answer for each, which may itself differ by generation:
    `live={"2026-05": Answer(500, …), "2026-10": Answer(400, …)}`. `since` and `until` bound the generations.
    """
    same = Answer(status, error) if status else None
    dated = {Profile.CONTRACT: _dated(same or contract), Profile.LIVE: _dated(same or live)}
    held = period(since, until)
    found = ((each, dated[each.profile].get(each.generation)) for each in EDITIONS if each.generation in held)
    return {edition: answer for edition, answer in found if answer is not None}


def _dated(answer: Dated) -> Mapping[Generation, Answer | None]:
    if answer is None or isinstance(answer, Answer):
        return dict.fromkeys(GENERATIONS, answer)
    return by_generation(answer)
