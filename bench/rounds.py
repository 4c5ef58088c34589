"""Rounds in turn: each server is asked once a round, so that a machine that slows down slows all of them down."""

import statistics
import sys

from bench.table import shown


class Rounds:
    """What was measured, by name. Ratios are taken within a round, and their median counts."""

    def __init__(self, measures, count, about):
        self._rounds = []
        progress(f"{about}: {count} rounds")
        for number in range(count):
            # Whoever goes first finds the machine as the pause has left it: they take turns at that too.
            names = list(measures)
            turn = number % len(names)
            measured = {name: measures[name]() for name in names[turn:] + names[:turn]}
            self._rounds.append({name: measured[name] for name in names})

    def median(self, name, figure):
        return statistics.median(getattr(each[name], figure) for each in self._rounds)

    def medians(self, figure):
        """The medians of all that were measured, in their order, as a text."""
        return " / ".join(shown(self.median(name, figure)) for name in self._rounds[0])

    def ratio(self, name, other, figure):
        return statistics.median(getattr(each[name], figure) / getattr(each[other], figure) for each in self._rounds)


def progress(text):
    """Says what goes on, beside the table."""
    print(text, file=sys.stderr, flush=True)
