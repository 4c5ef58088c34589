"""Coverage collection: counts covered items while requests are answered, and makes the report.

Most requests repeat an earlier one. A set of hashes recognises them: operation, edition, the properties sent and their
types, the fields that changed, and the rules that rejected determine every item. Only a new hash is evaluated. Nothing
of a request is kept but its hash.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import eq
from typing import Any, Protocol

from mockserver.coverage.catalogue import EMPTY, FIRED, HELD, Subject, of_rules
from mockserver.coverage.report import EVERY_REQUEST, Report, State
from mockserver.rules.edition import Edition
from mockserver.rules.rule import Decision, Rule, Rulebook

KEPT_HASHES = 16_384
"""Number of hashes kept (about 1 MB). Beyond it the set is cleared; covered items stay."""


class Judged(Protocol):
    """The outcome of a request that reached its operation."""

    @property
    def decision(self) -> Decision:
        """The decision of the rules."""

    @property
    def stored(self) -> Any:
        """The record before the request; None if there was none or the operation writes none."""

    @property
    def sent(self) -> Any:
        """The request body as the operation reads it."""

    @property
    def resulting(self) -> Any:
        """The record after the request; None if the request was rejected."""


class _Covered:
    """The covered items of one operation: rules, table rows, and fields with their classes."""

    __slots__ = ("fields", "rules", "tables")

    def __init__(self) -> None:
        self.rules: set[str] = set()
        self.fields: set[tuple[str, str]] = set()
        self.tables: set[str | None] = set()


class Coverage:
    """The coverage of all worlds since the start or the last `forget`; resets of worlds do not change it."""

    def __init__(
        self,
        subjects: Iterable[Subject],
        before: Iterable[Rule[Any]],
        *,
        version: str,
        contract: str,
        edition: Edition,
    ) -> None:
        self._subjects: dict[str, Subject] = {each.id: each for each in subjects}
        self._before = tuple(before)
        self._version, self._contract, self._edition = version, contract, edition
        self._answers: set[tuple[str, Edition | None, int, str]] = set()
        self._seen: set[int] = set()
        self._met: dict[str, _Covered] = {}

    def answered(self, operation: str, edition: Edition | None, status: int, rule: str) -> None:
        """Count a response. `rule` is the rule that rejected before the operation; empty if the operation ran."""
        self._answers.add((operation, edition, status, rule))

    def judged(self, operation: str, edition: Edition, body: Any, made: Judged) -> None:
        """Count a request that reached its operation; `body` is its JSON value."""
        subject, decision = self._subjects[operation], made.decision
        sent = body if isinstance(body, dict) else {}
        values = sent.values()
        kept = _kept(subject, made)
        shape = None if made.stored is None or subject.writes is None else subject.writes.shape(made.stored)
        # Exactly what determines the items: more would make equal requests look new.
        like = (
            operation,
            edition,
            type(body),
            decision.refused_by,
            *sent,
            *map(type, values),
            *map(bool, values),
            kept,
            shape,
        )
        seen = hash(like)
        if seen not in self._seen:
            if len(self._seen) >= KEPT_HASHES:
                self._seen.clear()
            self._seen.add(seen)
            self._look(subject, edition, body, made, kept)
        refusal = decision.refusal
        if refusal is not None and not isinstance(refusal.message, str):
            self._covered_by(subject).fields.update(_invalid(subject, refusal.message))

    def add(self, subjects: Iterable[Subject]) -> None:
        """Count operations too that only later documents have: a world of another generation serves them."""
        for each in subjects:
            self._subjects.setdefault(each.id, each)

    def forget(self) -> None:
        """Clear all coverage."""
        self._answers.clear()
        self._seen.clear()
        self._met.clear()

    def report(self) -> Report:
        """Return the report for the server's own edition and every edition that requests were made to."""
        editions = {self._edition, *(each for _, each, _, _ in self._answers if each is not None)}
        catalogue = {EVERY_REQUEST: {"rules": tuple(of_rules(self._before, FIRED))}}
        catalogue |= {each.id: each.items() for each in self._subjects.values()}
        operations = {
            operation: {
                section: {
                    item: _state(item in met, counts=not possible.isdisjoint(editions)) for item, possible in items
                }
                for section, items in sections.items()
                for met in [self._items(operation, section)]
            }
            for operation, sections in catalogue.items()
        }
        return Report(
            self._version,
            self._contract,
            tuple(sorted({each.profile.value for each in editions})),
            operations,
            tuple(sorted({each.generation.value for each in editions})),
        )

    def _items(self, operation: str, section: str) -> Collection[str | None]:
        """Return the covered items in one section of an operation."""
        if operation == EVERY_REQUEST:
            return {f"{rule} {FIRED}" for _, _, _, rule in self._answers}
        if section == "statuses":
            return {str(status) for each, _, status, _ in self._answers if each == operation}
        met = self._met.get(operation) or _Covered()
        if section == "fields":
            return {f"{name} {class_}" for name, class_ in met.fields}
        return met.rules if section == "rules" else met.tables

    def _covered_by(self, subject: Subject) -> _Covered:
        return self._met.setdefault(subject.id, _Covered())

    def _look(self, subject: Subject, edition: Edition, body: Any, made: Judged, kept: tuple[bool, ...] | None) -> None:
        decision, sent = made.decision, body if isinstance(body, dict) else None
        met = self._covered_by(subject)
        met.rules.update(_verdicts(subject.rules, edition, decision.refused_by, sent))
        if decision.refusal is None:
            met.fields.update(_classes(subject, sent or {}, kept))
        if subject.writes is not None and made.stored is not None:
            for table in subject.writes.tables:
                met.tables.add(table.row_of(made.stored, made.sent, made.resulting, decision.refused_by))


def _kept(subject: Subject, made: Judged) -> tuple[bool, ...] | None:
    """Return for each property that the operation writes whether it is unchanged; None if nothing was written."""
    if subject.writes is None or made.stored is None or made.resulting is None:
        return None
    values = subject.writes.values
    return tuple(map(eq, values(made.stored), values(made.resulting)))


def _verdicts(
    rules: Rulebook[Any], edition: Edition, refused_by: tuple[str, ...], sent: Mapping[str, Any] | None
) -> Iterator[str]:
    """Yield the rules that rejected, and those that were checked against the sent properties and passed."""
    for rule, verdict in rules.steps(edition, refused_by):
        if verdict == "refused":
            yield f"{rule.id} {FIRED}"
        elif verdict == "held" and rule.is_asked(sent):
            yield f"{rule.id} {HELD}"


def _classes(
    subject: Subject, sent: Mapping[str, Any], unchanged: tuple[bool, ...] | None
) -> Iterator[tuple[str, str]]:
    """Yield the class of each field in an accepted request."""
    written = () if subject.writes is None or unchanged is None else subject.writes.fields
    kept = dict(zip(written, unchanged or (), strict=True))
    for name in subject.fields:
        if name not in sent:
            yield name, "absent"
        elif sent[name] is None:
            yield name, "null"
        elif sent[name] in EMPTY:
            yield name, "empty"
        else:
            yield name, "sent" if name not in kept else "unchanged" if kept[name] else "changed"


def _invalid(subject: Subject, issues: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the body fields named by the issues of a 422."""
    for each in issues:
        path = each["path"]
        if path and path[0] in subject.fields:
            yield path[0], "invalid"


def _state(met: bool, *, counts: bool) -> State:
    return State.NOT_COUNTED if not counts else State.COVERED if met else State.MISSING
