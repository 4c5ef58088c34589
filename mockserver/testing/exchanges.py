"""The exchanges of a world as text, for the report of a test that failed."""

from typing import Any

import orjson

from mockserver.testing.calls import MockError, Now
from mockserver.testing.world import World

SHOWN = 20
"""How many exchanges are shown: the latest ones."""
MOST_BODY = 1000
"""How many characters of a body are shown."""


def exchanges(world: World[Now]) -> str:
    """The latest exchanges, oldest first; those that were refused with the reasons."""
    try:
        found = world.journal.requests(limit=SHOWN)
        shown = [_told(world, each) for each in reversed(found)]
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
            whole = world.journal.request(each["id"])
            lines += [f"{_head(each)}: {row['code']}: {row['reason']}" for row in whole["warnings"]]
    return lines


def _told(world: World[Now], line: dict[str, Any]) -> str:
    if line["status"] // 100 == 2 and not line.get("warnings"):
        return _head(line)
    try:
        return f"{_head(line)}\n{_indented(world.journal.explain(line['id']))}"
    except MockError:  # a mock of another version explains nothing
        return f"{_head(line)}\n{_indented(_whole(world.journal.request(line['id'])))}"


def _head(line: dict[str, Any]) -> str:
    fault = f" (fault {line['fault']['kind']})" if line.get("fault") else ""
    return f"{line['at']} {line['method']} {line['path']} -> {line['status'] or 'no answer'} {line['rule']}{fault}"


def _whole(entry: dict[str, Any]) -> str:
    warned = [f"warning {row['code']}: {row['reason']}" for row in entry.get("warnings", ())]
    return "\n".join(
        [
            *([entry["reason"]] if entry["reason"] else ()),
            *warned,
            f"sent:     {_body(entry['request']['body'])}",
            f"answered: {_body(entry['response']['body'])}",
        ]
    )


def _body(body: Any) -> str:
    text = orjson.dumps(body).decode()
    return text if len(text) <= MOST_BODY else f"{text[:MOST_BODY]}… ({len(text)} characters)"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
