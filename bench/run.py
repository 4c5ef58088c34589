"""Measures the mock against its yardsticks, in turn, and prints each mark with its figure and a verdict.

    make bench                            print the table
    make bench ARGS=--write               and put it into bench/README.md
    make bench ARGS="--only patch,refused"
    make bench ARGS=--quick               fewer and shorter rounds: for a look, not for the README

Needs wrk (Debian: apt-get install wrk). Quote the ratios, not the absolute figures.
"""

import argparse
import sys
import time
from dataclasses import dataclass

from bench import machine, peers, updates
from bench.rounds import progress
from bench.servers import HERE
from bench.table import markdown, put, verdict
from bench.wrk import Wrk, WrongAnswers

PARTS = {
    "patch": updates.patch,
    "refused": updates.refused,
    "peers": peers.peers,
}


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds of so many seconds, fewer where a figure has no mark or is slow to come by."""

    rounds: int = 15
    few_rounds: int = 5
    seconds: int = 1
    starts: int = 15
    requests: int = 1_000_000


QUICK = Plan(rounds=3, few_rounds=3, starts=5, requests=200_000)


def main():
    arguments = _arguments()
    started = time.perf_counter()
    plan = QUICK if arguments.quick else Plan()
    rows = []
    with Wrk() as wrk:
        for name in arguments.only:
            try:
                rows += PARTS[name](plan, wrk)
            except WrongAnswers as error:
                sys.exit(f"{name}: {error}")
    text = f"{_said(plan)}\n\n{markdown(rows)}"
    print(text)
    progress(f"{time.perf_counter() - started:.0f} seconds")
    if arguments.write:
        readme = HERE / "README.md"
        readme.write_text(put(readme.read_text(), "figures", text))
    return 0 if verdict(rows) else 1


def _said(plan):
    return (
        f"{machine.cpu()}; {machine.placed()}. {machine.versions(peers.versions())}. Commit {machine.commit()}."
        f" Medians of {plan.rounds} rounds of {plan.seconds} s."
    )


def _arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS", help=f"some of {', '.join(PARTS)}")
    found = parser.parse_args()
    found.only = found.only.split(",")
    unknown = [name for name in found.only if name not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}")
    if found.write and (found.quick or found.only != list(PARTS)):
        parser.error("the README holds one whole run: --write goes with neither --only nor --quick")
    return found


if __name__ == "__main__":
    sys.exit(main())
