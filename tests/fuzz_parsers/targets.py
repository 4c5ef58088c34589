"""Every parser that is fuzzed, by its name."""

from tests.fuzz_parsers import bodies, calls, fixtures, texts, wire
from tests.fuzz_parsers.target import Target

TARGETS: dict[str, Target] = {
    each.name: each for each in (*texts.TARGETS, *bodies.TARGETS, *fixtures.TARGETS, *calls.TARGETS, *wire.TARGETS)
}


def close() -> None:
    """Ends the servers and loops that targets have started."""
    calls.close()
    wire.close()
