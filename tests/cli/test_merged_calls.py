"""`serve --workers`: control calls that are for all worlds go to all workers."""

import json
from collections.abc import Iterator

import pytest

from tests.cli.commands import Running, run, serving
from tests.cli.test_workers import created, updated, world_on

FIRST, SECOND = world_on(0), world_on(1)
TOKEN = "t" * 32


@pytest.fixture
def running() -> Iterator[Running]:
    with serving("--workers", "2") as server:
        for each in (FIRST, SECOND):
            created(server, each)
            assert updated(server, each)[0] == 200
        yield server


def asked(server: Running, method: str, path: str, **headers: str) -> dict:
    status, _, content = server.ask(method, path, **headers)
    assert status == 200, content
    return json.loads(content)


class TestAllWorkers:
    def test_their_worlds_are_one_list(self, running: Running):
        listed = asked(running, "GET", "/_mock/worlds")
        names = [each["id"] for each in listed["worlds"]]
        assert names[0] == "default"
        assert sorted(names) == sorted(["default", FIRST, SECOND])
        one = asked(running, "GET", "/_mock/worlds", **{"Mock-Worker": "1"})
        assert sorted(each["id"] for each in one["worlds"]) == sorted(["default", FIRST])
        assert listed["most"] == 2 * one["most"]
        assert listed["worlds"][0]["baseUrl"] == f"http://127.0.0.1:{running.port}"

    def test_their_exchanges_are_one_list(self, running: Running):
        listed = asked(running, "GET", "/_mock/requests")
        assert [each["world"] for each in listed["requests"]] == [SECOND, FIRST], "the newest first"
        assert listed["kept"] == 2
        assert asked(running, "GET", f"/_mock/requests?rule=accepted&world={FIRST}")["kept"] == 1
        archive = asked(running, "GET", "/_mock/requests", Accept="application/har+json")
        assert [each["_mock"]["world"] if "_mock" in each else "" for each in archive["log"]["entries"]]
        assert len(archive["log"]["entries"]) == 2
        status, headers, _ = running.ask("GET", "/_mock/requests", Accept="application/har+json")
        assert (status, headers["Content-Type"]) == (200, "application/har+json")

    def test_a_wrong_query_is_refused_as_by_one_server(self, running: Running):
        status, _, content = running.ask("GET", "/_mock/requests?rul=accepted")
        assert (status, json.loads(content)["error"]) == (400, "BadQuery")

    def test_the_journal_is_cleared_everywhere(self, running: Running):
        assert running.ask("DELETE", "/_mock/requests")[0] == 204
        assert asked(running, "GET", "/_mock/requests")["kept"] == 0

    def test_all_are_reset(self, running: Running):
        assert running.ask("POST", "/_mock/reset")[0] == 204
        assert [each["id"] for each in asked(running, "GET", "/_mock/worlds")["worlds"]] == ["default"]
        assert asked(running, "GET", "/_mock/requests")["kept"] == 0

    def test_coverage_is_that_of_all(self, running: Running):
        def covered(**headers: str) -> int:
            return asked(running, "GET", "/_mock/coverage", **headers)["totals"]["all"]["covered"]

        assert running.ask("PATCH", f"/w/{SECOND}/api/v1/auth/kubernetes-auth/identities/x", "{}")[0] == 401
        first, second = (covered(**{"Mock-Worker": each}) for each in "12")
        assert second > first > 0
        assert covered() >= second
        done = run("coverage", "--url", f"http://127.0.0.1:{running.port}", "--format", "json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["totals"]["all"]["covered"] == covered()
        assert running.ask("DELETE", "/_mock/coverage")[0] == 204
        assert covered() == 0

    def test_one_that_does_not_exist_is_refused(self, running: Running):
        for number in ("0", "3", "x"):
            status, _, content = running.ask("GET", "/_mock/metrics", **{"Mock-Worker": number})
            assert (status, json.loads(content)["error"]) == (400, "NoSuchWorker")
            assert "from 1 to 2" in json.loads(content)["message"]
        assert running.ask("GET", "/_mock/metrics", **{"Mock-Worker": "2"})[0] == 200


def test_each_worker_asks_for_the_control_token():
    with serving("--workers", "2", "--control-token", TOKEN) as server:
        status, _, content = server.ask("GET", "/_mock/worlds")
        assert (status, json.loads(content)["error"]) == (401, "Unauthorized")
        assert asked(server, "GET", "/_mock/worlds", Authorization=f"Bearer {TOKEN}")["worlds"]
