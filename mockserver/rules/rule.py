"""Rules as values, and the walk over an ordered list of them that returns a decision.

This module knows no specific rule. Responses, the journal, `/_mock/rules` and the documentation read the same values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar, overload

from mockserver.rules import issues
from mockserver.rules.issues import Issue
from mockserver.rules.profile import Profile

Request = TypeVar("Request", contravariant=True)  # noqa: PLC0105 - read far more often than its variance

ACCEPTED = "accepted"
"""The value of the `Mock-Rule` header if no rule rejected the request."""


class Source(NamedTuple):
    """The evidence for a rule: the published contract, the service's behaviour, or an assumption of this mock.

    `where` names the place in it, `date` (ISO 8601) the day on which it was read.
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
    shape: Literal["envelope", "framework"] = "envelope"


class Finding(NamedTuple):
    """A check's reason to reject a request. `error` replaces the rule's `error` name; None keeps it."""

    message: str = ""
    error: str | None = None
    details: object = None
    issues: tuple[Issue, ...] = ()


class Rule(NamedTuple, Generic[Request]):
    """One condition under which a request is rejected.

    `answers` has an entry for each profile in which the rule holds. `errors` lists the further `error` names that a
    finding may carry. `refuses_valid` says whether a request that the contract accepts can be refused by it.
    A rule that `gathers` adds its issues to the 422 instead of ending the walk. `about` names the properties of the
    body without which it cannot refuse (any one of them is enough to ask it); empty means that it is always asked.
    """

    id: str
    summary: str
    source: Source
    answers: Mapping[Profile, Answer]
    check: Callable[[Request], Finding | None]
    refuses_valid: bool = True
    errors: tuple[str, ...] = ()
    gathers: bool = False
    about: frozenset[str] = frozenset()

    def is_asked(self, sent: Iterable[str] | None) -> bool:
        """Whether it is asked of a body with these properties; None for a body that is no object."""
        return sent is None or not self.about or not self.about.isdisjoint(sent)


class Refusal(NamedTuple):
    """An answer that is not the one asked for, and the rule that gave it."""

    rule: str
    answer: Answer
    message: str | list[dict[str, object]]
    details: object = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status


class Step(NamedTuple):
    """What one rule said in a walk."""

    rule: Rule[Any]
    verdict: Literal["held", "refused", "not reached"]


class Decision(NamedTuple):
    """The outcome of one walk: the refusal if any, and the ids of the rules that refused."""

    refusal: Refusal | None
    refused_by: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether any rule refused."""
        return self.refusal is not None


class Rulebook(Generic[Request]):
    """An ordered tuple of rules, and the walk over it. Gathering rules come first: their issues are one answer."""

    def __init__(self, *rules: Rule[Request]) -> None:
        self.rules = rules
        self._walks: dict[tuple[Profile, tuple[str, ...] | None], _Walk] = {}

    def decide(self, request: Request, profile: Profile, sent: tuple[str, ...] | None = None) -> Decision:
        """The issues of all gathering rules together; else the first refusal in the order of the rules.

        `sent` names the properties of the body: rules that are about others hold without being asked. None asks all.
        """
        walk = self._walks.get((profile, sent)) or self._walk(profile, sent)
        gathered = [(walk.gathering[check], found) for check in walk.gathering if (found := check(request)) is not None]
        if gathered:
            return Decision(_gathered_refusal(gathered, profile), tuple(rule.id for rule, _ in gathered))
        for check in walk.deciding:
            if (finding := check(request)) is not None:
                rule = walk.deciding[check]
                return Decision(_refusal(rule, finding, profile), (rule.id,))
        return _ACCEPTED

    def steps(self, profile: Profile, refused_by: tuple[str, ...]) -> Iterator[Step]:
        """Each rule of the profile with its verdict, in the order of a walk in which those rules refused."""
        rules = [each for each in self.rules if profile in each.answers]
        gathering = any(each.gathers for each in rules if each.id in refused_by)
        reached = True
        for each in rules:
            reached = reached and (each.gathers or not gathering)
            yield Step(each, "refused" if each.id in refused_by else "held" if reached else "not reached")
            reached = reached and (gathering or each.id not in refused_by)

    def _walk(self, profile: Profile, sent: tuple[str, ...] | None) -> "_Walk":
        made = _Walk(tuple(each for each in self.rules if profile in each.answers), sent)
        if sum(map(len, sent or ())) <= _KEPT_NAMES:  # names are the caller's: what is kept of them has a bound
            if len(self._walks) >= _KEPT_WALKS:
                self._walks.clear()
            self._walks[profile, sent] = made
        return made


_KEPT_WALKS = 512
_KEPT_NAMES = 1000
_ACCEPTED = Decision(None)


class _Walk:
    """The rules of one profile, and the checks that a body with these properties has to pass."""

    def __init__(self, rules: tuple[Rule[Any], ...], sent: tuple[str, ...] | None) -> None:
        asked = [each for each in rules if each.is_asked(sent)]
        self.gathering = {each.check: each for each in asked if each.gathers}
        self.deciding = {each.check: each for each in asked if not each.gathers}
        assert all(each.gathers for each in asked[: len(self.gathering)]), "gathering rules come first"
        assert len(self.gathering) + len(self.deciding) == len(asked), "each rule has a check of its own"


def _refusal(rule: Rule[Any], finding: Finding, profile: Profile) -> Refusal:
    answer = rule.answers[profile]
    if finding.error is not None:
        answer = Answer(answer.status, finding.error, answer.shape)
    return Refusal(rule.id, answer, finding.message, finding.details)


def _gathered_refusal(gathered: Iterable[tuple[Rule[Any], Finding]], profile: Profile) -> Refusal:
    ranked = sorted(
        ((issue.rank, rule, issue) for rule, finding in gathered for issue in finding.issues),
        key=itemgetter(0),
    )
    first = ranked[0][1]
    return Refusal(first.id, first.answers[profile], issues.as_json(issue for _, _, issue in ranked))


def rule(
    id: str,
    summary: str,
    source: Source,
    answers: Mapping[Profile, Answer],
    *,
    refuses_valid: bool = True,
    errors: tuple[str, ...] = (),
    gathers: bool = False,
    about: tuple[str, ...] = (),
) -> Callable[[Callable[[Request], Finding | None]], Rule[Request]]:
    """Makes the decorated check a rule, so that id, meaning and check stand together."""

    def make(check: Callable[[Request], Finding | None]) -> Rule[Request]:
        return Rule(
            id=id,
            summary=summary,
            source=source,
            answers=answers,
            check=check,
            refuses_valid=refuses_valid,
            errors=errors,
            gathers=gathers,
            about=frozenset(about),
        )

    return make


@overload
def answers(status: int, error: str) -> Mapping[Profile, Answer]: ...
@overload
def answers(*, contract: Answer | None, live: Answer | None) -> Mapping[Profile, Answer]: ...
def answers(
    status: int = 0, error: str = "", *, contract: Answer | None = None, live: Answer | None = None
) -> Mapping[Profile, Answer]:
    """Return the answer of a rule in each profile: the same in all, or one each; None where the rule does not hold."""
    if status:
        return dict.fromkeys(Profile, Answer(status, error))
    pairs = ((Profile.CONTRACT, contract), (Profile.LIVE, live))
    return {profile: answer for profile, answer in pairs if answer is not None}
