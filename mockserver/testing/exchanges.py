"""The exchanges of a world as text for the report of a failed test, and the faults that never fired."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from mockserver.testing.calls import MockError
from mockserver.testing.world import World

SHOWN = 20
"""Number of exchanges shown, the latest ones."""
LINES = 10
"""Limit of the lines about one rejected request, besides the line of the exchange."""
WIDTH = 160
_SIDES = ("stored", "sent", "resulting")
_EFFECTS = ("status", "where", "seconds", "retryAfter")


def exchanges(world: World, *, all_rules: bool = False) -> str:
    """Return the latest exchanges, oldest first, each rejected one with its decision and fields, or with all rules."""
    try:
        found = world.journal.requests(limit=SHOWN)
        shown = list(_shown(world, list(reversed(found)), all_rules=all_rules))
    except Exception as error:  # whatever it is, the test's own failure matters more
        return f"The exchanges cannot be shown: {error!r}"
    if not shown:
        return f"No request was sent to {world.url}"
    more = f" (the latest {SHOWN})" if len(found) == SHOWN else ""
    return "\n".join([f"{world.url}{more}", *shown])


def warnings(world: World) -> list[str]:
    """Return the warnings about the exchanges of the world, oldest first, one per line."""
    lines: list[str] = []
    for each in reversed(world.journal.requests()):
        if each.get("warnings"):
            rows = _warnings(world.journal.request(each["id"])) or ["see its entry in the journal"]
            lines += [f"{_head(each)}: {row}" for row in rows]
    return lines


def unplayed(world: World) -> list[str]:
    """Return the faults of the world that never fired, in words, such as `drop before-write updateKubernetesAuth`."""
    return [_fault(each) for each in world.faults.list() if not each["played"]]


def _fault(fault: dict[str, Any]) -> str:
    effects = (fault[name] for name in _EFFECTS if name in fault)
    texts = (each if isinstance(each, str) else _value(each) for each in effects)
    whom = (fault[name] for name in ("operation", "identityId") if name in fault)
    return " ".join((fault["kind"], *texts, *whom))


def _shown(world: World, lines: list[dict[str, Any]], *, all_rules: bool) -> Iterator[str]:
    """Yield the lines of each exchange. Equal rejections are explained once."""
    explained: set[str] = set()
    for line in lines:
        if line["status"] // 100 == 2 and not line.get("warnings"):
            yield _head(line)
            continue
        text = _page(world, line) if all_rules else "\n".join(_cut(_brief(world, line)))
        if text in explained:
            yield f"{_head(line)} (as above)"
            continue
        explained.add(text)
        yield f"{_head(line)}\n{_indented(text)}" if text else _head(line)


def _page(world: World, line: dict[str, Any]) -> str:
    try:
        return world.journal.explain(line["id"])
    except MockError:  # a mock of another version explains nothing
        return "\n".join(_plain(world.journal.request(line["id"])))


def _brief(world: World, line: dict[str, Any]) -> Iterable[str]:
    """Return decision, fields, facts, issues and warnings of one exchange, a line each."""
    try:
        said = world.journal.explanation(line["id"])
    except MockError:
        return _plain(world.journal.request(line["id"]))
    return (*_decision(said), *_issues(said), *_values(said), *_warnings(said))


def _decision(said: dict[str, Any]) -> Iterator[str]:
    decided = said["decidedBy"]
    if decided is not None:
        yield decided["says"]
    if said["reason"]:
        yield f"reason: {said['reason']}"


def _issues(said: dict[str, Any]) -> Iterator[str]:
    for each in said["issues"]:
        yield f"{each['pointer'] or '(body)'}: {each['reason']}"


def _values(said: dict[str, Any]) -> Iterator[str]:
    """Yield the values that the rejecting rules read: fields, then facts about the world, each once."""
    refused = [row for row in said["rules"] if row["verdict"] == "refused"]
    fields = {each["field"]: each for row in refused for each in row["fields"]}
    for name, each in fields.items():
        sides = [f"{side} {_value(each[side])}" for side in _SIDES if side in each]
        yield f"{name}: {', '.join(sides) or 'absent'}"
    facts = ((each["question"], each["of"], each["answer"]) for row in refused for each in row["facts"])
    told = (f"{question}({_arguments(of)}): {_value(answer)}" for question, of, answer in facts)
    yield from dict.fromkeys(told)


def _arguments(of: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in of.items() if value is not None)


def _cut(lines: Iterable[str]) -> list[str]:
    """Return at most LINES lines of at most WIDTH columns."""
    short = [each if len(each) <= WIDTH else f"{each[:WIDTH]}…" for line in lines for each in line.splitlines()]
    if len(short) <= LINES:
        return short
    return [*short[: LINES - 1], f"… {len(short) - LINES + 1} more lines: run pytest with -vv"]


def _head(line: dict[str, Any]) -> str:
    fault = f" (fault {line['fault']['kind']})" if line.get("fault") else ""
    return f"{line['at']} {line['method']} {line['path']} -> {line['status'] or 'no answer'} {line['rule']}{fault}"


def _plain(entry: dict[str, Any]) -> Iterator[str]:
    if entry["reason"]:
        yield entry["reason"]
    yield from _warnings(entry)
    yield f"sent:     {_value(entry['request']['body'])}"
    yield f"answered: {_value(entry['response']['body'])}"


def _warnings(entry: dict[str, Any]) -> list[str]:
    """Return the critic's warnings about an exchange, if the mock has a critic."""
    found = entry.get("warningList", entry.get("warnings"))
    return [f"{row['code']}: {row['reason']}" for row in found] if isinstance(found, list) else []


def _value(value: Any) -> str:
    return orjson.dumps(value).decode()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
