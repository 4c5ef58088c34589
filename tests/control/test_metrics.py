"""Metrics: exact numbers since the start, in a text that Prometheus reads."""

import importlib.util
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.client import Client
from tests.conftest import Serve

UPDATE = "updateKubernetesAuth"


async def samples(server: Client, **more: Any) -> dict[tuple[str, ...], float]:
    """The values by name and label values."""
    answer = await server.get("/_mock/metrics", **more)
    assert answer.status == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.content.decode()))
    return {
        (each.name, *(each.labels[name] for name in sorted(each.labels))): each.value
        for family in families
        for each in family.samples
    }


async def test_requests_are_counted_by_operation_status_and_rule(server: Client):
    for _ in range(3):
        await server.update({"allowedNames": "a"})
    refused = await server.update({"accessTokenTTL": 99999999})
    await server.get("/nowhere")
    found = await samples(server)
    name = "infisical_mock_requests_total"
    assert found[name, UPDATE, "accepted", "200"] == 3
    assert found[name, UPDATE, refused.rule, str(refused.status)] == 1
    assert sum(value for key, value in found.items() if key[0] == name) == 5


async def test_durations_are_a_histogram_that_adds_up(server: Client):
    for _ in range(3):
        await server.update({"allowedNames": "a"})
    await server.update({"allowedNames": "a"}, headers={"Prefer": "wait=0.3"})
    found = await samples(server)
    name = "infisical_mock_request_duration_seconds"
    buckets = sorted((float(key[1]), value) for key, value in found.items() if key[0] == f"{name}_bucket")
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1] == (float("inf"), 4)
    assert dict(buckets)[0.25] == 3
    assert found[f"{name}_count", UPDATE] == 4
    assert 0.3 <= found[f"{name}_sum", UPDATE] < 10


async def test_resets_and_evictions_reduce_no_counter(serve: Serve):
    server = await serve(journal_size=2)
    for _ in range(5):
        await server.update({"allowedNames": "a"})
    await server.send("DELETE", "/_mock/requests")
    await server.send("POST", "/_mock/reset")
    found = await samples(server)
    assert found["infisical_mock_requests_total", UPDATE, "accepted", "200"] == 5
    assert found[("infisical_mock_journal_evictions_total",)] == 3
    assert found[("infisical_mock_journal_entries",)] == 0
    assert found[("infisical_mock_worlds",)] == 1


async def test_faults_that_fire_are_counted(server: Client):
    fault = {"kind": "status", "operation": UPDATE, "status": 500, "times": 2}
    assert (await server.send("POST", "/_mock/worlds/default/faults", fault)).status == 201
    for _ in range(3):
        await server.update({"allowedNames": "a"})
    found = await samples(server)
    assert [(key[1], value) for key, value in found.items() if key[0] == "infisical_mock_faults_fired_total"] == [
        ("status", 2)
    ]


async def test_what_clients_send_makes_no_labels(server: Client):
    numbers = []
    for start in (0, 20):
        for each in range(start, start + 20):
            await server.get(f'/nowhere/{each}"\n', headers={"Mock-World": f"w{each}"})
            await server.send("POST", f"/api/v1/odd{each}", data=b"{")
        found = await samples(server)
        numbers.append({key for key in found if key[0] == "infisical_mock_requests_total"})
    assert numbers[0] == numbers[1]


async def test_the_token_is_required(serve: Serve):
    server = await serve(control_token="s3cret")
    assert (await server.get("/_mock/metrics")).status == 401
    assert await samples(server, headers={"Authorization": "Bearer s3cret"})


async def test_without_the_extra_it_is_404_with_a_hint(server: Client, monkeypatch: pytest.MonkeyPatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "mockserver.control.metrics.find_spec", lambda name: None if name == "prometheus_client" else find(name)
    )
    answer = await server.get("/_mock/metrics")
    assert (answer.status, answer.error) == (404, "NoMetrics")
    assert "infisical-mockserver[metrics]" in answer.json["message"]
