"""Explanations as plain text for a terminal: aligned, at most WIDTH columns, without colours."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mockserver.http.json_encoding import encoded
from mockserver.http.reason_phrases import reason_phrase

WIDTH = 100
_CELL = 26
_STAGES = 12
_Said = Mapping[str, Any]


def page(said: _Said) -> str:
    """Return the explanation as text that ends with a newline."""
    parts = (
        _head(said),
        _decision(said),
        _mock(said),
        _fields(said),
        _facts(said),
        _issues(said),
        _breaches(said),
        _warnings(said),
        _rules(said),
    )
    lines = [line for part in parts for line in part]
    return "\n".join(each for line in lines for each in _cut(line)) + "\n"


def _head(said: _Said) -> Iterator[str]:
    yield from _wrapped(f"{said['method']} {said['path']}")
    words = [
        f"{said['status']} {reason_phrase(said['status'], '')}".strip(),
        f"world {said['world']}, revision {said['revision']},"
        f" profile {said['profile']}, generation {said['generation']}",
        said["at"],
        f"{said['milliseconds']} ms",
        said["id"],
    ]
    yield from _wrapped("  ".join(words))
    if said["fault"]:
        yield f"A fault was played: {said['fault']['id']} ({said['fault']['kind']})"


def _decision(said: _Said) -> Iterator[str]:
    decided = said["decidedBy"]
    yield from _title("DECISION")
    if decided is None:
        yield _accepted(said)
    else:
        answer = decided["answer"]
        told = "" if answer is None else f", which answers {answer['status']} {answer['error']}"
        yield from _wrapped(f"refused by {decided['rule']}{told}", "  ")
        yield from _wrapped(decided["says"], "  ")
        source = decided["source"]
        yield from _wrapped(f"source: {source['kind']}, {source['where']} ({source['date']})", "  ")
        yield f"  docs: {decided['docs']}"
    if said["reason"]:
        yield from _wrapped(f"reason: {said['reason']}", "  ")
    if said["notJudgedAgain"] and "mockSays" not in said:
        yield from _wrapped(f"no values: {said['notJudgedAgain']}", "  ")


def _accepted(said: _Said) -> str:
    if "mockSays" not in said:
        return "  accepted: no rule refused" if said["rule"] == "accepted" else f"  {said['rule']}"
    verb = "accepted" if said["status"] < 400 else "rejected"
    return f"  {verb} by the upstream of this proxy, with {said['status']}"


def _mock(said: _Said) -> Iterator[str]:
    """Yield the mock's answer to a request that a proxy forwarded, and the fields that differ."""
    if "mockSays" not in said:
        return
    yield from _title("THE MOCK")
    yield from _wrapped(said["mockSays"], "  ")
    for each in said["differences"]:
        upstream, mock = (_value(each[side]) if side in each else "absent" for side in ("upstream", "mock"))
        yield from _wrapped(f"{each['field']}  upstream {upstream}, mock {mock}", "  ", "    ")


def _fields(said: _Said) -> Iterator[str]:
    """Yield the table of fields, each field once."""
    looked = {each["field"]: each for row in _telling(said, "fields") for each in row["fields"]}
    if not looked:
        return
    yield from _title("FIELDS", _whose(said, "fields"))
    sides = ("stored", "sent", "resulting")
    rows = [[name, *(_value(each[side]) if side in each else "-" for side in sides)] for name, each in looked.items()]
    yield from _table([["field", *sides], *rows])


def _facts(said: _Said) -> Iterator[str]:
    asked = [each for row in _telling(said, "facts") for each in row["facts"]]
    if not asked:
        return
    yield from _title("FACTS", _whose(said, "facts"))
    rows: list[list[str]] = []
    for each in asked:
        row = [each["question"], _value(each["of"]), _value(each["answer"])]
        if row not in rows:
            rows.append(row)
    yield from _table([["asked", "of", "answer"], *rows])


def _telling(said: _Said, what: str) -> list[_Said]:
    """Return the rules whose values are shown: those that rejected; for an accepted request, all."""
    refused = [row for row in said["rules"] if row["verdict"] == "refused"]
    return [row for row in refused or said["rules"] if row[what]]


def _whose(said: _Said, what: str) -> str:
    rows = _telling(said, what)
    return "of the rule that refused" if rows[0]["verdict"] == "refused" else "of all rules that were asked"


def _issues(said: _Said) -> Iterator[str]:
    if not said["issues"]:
        return
    yield from _title("ISSUES")
    for each in said["issues"]:
        yield from _wrapped(f"{each['pointer'] or '(body)'}  {each['reason']}  [{each['rule']}]", "  ")
        if each["contract"]:
            yield f"    {each['contract']}"


def _breaches(said: _Said) -> Iterator[str]:
    server = "THE UPSTREAM" if "mockSays" in said else "THIS MOCK"
    for name, title in (("requestBreaches", "BREACHES BY THE CLIENT"), ("responseBreaches", f"BREACHES BY {server}")):
        if said[name]:
            yield from _title(title)
            for each in said[name]:
                yield from _wrapped(f"{each['pointer'] or '(body)'}  {each['reason']}", "  ")


def _warnings(said: _Said) -> Iterator[str]:
    if said["warningList"]:
        yield from _title("WARNINGS")
        for each in said["warningList"]:
            yield from _wrapped(f"{each['code']}: {each['reason']}", "  ")


def _rules(said: _Said) -> Iterator[str]:
    """Yield stages and verdicts; adjacent rules with the same verdict share a paragraph."""
    yield from _title("RULES, IN ORDER")
    for (stage, verdict), rows in groupby(said["rules"], lambda row: (row["stage"], row["verdict"])):
        mark = verdict.upper() if verdict == "refused" else verdict
        names = ", ".join(row["rule"] for row in rows)
        yield from _wrapped(names, f"  {stage:<{_STAGES}}{mark:<{_STAGES}}", " " * (2 + 2 * _STAGES))


def _title(title: str, more: str = "") -> Iterator[str]:
    yield ""
    yield f"{title} {more}".rstrip()


def _value(value: Any) -> str:
    if isinstance(value, dict):
        told = [f"{name} {_value(each)}" for name, each in value.items() if each is not None]
        return ", ".join(told) or "-"
    return encoded(value).decode()


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield aligned rows: the last column takes the remaining width, and long cells wrap."""
    wide = [min(max(map(len, column)), _CELL) for column in zip(*rows, strict=True)]
    wide[-1] = WIDTH - 2 - sum(wide[:-1]) - 2 * (len(wide) - 1)
    for row in rows:
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, wide, strict=True)]
        for index in range(max(map(len, cells))):
            texts = [
                (cell[index] if index < len(cell) else "").ljust(width) for cell, width in zip(cells, wide, strict=True)
            ]
            yield "  " + "  ".join(texts).rstrip()


def _wrapped(text: str, first: str = "", more: str | None = None) -> Iterable[str]:
    later = first if more is None else more
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def _cut(line: str) -> Iterable[str]:
    """Split a line that could not be wrapped, such as a long pointer."""
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    rest = WIDTH - len(indent)
    return [line[:WIDTH], *(indent + line[start : start + rest] for start in range(WIDTH, len(line), rest))]
