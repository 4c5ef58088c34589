"""Rows of a table: what was measured, the mark, the figure, the verdict; and their place in bench/README.md."""

import operator
import re
from dataclasses import dataclass
from typing import Literal

_COMPARE = {">=": operator.ge, "<=": operator.le, "<": operator.lt}
README_SECTION = r"(?<=<!-- {name} -->\n).*?(?=<!-- end {name} -->)"


@dataclass(frozen=True)
class Row:
    """One figure. Without a mark it is there to be read; `figure` None means that it could not be had, and `why`."""

    what: str
    figure: float | str | None
    sign: Literal[">=", "<=", "<", ""] = ""
    mark: float = 0
    why: str = ""

    @property
    def holds(self):
        """Whether the figure itself, not what is shown of it, is good enough; None where nothing is asked of it."""
        if not self.sign or self.figure is None:
            return None
        return _COMPARE[self.sign](self.figure, self.mark)

    def as_cells(self):
        mark = f"{self.sign} {self.mark:,}" if self.sign else ""
        verdict = {None: "", True: "holds", False: "**MISSED**"}[self.holds]
        if self.figure is None:
            verdict = f"skipped: {self.why}"
        return self.what, mark, self._shown(), verdict

    def _shown(self):
        """The figure, with more digits where rounding would tell another verdict."""
        if self.sign and self.figure is not None:
            for digits in range(3, 7):
                text = shown(self.figure, digits)
                if _COMPARE[self.sign](float(text.replace(",", "")), self.mark) is self.holds:
                    return text
        return shown(self.figure)


def skipped(what, why, sign="", mark=0):
    """A row whose figure cannot be had on this machine."""
    return Row(what, None, sign, mark, why)


def shown(figure, digits=3):
    """A figure with as many digits as say something, and no exponent."""
    if figure is None:
        return ""
    if isinstance(figure, str):
        return figure
    places = 0 if figure >= 1000 else max(0, digits - (len(str(int(figure))) if figure >= 1 else 0))
    return f"{figure:,.{places}f}"


def markdown(rows):
    """The table."""
    lines = ["| What | Mark | Figure | Verdict |", "| --- | --- | ---: | --- |"]
    lines += [f"| {' | '.join(row.as_cells())} |" for row in rows]
    return "\n".join(lines)


def verdict(rows):
    """Whether no mark is missed."""
    return all(row.holds is not False for row in rows)


def put(text, name, section):
    """`text` with that section between its markers. Raises ValueError if there are no such markers."""
    found, count = re.subn(README_SECTION.format(name=name), lambda _: f"{section}\n", text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"no place for {name} in bench/README.md")
    return found
