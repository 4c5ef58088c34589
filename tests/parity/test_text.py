"""The report as text: what contradicts a generation is told in lines that fit a terminal."""

from mockserver.parity.player import Played
from mockserver.parity.report import Report
from mockserver.parity.scripts import bundled
from mockserver.parity.text import text
from mockserver.rules.generation import GENERATIONS, NEWEST

RULES = sorted({script.rule for script in bundled()})


def test_many_contradictions_are_wrapped_between_ids():
    pairs = frozenset((generation, rule) for generation in GENERATIONS for rule in RULES)
    played = Played(bundled()[0], "not reached", "nothing", (), pairs)
    lines = text(Report("http://tenant.example", NEWEST, (played,), {})).splitlines()
    assert max(map(len, lines)) <= 100
    (start,) = (number for number, line in enumerate(lines) if line.startswith("  2026-05: "))
    told = [line for line in lines[start:] if line.startswith("  ")]
    (end,) = (number for number, line in enumerate(told) if line.startswith("  2026-08: "))
    assert " ".join(line.strip() for line in told[:end]) == f"2026-05: {', '.join(RULES)}"
    assert all(line.startswith(" " * 11) for line in told[1:end])
    assert "".join(line for line in lines if "fits best" in line).startswith(
        "generation 2026-10 fits best: contradicted by"
    )
