"""Masks of secrets are found and replaced window by window, as a search through the whole text finds them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.control import secrets

KEY = "a key"
KNOWN = {"accessTokens": [{"token": 'a "secret"', "identity": "a"}]}
SECRET = KNOWN["accessTokens"][0]["token"]
MASK = f"[REDACTED {secrets._fingerprint(SECRET, KEY)}]"
UNKNOWN = "[REDACTED 0123456789abcdef]"
PARTS = st.sampled_from(
    [f'"{MASK}"', f"'{MASK}'", f'"{UNKNOWN}"', MASK, f"{MASK}'", "[REDACTED ", '"', "x" * 30, "\n", ""]
)


@pytest.fixture(autouse=True, scope="module")
def short_windows():
    before, secrets._WINDOW = secrets._WINDOW, 16
    yield
    secrets._WINDOW = before


@given(st.lists(PARTS, max_size=12).map("".join))
def test_the_masks_are_those_of_a_search_through_the_whole_text(text: str):
    whole = [match.span() for match in secrets._PLACEHOLDER.finditer(text)]
    assert [match.span() for match in secrets._masks(text)] == whole

    restored = secrets.restored(text, iter([KNOWN]), KEY)
    in_one_go = secrets._PLACEHOLDER.sub(lambda match: json.dumps(SECRET) if match[0][1:-1] == MASK else match[0], text)
    assert restored == in_one_go


def test_what_stands_instead_of_a_mask():
    text = f'["{MASK}", "{UNKNOWN}"]'
    known = secrets.fingerprints(text) - {"0123456789abcdef"}
    assert secrets.replaced(text, known, "gone") == f'["{MASK}", "gone"]'
    assert [(each.line, each.column) for each in secrets.unknown(f"\n {text}")] == [(2, 3), (2, 34)]
