"""The vendor's Rust SDK, unchanged: login by client secret, and a request of its HTTP client, which holds the token."""

import json

from tests.client import IDENTITIES, OPS_ADMIN, PAYMENTS
from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.RUST)


def test_it_logs_in_and_reads_with_its_token(drive: Drive, mock: Server):
    told = drive()
    assert mock.calls() == [("loginWithUniversalAuth", 200), ("getKubernetesAuth", 200)]
    assert mock.headers()["user-agent"] == "infisical-rs"
    assert mock.ask("GET", IDENTITIES + PAYMENTS) == (200, told["answer"])
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == ("universal-auth", 1)


def test_it_tells_of_a_wrong_secret(drive: Drive, mock: Server):
    told = drive(CLIENT_SECRET="another")
    answer = json.loads(told["body"])
    assert (told["status"], answer["error"], answer["message"]) == (401, "UnauthorizedError", mock.refusal())
    assert mock.calls() == [("loginWithUniversalAuth", 401)]
    assert (mock.last_login(OPS_ADMIN), mock.uses_of_secret()) == (None, 0)
