"""A long body that is read in pieces has the value, and the error, that reading it as a whole has."""

import json
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.seeding import batches, json_in_pieces

ENTRIES = [{"id": str(number), "name": f"a {{[]}} {number}", "deep": {"list": [1, [2.5]]}} for number in range(200)]
BODY: dict[str, Any] = {
    "id": "large",
    "profile": "live",
    "fixtures": {"version": 1, "identities": ENTRIES, "accessTokens": ENTRIES[:3], "clusters": []},
    "now": None,
}


@pytest.fixture(autouse=True)
def short_batches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "BATCH", 500)


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_body_with_long_lists_is_read_in_batches(indent: int | None, monkeypatch: pytest.MonkeyPatch):
    whole = json.dumps(BODY, indent=indent).encode()
    read: list[int] = []
    entries = batches._json_entries
    monkeypatch.setattr(batches, "_json_entries", lambda part: read.append(len(part)) or entries(part))
    assert json_in_pieces.loads(whole) == BODY
    assert len(read) > 10
    assert max(read) < len(whole) / 4


TEXTS = (
    "",
    " ",
    "null",
    "[1]",
    "{}",
    '"a": 1}',
    '{"a": 1,}',
    '{"a": 1} x',
    ' {"a" : 1 } ',
    '{"a": 1, "a": 2}',
    '{"a": NaN}',
    '{"a": 01}',
    '{"a": 1e400}',
    '{"a": 123456789012345678901234567890}',
    '{"a b": 1}',
    '{"fixtures": "version: 1"}',
    '{"fixtures": {}}',
    '{"fixtures": {"identities": []}}',
    '{"fixtures": {"identities": {}}}',
    '{"fixtures": {"identities": [{"a": 1, "a": 2}]}}',
    '{"fixtures": {"identities": [1, 2]}}',
    '{"fixtures": {"identities": [{"a": 1}, ]}}',
    '{"fixtures": {"identities": [{"a": "]"}], "identities": []}}',
    '{"fixtures": {"identities": [{"a": "\\ud800"}]}}',
    '{"fixtures": {"identities": [{"a": "\\""}, {"a": "\\\\"}]}}',
    '{"fixtures": {"identities": [{"a": 1}',
    '{"identities": [{"a": 1}], "fixtures": null}',
)


def outcome(read: Any, content: bytes) -> tuple[Any, str]:
    try:
        return read(content), ""
    except orjson.JSONDecodeError as error:
        return None, str(error)


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_the_value_or_the_error_of_the_whole(text: str):
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode() + b"\xff"):
        assert outcome(json_in_pieces.loads, content) == outcome(orjson.loads, content)


@given(st.integers(0, 3000), st.sampled_from(['"', "{", "}", "[", "]", ",", "\\", "x", ""]))
def test_a_damaged_text_too(at: int, instead: str):
    text = json.dumps({**BODY, "fixtures": {"version": 1, "identities": ENTRIES[:20]}})
    content = (text[:at] + instead + text[at + 1 :]).encode()
    assert outcome(json_in_pieces.loads, content) == outcome(orjson.loads, content)


LONG = "".join(
    f'{{"id": "1d000000-{number:04}", "name": "\\u00e4 \U0001f600 \\\\ \\n {number}"}},' for number in range(300)
)


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_in_pieces, "_PIECE", 100)


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("text", [LONG, LONG * 5, "", "x" * 99, "x" * 1000, '"' * 1000, "\\" * 333, "\U0001f600" * 300])
def test_a_long_text_is_decoded_in_pieces(text: str, ascii_only: bool):
    for body in ({"fixtures": text}, {"id": "large", "fixtures": text, "now": None}):
        assert json_in_pieces.loads(json.dumps(body, ensure_ascii=ascii_only).encode()) == body


@pytest.mark.usefixtures("short_pieces")
def test_a_long_text_is_not_decoded_at_once(monkeypatch: pytest.MonkeyPatch):
    content = json.dumps({"fixtures": LONG}).encode()
    read: list[int] = []

    def noting(part: Any) -> Any:
        read.append(len(part))
        return orjson.loads(part)

    monkeypatch.setattr(json_in_pieces, "orjson", SimpleNamespace(loads=noting, JSONDecodeError=orjson.JSONDecodeError))
    assert json_in_pieces.loads(content) == {"fixtures": LONG}
    assert max(read) <= 300


@pytest.mark.usefixtures("short_pieces")
@given(st.integers(0, 3000), st.sampled_from(['"', "\\", "\\u", "\n", "\\ud83d", "}", "x", ""]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_long_text_is_refused_as_it_is_in_one_piece(at: int, instead: str):
    text = json.dumps({"id": "large", "fixtures": LONG[:3000], "now": None})
    content = (text[:at] + instead + text[at + 1 :]).encode()
    assert outcome(json_in_pieces.loads, content) == outcome(orjson.loads, content)
