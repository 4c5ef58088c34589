"""The words behind a status are those of Node.js, whatever Python runs the mock."""

import pytest

from mockserver.http.reason_phrases import reason_phrase

# Node.js 20, http.STATUS_CODES, where a Python from 3.11 to 3.14 says something else.
PHRASES = [
    (413, "Payload Too Large"),
    (414, "URI Too Long"),
    (416, "Range Not Satisfiable"),
    (418, "I'm a Teapot"),
    (422, "Unprocessable Entity"),
    (509, "Bandwidth Limit Exceeded"),
]


@pytest.mark.parametrize(("status", "phrase"), PHRASES)
def test_phrases_are_those_of_node(status, phrase):
    assert reason_phrase(status) == phrase


def test_a_status_without_a_phrase_has_the_word_of_node_or_the_callers():
    assert reason_phrase(599) == "unknown"
    assert reason_phrase(599, "") == ""
