"""Sends the table to a mock, and gathers what it says afterwards: answers, journal, explanations, coverage."""

import json
import re
from typing import Any

from tests.recorded.form import brief, compact, folded, readable, stepwise
from tests.recorded.serving import Mock, serving
from tests.recorded.table import DEFAULT, Row, rows

VARYING = (
    (re.compile(rb"(?m)^(?:Date|Server): .*\r\n"), b""),  # the machine's time; versions of Python and aiohttp
    (re.compile(rb'"(milliseconds|time|wait)":[0-9.e-]+'), rb'"\1":0'),  # how long the mock took
    (re.compile(rb"(on the server 127\.0\.0\.1):[0-9]{5}"), rb"\1:00000"),  # the port; of as many digits in each run
    (re.compile(rb"(Retried|in a row within) [0-9.e-]+ s"), rb"\1 0 s"),  # how long the client took
)
"""What differs between two runs of the same mock, in answers, journal and archive."""
FILTERS = {
    "default": f"world={DEFAULT}",
    "warnings": "warnings=true",
    "bad-requests": "status=400",
    "dropped": "rule=mock.fault",
}
"""The parts of the journal that are listed, and archived, on their own."""


def steady(content: bytes) -> bytes:
    """The content without what differs between two runs."""
    for pattern, replacement in VARYING:
        content = pattern.sub(replacement, content)
    return content


def steady_page(content: bytes) -> str:
    """An explanation as text. Its head is one line here: how long the mock took decides where it is broken."""
    head, _, rest = steady(content).decode().partition("\n\n")
    return re.sub(r"[0-9.e-]+ ms", "0 ms", " ".join(head.split())) + "\n\n" + rest


def files_of(engine: str, hash_seed: str) -> dict[str, str]:
    """Everything that is to be recorded, by the name of its file."""
    with serving(engine, hash_seed) as mock:
        answers = _send_all(mock)
        return _gather(mock, answers)


def _send_all(mock: Mock) -> dict[str, bytes]:
    """The last answer to each row."""
    answers: dict[str, bytes] = {}

    def answer(name: str) -> Any:
        return json.loads(answers[name].partition(b"\r\n\r\n")[2])

    for row in rows():
        _prepare(mock, row)
        for _ in range(row.times):
            answers[row.name] = mock.send(row.content(answer), ends=row.missing > 0)
    return answers


def _prepare(mock: Mock, row: Row) -> None:
    if row.begins_world:
        mock.ask("POST", "/_mock/worlds", compact({"id": row.name, "profile": row.profile}))
    if row.advance:
        mock.ask("PUT", f"/_mock/worlds/{row.in_world}/clock", compact({"advance": row.advance}))
    if row.fault:
        mock.ask("POST", f"/_mock/worlds/{row.in_world}/faults", compact(row.fault))


def _gather(mock: Mock, answers: dict[str, bytes]) -> dict[str, str]:
    listing = mock.ask("GET", "/_mock/requests?limit=1000")
    entries = [each["id"] for each in reversed(json.loads(listing)["requests"])]
    sent = [row.name for row in rows() for _ in range(row.times)]
    assert len(entries) == len(sent), f"{len(sent)} requests, and {len(entries)} exchanges in the journal"
    ids = dict(zip(sent, entries, strict=True))  # of a row that is sent several times the last one
    says: dict[str, str] = {}
    files = {f"exchanges/{name}.txt": _exchange(mock, answers[name], entry, says) for name, entry in ids.items()}
    version = json.loads(mock.ask("GET", "/_mock/health"))["version"]

    def of_any_version(content: bytes) -> str:
        """The archive and the coverage name the version of the mock, which a release changes."""
        return readable(steady(content).replace(b'"version":"%s"' % version.encode(), b'"version":"0"', 1))

    files |= {
        "says.json": readable(compact(says).encode()),
        "journal.json": readable(steady(listing)),
        "coverage.json": of_any_version(mock.ask("GET", "/_mock/coverage")),
    }
    for name, query in FILTERS.items():
        files[f"journal-{name}.json"] = readable(steady(mock.ask("GET", f"/_mock/requests?{query}")))
        files[f"journal-{name}.har.json"] = of_any_version(mock.ask("GET", f"/_mock/requests.har?{query}"))
    return {name: folded(text) for name, text in files.items()}


def _exchange(mock: Mock, answer: bytes, id: str, says: dict[str, str]) -> str:
    """All that there is about one exchange, in parts."""
    path = f"/_mock/requests/{id}"
    head, _, body = steady(answer).partition(b"\r\n\r\n")
    parts = {
        "ANSWER": head.decode("latin-1").replace("\r\n", "\n") or "(none)",
        "BODY": readable(body),
        "JOURNAL": stepwise(steady(mock.ask("GET", path))),
        "EXPLANATION": brief(steady(mock.ask("GET", f"{path}/explain")), says),
        "EXPLANATION AS TEXT": steady_page(mock.ask("GET", f"{path}/explain", accept="text/plain")),
    }
    return "".join(f"===== {title}\n{text}\n" for title, text in parts.items())
