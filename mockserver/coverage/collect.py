"""Counts while requests are answered, and tells what has been met. Most requests repeat one that has been counted.

A set of hashes says which: of operation, profile, body, stored values and rules that refused, which together decide
every item. Only a hash that is new is looked into. Nothing of a request is kept but its hash.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.coverage.catalogue import EMPTY, FIRED, HELD, Subject, of_rules
from mockserver.coverage.report import EVERY_REQUEST, Report, State
from mockserver.profiles import Profile
from mockserver.rules import Decision, Rule

KEPT_HASHES = 16_384
"""How many requests are known again (about 1 MB); then it begins anew, and what is covered stays."""


class Judged(Protocol):
    """What became of a request that reached its operation."""

    @property
    def decision(self) -> Decision:
        """The walk over the rules."""

    @property
    def stored(self) -> Any:
        """The record as it was; None if there was none, or if the operation writes none."""

    @property
    def sent(self) -> Any:
        """What is sent, as the operation reads it."""

    @property
    def resulting(self) -> Any:
        """The record as it is now; None if the request was refused."""


class Met(NamedTuple):
    """An item that has been met."""

    operation: str
    section: str
    item: str


class Coverage:
    """What has been met since the start, or since it was asked to forget: in all worlds, resets or not."""

    def __init__(
        self,
        subjects: Iterable[Subject],
        before: Iterable[Rule[Any]],
        *,
        version: str,
        contract: str,
        profile: Profile,
    ) -> None:
        self._subjects: Mapping[str, Subject] = {each.id: each for each in subjects}
        self._values = {each.id: each.writes.values for each in self._subjects.values() if each.writes is not None}
        self._before = tuple(before)
        self._version, self._contract, self._profile = version, contract, profile
        self._answers: set[tuple[str, str, int, str]] = set()
        self._seen: set[int] = set()
        self._met: set[Met] = set()

    def answered(self, operation: str, profile: str, status: int, rule: str) -> None:
        """Counts an answer. `rule` is what refused before the operation; empty if the operation was reached."""
        self._answers.add((operation, profile, status, rule))

    def judged(self, operation: str, profile: Profile, media_type: str, content: bytes, body: Any, made: Judged) -> None:
        """Counts a request that reached its operation: `content` as it came, and `body`, the value that it stands for."""
        values, stored = self._values.get(operation), made.stored
        held = None if values is None or stored is None else values(stored)
        seen = hash((operation, profile, media_type, content, held, made.decision.refused_by))
        if seen in self._seen:
            return
        if len(self._seen) >= KEPT_HASHES:
            self._seen.clear()
        self._seen.add(seen)
        self._look(self._subjects[operation], profile, body, made, held)

    def forget(self) -> None:
        """Begins anew."""
        self._answers.clear()
        self._seen.clear()
        self._met.clear()

    def report(self) -> Report:
        """What has been met of all that counts in the server's own profile and in those that were asked for."""
        profiles = {self._profile, *(Profile(profile) for _, profile, _, _ in self._answers if profile)}
        met = self._met | {Met(operation, "statuses", str(status)) for operation, _, status, _ in self._answers}
        met |= {Met(EVERY_REQUEST, "rules", f"{rule} {FIRED}") for _, _, _, rule in self._answers}
        catalogue = {EVERY_REQUEST: {"rules": tuple(of_rules(self._before, FIRED))}}
        catalogue |= {each.id: each.items() for each in self._subjects.values()}
        operations = {
            operation: {
                section: {
                    item: _state(Met(operation, section, item) in met, counts=not possible.isdisjoint(profiles))
                    for item, possible in items
                }
                for section, items in sections.items()
            }
            for operation, sections in catalogue.items()
        }
        return Report(self._version, self._contract, tuple(sorted(profiles)), operations)

    def _look(self, subject: Subject, profile: Profile, body: Any, made: Judged, held: tuple[Any, ...] | None) -> None:
        sent = body if isinstance(body, dict) else {}
        refused_by = made.decision.refused_by
        verdicts = _verdicts(subject.rules, profile, refused_by, sent if isinstance(body, dict) else None)
        self._meet(subject, "rules", verdicts)
        if made.decision.refusal is None:
            self._meet(subject, "fields", _classes(subject, sent, held, made))
        elif not isinstance(made.decision.refusal.message, str):
            named = {str(issue["path"][0]) for issue in made.decision.refusal.message if issue["path"]}  # type: ignore[index]
            self._meet(subject, "fields", (f"{name} invalid" for name in named & subject.fields.keys()))
        if subject.writes is not None and made.stored is not None:
            rows = (table.row_of(made.stored, made.sent, made.resulting, refused_by) for table in subject.writes.tables)
            self._meet(subject, "tables", filter(None, rows))

    def _meet(self, subject: Subject, section: str, items: Iterable[str]) -> None:
        self._met.update(Met(subject.id, section, item) for item in items)


def _verdicts(
    rules: tuple[Rule[Any], ...], profile: Profile, refused_by: tuple[str, ...], sent: Mapping[str, Any] | None
) -> Iterable[str]:
    """The rules that refused, and those that were asked about what is sent and had nothing against it."""
    gathering = any(rule.gathers for rule in rules if rule.id in refused_by)
    for rule in rules:
        if profile not in rule.answers or (gathering and not rule.gathers):
            continue
        if rule.id in refused_by:
            yield f"{rule.id} {FIRED}"
            if not gathering:
                return
        elif sent is None or not rule.about or not rule.about.isdisjoint(sent):
            yield f"{rule.id} {HELD}"


def _classes(
    subject: Subject, sent: Mapping[str, Any], held: tuple[Any, ...] | None, made: Judged
) -> Iterable[str]:
    """The class of each field in a request that was accepted."""
    places: Mapping[str, int] = {}
    after: tuple[Any, ...] = ()
    if subject.writes is not None and held is not None:
        places = {name: place for place, name in enumerate(subject.writes.fields)}
        after = subject.writes.values(made.resulting)
    for name in subject.fields:
        if name not in sent:
            yield f"{name} absent"
        elif sent[name] is None:
            yield f"{name} null"
        elif sent[name] in EMPTY:
            yield f"{name} empty"
        elif held is None or name not in places:
            yield f"{name} sent"
        else:
            yield f"{name} {'unchanged' if held[places[name]] == after[places[name]] else 'changed'}"


def _state(met: bool, *, counts: bool) -> State:
    return State.NOT_COUNTED if not counts else State.COVERED if met else State.MISSING
