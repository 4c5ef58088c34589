"""The digest of a JSON value does not depend on the pieces in which it is encoded."""

from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.http import json_encoding
from mockserver.http.json_encoding import digest, encoded_in_pieces

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS | st.sampled_from([1.0, -0.0, 1e22, 2.0**60, "a:1.0,", '"', "1.0"]),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.fixture(autouse=True, scope="module")
def short_pieces():
    whole = json_encoding._PIECE, json_encoding._TEXT_PIECE
    json_encoding._PIECE, json_encoding._TEXT_PIECE = 2, 3
    yield
    json_encoding._PIECE, json_encoding._TEXT_PIECE = whole


def of_the_whole(value: Any) -> bytes:
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if json_encoding._WHOLE_FLOAT.search(b":%b," % content):
        content = orjson.dumps(json_encoding._with_integers(value), option=orjson.OPT_SORT_KEYS)
    return sha256(content).digest()


def encodable(value: Any) -> Any:
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, orjson.JSONDecodeError):
        return None


@given(VALUES.map(encodable))
def test_the_digest_is_that_of_the_whole(value: Any):
    assert digest(value) == of_the_whole(value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": [1, 2, 3]}, {"b": [1.0, 2, 3.0], "a": 1.0}, True),
        ({"a": {"b": {"c": {"d": 1.0}}}}, {"a": {"b": {"c": {"d": 1}}}}, True),
        ([1, 2, 3], [1, 2, "3"], False),
        ([1, 2, 3], [1, 2, [3]], False),
        ({"a": "x:1.0,"}, {"a": "x:1,"}, False),
        (["a", 1.0, "b", 2], ["a", 1, "b", 2.0], True),
        ([], {}, False),
    ],
)
def test_values_that_are_the_same_in_json_have_the_same_digest(one: Any, other: Any, same: bool):
    assert (digest(one) == digest(other)) is same


@given(VALUES.map(encodable))
def test_the_pieces_of_a_value_make_up_the_whole(value: Any):
    assert b"".join(encoded_in_pieces(value)) == orjson.dumps(value)


def test_a_long_list_of_an_object_is_encoded_in_pieces():
    pieces = list(encoded_in_pieces({"version": 1, "identities": list(range(100)), "none": []}))
    assert len(pieces) > 50
    assert max(map(len, pieces)) < 20
