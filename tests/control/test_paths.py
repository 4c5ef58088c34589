"""Which targets are of the control API."""

import pytest

from mockserver.control.api import is_control


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/_mock", True),
        ("/_mock/", True),
        ("/_mock?x=1", True),
        ("/_mock/health", True),
        ("/_mocking", False),
        ("/", False),
        ("/login", False),
        ("/api/x", False),
        ("/token/x", False),
        ("/w/abc?x", False),
        ("*", False),
    ],
)
def test_a_target_is_of_the_control_api_by_its_first_segment(target: str, expected: bool):
    assert is_control(target) is expected
