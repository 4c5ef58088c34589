"""The vendor's Go SDK, unchanged, in the versions that its CLI and its Terraform provider hold too."""

import re

import pytest

from tests.client import IDENTITIES, OPS_ADMIN, PAYMENTS, STRANGER, VERIFIED
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(*roster.GO)

UNIVERSAL, KUBERNETES = "loginWithUniversalAuth", "loginWithKubernetesAuth"


@pytest.mark.parametrize("suffix", ["", "/", "/api"])
def test_it_logs_in_by_client_secret(drive: Drive, mock: Server, suffix: str):
    credential = drive("login", "universal", url=mock.url + suffix)["credential"]
    token = credential.pop("accessToken")
    assert credential == {"expiresIn": 2_592_000, "accessTokenMaxTTL": 2_592_000, "tokenType": "Bearer"}
    assert mock.calls() == [(UNIVERSAL, 200)]
    assert mock.headers()["user-agent"] == "infisical-go-sdk"
    assert "authorization" not in mock.headers()
    assert mock.ask("GET", IDENTITIES + PAYMENTS, token=token)[0] == 200
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_it_logs_in_by_a_service_account_token_that_it_does_not_trim(drive: Drive, mock: Server, token_file: str):
    credential = drive("login", "kubernetes", TOKEN_PATH=token_file)["credential"]
    token = credential.pop("accessToken")
    assert credential == {"expiresIn": 3600, "accessTokenMaxTTL": 7200, "tokenType": "Bearer"}
    assert mock.calls() == [(KUBERNETES, 200)]
    assert "authorization" not in mock.headers()
    assert mock.last_login(PAYMENTS) == "kubernetes-auth"
    # The identity is known by its token, and has no right to look at auth methods.
    status, answer = mock.ask("GET", IDENTITIES + PAYMENTS, token=token)
    assert (status, answer["error"]) == (403, "PermissionDenied")


@pytest.mark.parametrize(
    ("method", "sent", "operation", "status"),
    [
        pytest.param("kubernetes", {"IDENTITY_ID": STRANGER}, KUBERNETES, 404, id="an identity that nobody knows"),
        pytest.param("kubernetes", {"IDENTITY_ID": VERIFIED}, KUBERNETES, 401, id="a token made for another audience"),
        pytest.param("universal", {"CLIENT_SECRET": "another"}, UNIVERSAL, 401, id="a wrong secret"),
    ],
)
def test_it_tells_status_request_id_and_message_of_a_refusal(
    drive: Drive, mock: Server, token_file: str, method: str, sent: dict[str, str], operation: str, status: int
):
    error = drive("login", method, TOKEN_PATH=token_file, **sent)["error"]
    told = re.search(r'\[status-code=(\d+)\] \[reqId=(req-\w+)\] \[message="(.+)"\]$', error)
    assert told is not None, error
    assert (int(told[1]), told[3]) == (status, mock.refusal())
    assert mock.status_of(told[2]) == status
    assert mock.calls() == [(operation, status)]
    assert (mock.last_login(OPS_ADMIN), mock.last_login(PAYMENTS), mock.uses_of_secret()) == (None, None, 0)


def test_it_revokes_its_token(drive: Drive, mock: Server):
    told = drive("revoke", "universal")
    assert told["left"] == ""
    assert mock.calls() == [(UNIVERSAL, 200), ("revokeIdentityAccessToken", 200)]
    assert mock.ask("GET", IDENTITIES + PAYMENTS, token=told["token"])[0] == 401


@pytest.mark.parametrize(
    ("max_ttl", "second"),
    [
        pytest.param(60, "renewIdentityAccessToken", id="renews while the token may still live as long again"),
        pytest.param(6, KUBERNETES, id="logs in again where it may not"),
    ],
)
def test_it_replaces_its_token_before_it_expires(
    drive: Drive, mock: Server, token_file: str, max_ttl: int, second: str
):
    # It does so five seconds before the end, and one second after the login at the earliest.
    body = {"accessTokenTTL": 6, "accessTokenMaxTTL": max_ttl}
    assert mock.ask("PATCH", IDENTITIES + PAYMENTS, body)[0] == 200
    first, replaced = drive("refresh", "kubernetes", TOKEN_PATH=token_file)["tokens"]
    assert replaced not in ("", first)
    assert mock.calls()[1:3] == [(KUBERNETES, 200), (second, 200)]
