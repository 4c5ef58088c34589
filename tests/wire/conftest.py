"""Terraform against a server of profile live, and the requests of people who change things elsewhere."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.client import ADMIN, Client
from tests.wire.provider import Auth, Token, universal
from tests.wire.robot import CLIENT_ID, SECRET
from tests.wire.terraform import Terraform

Elsewhere = Callable[..., Awaitable[Any]]


@pytest.fixture
def terraform(live: Client) -> Terraform:
    """An administrator's Terraform, with a fixed token: no login."""
    return Terraform(live.url, Token(ADMIN))


@pytest.fixture
def terraform_as(live: Client) -> Callable[..., Terraform]:
    """Terraform with that credential, and with answers spoiled on their way if wanted."""

    def make(auth: Auth | None = None, **more: Any) -> Terraform:
        return Terraform(live.url, auth or Token(ADMIN), **more)

    return make


@pytest.fixture
def team(terraform_as: Callable[..., Terraform]) -> Terraform:
    """An administrator's Terraform that logs in by universal auth."""
    return terraform_as(universal(CLIENT_ID, SECRET))


@pytest.fixture
def elsewhere(live: Client) -> Elsewhere:
    """Somebody else's request, which succeeds: its answer's JSON."""

    async def ask(method: str, path: str, *body: Any) -> Any:
        answer = await live.send(method, path, *body)
        assert answer.status in (200, 204), answer.content
        return answer.json if answer.content else None

    return ask
