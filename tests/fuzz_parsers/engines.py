"""Two ways to go through inputs: guided by coverage, where atheris is installed, and by mutation alone.

Both make inputs with the mutations of `mutate`. The guided one asks libFuzzer for every second, and keeps those that
reach code that no other has reached; it is slow, as each branch is counted. The other one is five to ten times as fast,
and begins with what the first has kept.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random  # noqa: TID251 - what is tried is chosen by chance, from a seed that is told

from tests.fuzz_parsers.mutate import mutated
from tests.fuzz_parsers.target import FOUND, SECONDS, Failure, Target, failure_of

MOST_FAILURES = 20
"""Different bugs in one parser, after which no more are looked for."""
_SHRINKS = 400
_SLOWED = 5
"""How much slower code may be in which each branch is counted."""


class Run:
    """One target being fuzzed, and what has come of it."""

    def __init__(self, target: Target, executions: int, allowed: float = SECONDS, found: Path = FOUND) -> None:
        self.target = target
        self.executions = executions
        self.done = 0
        self.allowed = allowed
        self.failures: dict[str, tuple[bytes, Failure]] = {}
        self._found = found
        self._started = time.perf_counter()

    def execute(self, content: bytes) -> None:
        """Hands the parser one input; what fails is kept, the shortest for each bug."""
        self.done += 1
        failure = failure_of(self.target, content, self.allowed)
        if failure is None:
            return
        known = self.failures.get(failure.kind)
        if known is None and len(self.failures) < MOST_FAILURES:
            self.failures[failure.kind] = self._shrunk(content, failure), failure
        elif known is not None and len(content) < len(known[0]):
            self.failures[failure.kind] = content, failure

    def result(self) -> dict[str, object]:
        """The row of the table. What has failed is in files then, which the tests run from then on."""
        seconds = time.perf_counter() - self._started
        files = [self._keep(content) for content, _ in self.failures.values()]
        says = [failure.says for _, failure in self.failures.values()]
        return {"executions": self.done, "seconds": seconds, "failures": dict(zip(files, says, strict=True))}

    def _keep(self, content: bytes) -> str:
        folder = self._found / self.target.name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / hashlib.sha256(content).hexdigest()[:12]
        file.write_bytes(content)
        return str(file)

    def _shrunk(self, content: bytes, failure: Failure) -> bytes:
        """The input without what the failure does not need, as far as some hundred tries tell."""
        chance = Random(0)
        for _ in range(0 if failure.kind == "slow" else _SHRINKS):
            start = chance.randrange(len(content) + 1)
            less = content[:start] + content[start + chance.choice((1, 1, 2, 4, 16, 64, 256)) :]
            found = failure_of(self.target, less)
            if found is not None and found.kind == failure.kind:
                content = less
        return content


def inputs(target: Target, seed: int, more: Sequence[bytes] = ()) -> Iterator[bytes]:
    """Inputs without end: the seeds as they are and `more`, then mutations. The same seed gives the same ones."""
    begin = [*target.seeds, *more]
    yield from begin
    chance = Random(f"{seed} {target.name}")
    recent: list[bytes] = []
    while True:
        # Mostly from what means something; now and then from what has come of it.
        content = mutated(chance.choice(recent if recent and chance.random() < 0.2 else begin), chance, target)
        yield content
        if chance.random() < 0.02:
            recent = [*recent[-20:], content]


def unguided(run: Run, seed: int, more: Sequence[bytes] = ()) -> None:
    """By mutation alone."""
    every = inputs(run.target, seed, more)
    while run.done < run.executions:
        run.execute(next(every))


def guided(run: Run, seed: int, corpus: Path, ends: Callable[[], None]) -> None:
    """By coverage. It does not come back: libFuzzer ends the process, so `ends` is called before that."""
    import atheris

    for content in run.target.seeds:
        (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)

    def one(content: bytes) -> None:
        run.execute(content)
        if run.done == run.executions:
            ends()

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        if seed % 2:
            return atheris.Mutate(content, longest)
        return mutated(bytes(content), Random(seed), run.target, longest)

    flags = [f"-atheris_runs={run.executions}", f"-seed={seed % 2**32 or 1}", f"-max_len={run.target.longest}"]
    quiet = ["-verbosity=0", "-timeout=60", "-rss_limit_mb=2048", "-detect_leaks=0"]
    atheris.Setup([sys.argv[0], *flags, *quiet, str(corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()


def main(way: str, name: str, executions: int, seed: int, corpus: Path, result: Path) -> None:
    """Fuzzes one target in this process, `guided` or `unguided`, and writes its row of the table."""
    corpus.mkdir(parents=True, exist_ok=True)
    if way == "unguided":
        from tests.fuzz_parsers.targets import TARGETS

        run = Run(TARGETS[name], executions)
        unguided(run, seed, [file.read_bytes() for file in sorted(corpus.iterdir())])
        result.write_text(json.dumps(run.result()))
        return
    import atheris

    with atheris.instrument_imports(include=["mockserver"]):
        from tests.fuzz_parsers.targets import TARGETS
    run = Run(TARGETS[name], executions, _SLOWED * SECONDS)
    guided(run, seed, corpus, lambda: result.write_text(json.dumps(run.result())) and None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]), Path(sys.argv[6]))
