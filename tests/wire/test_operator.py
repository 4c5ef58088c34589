"""An operator whose token has reached its max TTL: one that logs in again, one that backs off, one that storms."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.client import PAYMENTS, Client
from tests.conftest import Serve
from tests.wire.exchanges import Recorder
from tests.wire.operator import Operator, at_once, backing_off
from tests.wire.robot import K8S_LOGIN, POD
from tests.wire.sdks import GoSdk

NOW = 1_800_000_000_000
RENEW = "/api/v1/auth/token/renew"
MAX_TTL = 7200
MOST = 10


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    async with aiohttp.ClientSession() as session:
        yield Recorder(session)


@pytest.fixture
async def mock(serve: Serve) -> Client:
    return await serve(profile="live", clock=NOW)


def operator(mock: Client, recorder: Recorder, wait_after: Any, *, logs_in_again: bool) -> Operator:
    async def wait(seconds: float) -> None:
        answer = await mock.send("PUT", "/_mock/worlds/default/clock", {"advance": seconds}, token=None)
        assert answer.status == 200

    sdk = GoSdk(mock.url + "/api", recorder, "k8-operator")
    sdk.will_log_in_by_kubernetes(PAYMENTS, POD)
    return Operator(sdk, wait, wait_after, logs_in_again=logs_in_again)


async def verdict(mock: Client, **expectation: Any) -> tuple[int, dict[str, Any]]:
    answer = await mock.send("POST", "/_mock/requests/verify", expectation, token=None)
    return answer.status, answer.json


async def test_one_that_logs_in_again_is_quiet(mock: Client, recorder: Recorder):
    await operator(mock, recorder, at_once, logs_in_again=True).run(3 * MAX_TTL)
    statuses = [(path, status) for _, path, _, status in recorder.lines]
    assert (RENEW, 200) in statuses
    assert [status for path, status in statuses if path == RENEW and status != 200] == [403] * 3
    assert [status for path, status in statuses if path == K8S_LOGIN] == [200] * 4
    status, found = await verdict(mock, maxRequestsPerMinute=MOST)
    assert (status, found["verified"], found["matched"]) == (200, True, len(recorder.lines))
    assert (await verdict(mock, maxRequestsPerMinute=1))[0] == 406  # the failed renewal, and the login after it


async def test_one_that_backs_off_is_patient(mock: Client, recorder: Recorder):
    stuck = operator(mock, recorder, backing_off, logs_in_again=False)
    await stuck.run(MAX_TTL + 1200)
    assert stuck.failures > 15
    assert (await verdict(mock, maxRequestsPerMinute=MOST))[0] == 200
    assert (await verdict(mock, maxRequestsPerMinute=3))[0] == 406


async def test_one_that_storms_is_found_out(mock: Client, recorder: Recorder):
    stuck = operator(mock, recorder, at_once, logs_in_again=False)
    await stuck.run(MAX_TTL + 180)
    assert stuck.failures > MOST
    status, found = await verdict(mock, operation="renewIdentityAccessToken", maxRequestsPerMinute=MOST)
    assert status == 406
    assert found["reason"].startswith(
        "Expected at most 10 requests in any 60 s with operation renewIdentityAccessToken"
    )
    number = int(re.search(r"and there are (\d+) from 2027-01-15T10:0", found["reason"])[1])
    assert 240 <= number < 260  # four a second, and the last renewals that succeed
    assert "token.expired" in found["reason"]
    assert (await verdict(mock, operation="renewIdentityAccessToken", maxRequestsPerMinute=number))[0] == 200
    assert (await verdict(mock, operation="loginWithKubernetesAuth", maxRequestsPerMinute=1))[0] == 200


async def test_the_rate_limit_of_the_cloud_stops_a_storm(serve: Serve, recorder: Recorder):
    mock = await serve(profile="live", clock=NOW, rate_limits="cloud-free")
    stuck = operator(mock, recorder, at_once, logs_in_again=False)
    await stuck.run(MAX_TTL + 180)
    found = {status for *_, status in recorder.lines}
    assert found == {200, 403, 429}
    first = next(index for index, line in enumerate(recorder.lines) if line[3] == 429)
    refused = recorder.exchanges[first].answer
    assert (refused.headers["x-ratelimit-limit"], refused.headers["x-ratelimit-remaining"]) == ("90", "0")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["retry-after"] == refused.headers["x-ratelimit-reset"]
    assert (await verdict(mock, warning="hasty-retry", count={"atLeast": 100}))[0] == 200
