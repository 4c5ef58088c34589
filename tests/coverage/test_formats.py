"""The forms of a report: what a person reads, what a build server reads, what a browser shows."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from mockserver.coverage.html import html
from mockserver.coverage.junit import junit
from mockserver.coverage.report import Report, State
from mockserver.coverage.text import text

C, M, N = State.COVERED, State.MISSING, State.NOT_COUNTED
ITEMS = {
    "updateIt": {
        "statuses": {"200": C, "404": M},
        "rules": {"a.b refused": M, "a.b held": M, "c.d refused": N, "c.d held": C},
        "tables": {"tls 1: stored off; gives on": M},
    },
    "getIt": {"statuses": {"200": M, "404": M}},
}
REPORT = Report("1.2", "c", ("contract", "live"), ITEMS, ("2026-08",))

TEXT = """\
infisical-mock 1.2, profile contract and live, generation 2026-08

Operation  Statuses  Rules  Tables  All
-----------------------------------------------
updateIt        1/2    1/3     0/1  2/6  33.3 %
-----------------------------------------------
Total           1/4    1/3     0/1  2/8    25 %

Never called (2 items): getIt

Missing of updateIt
  statuses  404
  rules     a.b refused/held
  tables    tls 1
"""


def test_the_text_is_a_table_with_what_is_missing_below_it():
    assert [line.rstrip() for line in text(REPORT).splitlines()] == TEXT.splitlines()


def test_the_text_lists_what_was_never_called_where_it_is_asked_for():
    assert "Missing of getIt\n  statuses  200, 404\n" in text(REPORT, every=True)


def test_nothing_is_missing_of_what_is_all_covered():
    whole = Report("1", "c", ("contract",), {"getIt": {"statuses": {"200": C}}})
    assert "Missing" not in text(whole)
    assert "100 %" in text(whole)


def test_no_line_of_the_text_is_broken_within_an_item():
    items = {f"field{number} invalid": M for number in range(60)} | {"other absent": C}
    shown = text(Report("1", "c", ("contract",), {"putIt": {"fields": items}}))
    assert all(len(line) <= 116 for line in shown.splitlines())
    assert sorted(re.findall(r"field\d+ invalid", shown)) == sorted(each for each in items if each != "other absent")


@pytest.mark.parametrize(("failed", "kind"), [(True, "failure"), (False, "skipped")])
def test_junit_has_a_case_for_each_item_that_counts(failed, kind):
    root = ElementTree.fromstring(junit(REPORT, failed=failed))
    cases = {(case.get("classname"), case.get("name")): [each.tag for each in case] for case in root.iter("testcase")}
    expected = {
        (f"{operation}.{section}", item): [] if state is C else [kind]
        for operation, sections in ITEMS.items()
        for section, items in sections.items()
        for item, state in items.items()
        if state is not N
    }
    assert cases == expected
    counts = {"tests": "8", "failures": "6", "errors": "0", "skipped": "0", "time": "0"}
    if not failed:
        counts |= {"failures": "0", "skipped": "6"}
    assert root.attrib == {"name": "infisical-mock coverage", **counts}
    assert [suite.get("tests") for suite in root] == ["6", "2"]


HOSTILE = Report("<b>", "c", ("contract",), {"</td><script>x\0\x1b&\ud800": {"rules": {'"><img src=x> held': M}}})


def test_junit_is_xml_whatever_the_names_are():
    root = ElementTree.fromstring(junit(HOSTILE, failed=True).encode("utf-8"))
    assert [case.get("name") for case in root.iter("testcase")] == ['"><img src=x> held']
    assert root[0].get("name") == "</td><script>x\ufffd\ufffd&\ufffd"


class Tags(HTMLParser):
    """The tags of a page, and that each is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("report", [REPORT, HOSTILE], ids=["plain", "hostile"])
def test_the_page_stands_by_itself(report):
    page = Tags()
    page.feed(html(report))
    assert page.open == []
    assert not page.names & {"script", "link", "img", "iframe", "b"}
    assert not {name for name, _ in page.attributes} & {"src", "onload", "onclick", "style"}
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert "url(" not in html(report)
    assert "default-src 'none'" in html(report)


def test_the_page_shows_each_item_that_counts_and_where_its_operation_is():
    page = html(REPORT)
    assert (
        '<li class="missing">a.b refused</li><li class="missing">a.b held</li><li class="covered">c.d held</li>' in page
    )
    assert "c.d refused" not in page
    for place in range(len(ITEMS)):
        assert page.count(f'href="#operation-{place}"') == page.count(f'id="operation-{place}"') == 1
    assert "Contract coverage: 25 %" in page
