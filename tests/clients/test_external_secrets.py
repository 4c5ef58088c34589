"""The Infisical provider of External Secrets, unchanged, with a cluster that has one Secret."""

import pytest

from tests.client import OPS_ADMIN
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.EXTERNAL_SECRETS)

LOGIN, REVOKE = "loginWithUniversalAuth", "revokeIdentityAccessToken"


@pytest.mark.parametrize("suffix", ["", "/api"])
def test_it_logs_in_with_the_credentials_of_a_secret(drive: Drive, mock: Server, suffix: str):
    assert drive("login", url=mock.url + suffix) == {"error": ""}
    assert mock.calls() == [(LOGIN, 200)]
    assert "authorization" not in mock.headers()
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_it_revokes_its_token_when_it_closes(drive: Drive, mock: Server):
    assert drive("close") == {"error": ""}
    assert mock.calls() == [(LOGIN, 200), (REVOKE, 200)]


def test_it_tells_the_message_of_a_refusal(drive: Drive, mock: Server):
    error = drive("login", CLIENT_SECRET="another")["error"]
    assert "401" in error
    assert "UnauthorizedError" in error
    assert mock.refusal() in error
    assert mock.calls() == [(LOGIN, 401)]
    assert mock.uses_of_secret() == 0
