"""The vendor's Python SDK, unchanged: login by client secret, and its own request layer with the token it got."""

import pytest

from tests.client import IDENTITIES, OPS_ADMIN, PAYMENTS
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.PYTHON)


def test_it_logs_in_and_reads_with_its_token(drive: Drive, mock: Server):
    told = drive("get")
    token = told["credential"].pop("accessToken")
    assert told["credential"] == {"expiresIn": 2_592_000, "accessTokenMaxTTL": 2_592_000, "tokenType": "Bearer"}
    assert mock.calls() == [("loginWithUniversalAuth", 200), ("getKubernetesAuth", 200)]
    assert mock.headers()["user-agent"].startswith("python-requests/")
    assert mock.ask("GET", IDENTITIES + PAYMENTS, token=token) == (200, told["answer"])
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_its_token_serves_as_often_as_the_identity_may(drive: Drive, mock: Server):
    path = f"/api/v1/auth/universal-auth/identities/{OPS_ADMIN}"
    assert mock.ask("PATCH", path, {"accessTokenNumUsesLimit": 2})[0] == 200
    token = drive("get")["credential"]["accessToken"]  # one use is taken
    assert [mock.ask("GET", IDENTITIES + PAYMENTS, token=token)[0] for _ in range(2)] == [200, 401]


def test_it_updates_with_its_token(drive: Drive, mock: Server):
    told = drive("update", BODY='{"allowedNames": "api,worker", "accessTokenTTL": 1800}')
    record = told["answer"]["identityKubernetesAuth"]
    assert (record["allowedNames"], record["accessTokenTTL"]) == ("api,worker", 1800)
    assert mock.ask("GET", IDENTITIES + PAYMENTS) == (200, told["answer"])
    assert mock.calls()[:2] == [("loginWithUniversalAuth", 200), ("updateKubernetesAuth", 200)]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        pytest.param('{"accessTokenTTL": 7201}', 400, "BadRequest", id="an update that a rule refuses"),
        pytest.param('{"accessTokenTTL": "1h"}', 422, "ValidationFailure", id="an update that breaks the contract"),
    ],
)
def test_it_tells_what_it_was_refused(drive: Drive, mock: Server, body: str, status: int, error: str):
    told = drive("update", BODY=body)
    answer = told["answer"]
    assert set(answer) == {"reqId", "statusCode", "message", "error"}
    assert (told["status"], answer["statusCode"], answer["error"]) == (status, status, error)
    assert told["error"] == f"{answer['message']} (Status: {status})"


def test_it_tells_of_a_wrong_secret(drive: Drive, mock: Server):
    told = drive("login", CLIENT_SECRET="another")
    assert (told["status"], told["answer"]["error"]) == (401, "UnauthorizedError")
    assert told["error"] == f"{mock.refusal()} (Status: 401)"
    assert mock.calls() == [("loginWithUniversalAuth", 401)]
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == (None, 0)
