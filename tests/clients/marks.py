"""The marks of a test of real clients."""

import pytest

from tests.clients.installed import SECONDS, Client


def uses(*clients: Client) -> list[pytest.MarkDecorator]:
    """Runs a module's tests with each of these clients; they may have to wait for an installation first."""
    return [
        pytest.mark.slow,
        pytest.mark.extensive,
        pytest.mark.timeout(2 * SECONDS),
        pytest.mark.parametrize("client", clients, indirect=True, ids=str),
    ]
