"""What amounts cost: a million requests in memory, a hundred thousand identities in time."""

from bench.rounds import progress
from bench.table import Row, skipped

FLAT = "resident after {requests:,} requests: times that after a tenth of them"
LOAD = "seconds to load 100,000 identities"
LATENCY = "latency with 100,000 identities: times that with 1,000"


def memory(plan, _wrk):
    """Memory after a tenth of the requests, and after all of them: each is like none before it."""
    what = FLAT.format(requests=plan.requests)
    try:
        from tests.stress.flat import flat
    except ImportError:
        return [skipped(what, "tests/stress is not there", "<=", 1.05)]
    progress(f"{plan.requests:,} requests to one mock")
    found = flat(plan.requests)
    return [
        Row(what, found.late_mb / found.early_mb, "<=", 1.05),
        Row("resident of both, MB", f"{found.early_mb:.1f} / {found.late_mb:.1f}"),
    ]


def identities(plan, _wrk):
    """Seconds to load many identities, and what one request costs beside them."""
    try:
        from bench import scale
    except ImportError:
        return [skipped(LOAD, "bench/scale.py is not there", "<", 3), skipped(LATENCY, "as above", "<=", 1.1)]
    half = scale.MANY // 2
    progress("fixtures of 50,000 and 100,000 identities")
    loads = scale.loading((half, scale.MANY), rounds=2)
    rows = []
    for form, seconds in loads.items():
        rows.append(Row(f"{LOAD}, {form}", seconds[scale.MANY], "<", 3))
    ratios = {form: seconds[scale.MANY] / seconds[half] for form, seconds in loads.items()}
    form = max(ratios, key=ratios.get)
    rows.append(Row(f"the same: times those of 50,000 (the worst: {form})", ratios[form], "<=", 2.2))
    progress("latencies with 1,000 and with 100,000 identities")
    latencies = scale.latencies(rounds=plan.rounds)
    for name, (few, many, ratio) in latencies.items():
        rows.append(Row(f"{LATENCY}: {name} ({few:.2f} ms, {many:.2f} ms)", ratio, "<=", 1.1))
    return rows
