"""The reference table: every test that it names is one, no row is there twice, and none is gone."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mockserver.settings import ENGINES
from tests.reference_rows.row import Row, row
from tests.reference_table import SECTIONS

ROOT = Path(__file__).parent.parent
ROWS = [row for rows in SECTIONS.values() for row in rows]
COUNTS = {"2": (51, 2), "4": (6, 1), "5": (15, 0), "7": (34, 2), "8": (18, 0), "9": (37, 1), "10": (63, 1)}
COUNTS |= {"code": (19, 0), "neighbours": (27, 0), "errors": (108, 11)}
"""Of each section: how many rows have tests, and how many are left out. A row that goes has to be taken from here."""


_ENGINE = re.compile(rf"\[({'|'.join(ENGINES)})-")


def collected(files: list[str]) -> list[str]:
    """The ids of all tests in these files, as pytest names them."""
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files]
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return [line for line in ran.stdout.splitlines() if "::" in line]


@pytest.mark.slow
def test_every_test_that_is_named_is_one():
    named = {node: row.id for row in ROWS for node in row.nodes}
    found = collected(sorted({node.partition("::")[0] for node in named}))
    # Where a test runs with each engine, pytest puts the engine's name first: a row names the case.
    known = {*found, *(_ENGINE.sub("[", node) for node in found), *(node.partition("[")[0] for node in found)}
    assert {node: where for node, where in named.items() if node not in known} == {}


def test_no_row_is_there_twice():
    assert [name for name, times in Counter(row.id for row in ROWS).items() if times > 1] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_no_row_is_gone(section: str):
    left_out = sum(bool(row.left_out) for row in SECTIONS[section])
    assert (len(SECTIONS[section]) - left_out, left_out) == COUNTS[section]


def test_every_section_is_counted():
    assert list(COUNTS) == list(SECTIONS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_has_tests_or_says_why_not(row: Row):
    assert bool(row.named) != bool(row.left_out)
    assert len(set(row.nodes)) == len(row.nodes)
    assert row.says
    assert re.fullmatch(r"(\d+|code|neighbours|errors)(\.[\w-]+)+", row.id)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_row_has_its_section_for_a_first_word(section: str):
    assert {row.id.partition(".")[0] for row in SECTIONS[section]} == {section}


def test_names_stand_for_the_ids_of_pytest():
    made = row("0.x", "x", "a/b_c::d", "a::b[c*]", "a/b::c[*-d]", "a/b::c[*]")
    assert made.nodes == (
        "tests/a/test_b_c.py::test_d",
        "tests/test_a.py::test_b[c*]",
        "tests/a/test_b.py::test_c[contract-d]",
        "tests/a/test_b.py::test_c[live-d]",
        "tests/a/test_b.py::test_c[contract]",
        "tests/a/test_b.py::test_c[live]",
    )
    with pytest.raises(AssertionError, match="no name of a test"):
        _ = row("0.x", "x", "no test").nodes
