"""The mock says of the table of requests what it said when the files were recorded, to the byte."""

import json
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import pytest
import yaml

from tests.recorded.record import expected
from tests.recorded.run import files_of
from tests.recorded.serving import coverage_pages
from tests.recorded.table import rows

PAGES = {"coverage.txt", "coverage-update.html", "coverage-update.junit.xml"}
SHOWN_FILES = 5
SHOWN_LINES = 40


def difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What differs, the file of each request by name; empty if nothing does."""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    shown = [_lines(name, before.get(name), now.get(name)) for name in names[:SHOWN_FILES]]
    more = [f"and in {', '.join(names[SHOWN_FILES:])}"] if len(names) > SHOWN_FILES else []
    return "\n".join(shown + more)


def _lines(name: str, before: str | None, now: str | None) -> str:
    if before is None or now is None:
        return f"{name}: {'never recorded' if before is None else 'recorded, and not there any more'}"
    lines = list(unified_diff(before.split("\n"), now.split("\n"), f"recorded {name}", f"{name} now", "", "", 1, ""))
    more = [f"… {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else []
    return "\n".join(lines[:SHOWN_LINES] + more)


@pytest.mark.parametrize(("engine", "hash_seed"), [("compiled", "1"), ("openapi-core", "2")])
def test_answers_journal_explanations_and_coverage_are_as_recorded(engine, hash_seed):
    recorded = {name: text for name, text in expected().items() if name not in PAGES}
    found = difference(recorded, files_of(engine, hash_seed))
    if found:
        pytest.fail(f"With the engine {engine} the mock says something else than was recorded:\n{found}", pytrace=False)


def test_the_pages_of_the_coverage_are_as_recorded():
    recorded = expected()
    pages = {name: recorded[name] for name in PAGES}
    found = difference(pages, coverage_pages(recorded["coverage.json"]))
    if found:
        pytest.fail(f"The command shows something else than was recorded:\n{found}", pytrace=False)


def test_the_table_is_long_and_has_every_operation():
    table = expected()
    document = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in ("get", "post", "put", "patch", "delete")
    }
    asked = {each["operation"] for each in json.loads(table["journal.json"])["requests"]}
    assert operations - asked == set()
    assert len(rows()) >= 60
    assert len({row.name for row in rows()}) == len(rows())
    assert {f"exchanges/{row.name}.txt" for row in rows()} == {each for each in table if each.startswith("exchanges/")}


def test_a_difference_names_the_request():
    before = {"exchanges/a.txt": "one\ntwo", "exchanges/b.txt": "same", "exchanges/c.txt": "gone"}
    now = {"exchanges/a.txt": "one\nthree", "exchanges/b.txt": "same"}
    found = difference(before, now)
    assert found.split("\n")[:2] == ["--- recorded exchanges/a.txt", "+++ exchanges/a.txt now"]
    assert "-two\n+three" in found
    assert "exchanges/c.txt: recorded, and not there any more" in found
    assert "exchanges/b.txt" not in found
