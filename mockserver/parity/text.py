"""The report of parity as text."""

import json
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from mockserver import masking
from mockserver.parity.comparison import Answer
from mockserver.parity.player import Mismatch
from mockserver.parity.report import Report, shown
from mockserver.rules.generation import GENERATIONS

_SHOWN = 600
_COLUMNS, _INDENT = 100, 11


def text(report: Report) -> str:
    """Return the report."""
    return "\n".join(_lines(report)) + "\n"


def summary(report: Report) -> str:
    """Return the numbers in one sentence."""
    differ = len({each.rule for each in report.mismatches})
    confirmed = f"{len(report.confirmed)} rule{'' if len(report.confirmed) == 1 else 's'} confirmed"
    counts = f"{confirmed}, {differ} differ, {len(report.not_reached)} not reached"
    waited = f", {report.waited} of them repeated after 429" if report.waited else ""
    return f"{counts}; {report.requests} requests{waited}"


def fit(report: Report) -> str:
    """Return which generation fits best, and how much contradicts it."""
    against = [rule for generation, rule in report.contradictions if generation is report.best]
    said = f"contradicted by {', '.join(against)}" if against else "nothing contradicts it"
    return f"generation {report.best} fits best: {said}"


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.tenant} against the mock of generation {report.generation}"
    yield summary(report)
    yield from _wrapped(fit(report))
    if report.mismatches:
        yield "\nDifferent"
        for _, group in groupby(report.mismatches, key=lambda each: (each.rule, each.script, each.step)):
            yield from _told(list(group))
    if report.confirmed:
        yield "\nConfirmed"
        yield from (f"  {rule}" for rule in report.confirmed)
    if report.not_reached:
        yield "\nNot reached"
        yield from (f"  {rule}: {reason}" for rule, reason in report.not_reached.items())
    yield "\nContradictions"
    for generation in GENERATIONS:
        rules = [rule for each, rule in report.contradictions if each is generation]
        yield from _wrapped(f"  {generation}: {', '.join(rules) if rules else 'none'}")
    if report.left:
        yield "\nLeft in the tenant"
        yield from (f"  {each}" for each in report.left)


def _wrapped(line: str) -> list[str]:
    """Return the line, wrapped before the ids that are too many for it."""
    return textwrap.wrap(
        line, _COLUMNS, subsequent_indent=" " * _INDENT, break_long_words=False, break_on_hyphens=False
    )


def _told(of_one_step: list[Mismatch]) -> Iterator[str]:
    for each in of_one_step:
        tenant, mock = (short(json.dumps(value, ensure_ascii=False)) for value in shown(each.difference))
        yield f"  {each.rule}: {each.difference.field} is {tenant}, the mock's is {mock}"
    found = of_one_step[0]
    yield f"    script {found.script}, step {found.step}: {request(found)}"
    yield f"    tenant: {answer(found.tenant.raw)}"
    yield f"    mock:   {answer(found.mock.raw)}"


def request(found: Mismatch) -> str:
    """Return the request in one line, with its placeholders; secrets are masked."""
    step = found.request
    body = step.text if step.text is not None else json.dumps(masking.json_value(step.body), ensure_ascii=False)
    headers = "".join(f" {name}: {value}" for name, value in masking.headers(list(step.headers.items())))
    return f"{step}{headers}{f' {short(body)}' if step.has_body or step.text is not None else ''}"


def answer(raw: Answer) -> str:
    """Return the answer in one line; secrets are masked."""
    if raw.status == 0:
        return str(raw.body)
    body: Any = masking.json_value(raw.body)
    said = json.dumps(body, ensure_ascii=False) if isinstance(body, dict | list) else masking.text(str(body))
    return f"{raw.status} {short(said)}"


def short(said: str) -> str:
    """Return the text, cut to what a reader takes in."""
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
