"""The third state of a field: not mentioned. It is neither null nor a value."""

from enum import Enum
from typing import Final


class Absent(Enum):
    """The caller did not mention the field, so the stored value stays."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
