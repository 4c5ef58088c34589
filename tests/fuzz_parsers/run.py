"""Fuzzes the parsers, and prints what came of it: `make fuzz-parsers ARGS="--executions 1000000 --target json"`.

Each parser runs in a process of its own. Exit code: 1 if an input made one fail, or a process ended before its time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz_parsers.target import Target
from tests.fuzz_parsers.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / ".fuzz"
"""What guided runs have found worth keeping; the next one begins with it."""
EXECUTIONS = 200_000
GUIDED = 0.2
"""The part of the executions that is guided by coverage, where it can be: the rest begins with what that has found."""


class Row(NamedTuple):
    """What came of one target."""

    name: str
    executions: int = 0
    seconds: float = 0
    new: int = 0
    failures: dict[str, str] = {}  # noqa: RUF012 - never changed
    broken: str = ""


def shares(targets: Sequence[Target], executions: int) -> dict[str, int]:
    """How often each target is executed; together exactly as often as is asked for."""
    whole = sum(each.share for each in targets)
    found = {each.name: executions * each.share // whole for each in targets}
    found[targets[0].name] += executions - sum(found.values())
    return found


def fuzzed(name: str, executions: int, seed: int, corpus: Path, guided: float) -> Row:
    """The row of one target, fuzzed in processes of its own."""
    folder = corpus / name
    before = _size(folder)
    first = int(executions * guided)
    rows = [_process("guided", name, first, seed, folder)] if first else []
    rows.append(_process("unguided", name, executions - first, seed, folder))
    return Row(
        name,
        sum(each.executions for each in rows),
        sum(each.seconds for each in rows),
        _size(folder) - before,
        {file: says for each in rows for file, says in each.failures.items()},
        "\n".join(each.broken for each in rows if each.broken),
    )


def _process(way: str, name: str, executions: int, seed: int, folder: Path) -> Row:
    with tempfile.TemporaryDirectory() as here:
        result = Path(here) / "result.json"
        command = [
            sys.executable,
            "-m",
            "tests.fuzz_parsers.engines",
            way,
            name,
            str(executions),
            str(seed),
            str(folder),
        ]
        # Hash seeds change the order of sets, and with it what is reached first.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        ended = subprocess.run(
            [*command, str(result)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if not result.exists():
            return Row(name, broken=f"the process ended with {ended.returncode}: {ended.stderr[-2000:]}")
        row: dict[str, Any] = json.loads(result.read_text())
    return Row(name, row["executions"], row["seconds"], 0, row["failures"])


def _size(folder: Path) -> int:
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def table(rows: Sequence[Row]) -> str:
    """The rows, and their sum."""
    lines = [f"{'target':<20}{'executions':>12}{'per second':>12}{'new corpus':>12}{'failures':>10}"]
    total = Row(
        "all",
        sum(each.executions for each in rows),
        sum(each.seconds for each in rows),
        sum(each.new for each in rows),
    )
    for each in (*rows, total):
        failures = sum(len(row.failures) + bool(row.broken) for row in (rows if each is total else [each]))
        rate = each.executions / each.seconds if each.seconds else 0
        lines.append(f"{each.name:<20}{each.executions:>12,}{rate:>12,.0f}{each.new:>12,}{failures:>10}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Fuzzes what is asked for, and gives back the exit code."""
    parser = argparse.ArgumentParser(prog="make fuzz-parsers", description="Fuzzes the parsers of the mock.")
    parser.add_argument("--executions", type=int, default=EXECUTIONS, help="inputs, over all targets [%(default)s]")
    parser.add_argument("--target", action="append", choices=TARGETS, help="one parser; may be given again [all]")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins [%(default)s]")
    parser.add_argument("--jobs", type=int, default=1, help="parsers at the same time [%(default)s]")
    asked = parser.parse_args(arguments)
    targets = [TARGETS[name] for name in asked.target or TARGETS]
    guided = GUIDED if find_spec("atheris") else 0
    print(f"{guided:.0%} guided by coverage" if guided else "by mutation alone: there is no atheris here", flush=True)
    wanted = shares(targets, asked.executions)
    with ThreadPoolExecutor(asked.jobs) as pool:
        waiting = [pool.submit(fuzzed, each.name, wanted[each.name], asked.seed, CORPUS, guided) for each in targets]
        rows = [each.result() for each in waiting]
    for row in rows:
        for file, says in row.failures.items():
            print(f"\n{row.name}: {file}\n{says}")
        if row.broken:
            print(f"\n{row.name}: {row.broken}")
    print(table(rows))
    return 1 if any(each.failures or each.broken for each in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
