"""What a request costs, without a clock: how many functions it calls, and that nothing it is beside makes it more."""

import gc
import sys
from types import FrameType
from typing import Any

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from mockserver import Settings
from mockserver.app import Core

PATH = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
LOGIN = "/api/v1/auth/kubernetes-auth/login"
ADMIN = {
    "Authorization": "Bearer acme-admin-token",
    "Content-Type": "application/json",
    "X-Forwarded-For": "127.0.0.1",  # there is no socket to take it from
}
UPDATE = (
    b'{"allowedNamespaces":"payments,checkout","allowedNames":"api","allowedAudience":"infisical",'
    b'"accessTokenTTL":3600,"accessTokenMaxTTL":7200,"accessTokenNumUsesLimit":0,'
    b'"accessTokenTrustedIps":[{"ipAddress":"10.0.0.0/8"}]}'
)
THREE_ISSUES = b'{"accessTokenTTL":-1,"accessTokenMaxTTL":"x","allowedNames":7}'
CREDENTIALS = b'{"identityId":"1d000000-0000-4000-8000-000000000002","jwt":"sa-payments-api"}'
TOO_LONG_A_LIFE = b'{"accessTokenTTL":9000}'


async def answer(mock: Core, body: bytes = UPDATE, headers: dict[str, str] = ADMIN, path: str = PATH) -> Any:
    """The answer to a PATCH or a login with that body, without sockets."""
    return await mock.answer(request(body, headers, path))


def request(body: bytes, headers: dict[str, str], path: str) -> Any:
    stream = StreamReader(BaseProtocol(None), 2**16)  # type: ignore[arg-type]
    stream.feed_data(body)
    stream.feed_eof()
    sent = {**headers, "Content-Length": str(len(body))}
    return make_mocked_request("POST" if path == LOGIN else "PATCH", path, headers=sent, payload=stream)


async def calls(mock: Core, *arguments: Any) -> int:
    """How many calls, of Python's functions and of C's, one such request makes."""
    made = request(*arguments)
    counted = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    gc.disable()  # a collection calls what other tests have put into `gc.callbacks`, which would be counted
    sys.setprofile(count)
    try:
        await mock.answer(made)
    finally:
        sys.setprofile(None)
        gc.enable()
    return counted


@pytest.fixture
def mock() -> Core:
    return Core(Settings(clock=1_800_000_000_000))  # a time that is shown for the first time costs more


@pytest.mark.parametrize(
    ("body", "headers", "path", "status", "most"),
    [
        pytest.param(UPDATE, ADMIN, PATH, 200, 178, id="accepted"),
        pytest.param(THREE_ISSUES, ADMIN, PATH, 422, 195, id="422 with three issues"),
        pytest.param(TOO_LONG_A_LIFE, ADMIN, PATH, 400, 157, id="400 by a rule"),
        pytest.param(UPDATE, {**ADMIN, "Authorization": ""}, PATH, 401, 110, id="401"),
        pytest.param(CREDENTIALS, {**ADMIN, "Authorization": ""}, LOGIN, 200, 227, id="login"),
    ],
)
async def test_a_request_calls_so_many_functions_at_most(mock, body, headers, path, status, most):
    for _ in range(3):
        assert (await answer(mock, body, headers, path)).status == status
    assert await calls(mock, body, headers, path) <= most


async def test_no_request_costs_more_for_those_before_it(mock):
    for _ in range(3):
        await answer(mock)
    few = await calls(mock, UPDATE, ADMIN, PATH)
    for _ in range(mock.journal.size + 100):  # the journal and the revisions are full now, and drop what is oldest
        await answer(mock)
    assert mock.journal.evicted > 0
    assert await calls(mock, UPDATE, ADMIN, PATH) <= few + 8
