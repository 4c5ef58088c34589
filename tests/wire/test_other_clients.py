"""Go SDK, Kubernetes operator, CLI and its agent, and SDKs for Python and Node, where they differ from Terraform."""

import pytest

from tests.cli.commands import run
from tests.client import ADMIN, IDENTITIES, OPS_ADMIN, PAYMENTS, STRANGER, VERIFIED, Client
from tests.wire.exchanges import Recorder
from tests.wire.robot import ACME, CLIENT_ID, K8S_LOGIN, POD, SECRET, UA_LOGIN
from tests.wire.sdks import CLAIMS, ApiError, GoSdk, PythonSdk, claims, node_message

RENEW, REVOKE, DETAILS = "/api/v1/auth/token/renew", "/api/v1/auth/token/revoke", "/api/v1/identities/details"


@pytest.fixture
async def recorder(live: Client):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        yield Recorder(session)


@pytest.fixture
def sdk(live: Client, recorder: Recorder) -> GoSdk:
    return GoSdk(live.url, recorder)


async def works(live: Client, token: str, **headers: str) -> int:
    """The status of a request with that token that needs no right."""
    return (await live.send("GET", DETAILS, token=token, headers=headers)).status


# Go SDK


@pytest.mark.parametrize("suffix", ["", "/api"])
async def test_go_sdk_logs_in_with_or_without_api_in_the_host(live: Client, recorder: Recorder, suffix):
    sdk = GoSdk(live.url + suffix, recorder)
    await sdk.log_in_by_kubernetes(PAYMENTS, POD + "\n", "acme")
    sent = {"identityId": PAYMENTS, "jwt": POD + "\n", "organizationSlug": "acme"}
    assert recorder.lines == [("POST", K8S_LOGIN, sent, 200)]
    assert "Authorization" not in recorder.exchanges[0].headers
    assert without_token(sdk.credential) == {"expiresIn": 3600, "accessTokenMaxTTL": 7200, "tokenType": "Bearer"}
    assert await works(live, sdk.credential["accessToken"]) == 200


def without_token(credential):
    return {name: value for name, value in credential.items() if name != "accessToken"}


async def test_go_sdk_renews_while_the_max_ttl_allows_and_then_logs_in_again(live: Client, sdk: GoSdk, recorder):
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)  # 3600 of 7200
    first = sdk.credential["accessToken"]
    assert await sdk.refresh(age=3594) is None
    assert await sdk.refresh(age=3595) == "renewed"
    second = sdk.credential["accessToken"]
    assert await works(live, second) == 200
    assert await sdk.refresh(age=3601) == "logged in"
    third = sdk.credential["accessToken"]
    login = {"identityId": PAYMENTS, "jwt": POD}
    assert recorder.lines == [
        ("POST", K8S_LOGIN, login, 200),
        ("POST", RENEW, {"accessToken": first}, 200),
        ("POST", K8S_LOGIN, login, 200),
    ]
    assert all("Authorization" not in each.headers for each in recorder.exchanges)
    assert claims(first)["identityId"] == claims(second)["identityId"] == claims(third)["identityId"] == PAYMENTS


async def test_go_sdk_always_logs_in_again_where_there_is_no_max_ttl(live: Client, sdk: GoSdk, recorder):
    await live.update({"accessTokenMaxTTL": 0, "accessTokenTTL": 3600}, PAYMENTS)
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)
    assert sdk.credential["accessTokenMaxTTL"] == 0
    assert await sdk.refresh(age=3599) == "logged in"
    assert [line[1] for line in recorder.lines] == [K8S_LOGIN] * 2


async def test_go_sdk_checks_nothing_where_expires_in_is_0(live: Client, sdk: GoSdk, recorder):
    await live.update({"accessTokenMaxTTL": 0, "accessTokenTTL": 0}, PAYMENTS)
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)
    assert sdk.credential["expiresIn"] == 0
    assert isinstance(claims(sdk.credential["accessToken"])["exp"], int)  # it ends all the same
    assert await sdk.refresh(age=10**6) is None


async def test_go_sdk_logs_in_again_where_the_renewal_fails(live: Client, sdk: GoSdk, recorder):
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)
    await live.send("POST", REVOKE, {"accessToken": sdk.credential["accessToken"]}, token=None)
    assert await sdk.refresh(age=3595) == "logged in"
    assert [(line[1], line[3]) for line in recorder.lines] == [(K8S_LOGIN, 200), (RENEW, 401), (K8S_LOGIN, 200)]
    assert await works(live, sdk.credential["accessToken"]) == 200


async def test_go_sdk_revokes_with_the_token_in_header_and_body(live: Client, sdk: GoSdk, recorder):
    await sdk.log_in_by_universal_auth(CLIENT_ID, SECRET)
    token = sdk.credential["accessToken"]
    await sdk.revoke()
    assert recorder.lines[1] == ("POST", REVOKE, {"accessToken": token}, 200)
    assert recorder.exchanges[1].headers["Authorization"] == f"Bearer {token}"
    assert await works(live, token) == 401


async def test_go_sdk_tells_status_and_message(sdk: GoSdk, recorder):
    with pytest.raises(ApiError, match="status-code=401") as raised:
        await sdk.log_in_by_kubernetes(PAYMENTS, "sa-default-job")
    assert recorder.exchanges[-1].answer.json["message"] in str(raised.value)
    with pytest.raises(ApiError, match="status-code=404"):
        await sdk.log_in_by_kubernetes(STRANGER, POD)
    with pytest.raises(ApiError, match="status-code=422") as raised:
        await sdk.log_in_by_kubernetes(PAYMENTS, POD, "no slug!")
    assert recorder.exchanges[-1].answer.content.decode() in str(raised.value)


# Kubernetes operator


@pytest.mark.parametrize("path", ["/api/status", "/api/status/"])
async def test_operator_s_readiness(live: Client, path):
    answer = await live.get(path, headers={"User-Agent": "k8-operator"})
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json["message"] == "Ok"


async def test_operator_logs_in_with_a_token_that_the_cluster_issued_for_10_minutes(live: Client, recorder: Recorder):
    options = ("--namespace", "payments", "--name", "api", "--audience", "infisical", "--ttl", "600")
    issued = run("token", *options)
    assert issued.returncode == 0
    sdk = GoSdk(live.url + "/api", recorder, "k8-operator")
    await sdk.log_in_by_kubernetes(VERIFIED, issued.stdout.strip())
    assert recorder.lines[0][3] == 200
    assert recorder.exchanges[0].headers["User-Agent"] == "k8-operator"
    assert 0.7 * sdk.credential["expiresIn"] == 2520  # how long it keeps the token
    token = sdk.credential["accessToken"]
    assert await works(live, token) == 403  # the identity has trusted addresses
    assert await works(live, token, **{"X-Forwarded-For": "203.0.113.7"}) == 200


# CLI


async def test_cli_logs_in_at_a_path_with_a_slash_at_its_end(live: Client):
    body, headers = {"clientId": CLIENT_ID, "clientSecret": SECRET}, {"User-Agent": "cli"}
    answer = await live.send("POST", UA_LOGIN + "/", body, token=None, headers=headers)
    assert answer.status == 200
    assert answer.json["accessToken"]


async def test_cli_logs_in_by_kubernetes_and_prints_a_token_that_it_can_read(live: Client, recorder: Recorder):
    sdk = GoSdk(live.url, recorder, "cli")
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)
    assert len(recorder.lines) == 1
    found = claims(sdk.credential["accessToken"])
    assert set(found) == set(CLAIMS)
    assert {name: value for name, value in found.items() if name != "exp"} == {
        "authTokenType": "identityAccessToken",
        "identityId": PAYMENTS,
        "identityName": "payments",
        "authMethod": "kubernetes-auth",
        "orgId": ACME,
    }
    assert isinstance(found["exp"], int)


async def test_cli_s_login_status_is_verified(live: Client, sdk: GoSdk):
    await sdk.log_in_by_universal_auth(CLIENT_ID, SECRET)
    answer = await live.send("GET", DETAILS, token=sdk.credential["accessToken"], headers={"User-Agent": "cli"})
    assert (answer.status, answer.json) == (
        200,
        {"identityDetails": {"organization": {"id": ACME, "name": "Acme", "slug": "acme"}}},
    )


async def test_cli_s_login_status_is_rejected_after_a_revocation(live: Client, sdk: GoSdk):
    await sdk.log_in_by_universal_auth(CLIENT_ID, SECRET)
    await sdk.revoke()
    assert await works(live, sdk.credential["accessToken"]) == 401
    assert await works(live, "acme-expired-token") == 403


async def test_agent_renews_and_revokes_at_its_exit(live: Client, recorder: Recorder):
    sdk = GoSdk(live.url, recorder, "cli")
    await sdk.log_in_by_universal_auth(CLIENT_ID, SECRET)
    assert sdk.credential["expiresIn"] > 30  # at 30 and less it quits
    first = sdk.credential["accessToken"]
    await sdk.renew()
    assert sdk.credential["expiresIn"] > 30
    second = sdk.credential["accessToken"]
    await sdk.revoke()
    assert [line[1] for line in recorder.lines] == [UA_LOGIN, RENEW, REVOKE]
    assert [await works(live, token) for token in (first, second)] == [401, 401]


@pytest.mark.parametrize(("ttl", "quits"), [(30, True), (31, False)])
async def test_agent_sees_the_configured_ttl(live: Client, sdk: GoSdk, ttl, quits):
    await live.update({"accessTokenTTL": ttl}, PAYMENTS)
    await sdk.log_in_by_kubernetes(PAYMENTS, POD)
    assert sdk.credential["expiresIn"] == ttl
    assert (sdk.credential["expiresIn"] <= 30) is quits


# SDKs for Python and Node


@pytest.mark.parametrize("end", ["", "/"])
async def test_python_sdk_names_json_on_every_request(live: Client, recorder: Recorder, end):
    sdk = PythonSdk(live.url + end, recorder)
    await sdk.log_in(CLIENT_ID, SECRET)
    found = await sdk.call("GET", IDENTITIES + PAYMENTS)
    changed = await sdk.call("PATCH", IDENTITIES + PAYMENTS, {"allowedAudience": "vault"})
    assert [found.status, changed.status] == [200, 200]
    assert [line[:2] for line in recorder.lines] == [
        ("POST", UA_LOGIN),
        ("GET", IDENTITIES + PAYMENTS),
        ("PATCH", IDENTITIES + PAYMENTS),
    ]


async def test_node_sdk_logs_in_and_renews_by_the_token_alone(live: Client):
    body = {"clientId": CLIENT_ID, "clientSecret": SECRET}
    token = (await live.send("POST", UA_LOGIN, body, token=None)).json["accessToken"]
    renewed = (await live.send("POST", RENEW, {"accessToken": token}, token=None)).json["accessToken"]
    assert await works(live, renewed) == 200


async def test_node_sdk_tells_the_message_and_of_a_422_only_the_status(live: Client):
    wrong = await live.send("POST", UA_LOGIN, {"clientId": CLIENT_ID, "clientSecret": "wrong"}, token=None)
    assert node_message(wrong) == wrong.json["message"]
    unreadable = await live.send("POST", UA_LOGIN, {"clientId": CLIENT_ID}, token=None)
    assert node_message(unreadable) == "Request failed with status code 422"


async def test_a_stale_header_fails_a_login_which_is_why_clients_blank_it(live: Client):
    body = {"identityId": PAYMENTS, "jwt": POD}
    assert (await live.send("POST", K8S_LOGIN, body, token="acme-expired-token")).status == 403
    assert (await live.send("POST", K8S_LOGIN, body, token=ADMIN)).status == 200
    assert (await live.send("POST", K8S_LOGIN, body, token=None)).status == 200


async def test_a_login_shows_as_the_identity_s_last_one(live: Client, sdk: GoSdk):
    await sdk.log_in_by_universal_auth(CLIENT_ID, SECRET)
    identity = (await live.send("GET", f"/api/v1/identities/{OPS_ADMIN}")).json["identity"]
    assert identity["lastLoginAuthMethod"] == "universal-auth"
