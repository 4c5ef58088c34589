"""Updates against the bare handler: accepted ones, and what a refusal costs compared with them."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import servers
from bench.rounds import Rounds
from bench.table import Row
from bench.workload import ACCEPTED, OTHERS, REFUSED, SAME_BODY, TRACED

LOADS = (16, 64, 1)
TIMES = "times that of accepted ones"
REFUSALS = {
    "invalid": "422 with three issues",
    "by-rule": "400 by a rule",
    "no-good-token": "401, no token or a revoked one",
    "unknown": "404, an unknown identity",
}
OTHER_REQUESTS = {"read": "GET of the record", "login": "login with a service account's token"}


def patch(plan, wrk):
    """The accepted update at 16, 64 and one connection, in turn with the bare handler."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.mock())
        body = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "body.json"
        body.write_bytes(servers.usual_answer(ours, ACCEPTED))
        plain, fast = (stack.enter_context(servers.bare(loop, body)) for loop in ("asyncio", "uvloop"))
        at = {load: _accepted(wrk, plan, load, {"mock": ours, "bare": plain, "fast": fast}) for load in LOADS}
        others = _other_ways(wrk, plan, ours)
    median, p99 = at[1].ratio("mock", "bare", "p50"), at[64].ratio("mock", "bare", "p99")
    return [
        *(
            Row(
                f"accepted PATCH at {load} connections, share of the bare handler",
                at[load].ratio("mock", "bare", "rate"),
                ">=",
                0.75,
            )
            for load in (16, 64)
        ),
        Row("the same at one connection, median latency: times that of the bare handler", median, "<=", 1.2),
        Row("the same at 64 connections, p99: times that of the bare handler", p99, "<=", 2.5),
        *_for_the_reader(at),
        *others,
        Row("share of its core that wrk needed at most", wrk.busiest),
    ]


def refused(plan, wrk):
    """Refusals, reads and logins in turn with accepted updates. These change who may log in, so there are two mocks."""
    with servers.mock() as ours, servers.mock() as untouched:
        asked = {ACCEPTED: ours, **dict.fromkeys(REFUSED, ours), **dict.fromkeys(OTHERS, untouched)}
        for workload, server in asked.items():
            servers.answers(server, workload)
        measures = {each.name: partial(wrk, server, each, 16, plan.seconds) for each, server in asked.items()}
        rounds = Rounds(measures, plan.rounds, "refusals, reads and logins")
    named = (text.partition(" ")[0].rstrip(",") for text in (*REFUSALS.values(), *OTHER_REQUESTS.values()))
    everyone = " / ".join(["accepted", *named])
    return [
        *(
            Row(
                f"refused PATCH ({text}), requests a second: {TIMES}", rounds.ratio(name, "accepted", "rate"), ">=", 0.9
            )
            for name, text in REFUSALS.items()
        ),
        *(
            Row(
                f"{text}, requests a second: times that of accepted PATCH",
                rounds.ratio(name, "accepted", "rate"),
                ">=",
                0.9,
            )
            for name, text in OTHER_REQUESTS.items()
        ),
        Row(f"processor microseconds a request, 16 connections: {everyone}", rounds.medians("processor")),
    ]


def _accepted(wrk, plan, load, asked):
    measures = {name: partial(wrk, each, ACCEPTED, load, plan.seconds) for name, each in asked.items()}
    return Rounds(measures, plan.rounds, f"accepted updates, {load} connections")


def _other_ways(wrk, plan, ours):
    """What the mock makes of requests that are more alike, or less."""
    ways = {SAME_BODY: "one body over and over", TRACED: "a trace header of its own in each request"}
    measures = {each.name: partial(wrk, ours, each, 16, plan.seconds) for each in (ACCEPTED, *ways)}
    rounds = Rounds(measures, plan.few_rounds, "the same body, and other headers each time")
    return [
        Row(
            f"requests a second with {text}: times those of accepted PATCH", rounds.ratio(each.name, "accepted", "rate")
        )
        for each, text in ways.items()
    ]


def _for_the_reader(at):
    """Rows without a mark: the bare handler on the mock's own loop, and absolute figures."""
    for load in (16, 64):
        share = at[load].ratio("mock", "fast", "rate")
        yield Row(f"accepted PATCH at {load} connections, share of the bare handler on uvloop", share)
    of_each = "mock / bare / bare on uvloop"
    for load in (16, 64):
        yield Row(f"requests a second, {load} connections: {of_each}", at[load].medians("rate"))
    yield Row(f"median microseconds, one connection: {of_each}", at[1].medians("p50"))
    yield Row(f"p99 microseconds, 64 connections: {of_each}", at[64].medians("p99"))
    yield Row(f"processor microseconds a request, 16 connections: {of_each}", at[16].medians("processor"))
