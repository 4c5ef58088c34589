"""The vendor's former Python SDK, which is at the end of its life, and the only one but Go's with Kubernetes logins.

Its login by a service account sends a form, which the service takes and its contract does not; both its logins blank
the `Authorization` header.
"""

import pytest

from mockserver.rules.profile import Profile
from tests.client import OPS_ADMIN, PAYMENTS
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.PYTHON_LEGACY)


def calls(mock: Server) -> list[tuple[str, int]]:
    """The calls without their queries."""
    return [(call.partition("?")[0], status) for call, status in mock.calls()]


# The mock has no secrets; the client asks for one because it logs in no sooner.
SECRET = ("GET /api/v3/secrets/raw/NONE", 404)


@pytest.mark.parametrize("profile", [Profile.LIVE], ids=str)
def test_it_logs_in_by_a_service_account_token(drive: Drive, mock: Server, token_file: str):
    mock.let_through = 1
    assert drive(TOKEN_PATH=token_file) == {"error": "Secret with name 'NONE' not found."}
    assert calls(mock) == [("loginWithKubernetesAuth", 200), SECRET]
    assert mock.headers()["content-type"] == "application/x-www-form-urlencoded"
    assert mock.last_login(PAYMENTS) == "kubernetes-auth"


@pytest.mark.parametrize("profile", [Profile.CONTRACT], ids=str)
def test_it_is_told_that_the_contract_takes_no_form(drive: Drive, mock: Server, token_file: str):
    assert drive(TOKEN_PATH=token_file) == {"error": f"[Bad request]: {mock.refusal()}"}
    assert calls(mock) == [("loginWithKubernetesAuth", 400)]
    assert mock.last_login(PAYMENTS) is None


def test_it_logs_in_by_client_secret(drive: Drive, mock: Server):
    assert drive() == {"error": "Secret with name 'NONE' not found."}
    assert calls(mock) == [("loginWithUniversalAuth", 200), SECRET]
    assert "authorization" in mock.headers()
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_it_tells_of_a_wrong_secret(drive: Drive, mock: Server):
    assert drive(CLIENT_SECRET="another") == {"error": f"Failed to authenticate: {mock.refusal()}"}
    assert calls(mock) == [("loginWithUniversalAuth", 401)]
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == (None, 0)
