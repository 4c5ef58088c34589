"""Coverage reports as a table for a terminal, followed by the missing items."""

import textwrap

from mockserver.coverage.report import SECTIONS, Report, Total

_WIDTH = 116


def text(report: Report, *, every: bool = False) -> str:
    """Return the report as text. Unless `every`, operations never called are only listed by name."""
    called = [name for name in report.operations if every or report.total(name).covered]
    others = [name for name in report.operations if name not in called]
    lines = [
        f"infisical-mock {report.version}, profile {' and '.join(report.profiles)},"
        f" generation {' and '.join(report.generations)}",
        "",
        *_table(report, called),
    ]
    if others:
        of = sum(report.total(name).of for name in others)
        lines += ["", *_wrapped(f"Never called ({of} items): ", others)]
    for operation in called:
        gaps = [(section, report.missing(operation, section)) for section in report.operations[operation]]
        if any(missing for _, missing in gaps):
            lines += ["", f"Missing of {operation}"]
        for section, missing in gaps:
            if missing:
                lines += _wrapped(f"  {section:<10}", _brief(section, missing))
    return "\n".join(lines) + "\n"


def share(total: Total) -> str:
    """Return a total in words, such as `3 of 4 (75 %)`."""
    return f"{total.covered} of {total.of} ({total.percent:g} %)"


def _brief(section: str, items: list[str]) -> list[str]:
    """Return short items: those of one rule or field joined, table rows by their number."""
    if section not in ("rules", "fields"):
        return [item.partition(":")[0] for item in items]
    groups: dict[str, list[str]] = {}
    for item in items:
        name, _, what = item.rpartition(" ")
        groups.setdefault(name, []).append(what)
    return [f"{name} {'/'.join(what)}" for name, what in groups.items()]


def _table(report: Report, called: list[str]) -> list[str]:
    sections = [name for name in SECTIONS if any(name in each for each in report.operations.values())]
    head = ["Operation", *(name.capitalize() for name in sections), "All", ""]
    rows = [[name, *_cells(report, name, sections)] for name in called]
    total = ["Total", *_cells(report, None, sections)]
    widths = [max(len(row[place]) for row in (head, *rows, total)) for place in range(len(head))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return [
        _row(head, widths),
        rule,
        *(_row(row, widths) for row in rows),
        *([rule] if rows else []),
        _row(total, widths),
    ]


def _row(cells: list[str], widths: list[int]) -> str:
    first, *others = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()


def _cells(report: Report, operation: str | None, sections: list[str]) -> list[str]:
    totals = [report.total(operation, section) for section in sections]
    total = report.total(operation)
    shown = [f"{each.covered}/{each.of}" if each.of else "-" for each in (*totals, total)]
    return [*shown, f"{total.percent:g} %"]


def _wrapped(label: str, items: list[str]) -> list[str]:
    """Return the items as a paragraph whose lines break only between items."""
    joined = ", ".join(item.replace(" ", "\N{NO-BREAK SPACE}") for item in items)
    indent = " " * (12 if label.startswith(" ") else 2)
    broken = textwrap.wrap(
        joined,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in broken]
