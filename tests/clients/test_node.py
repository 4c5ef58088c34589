"""The vendor's Node SDK, unchanged: login by client secret, renewal, and a request with the renewed token."""

from tests.client import IDENTITIES, OPS_ADMIN, PAYMENTS
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.NODE)


def test_it_logs_in_renews_and_its_new_token_is_good(drive: Drive, mock: Server):
    told = drive("renew")
    first, renewed = told["tokens"]
    assert renewed != first
    assert mock.calls() == [
        ("loginWithUniversalAuth", 200),
        ("renewIdentityAccessToken", 200),
        ("getKubernetesAuth", 200),
    ]
    assert mock.ask("GET", IDENTITIES + PAYMENTS, token=renewed) == (200, told["answer"])
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_it_tells_of_a_wrong_secret(drive: Drive, mock: Server):
    error = drive("login", CLIENT_SECRET="another")["error"]
    assert error["name"] == "InfisicalSDKRequestError"
    assert error["message"].endswith(f"[StatusCode=401] {mock.refusal()}")
    assert mock.calls() == [("loginWithUniversalAuth", 401)]
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == (None, 0)
