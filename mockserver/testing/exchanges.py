"""The exchanges of a world as text, for the report of a test that failed."""

from typing import Any

import orjson

from mockserver.testing.calls import MockError, Now
from mockserver.testing.world import World

SHOWN = 20
"""How many exchanges are shown: the latest ones."""
EXPLAINED = 3
"""How many of them are explained at length: the latest ones that were refused or warned of."""
MOST_BODY = 1000
"""How many characters of a body are shown."""


def exchanges(world: World[Now]) -> str:
    """The latest exchanges, oldest first; those that were refused with the reasons."""
    try:
        found = world.journal.requests(limit=SHOWN)
        odd = [each["id"] for each in found if each["status"] // 100 != 2 or each.get("warnings")]
        shown = [_told(world, each, odd) for each in reversed(found)]
    except Exception as error:  # whatever it is, the test's own failure matters more
        return f"They cannot be shown: {error!r}"
    if not shown:
        return f"Nothing was asked of {world.url}"
    more = f" (the latest {SHOWN})" if len(found) == SHOWN else ""
    return "\n".join([f"{world.url}{more}", *shown])


def warnings(world: World[Now]) -> list[str]:
    """What the mock warns of in the exchanges of the world, oldest first: a line each."""
    lines: list[str] = []
    for each in reversed(world.journal.requests()):
        if each.get("warnings"):
            rows = _warnings(world.journal.request(each["id"])) or ["see its entry in the journal"]
            lines += [f"{_head(each)}: {row}" for row in rows]
    return lines


def _told(world: World[Now], line: dict[str, Any], odd: list[str]) -> str:
    """One exchange; `odd` are those worth more than a line, the latest one first."""
    if line["id"] not in odd:
        return _head(line)
    if line["id"] in odd[:EXPLAINED]:
        try:
            return f"{_head(line)}\n{_indented(world.journal.explain(line['id']))}"
        except MockError:  # a mock of another version explains nothing
            pass
    return f"{_head(line)}\n{_indented(_whole(world.journal.request(line['id'])))}"


def _head(line: dict[str, Any]) -> str:
    fault = f" (fault {line['fault']['kind']})" if line.get("fault") else ""
    return f"{line['at']} {line['method']} {line['path']} -> {line['status'] or 'no answer'} {line['rule']}{fault}"


def _whole(entry: dict[str, Any]) -> str:
    return "\n".join(
        [
            *([entry["reason"]] if entry["reason"] else ()),
            *(f"warning {row}" for row in _warnings(entry)),
            f"sent:     {_body(entry['request']['body'])}",
            f"answered: {_body(entry['response']['body'])}",
        ]
    )


def _warnings(entry: dict[str, Any]) -> list[str]:
    """What the critic says of a whole entry, if the mock has one."""
    found = entry.get("warningList", entry.get("warnings"))
    return [f"{row['code']}: {row['reason']}" for row in found] if isinstance(found, list) else []


def _body(body: Any) -> str:
    text = orjson.dumps(body).decode()
    return text if len(text) <= MOST_BODY else f"{text[:MOST_BODY]}… ({len(text)} characters)"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
