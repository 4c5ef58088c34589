"""The command `token`: service-account JWTs that a login takes without any listing."""

import json

import jwt
import pytest

from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, ISSUER
from tests.cli.commands import run, serving
from tests.client import PAYMENTS, VERIFIED

PAYMENTS_API = ("token", "--namespace", "payments", "--name", "api")
CLOCK = "2027-01-15T08:00:00Z"
AT_THE_CLOCK = 1_800_000_000


def login(server, token, identity=PAYMENTS):
    body = json.dumps({"identityId": identity, "jwt": token})
    path = "/api/v1/auth/kubernetes-auth/login"
    status, headers, content = server.ask("POST", path, body, **{"Content-Type": "application/json"})
    return status, headers["Mock-Rule"], json.loads(content)


def printed(*arguments, **variables):
    ended = run(*arguments, **variables)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("\n")
    return ended.stdout.strip()


def test_a_printed_token_logs_in_and_the_access_token_calls():
    token = printed(*PAYMENTS_API)
    with serving() as server:
        status, _, body = login(server, token)
        assert status == 200
        assert set(body) == {"accessToken", "expiresIn", "accessTokenMaxTTL", "tokenType"}
        # `payments` has the role no-access: its token is taken, and may do nothing.
        assert server.update(token=body["accessToken"])[1]["Mock-Rule"] == "permission.edit-auth"


def test_its_claims_are_those_of_a_projected_token():
    claims = jwt.decode(
        printed(*PAYMENTS_API, "--clock", CLOCK, "--ttl", "60"),
        DEFAULT_TOKEN_KEY,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
    )
    account = claims["kubernetes.io"]
    assert claims["sub"] == "system:serviceaccount:payments:api"
    assert (account["namespace"], account["serviceaccount"]["name"]) == ("payments", "api")
    assert (claims["iss"], claims["aud"]) == (ISSUER, [ISSUER])
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (AT_THE_CLOCK, AT_THE_CLOCK, AT_THE_CLOCK + 60)


@pytest.mark.parametrize(
    ("arguments", "identity", "rule"),
    [
        pytest.param(("--audience", "infisical"), VERIFIED, "accepted", id="the audience that the identity asks for"),
        pytest.param(
            ("--audience", "vault", "--audience", "infisical"), VERIFIED, "accepted", id="several, one of them"
        ),
        pytest.param((), VERIFIED, "login.review.error", id="none where one is asked for"),
        pytest.param(("--audience", "infisical"), PAYMENTS, "login.review.error", id="one where none is asked for"),
        pytest.param(("--name", "worker-7"), PAYMENTS, "login.name", id="another name"),
        pytest.param(("--namespace", "default"), PAYMENTS, "login.namespace", id="another namespace"),
        pytest.param(("--key", "k" * 32), PAYMENTS, "login.review.error", id="another key"),
        pytest.param(("--clock", "2020-01-01T00:00:00Z"), PAYMENTS, "login.review.error", id="expired"),
        pytest.param(("--clock", "2099-01-01T00:00:00Z"), PAYMENTS, "login.review.error", id="not valid yet"),
    ],
)
def test_a_token_is_good_where_the_cluster_and_the_identity_say_so(arguments, identity, rule):
    with serving() as server:
        status, decided, body = login(server, printed(*PAYMENTS_API, *arguments), identity)
    assert decided == rule, body
    assert status == (200 if rule == "accepted" else 401)


def test_a_server_with_a_frozen_time_takes_a_token_of_that_time():
    with serving("--clock", CLOCK) as server:
        assert login(server, printed(*PAYMENTS_API, "--clock", CLOCK))[0] == 200


def test_a_cluster_with_a_key_of_its_own_takes_only_its_own_tokens(tmp_path):
    world = tmp_path / "world.yaml"
    world.write_text(
        f"""
version: 1
organizations: [{{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }}]
clusters:
  - {{ name: prod, hosts: ["https://prod.example"], tokenKey: {"p" * 32} }}
identities:
  - id: {PAYMENTS}
    organization: acme
    name: payments
    kubernetesAuth: {{ kubernetesHost: "https://prod.example" }}
"""
    )
    with serving("--fixtures", str(world)) as server:
        assert login(server, printed(*PAYMENTS_API, "--key", "p" * 32))[0] == 200
        assert login(server, printed(*PAYMENTS_API))[1] == "login.review.error"


def test_flags_have_variables():
    token = printed("token", INFISICAL_MOCK_TOKEN_NAMESPACE="payments", INFISICAL_MOCK_TOKEN_NAME="api")
    with serving() as server:
        assert login(server, token)[0] == 200


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("token", "--name", "api"), "--namespace"),
        (("token", "--namespace", "payments"), "--name"),
        ((*PAYMENTS_API, "--ttl", "0"), "--ttl"),
        ((*PAYMENTS_API, "--clock", "yesterday"), "--clock"),
    ],
)
def test_bad_usage_names_the_flag(arguments, told):
    ended = run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in ended.stderr
