"""`GET /_mock/metrics`: counters in the Prometheus text format, made when they are scraped."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aiohttp import web

from mockserver.control.resource import Call, Parts, problem
from mockserver.journal.tally import BUCKETS, bound

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MISSING = "Metrics need prometheus-client, which is not installed: pip install 'infisical-mockserver[metrics]'"


async def show(call: Call) -> web.Response:
    """Return the metrics; 404 without the extra `metrics`."""
    if find_spec("prometheus_client") is None:
        return problem(404, "NoMetrics", _MISSING)
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry()  # of its own: a process may have several servers
    registry.register(_Collected(call.parts))
    ProcessCollector(registry=registry)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": _TYPE})


class _Collected:
    """Reads the metrics of one server for prometheus-client."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> "list[Metric]":
        """Return nothing: no other collector has these names."""
        return []

    def collect(self) -> "Iterator[Metric]":
        """Yield every metric."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        parts, journal = self._parts, self._parts.journal
        edition = parts.edition
        about = {"version": parts.version, "profile": edition.profile.value, "generation": edition.generation.value}
        yield InfoMetricFamily("infisical_mock", "The server", about)
        yield self._requests()
        yield self._durations()
        fired = CounterMetricFamily("infisical_mock_faults_fired", "Faults that fired", labels=("kind",))
        for kind, number in sorted(journal.tally.faults.items()):
            fired.add_metric((kind,), number)
        yield fired
        yield GaugeMetricFamily("infisical_mock_worlds", "Worlds, the default one included", len(parts.worlds))
        yield GaugeMetricFamily("infisical_mock_journal_entries", "Exchanges in the journal", len(journal))
        yield GaugeMetricFamily("infisical_mock_journal_bytes", "Size of the journal", journal.bytes)
        yield CounterMetricFamily(
            "infisical_mock_journal_evictions", "Exchanges evicted from the journal", journal.evicted_ever
        )

    def _requests(self) -> "Metric":
        from prometheus_client.core import CounterMetricFamily

        numbers: dict[tuple[str, str, str], float] = {}
        for (operation, status, rule, _), (number, _) in self._parts.journal.tally.exchanges.items():
            key = operation, str(status), rule
            numbers[key] = numbers.get(key, 0) + number
        family = CounterMetricFamily(
            "infisical_mock_requests",
            "Requests to the vendor's API; no operation without a route, status 0 for a dropped connection",
            labels=("operation", "status", "rule"),
        )
        for labels, number in sorted(numbers.items()):
            family.add_metric(labels, number)
        return family

    def _durations(self) -> "Metric":
        from prometheus_client.core import HistogramMetricFamily

        rows: dict[str, list[float]] = {}
        sums: dict[str, float] = {}
        for (operation, _, _, bucket), (number, seconds) in self._parts.journal.tally.exchanges.items():
            rows.setdefault(operation, [0] * BUCKETS)[bucket] += number
            sums[operation] = sums.get(operation, 0) + seconds
        family = HistogramMetricFamily(
            "infisical_mock_request_duration_seconds",
            "Time from the headers of a request to its response, with delays of faults",
            labels=("operation",),
        )
        for operation, row in sorted(rows.items()):
            total, buckets = 0.0, []
            for index, number in enumerate(row):
                total += number
                buckets.append(("+Inf" if index == BUCKETS - 1 else repr(bound(index)), total))
            family.add_metric((operation,), buckets, sums[operation])
        return family
