"""A marker for a field that the request body does not contain, as opposed to null."""

from enum import Enum
from typing import Final


class Absent(Enum):
    """The type of `ABSENT`: the field is not sent, so the stored value stays."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
