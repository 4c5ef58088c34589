"""What a row of the reference table is, and the short way to name its tests."""

import re
from typing import NamedTuple

PROFILES = ("contract", "live")


class Row(NamedTuple):
    """One row of the reference: its id, in our words what it says, and the tests that cover it.

    A test is named as `folder/file::test[parameters]`, without `tests/` and without each `test_`; a star as the first
    of the parameters stands for each of the two profiles. A row that is left out has no tests and says why.
    """

    id: str
    says: str
    named: tuple[str, ...]
    left_out: str = ""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The ids under which pytest runs those tests."""
        return tuple(node for name in self.named for node in _nodes(name))


def row(id: str, says: str, *named: str) -> Row:
    """A row that those tests cover."""
    return Row(id, says, named)


def left_out(id: str, says: str, why: str) -> Row:
    """A row that no test covers."""
    return Row(id, says, (), why)


_NAME = re.compile(r"(?P<folder>(?:\w+/)*)(?P<file>\w+)::(?P<test>\w+)(?P<parameters>\[.*\])?", re.DOTALL)


def _nodes(name: str) -> list[str]:
    found = _NAME.fullmatch(name)
    assert found is not None, f"no name of a test: {name}"
    parameters = found["parameters"] or ""
    node = f"tests/{found['folder']}test_{found['file']}.py::test_{found['test']}"
    if not parameters.startswith("[*"):
        return [node + parameters]
    return [f"{node}[{profile}{parameters[2:]}" for profile in PROFILES]
