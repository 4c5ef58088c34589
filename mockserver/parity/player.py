"""Plays scripts against the tenant and, in step, against a world of each generation, and judges what comes back."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from mockserver.parity.client import Tenant
from mockserver.parity.comparison import ABSENT, Answer, Difference, differences
from mockserver.parity.scratch import Scratch
from mockserver.parity.scripts import Outcome, Script, Step, given
from mockserver.parity.sides import Exchange, Side
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED, Rule

ISSUE_SHAPES_RULE = "contract.body"
"""The rule behind issues that differ in their shape alone, whichever script meets them."""
_SAFE = ("/login", "/search")
"""Ends of the paths of requests that are no GET, and leave what scripts work on as it is."""


class Mismatch(NamedTuple):
    """A field in which the tenant and the mock differ, in a step of a script, with both exchanges."""

    rule: str
    script: str
    step: int
    difference: Difference
    request: Step
    tenant: Exchange
    mock: Exchange


class Played(NamedTuple):
    """The result of one script. `reason` says why the rule was not reached, `confirmed` which rules hold.

    A script confirms its rule; a recording confirms each rule that decides one of its steps.
    """

    script: Script
    verdict: Literal["confirmed", "different", "not reached"]
    reason: str
    mismatches: tuple[Mismatch, ...] = ()
    contradictions: frozenset[tuple[Generation, str]] = frozenset()
    confirmed: frozenset[str] = frozenset()


class Sides(NamedTuple):
    """The tenant, and a world for each generation."""

    tenant: Side
    worlds: Mapping[Generation, Side]

    def all(self) -> Iterable[Side]:
        """Return every side."""
        return (self.tenant, *self.worlds.values())


class _Run:
    """The state of one script's run: the worlds that still agree with the tenant, and what was found."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.agree = set(GENERATIONS)
        self.mismatches: list[Mismatch] = []
        self.contradictions: set[tuple[Generation, str]] = set()
        self.decided_by: list[str] = []
        self.reason = ""
        self.otherwise: list[str] = []
        """How the steps that are not answered as they were recorded are answered now."""
        self.changed = False


class Player:
    """Plays scripts, one after the other. What they work on is shared until one of them changes it."""

    def __init__(
        self,
        tenant: Tenant,
        sides: Sides,
        scratch: Scratch,
        judged: Generation,
        lacks: Mapping[str, str],
        rules: Mapping[str, Rule[object]],
    ) -> None:
        self._tenant = tenant
        self._sides = sides
        self._scratch = scratch
        self._judged = judged
        self._lacks = lacks
        self._rules = rules
        self._made: dict[str, tuple[str, ...]] = {}

    async def play(self, script: Script, *, prepares: bool = True) -> Played:
        """Return the result of a script. Raises Unreachable. Without `prepares`, what it works on is there."""
        run = _Run(script)
        for need in self._needs(script) if prepares else script.needs:
            if need in self._lacks:
                return Played(script, "not reached", self._lacks[need])
        try:
            if not prepares or await self._prepared(run):
                await self._steps(run, script, script.steps)
        finally:
            await self._tidy(run)
        return self._result(run)

    def _needs(self, script: Script) -> list[str]:
        return [*(need for name in script.given for need in _made_by(name).needs), *script.needs]

    async def _prepared(self, run: _Run) -> bool:
        """Make what the script works on; whether it is there on the tenant and on the judged side."""
        for name in run.script.given:
            if name in self._made:
                continue
            maker, before = _made_by(name), set(self._scratch.made)
            await self._steps(run, maker, maker.steps)
            self._made[name] = tuple(each for each in self._scratch.made if each not in before)
            if run.reason or self._judged not in run.agree:
                run.reason = run.reason or f"what it works on ({name}) cannot be prepared as on the mock's side"
                run.changed = True
                return False
        run.changed = False
        return True

    async def _steps(self, run: _Run, script: Script, steps: tuple[Step, ...]) -> None:
        is_given = script is not run.script
        name = self._scratch.name()
        for side in self._sides.all():
            side.known["name"] = name
        for number, step in enumerate(steps):
            if not run.agree or run.reason:
                return
            if step.wait:
                await asyncio.sleep(step.wait)
            self._scratch.sending(step.method, step.path)
            theirs = await self._sides.tenant.ask(step)
            if theirs.sent is None:
                run.reason = run.reason or str(theirs.raw.body)
                return
            self._scratch.heard(theirs.sent, theirs.raw)
            ours = {each: await self._sides.worlds[each].ask(step) for each in GENERATIONS if each in run.agree}
            equal = any(theirs.answer._replace(rule="") == each.answer._replace(rule="") for each in ours.values())
            changes = step.method != "GET" and not step.path.endswith(_SAFE)
            run.changed |= changes and any(each.raw.status < 300 for each in (theirs, *ours.values()))  # no answer is 0
            self._compare(run, script, number, step, theirs, ours)
            self._tenant.heard(theirs.raw, expected=equal or theirs.raw.media_type == _media_of(ours, self._judged))
            if is_given and self._judged in run.agree and theirs.raw.status >= 300:
                run.reason = f"{step} is {theirs.raw.status} {theirs.raw.error}, on the mock's side too"
            if not is_given and self._judged in ours:
                run.decided_by.append(ours[self._judged].raw.rule)
                run.otherwise.extend(_otherwise(number, step, theirs.raw))

    def _compare(
        self, run: _Run, script: Script, number: int, step: Step, theirs: Exchange, ours: Mapping[Generation, Exchange]
    ) -> None:
        """Compare the tenant's answer with that of each world that agreed so far."""
        same = [mine.raw.rule for mine in ours.values() if not differences(theirs.answer, mine.answer, step.varies)]
        for generation, mine in ours.items():
            found = differences(theirs.answer, mine.answer, step.varies)
            for each in found:
                rule = _rule_of(script.rule, each, mine, same)
                run.contradictions.add((generation, rule))
                if generation is self._judged:
                    run.mismatches.append(Mismatch(rule, script.name, number, each, step, theirs, mine))
            is_over = step.answered is None or theirs.raw.status < 300 or mine.raw.status < 300
            if is_over and any(each.kind == "outcome" for each in found):
                run.agree.discard(generation)  # after two rejections of a recorded request both still hold the same

    async def _tidy(self, run: _Run) -> None:
        """Remove what the script has made, and what it worked on if it may have changed."""
        if run.changed:
            for name in run.script.given:
                for made in self._made.pop(name, ()):
                    await self._scratch.remove(made)
                saved = tuple(key for step in _made_by(name).steps for key in step.save)
                for side in self._sides.all():
                    side.forget(saved)
        kept = {each for ids in self._made.values() for each in ids}
        for made in self._scratch.made:
            if made not in kept:
                await self._scratch.remove(made)
        for side in self._sides.all():
            side.forget(tuple(key for step in run.script.steps for key in step.save))

    def _result(self, run: _Run) -> Played:
        script, contradictions = run.script, frozenset(run.contradictions)
        mismatches = tuple(run.mismatches)
        if any(each.rule == script.rule for each in mismatches):
            return Played(script, "different", "", mismatches, contradictions)
        if run.reason:
            return Played(script, "not reached", run.reason, mismatches, contradictions)
        if self._judged not in run.agree:
            return Played(script, "not reached", "another rule differs before it", mismatches, contradictions)
        if run.otherwise:
            more = f", and {len(run.otherwise) - 1} more" if len(run.otherwise) > 1 else ""
            return Played(script, "not reached", f"{run.otherwise[0]}{more}", mismatches, contradictions)
        if script.rule != ACCEPTED and script.rule not in run.decided_by:
            return Played(script, "not reached", self._why_not(run), mismatches, contradictions)
        holds = frozenset(run.decided_by) - {""} if script.is_recording else frozenset((script.rule,))
        return Played(script, "confirmed", "", mismatches, contradictions, holds)

    def _why_not(self, run: _Run) -> str:
        rule = self._rules.get(run.script.rule)
        if rule is not None and edition(Profile.LIVE, self._judged) not in rule.answers:
            return f"generation {self._judged} has no such rule"
        first = next((each for each in run.decided_by if each and each != ACCEPTED), ACCEPTED)
        return f"for this tenant the request is decided by {first}" if first != ACCEPTED else _NOT_REJECTED


def _made_by(name: str) -> Script:
    found = given(name)
    assert found is not None, name  # run.py has checked the names
    return found


def _otherwise(number: int, step: Step, answer: Answer) -> list[str]:
    """Return how the answer differs from the one that was recorded with the step; nothing if it does not."""
    error = answer.error if isinstance(answer.error, str) and answer.error != ABSENT else None
    now = Outcome(answer.status, error)
    if step.answered in (None, now):
        return []
    return [f"step {number} ({step}) is {now} here, and was {step.answered} when recorded"]


_NOT_REJECTED = "for this tenant the request is accepted"


def _media_of(ours: Mapping[Generation, Exchange], judged: Generation) -> str | None:
    """Return the media type of the judged side's answer if it is no JSON."""
    found = ours.get(judged)
    return None if found is None or found.raw.media_type == "application/json" else found.raw.media_type


def _rule_of(rule: str, found: Difference, mock: Exchange, same: list[str]) -> str:
    """Return the rule behind a difference: the script's, unless the difference is of another kind.

    `same` are the rules of the worlds whose answer is the tenant's.
    """
    if found.kind == "issues":
        return ISSUE_SHAPES_RULE
    if found.kind == "body" and mock.raw.status < 400:
        return ACCEPTED
    rules = [each for each in (mock.raw.rule, *same) if each and each != ACCEPTED]
    if rule != ACCEPTED and (rule in rules or not rules):
        return rule
    return rules[0] if rules else ACCEPTED
