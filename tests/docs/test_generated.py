"""The generated reference pages are those of the code, and links to rules have a target."""

import re
from pathlib import Path

import pytest

from docs.render import PAGES
from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.journal.rule_pages import IN_THE_REPOSITORY, rule_page

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_that_of_the_code(name: str):
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "make docs brings it up to date"


def test_every_rule_has_one_anchor():
    page = (ROOT / IN_THE_REPOSITORY).read_text("utf-8")
    anchors = re.findall(r'^<a id="([^"]+)"></a>$', page, re.MULTILINE)
    assert sorted(anchors) == sorted(rule.id for _, rule in ledger(OPERATIONS))


@pytest.mark.parametrize(
    ("rule", "site", "link"),
    [
        ("update.ttl.stored-max", "", "docs/reference/rules.md#update.ttl.stored-max"),
        (
            "update.ttl.stored-max",
            "https://docs.example",
            "https://docs.example/reference/rules/#update.ttl.stored-max",
        ),
        ("body.size", "https://docs.example/mock/", "https://docs.example/mock/reference/rules/#body.size"),
        ("accepted", "https://docs.example", None),
        ("", "", None),
    ],
)
def test_a_rule_is_linked_on_the_site_or_in_the_repository(rule: str, site: str, link: str | None):
    assert rule_page(rule, site) == link
