"""Values with units on the command line: sizes such as `10MB`, times such as `30s`."""

import re
from math import inf
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _Bytes = click.ParamType[int]
    _Time = click.ParamType[float]
else:
    _Bytes = _Time = click.ParamType  # generic at run time in the newest click only

DAY = 86400
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z]*)\s*", re.ASCII)
_BYTES = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class Size(_Bytes):
    """A number of bytes, with or without a unit: B, KB, MB, GB (powers of 1,000), KiB, MiB, GiB (of 1,024)."""

    name = "SIZE"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes. Fails with a usage error that names the flag and the units."""
        if isinstance(value, int):
            return value
        size = _amount(value, _BYTES)
        if size is None or size != int(size):
            self.fail(f"'{value}' is not a size such as 1048576, 10MB or 64KiB", param, ctx)
        if not self._least <= size <= self._most:
            self.fail(f"'{value}' is not from {self._least} to {self._most} bytes", param, ctx)
        return int(size)


class Duration(_Time):
    """A time in seconds, with or without a unit: ms, s, m, h, d."""

    name = "TIME"

    def __init__(self, most: float = inf) -> None:
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds. Fails with a usage error that names the flag and the units."""
        if isinstance(value, (int, float)):
            return float(value)
        seconds = _amount(value, _SECONDS)
        if seconds is None:
            self.fail(f"'{value}' is not a time such as 30, 30s, 500ms or 5m", param, ctx)
        if not 0 < seconds <= self._most:
            limit = "" if self._most == inf else f" and at most {self._most:g} seconds"
            self.fail(f"'{value}' is not a time above 0{limit}", param, ctx)
        return seconds


def _amount(value: object, units: dict[str, Any]) -> float | None:
    """Return the number in the smallest unit; None if the text is no number, or has another unit."""
    match = _NUMBER.fullmatch(str(value))
    if match is None:
        return None
    unit = units.get(match[2].lower())
    return None if unit is None else float(match[1]) * unit
