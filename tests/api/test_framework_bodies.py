"""The bodies that the service's HTTP framework answers by itself, key by key: only `live` has them (errors.md)."""

import pytest

from tests.client import IDENTITIES, PAYMENTS, Client, head, in_framework

NO_ROUTES = {
    "unknown": ("GET", "/api/v1/nothing"),
    "not under /api": ("POST", "/nothing"),
    "wrong method": ("PUT", IDENTITIES + PAYMENTS),
    "a long segment": ("PATCH", IDENTITIES + "a" * 101),
}


@pytest.mark.parametrize(("method", "path"), NO_ROUTES.values(), ids=NO_ROUTES)
async def test_a_route_that_is_not_there_is_named_with_its_method(method: str, path: str, live: Client):
    answer = in_framework(await live.send(method, path))
    assert answer.status == 404
    assert answer.json == {
        "message": f"Route {method}:{path} not found",
        "error": "Not Found",
        "statusCode": 404,
    }
    assert "Allow" not in answer.headers


async def test_a_path_that_cannot_be_decoded_has_a_code(live: Client):
    async with live.wire() as wire:
        await wire.send(head("GET", f"{IDENTITIES}%zz"))
        answer = in_framework(await wire.answer("GET"))
    assert answer.status == 400
    assert isinstance(answer.json.pop("message"), str)
    assert answer.json == {"error": "Bad Request", "code": "FST_ERR_BAD_URL", "statusCode": 400}
