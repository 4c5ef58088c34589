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

from bench import amounts, inspector, instructions, machine, peers, starts, steps, updates, workers
from bench.rounds import progress
from bench.servers import HERE
from bench.table import markdown, put, verdict
from bench.wrk import Wrk, WrongAnswers

PARTS = {
    "patch": updates.patch,
    "instructions": instructions.rows,
    "refused": updates.refused,
    "peers": peers.peers,
    "starts": starts.starts,
    "memory": amounts.memory,
    "identities": amounts.identities,
    "inspector": inspector.inspector,
    "workers": workers.workers,
}
STEPS = "steps"


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds of so many seconds, fewer where a figure has no mark or is slow to come by."""

    rounds: int = 11
    few_rounds: int = 5
    seconds: int = 1
    warm_up: int = 6
    starts: int = 15
    requests: int = 1_000_000


QUICK = Plan(rounds=3, few_rounds=3, warm_up=2, starts=5, requests=200_000)


def main():
    arguments = _arguments()
    began = time.perf_counter()
    plan = QUICK if arguments.quick else Plan()
    rows = []
    with Wrk() as wrk:
        for name in arguments.only:
            if name in PARTS:
                found = _rows(name, plan, wrk)
                progress(markdown(found))
                rows += found
    sections = {"figures": f"{_said(plan)}\n\n{markdown(rows)}"} if rows else {}
    if STEPS in arguments.only:
        progress("the steps of one request")
        sections[STEPS] = steps.section()
    print("\n\n".join(sections.values()))
    progress(f"{time.perf_counter() - began:.0f} seconds")
    if arguments.write:
        readme = HERE / "README.md"
        for name, text in sections.items():
            readme.write_text(put(readme.read_text(), name, text))
    return 0 if verdict(rows) else 1


def _rows(name, plan, wrk):
    try:
        return PARTS[name](plan, wrk)
    except (WrongAnswers, RuntimeError) as error:
        sys.exit(f"{name}: {error}")


def _said(plan):
    return (
        f"{machine.cpu()}; {machine.placed()}. {machine.versions(peers.versions())}. Commit {machine.commit()}."
        f" Medians of {plan.rounds} rounds of {plan.seconds} s."
    )


def _arguments():
    everything = [*PARTS, STEPS]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--only", default=",".join(everything), metavar="PARTS", help=f"some of {', '.join(everything)}"
    )
    found = parser.parse_args()
    found.only = found.only.split(",")
    unknown = [name for name in found.only if name not in everything]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}")
    if found.write and (found.quick or found.only != everything):
        parser.error("the README holds one whole run: --write goes with neither --only nor --quick")
    return found


if __name__ == "__main__":
    sys.exit(main())
