"""What each step of the pipeline costs one accepted update, in microseconds of processor time.

    python -m bench.steps           print the table
    python -m bench.steps --write   and put it into bench/README.md

No network, one process: the server's protocol is fed with the bytes of the thousand requests. For each request the
median of the rounds counts, so that one that was interrupted does not show.
"""

import argparse
import gc
import sys
from dataclasses import replace
from statistics import median

from bench import bare, machine
from bench.in_process import Connections, Loop
from bench.servers import HERE
from bench.stopwatch import Stopwatch
from bench.table import put
from bench.workload import ACCEPTED

ROUNDS = 15
HTTP, OPERATION, COVERAGE = "aiohttp: parse, dispatch, write", "operation: answer, and around these", "coverage"
_PIPELINE = "mockserver.api.pipeline:"

STEPS = {
    "headers": ("mockserver.api.request_headers:RequestHeaderCache.of",),
    "target and world": (_PIPELINE + "world_of", "mockserver.worlds.registry:Worlds.find"),
    "journal: entry": (_PIPELINE + "Entry", "mockserver.clock:IdSource.request_id"),
    "route": (_PIPELINE + "VendorApi.route",),
    "token and caller": (_PIPELINE + "VendorApi.caller",),
    "body: bytes": ("mockserver.api.body:at_hand",),
    "body: JSON": ("mockserver.api.body:value",),
    "contract: request": ("mockserver.contract.compiled_engine:CompiledChecks.request",),
    "operation: what is sent": ("mockserver.infisical.kubernetes_auth.change:Change.from_json",),
    "operation: what results, and facts": (
        "mockserver.infisical.kubernetes_auth.request:UpdateRequest.of",
        "mockserver.api.operation:Call.facts",
    ),
    "operation: rules": ("mockserver.api.operation:Call.decide",),
    "operation: commit": (
        "mockserver.api.operation:Call.commit",
        "mockserver.infisical.state:State.with_kubernetes_auth",
    ),
    OPERATION: (),  # what the operation hands to the pipeline, wrapped where the server is made
    COVERAGE: ("mockserver.coverage.collect:Coverage.judged", "mockserver.coverage.collect:Coverage.answered"),
    "contract: response": ("mockserver.contract.compiled_engine:CompiledChecks.accepts_json",),
    "encode": (_PIPELINE + "encoded",),
    "headers, response object": (_PIPELINE + "VendorApi._close",),
    "journal: record": ("mockserver.journal.journal:Journal.record",),
    "between the steps": (_PIPELINE + "VendorApi.answer",),
}
"""The steps in their order, and the functions that do them. What a function calls that is a step too is not counted
for it, so the figures add up; a step that is gone or renamed is an error here, not a row that is missing."""
_PLACES = {place: name for name, places in STEPS.items() for place in places}


def steps(rounds=ROUNDS):
    """Microseconds of each step, by name; then of a whole request, of the bare handler's, of coverage that repeats."""
    with_loop = Loop()
    try:
        return with_loop.run_until_complete(_measured(with_loop, rounds))
    finally:
        with_loop.close()


async def _measured(loop, rounds):
    answer, whole = await _mock(loop, Stopwatch(), rounds, timed=False)
    watch = Stopwatch()
    with watch.at(_PLACES):
        each, again = await _mock(loop, watch, rounds, timed=True)
    runner = await bare.listen(answer, 0)
    connections = Connections(loop)
    yardstick = await _whole(connections, rounds)
    await connections.close()
    await runner.cleanup()
    found = {name: each[name] for name in STEPS}
    found = {HTTP: whole - sum(found.values()), **found}
    return found, whole, yardstick, again


async def _mock(loop, watch, rounds, *, timed):
    """Without timers: an answer, microseconds of a request. With them: those of each step, and of coverage again."""
    from mockserver import Settings
    from mockserver.api.operations import OPERATIONS
    from mockserver.app import Core, create_app
    from mockserver.serving.server import Server

    operations = tuple(
        replace(each, handle=watch.timed(OPERATION, each.handle)) if timed else each for each in OPERATIONS
    )
    core = Core(Settings(), operations)
    server = Server(create_app(mock=core), "127.0.0.1", 0)
    await server.start()
    gc.collect()
    gc.freeze()  # as `serve` does
    connections = Connections(loop)
    if timed:
        each = await _each_step(connections, core, watch, rounds)
        again = (await _each_step(connections, core, watch, 5, new=False))[COVERAGE]
        result = each, again
    else:
        whole = await _whole(connections, rounds, core.coverage.forget)
        result = next(core.journal.newest_first()).response_body, whole
    await connections.close()
    await server.stop()
    return result


async def _whole(connections, rounds, before=lambda: None):
    """Microseconds of a request, by processor time: for each few of them the median of the rounds."""
    requests = [request.raw for request in ACCEPTED.requests]
    spent = []
    for _ in range(rounds):
        before()
        spent.append(await connections.ask(requests, ACCEPTED.status))
    return _medians(spent) / len(requests) * 1e6


async def _each_step(connections, core, watch, rounds, *, new=True):
    """Microseconds of each step: for each call the median of the rounds. `new`: no request is known to the coverage."""
    requests = [request.raw for request in ACCEPTED.requests]
    spent = {name: [] for name in watch.calls}
    await connections.ask(requests, ACCEPTED.status)  # what is looked up only once is not one of the steps of all
    for _ in range(rounds):
        if new:
            core.coverage.forget()
        watch.forget()
        await connections.ask(requests, ACCEPTED.status)
        for name, calls in watch.calls.items():
            spent[name].append(list(calls))
    return {name: _medians(calls) / len(requests) / 1000 for name, calls in spent.items()}


def _medians(rounds):
    """The medians of what comes at the same place of each round, added up."""
    return sum(map(median, zip(*rounds, strict=True)))


def table(found, whole, yardstick, again):
    """The steps as Markdown, and what they add up to."""
    lines = ["| Step | Microseconds | Share |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {time:.1f} | {time / whole:.0%} |" for name, time in found.items()]
    lines += [
        f"| **a whole request**, network apart | **{whole:.1f}** | |",
        f"| the bare handler's, the same way | {yardstick:.1f} | {yardstick / whole:.0%} |",
        f"| coverage of a request that repeats, instead of the above | {again:.1f} | |",
    ]
    return "\n".join(lines)


def section(rounds=ROUNDS):
    """The table with what it was made on."""
    return f"Commit {machine.commit()}; medians of {rounds} rounds.\n\n{table(*steps(rounds))}"


def main():
    arguments = argparse.ArgumentParser(prog="python -m bench.steps", description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    given = arguments.parse_args()
    text = section(given.rounds)
    print(text)
    if given.write:
        readme = HERE / "README.md"
        readme.write_text(put(readme.read_text(), "steps", text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
