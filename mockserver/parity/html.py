"""The report of parity as a self-contained HTML file without scripts."""

import json
from html import escape

from mockserver.coverage.looks import LOOKS
from mockserver.parity.player import Mismatch
from mockserver.parity.report import Report, shown
from mockserver.parity.text import answer, fit, request, short, summary
from mockserver.rules.generation import GENERATIONS

_STYLE = f"""{LOOKS}
body {{ margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }}
h1, h2, p {{ margin: 1rem 0 .6rem; }}
.scrolls {{ overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }}
details {{ border-bottom: 1px solid var(--line); padding: .4rem 0; }}
summary {{ cursor: pointer; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sunk); padding: .5rem .7rem; }}
ul {{ columns: 20rem; list-style: none; margin: 0; padding: 0; font-size: .9rem; }}
li {{ break-inside: avoid; padding-left: 1.4rem; text-indent: -1.4rem; }}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(report: Report) -> str:
    """Return the page: what differs first, then what was confirmed, and what was not reached."""
    title = f"Parity with {report.tenant}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p>Against the mock of generation {report.generation}: {escape(summary(report))}.</p>
<p>{escape(fit(report)).capitalize()}.</p>
{_left(report)}
<h2>Different</h2>
{"".join(map(_difference, report.mismatches)) or "<p>Nothing.</p>"}
<h2>Contradictions</h2>
{_contradictions(report)}
<h2>Confirmed</h2>
<ul>{"".join(f'<li class="covered">{escape(rule)}</li>' for rule in report.confirmed)}</ul>
<h2>Not reached</h2>
{_not_reached(report)}
</body>
</html>
"""


def _left(report: Report) -> str:
    items = "".join(f"<li>{escape(each)}</li>" for each in report.left)
    return f"<h2>Left in the tenant</h2><ul>{items}</ul>" if items else ""


def _difference(found: Mismatch) -> str:
    field = found.difference.field
    values = (short(json.dumps(each, ensure_ascii=False)) for each in shown(found.difference))
    tenant, mock = (f"<code>{escape(each)}</code>" for each in values)
    exchange = f"{request(found)}\n\ntenant: {answer(found.tenant.raw)}\nmock:   {answer(found.mock.raw)}"
    return (
        f'<details><summary><span class="missing">{escape(found.rule)}</span>: <code>{escape(field)}</code> is '
        f"{tenant}, the mock's is {mock}</summary>\n<p>Script {escape(found.script)}, step {found.step}</p>"
        f"<pre>{escape(exchange)}</pre></details>\n"
    )


def _contradictions(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{each}</td><td>"
        + (escape(", ".join(rule for generation, rule in report.contradictions if generation is each)) or "none")
        + "</td></tr>\n"
        for each in GENERATIONS
    )
    head = '<tr><th scope="col">Generation</th><th scope="col">Rules</th></tr>'
    return _table("Contradictions", head, rows)


def _not_reached(report: Report) -> str:
    rows = "".join(
        f"<tr><td>{escape(rule)}</td><td>{escape(reason)}</td></tr>\n" for rule, reason in report.not_reached.items()
    )
    return _table("Not reached", '<tr><th scope="col">Rule</th><th scope="col">Reason</th></tr>', rows)


def _table(label: str, head: str, rows: str) -> str:
    table = f"<table>\n<thead>{head}</thead>\n<tbody>{rows}</tbody>\n</table>"
    return f'<div class="scrolls" role="region" aria-label="{label}" tabindex="0">\n{table}\n</div>'
