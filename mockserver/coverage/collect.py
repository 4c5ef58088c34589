"""Coverage collection: counts covered items while requests are answered, and makes the report.

Most requests repeat an earlier one. A set of hashes recognises them: operation, edition, the properties sent and their
types, the fields that changed, and the rules that rejected determine every item. Only a new hash is evaluated. Nothing
of a request is kept but its hash.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import eq
from typing import Any, Protocol

from mockserver.coverage.catalogue import EMPTY, FIRED, HELD, Subject, Subjects, of_rules
from mockserver.coverage.report import EVERY_REQUEST, Report, State
from mockserver.infisical.body_fields import BodyShape
from mockserver.rules.decision_table import Writes
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
    """The coverage of all worlds since the start or the last `forget`; resets of worlds do not change it.

    Operations that only later documents have join `subjects` when a world of another generation serves them.
    """

    def __init__(
        self,
        subjects: Subjects,
        before: Iterable[Rule[Any]],
        *,
        version: str,
        contract: str,
        edition: Edition,
    ) -> None:
        self.subjects = subjects
        self._before = tuple(before)
        self._version, self._contract, self._edition = version, contract, edition
        self._answers: set[tuple[str, Edition | None, int, str]] = set()
        self._seen: set[int] = set()
        self._met: dict[str, _Covered] = {}

    def answered(self, operation: str, edition: Edition | None, status: int, rule: str) -> None:
        """Count a response. `rule` is the rule that rejected before the operation; empty if the operation ran."""
        self._answers.add((operation, edition, status, rule))

    def judged(self, operation: str, edition: Edition, body: Any, shape: BodyShape | None, made: Judged) -> None:
        """Count a request that reached its operation; `body` is its JSON value, and `shape` the shape of it."""
        subject, decision = self.subjects[operation], made.decision
        writes, stored, resulting = subject.writes, made.stored, made.resulting
        kept: tuple[bool, ...] | None = None
        part = None
        if writes is not None and stored is not None:
            part = writes.shape(stored)
            if resulting is not None and shape is not None:
                _, values = shape.plan(writes, _written)
                kept = tuple(map(eq, values(stored), values(resulting)))
        # Exactly what determines the items: more would make equal requests look new.
        if shape is None:
            seen = hash((operation, edition, type(body), decision.refused_by, part))
        else:
            empty = map(bool, body.values())
            seen = hash((operation, edition, shape.hash, decision.refused_by, part, kept, *empty))
        if seen not in self._seen:
            if len(self._seen) >= KEPT_HASHES:
                self._seen.clear()
            self._seen.add(seen)
            self._look(subject, edition, body, shape, made, kept)
        refusal = decision.refusal
        if refusal is not None and isinstance(refusal.message, list):
            covered = self._covered_by(subject).fields
            for issue in refusal.message:
                path: Any = issue["path"]
                if path and path[0] in subject.fields:
                    covered.add((path[0], "invalid"))

    def forget(self) -> None:
        """Clear all coverage."""
        self._answers.clear()
        self._seen.clear()
        self._met.clear()

    def report(self) -> Report:
        """Return the report for the server's own edition and every edition that requests were made to."""
        editions = {self._edition, *(each for _, each, _, _ in self._answers if each is not None)}
        catalogue = {EVERY_REQUEST: {"rules": tuple(of_rules(self._before, FIRED))}}
        catalogue |= {each.id: each.items() for each in self.subjects.every()}
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
        return self._met.get(subject.id) or self._met.setdefault(subject.id, _Covered())

    def _look(
        self,
        subject: Subject,
        edition: Edition,
        body: Any,
        shape: BodyShape | None,
        made: Judged,
        kept: tuple[bool, ...] | None,
    ) -> None:
        decision, sent = made.decision, None if shape is None else body
        met = self._covered_by(subject)
        met.rules.update(_verdicts(subject.rules, edition, decision.refused_by, sent))
        if decision.refusal is None:
            written = () if shape is None or subject.writes is None else shape.plan(subject.writes, _written)[0]
            unchanged = {} if kept is None else dict(zip(written, kept, strict=True))
            met.fields.update(_classes(subject, sent or {}, unchanged))
        if subject.writes is not None and made.stored is not None:
            for table in subject.writes.tables:
                met.tables.add(table.row_of(made.stored, made.sent, made.resulting, decision.refused_by))


def _written(shape: BodyShape, writes: Writes) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the properties that are sent and written, and a function that returns a record's values of them."""
    names = tuple(each for each in shape.names if each in writes.fields)
    return names, writes.values_of(names)


def _verdicts(
    rules: Rulebook[Any], edition: Edition, refused_by: tuple[str, ...], sent: Mapping[str, Any] | None
) -> Iterator[str]:
    """Yield the rules that rejected, and those that were checked against the sent properties and passed."""
    for rule, verdict in rules.steps(edition, refused_by):
        if verdict == "refused":
            yield f"{rule.id} {FIRED}"
        elif verdict == "held" and rule.is_asked(sent):
            yield f"{rule.id} {HELD}"


def _classes(subject: Subject, sent: Mapping[str, Any], unchanged: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    """Yield the class of each field in an accepted request. `unchanged` has the fields that were written."""
    for name in subject.fields:
        if name not in sent:
            yield name, "absent"
        elif sent[name] is None:
            yield name, "null"
        elif sent[name] in EMPTY:
            yield name, "empty"
        else:
            yield name, "sent" if name not in unchanged else "unchanged" if unchanged[name] else "changed"


def _state(met: bool, *, counts: bool) -> State:
    return State.NOT_COUNTED if not counts else State.COVERED if met else State.MISSING
