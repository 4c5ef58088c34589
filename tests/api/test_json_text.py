"""Where a body stops being JSON is told alike by every Python: their own parsers differ about a trailing comma."""

import pytest

from mockserver.api.json_text import NotJson, parse

ROWS = [
    ('{"a":1,}', 1, 8),
    ('{"a":1 , \n }', 2, 2),
    ("[1,]", 1, 4),
    ("[1,\n\t ]", 2, 3),
    ("{,}", 1, 2),
    ('{"a":1,,}', 1, 8),
    ("[1,,2]", 1, 4),
    ('{"a":[1,}', 1, 9),
    ('{"a" 1}', 1, 6),
    ('{"a":1', 1, 7),
    ("", 1, 1),
]


@pytest.mark.parametrize(("text", "line", "column"), ROWS)
def test_the_place_is_told(text, line, column):
    with pytest.raises(NotJson) as refused:
        parse(text.encode())
    assert str(refused.value) == f"unexpected text at line {line}, column {column}"
