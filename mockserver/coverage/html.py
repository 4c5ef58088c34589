"""Coverage reports as a self-contained HTML file without scripts."""

from html import escape

from mockserver.coverage.looks import LOOKS
from mockserver.coverage.report import SECTIONS, Report, State, Total

_STYLE = f"""{LOOKS}
body {{ margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }}
h1, h2, p {{ margin: 1rem 0 .6rem; }}
.scrolls {{ overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }}
th, td {{ text-align: right; white-space: nowrap; }}
th:first-child, td:first-child {{ text-align: left; }}
thead th {{ position: sticky; top: 0; }}
tfoot td {{ font-weight: 600; border: 0; }}
meter {{ width: 7rem; vertical-align: middle; }}
details {{ border-bottom: 1px solid var(--line); padding: .4rem 0; }}
summary {{ cursor: pointer; }}
h3 {{ margin: .8rem 0 .2rem; }}
ul {{ columns: 22rem; list-style: none; margin: 0; padding: 0; font-size: .9rem; }}
li {{ break-inside: avoid; padding-left: 1.4rem; text-indent: -1.4rem; }}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(report: Report) -> str:
    """Return the page: a table of operations, then the items of each."""
    title = f"Contract coverage: {report.total().percent:g} %"
    profiles, generations = " and ".join(report.profiles), " and ".join(report.generations)
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
<p>infisical-mock {escape(report.version)},
profile {escape(profiles)}, generation {escape(generations)}. An operation opens to show its items.</p>
<div class="scrolls" role="region" aria-label="Operations" tabindex="0">
{_table(report)}
</div>
<h2>Items</h2>
{"".join(_details(report, operation) for operation in report.operations)}
</body>
</html>
"""


def _table(report: Report) -> str:
    sections = [name for name in SECTIONS if any(name in each for each in report.operations.values())]
    head = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in ("operation", *sections, "all", "share"))
    rows = "".join(f"<tr>{_cells(report, name, sections, _link(report, name))}</tr>\n" for name in report.operations)
    foot = _cells(report, None, sections, "Total")
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody>\n<tfoot><tr>{foot}</tr></tfoot>\n</table>"


def _cells(report: Report, operation: str | None, sections: list[str], name: str) -> str:
    totals = [report.total(operation, section) for section in sections]
    total = report.total(operation)
    numbers = "".join(f"<td>{_number(each)}</td>" for each in (*totals, total))
    meter = f'<meter value="{total.percent:g}" max="100" aria-label="share"></meter> {total.percent:g} %'
    return f"<td>{name}</td>{numbers}<td>{meter}</td>"


def _number(total: Total) -> str:
    return f"{total.covered} / {total.of}" if total.of else "-"


def _details(report: Report, operation: str) -> str:
    parts = "".join(
        f"<h3>{section.capitalize()}</h3><ul>{''.join(_item(*each) for each in items.items())}</ul>"
        for section, items in report.operations[operation].items()
    )
    total = report.total(operation)
    return (
        f'<details id="{_anchor(report, operation)}"><summary>{escape(operation)}: {_number(total)}</summary>'
        f"{parts}</details>\n"
    )


def _item(item: str, state: State) -> str:
    if state is State.NOT_COUNTED:
        return ""
    return f'<li class="{state}">{escape(item)}</li>'


def _link(report: Report, operation: str) -> str:
    return f'<a href="#{_anchor(report, operation)}">{escape(operation)}</a>'


def _anchor(report: Report, operation: str) -> str:
    return f"operation-{list(report.operations).index(operation)}"
