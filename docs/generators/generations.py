"""The page of generations: the days of the service, and the rules that came, went or changed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from docs.generators import NOTICE
from docs.generators.table import table
from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.cli.generation_diff import Difference, differences, sent, told
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED, Rule

INTRODUCTION = """\
The service changes. A client meets this week's cloud, or the release that a company hosts itself. The generation
selects the day whose behaviour the mock has.
"""
SELECTION = """\
`--as-of` selects the generation of a server, `"asOf"` that of a world, and `@pytest.mark.infisical_mock(as_of=…)` that
of a test. The value is one of:

- a generation, such as `2026-08`;
- a date, such as `2026-09-20`: the newest generation that is not newer;
- a release of the service, such as `v0.162.22`: the newest generation that is not newer.

Any other value is rejected with a list of the valid ones. Without a value, profile `live` uses the newest generation,
and profile `contract` uses the bundled document with the rules of 2026-08. The ready line, `GET /_mock/health`, worlds,
journal entries and explanations name the generation.
"""
NOTICED = """\
`infisical-mock generations diff 2026-05 2026-10` prints what a client can notice between two generations. Each
difference has a minimal request and both answers; `--format json` has them whole. The mock answers the requests in
profile `live` from the bundled world, so each of them can be repeated:
`PUT /_mock/worlds/old {"profile": "live", "asOf": "2026-05"}` creates the world to send it to. These are the
differences between neighbouring generations.
"""


def page() -> str:
    """Return docs/reference/generations.md."""
    lines = [NOTICE, "", "# Generations", "", *INTRODUCTION.splitlines(), ""]
    rows = [[f"`{each}`", each.date, each.release, each.summary] for each in GENERATIONS]
    lines += [*table(["Generation", "From", "Release", "What it is"], rows), "", *SELECTION.splitlines()]
    lines += ["", "## Rules by generation", ""]
    lines += [
        "Rules that a generation added or removed, or whose response it changed. The other rules hold in all of them.",
        "",
    ]
    lines += table(["Generation", "Rule", "Profile", "Before", "After"], _changes())
    lines += ["", "## What a client notices", "", *NOTICED.splitlines()]
    for before, after in pairwise(GENERATIONS):
        lines += ["", f"### From {before} to {after}", ""]
        rows = [_noticed(each) for each in differences(before, after)]
        lines += table(["Operation", "Difference", "Request", "Before → after", "Rule"], rows)
    return "\n".join(lines) + "\n"


def _noticed(difference: Difference) -> list[str]:
    rule = difference.rule
    return [
        difference.probe.operation,
        difference.probe.summary,
        f"`{sent(difference.probe)}`",
        told(difference.before, difference.after),
        f"`{rule}`" if rule == ACCEPTED else f"[`{rule}`](rules.md#{rule})",
    ]


def _changes() -> Iterator[list[str]]:
    rules = [rule for _, rule in ledger(OPERATIONS)]
    for before, after in pairwise(GENERATIONS):
        for rule in rules:
            found = [(each, _text(rule, each, before), _text(rule, each, after)) for each in Profile]
            changed = [(each.value, old, new) for each, old, new in found if old != new]
            if len(changed) == len(Profile) and len({row[1:] for row in changed}) == 1:
                changed = [("both", *changed[0][1:])]
            for profile, old, new in changed:
                yield [f"`{after}`", f"[`{rule.id}`](rules.md#{rule.id})", profile, old, new]


def _text(rule: Rule[Any], profile: Profile, generation: Any) -> str:
    answer = rule.answers.get(edition(profile, generation))
    return "no such rule" if answer is None else f"{answer.status} `{answer.error}`"
