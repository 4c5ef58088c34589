"""The page of rules: every rule with an anchor of its own, and the order in which each operation checks them."""

import inspect
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from docs.generators import NOTICE
from docs.generators.table import table
from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.control.unscripted import UNSCRIPTED
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Rule
from mockserver.rules.sources import KINDS, source_counts, source_date

ROOT = Path(__file__).parent.parent.parent
STAGES = {
    "route": "Route",
    "token": "Access token",
    "header": "Headers",
    "body": "Body and contract",
    "rate-limit": "Rate limits",
    "shared": "Shared by several operations",
    "mock": "Specific to this mock",
}
INTRODUCTION = """\
The response header `Mock-Rule` names the rule that rejected a request. This page explains each of them.
`GET /_mock/rules` returns the same list as JSON.

Each rule has a *source*: the published contract, the behaviour of the service, or an assumption of this mock. The date
is that of the document, of the assumption, or of the generation of the service that has the rule.
A rule marked *valid requests* can reject a request that the contract accepts.
A response that differs by generation is listed from its first generation on; see [generations](generations.md) and
[profiles](profiles.md).

*Parity* says whether `infisical-mock parity` has a script that provokes the rule in a tenant, or why it has none: see
[Is it true?](../how-to/parity.md).
"""


def page() -> str:
    """Return docs/reference/rules.md."""
    rows = ledger(OPERATIONS)
    lines = [NOTICE, "", "# Rules", "", *INTRODUCTION.splitlines(), ""]
    for stage, group in groupby(sorted(rows, key=lambda row: _place(row[0], rows)), key=itemgetter(0)):
        lines += [f"## {STAGES.get(stage, stage)}", ""]
        for _, rule in group:
            lines += [*_entry(rule), ""]
    lines += ["## Order of each operation", ""]
    lines += ["Route, token, headers and body are checked first, in the order of their sections above.", ""]
    for operation in OPERATIONS:
        ids = " → ".join(f"[`{rule.id}`](#{rule.id})" for rule in operation.rules.rules)
        lines += [f"- **{operation.id}**: {ids or 'no rule of its own'}"]
    lines += ["", "## Sources", "", "Number of rules of each operation, by the kind of their source.", ""]
    return "\n".join([*lines, *table(["Operation", *KINDS], _counts())]) + "\n"


def _place(stage: str, rows: tuple[tuple[str, Rule[Any]], ...]) -> int:
    """The stages that come before an operation, in their order; then operations; the mock's own rules last."""
    order = list(dict.fromkeys([*list(STAGES)[:-1], *(each for each, _ in rows if each != "mock"), "mock"]))
    return order.index(stage)


def _entry(rule: Rule[Any]) -> list[str]:
    source = rule.source
    facts = [
        *(f"- `{each.value}`: {_answers(rule, each)}" for each in Profile),
        f"- Source: {source.kind}, {source.where} ({source_date(rule)})",
        f"- Valid requests: {'yes' if rule.refuses_valid else 'no'}",
        f"- Code: `{_home(rule.check)}`",
    ]
    facts.append(f"- Parity: {_parity(rule.id)}")
    facts.insert(0, f"- Generations: {_period(rule) or 'all'}")
    return [f'<a id="{rule.id}"></a>', "", f"### `{rule.id}`", "", rule.summary, "", *facts]


def _parity(rule: str) -> str:
    """Return whether a script of `infisical-mock parity` provokes the rule, or why none does."""
    return f"no script. {UNSCRIPTED[rule]}" if rule in UNSCRIPTED else f"script `{rule}`"


def _period(rule: Rule[Any]) -> str:
    since = f"since {rule.since}" if rule.since else ""
    until = f"until {rule.until}" if rule.until else ""
    return ", ".join(filter(None, (since, until)))


def _answers(rule: Rule[Any], profile: Profile) -> str:
    """Return what the rule answers in the profile; from which generation on, where generations differ."""
    texts: list[tuple[str, str]] = []
    for each in GENERATIONS:
        answer = rule.answers.get(edition(profile, each))
        text = "no such rule" if answer is None else f"{answer.status} `{answer.error}`"
        if not texts or texts[-1][1] != text:
            texts.append((each, text))
    return texts[0][1] if len(texts) == 1 else "; ".join(f"from {since}: {text}" for since, text in texts)


def _home(check: object) -> str:
    """Return the file that holds the check."""
    file = Path(inspect.getsourcefile(inspect.unwrap(check)) or "").resolve()  # type: ignore[arg-type]
    return file.relative_to(ROOT).as_posix()


def _counts() -> list[list[str]]:
    found = [(operation.id, source_counts(operation.rules)) for operation in OPERATIONS]
    return [[name, *(str(counts[kind]) for kind in KINDS)] for name, counts in found]
