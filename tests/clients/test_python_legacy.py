"""The vendor's former Python SDK, which is at the end of its life, and the only one but Go's with Kubernetes logins.

It sends forms, which only the service's own behaviour takes, and an empty `Authorization` header to the login.
"""

import pytest

from mockserver.profiles import Profile
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = [
    *uses(roster.PYTHON_LEGACY),
    pytest.mark.parametrize("profile", [Profile.LIVE], ids=str),
    pytest.mark.xfail(strict=True, reason="the mock takes an empty Authorization header for a bad token"),
]


def test_it_logs_in_by_a_service_account_token(drive: Drive, mock: Server, token_file: str):
    drive(TOKEN_PATH=token_file)
    assert mock.calls()[0] == ("loginWithKubernetesAuth", 200)
    assert "authorization" in mock.headers()


def test_it_logs_in_by_client_secret(drive: Drive, mock: Server):
    drive()
    assert mock.calls()[0] == ("loginWithUniversalAuth", 200)
