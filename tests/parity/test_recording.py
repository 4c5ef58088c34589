"""Recordings are scripts: they hold no secret and no id, and play as they were recorded, against any tenant."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import masking
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, service_account_token
from mockserver.parity.recording.exchange import Raw
from mockserver.parity.recording.script import document, written
from mockserver.parity.scripts import filled
from mockserver.parity.scripts import given as scratch
from mockserver.parity.service_account import service_account
from mockserver.rules.generation import GENERATIONS
from tests.client import (
    ADMIN,
    AUDITOR,
    BARE,
    GATEWAY,
    IDENTITIES,
    MEMBER,
    OPS_ADMIN,
    PAYMENTS,
    STRANGER,
    THROUGH_A_GATEWAY,
    VERIFIED,
    Client,
)
from tests.conftest import Serve
from tests.parity.recordings import recorded, recording, script
from tests.parity.tenants import QUICK, parity, rules

ALL, UNIVERSAL, TOKEN = "/api/v1/identities", "/api/v1/auth/universal-auth/", "/api/v1/auth/token-auth/"
ACME = "0a000000-0000-4000-8000-000000000001"
HOST = "https://prod.k8s.example:6443"
LOGIN = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
ACCESS = {"allowedNamespaces": "a", "allowedNames": "b", "allowedAudience": ""}


async def ask(server: Client, method: str, path: str, body: Any = None, token: str | None = ADMIN) -> Any:
    more = {} if body is None else {"json": body}
    return (await server.send(method, path, token=token, **more)).json


async def life_of_an_identity(server: Client) -> None:
    """An identity from its creation to its end, with two auth methods, and a login by a client secret."""
    made = await ask(server, "POST", ALL, {"name": "checkout", "organizationId": ACME, "role": "member"})
    mine = made["identity"]["id"]
    await ask(server, "POST", IDENTITIES + mine, {"kubernetesHost": HOST, **ACCESS})
    await ask(server, "PATCH", IDENTITIES + mine, {"accessTokenTTL": 10, "accessTokenMaxTTL": 5})
    await ask(server, "POST", f"{UNIVERSAL}identities/{mine}", {})
    secret = await ask(server, "POST", f"{UNIVERSAL}identities/{mine}/client-secrets", {"description": "mine"})
    client = (await ask(server, "GET", f"{UNIVERSAL}identities/{mine}"))["identityUniversalAuth"]["clientId"]
    sent = {"clientId": client, "clientSecret": secret["clientSecret"]}
    token = (await ask(server, "POST", f"{UNIVERSAL}login", sent, None))["accessToken"]
    await ask(server, "GET", IDENTITIES + mine, token=token)
    await ask(server, "POST", "/api/v1/auth/token/revoke", {"accessToken": token}, None)
    await ask(server, "GET", IDENTITIES + mine, token=token)
    await ask(server, "DELETE", f"{ALL}/{mine}")
    await ask(server, "GET", f"{ALL}/{mine}")


async def what_was_there(server: Client) -> None:
    """Requests about identities of the bundled world, by several callers."""
    await ask(server, "GET", f"{ALL}/{PAYMENTS}")
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"allowedNames": "{name}, {a*9}", "allowedNamespaces": "x" * 90})
    await ask(server, "PATCH", IDENTITIES + VERIFIED, {"allowedNames": "worker"})
    await ask(server, "GET", IDENTITIES + THROUGH_A_GATEWAY)
    await ask(server, "GET", IDENTITIES + STRANGER)
    await ask(server, "POST", TOKEN + f"identities/{BARE}", {})
    issued = await ask(server, "POST", f"{TOKEN}identities/{BARE}/tokens", {"name": "one"})
    await ask(server, "GET", f"{TOKEN}tokens/{issued['tokenData']['id']}")
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"allowedNames": "api"}, AUDITOR)
    token = (await ask(server, "POST", f"{UNIVERSAL}login", LOGIN, None))["accessToken"]
    await ask(server, "GET", f"{ALL}/details", token=token)
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"accessTokenTTL": 7201}, token)
    await ask(server, "GET", f"{ALL}/details", token="no-token-at-all")
    await ask(server, "POST", f"{UNIVERSAL}login", {**LOGIN, "clientSecret": "wrong"}, None)


async def replay(serve: Serve, text: str, folder: Path, as_of: str | None = None) -> Any:
    tenant = await serve(profile="live", as_of=as_of)
    state = await tenant.state()
    report = await parity(tenant.url, scripts=(script(text, folder),))
    assert await tenant.state() == state
    return report


@pytest.mark.parametrize("session", [life_of_an_identity, what_was_there])
async def test_what_was_recorded_plays_against_another_tenant(serve: Serve, tmp_path: Path, session: Any):
    server = await serve(profile="live", as_of=None)
    await session(server)
    report = await replay(serve, recorded(server), tmp_path)
    assert (rules(report), report.not_reached) == (set(), {})
    decided = {each.rule for each in server.mock.journal.oldest_first() if each.operation}
    assert set(report.confirmed) == decided


async def test_against_another_generation_it_differs_where_a_rule_is_dated(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    await ask(server, "PATCH", IDENTITIES + STRANGER, {"kubernetesHost": "https://" + "h" * 300})
    await ask(server, "PATCH", IDENTITIES + STRANGER, {"accessTokenTTL": 10, "accessTokenMaxTTL": 5})
    await ask(server, "GET", IDENTITIES + STRANGER)
    text = recorded(server)
    assert rules(await replay(serve, text, tmp_path)) == set()
    report = await replay(serve, text, tmp_path, "2026-05")
    assert rules(report) == {"host.length"}
    assert [(each.step, each.difference.tenant, each.difference.mock) for each in report.mismatches] == [(0, 404, 422)]
    assert report.best is GENERATIONS[0]


@pytest.mark.slow
async def test_a_run_of_all_scripts_is_recorded_and_plays_again(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    await parity(server.url, scripts=QUICK)
    text = recorded(server)
    assert text.count("- request:") > 400
    report = await replay(serve, text, tmp_path)
    assert rules(report) == set()
    # The bundled world has a host that refuses connections: what a tenant reaches is no part of a recording. Nor are
    # secrets, even one that the database cannot hold.
    (reason,) = report.not_reached.values()
    assert reason.endswith("was 400 KubernetesHostConnectionRefused when recorded, and 1 more")


async def steps(server: Client) -> list[dict[str, Any]]:
    """The steps of what a server has been asked, without the outcomes."""
    found = document(recording([raw async for raw in _raws(server)]))["steps"]
    return [{key: each for key, each in step.items() if key != "answered"} for step in found]


async def _raws(server: Client) -> Any:
    from tests.parity.recordings import raw

    for entry in server.mock.journal.oldest_first():
        yield raw(entry)


async def test_what_the_recording_makes_is_saved_and_used_by_name(serve: Serve):
    server = await serve(profile="live", as_of=None)
    await life_of_an_identity(server)
    found = await steps(server)
    assert found[0] == {
        "request": f"POST {ALL}",
        "body": {"name": "{name}", "organizationId": "{organization}", "role": "member"},
        "save": {"identity": "identity.id"},
    }
    assert found[1]["body"] == {"kubernetesHost": "{host}", **ACCESS}
    assert [each["save"] for each in found if "save" in each][1:] == [
        {"client": "identityUniversalAuth.clientId"},
        {"secret": "clientSecret"},
        {"accessToken": "accessToken"},
    ]
    assert found[6]["body"] == {"clientId": "{client}", "clientSecret": "{secret}"}
    assert (found[6]["token"], found[7]["token"]) == (None, "{accessToken}")
    assert found[9]["token"] == "{accessToken}"


async def test_what_was_there_becomes_a_scratch_identity_with_the_same_auth_method(serve: Serve):
    server = await serve(profile="live", as_of=None)
    await what_was_there(server)
    await ask(server, "PATCH", IDENTITIES + "1d000000-0000-4000-8000-000000000009", {"allowedNames": "a"})
    await ask(server, "GET", f"{UNIVERSAL}identities/{OPS_ADMIN}")
    found = document(recording([raw async for raw in _raws(server)]))
    assert found["given"][:5] == ["kubernetes", "verified", "tunnelled", "bare", "nobody"]
    assert [each["request"] for each in found["steps"] if "answered" not in each] == [
        f"PATCH {IDENTITIES}{{verified}}",
        f"PATCH {UNIVERSAL}identities/{{universal}}",
    ]
    found["steps"] = [each for each in found["steps"] if "answered" in each]
    requests = [each["request"] for each in found["steps"]]
    assert requests[0] == f"GET {ALL}/{{kubernetes}}"
    assert requests[4] == f"GET {IDENTITIES}{{unknown}}"
    assert requests[7] == f"GET {TOKEN}tokens/{{tokenId}}"
    assert found["steps"][8]["token"] == "{nobodyToken}"
    assert found["steps"][11].get("token") is None
    assert "token" not in found["steps"][11]
    assert found["steps"][12]["token"] == "recorded"
    assert found["steps"][13]["body"] == {"clientId": "{clientId}", "clientSecret": "recorded"}
    assert requests[-1] == f"GET {UNIVERSAL}identities/{{universal}}"
    assert "the scratch identity in its place has the role no-access" in found["description"]


async def test_a_scratch_identity_gets_the_settings_that_the_recorded_one_had(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    path = f"{UNIVERSAL}identities/{OPS_ADMIN}"
    for each, body in (
        (IDENTITIES + PAYMENTS, {"accessTokenTTL": 500, "accessTokenMaxTTL": 1000, "allowedNames": "{name}"}),
        (path, {"lockoutThreshold": 7}),
    ):
        await ask(server, "PATCH", each, body)
    server.mock.journal.clear()
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"accessTokenTTL": 1001})
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"accessTokenTTL": 999})
    await ask(server, "GET", path)
    found = await steps(server)
    assert found[:2] == [
        {
            "request": f"PATCH {IDENTITIES}{{kubernetes}}",
            "body": {"accessTokenTTL": 999, "accessTokenMaxTTL": 1000, "allowedNames": "{brace}name}"},
        },
        {
            "request": f"PATCH {UNIVERSAL}identities/{{universal}}",
            "body": {"accessTokenTTL": 2592000, "accessTokenMaxTTL": 2592000, "lockoutThreshold": 7},
        },
    ]
    report = await replay(serve, recorded(server), tmp_path)
    assert (rules(report), report.not_reached) == (set(), {})
    assert "update.ttl.stored-max" in report.confirmed


async def test_a_login_of_a_service_account_is_played_with_the_one_of_the_player(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    sent = {"identityId": PAYMENTS, "jwt": jwt("payments", "api")}
    token = (await ask(server, "POST", "/api/v1/auth/kubernetes-auth/login", sent, None))["accessToken"]
    await ask(server, "GET", f"{ALL}/details", token=token)
    await ask(server, "POST", "/api/v1/auth/kubernetes-auth/login", {**sent, "jwt": "a.b.c"}, None)
    text = recorded(server)
    assert token not in text
    assert sent["jwt"] not in text
    played = script(text, tmp_path)
    assert played.needs == ("login-jwt",)
    assert [step.body for step in played.steps if step.path.endswith("login")] == [
        {"identityId": "{kubernetes}", "jwt": "{loginJwt}"},
        {"identityId": "{kubernetes}", "jwt": "recorded"},
    ]
    tenant = await serve(profile="live", as_of=None)
    report = await parity(tenant.url, scripts=(played,))
    assert "give one with --login-jwt" in report.not_reached["accepted"]
    report = await parity(tenant.url, scripts=(played,), login=service_account(jwt("parity", "robot")))
    assert (rules(report), report.not_reached) == (set(), {})


def jwt(namespace: str, name: str) -> str:
    return service_account_token(namespace, name, (), DEFAULT_TOKEN_KEY, 1_700_000_000, 4_000_000_000, "id")


async def test_two_identities_of_one_sort_are_two(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    for each in (OPS_ADMIN, "1d000000-0000-4000-8000-000000000020", OPS_ADMIN):
        await ask(server, "GET", f"{UNIVERSAL}identities/{each}")
    text = recorded(server)
    assert re.findall(r"GET .*identities/(\{\w+\})", text) == ["{universal}", "{universal2}", "{universal}"]
    report = await replay(serve, text, tmp_path)
    assert (rules(report), report.not_reached) == (set(), {})


SECRETS = ("ops-admin-secret", "s3cret-value", ADMIN, MEMBER, AUDITOR, "reviewer-good", "form-jwt", "query-token")


async def test_no_secret_and_no_id_is_in_a_recording(serve: Serve, tmp_path: Path):
    server = await serve(profile="live", as_of=None)
    await life_of_an_identity(server)
    await what_was_there(server)
    await ask(server, "GET", IDENTITIES + PAYMENTS, token=MEMBER)
    await ask(server, "PATCH", IDENTITIES + PAYMENTS, {"tokenReviewerJwt": "reviewer-good", "gatewayId": GATEWAY})
    await server.send("GET", f"{ALL}/details?token=query-token", headers={"X-Api-Key": "s3cret-value"})
    for body in (
        b'{"clientSecret": "s3cret-value"',
        b"clientSecret=s3cret-value",
        b'{"clientSecret": "s3cret-value", "a": 1, "a": 2}',
    ):
        await server.send("POST", f"{UNIVERSAL}login", data=body, headers={"Content-Type": "application/json"})
    form = urlencode({"identityId": PAYMENTS, "jwt": "form-jwt"}).encode()
    await server.send(
        "POST",
        "/api/v1/auth/kubernetes-auth/login",
        data=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    await ask(server, "POST", f"{UNIVERSAL}login", {"clientId": 1, "clientSecret": 31415926}, None)
    text = recorded(server)
    for each in (*SECRETS, "31415926"):
        assert each not in text
    assert UUID.findall(text) == []
    issued = [json.loads(each.response_body).get("accessToken") for each in server.mock.journal.oldest_first()]
    assert not [each for each in issued if each and each in text]
    assert "identityId={kubernetes}&jwt=" in text
    assert script(text, tmp_path).steps


async def test_what_cannot_be_repeated_is_left_out_and_told(serve: Serve):
    server = await serve(profile="live", as_of=None)
    await ask(server, "GET", f"{ALL}/details")
    await server.get("/api/v3/secrets/raw/NONE", token=ADMIN)
    await server.send("PATCH", IDENTITIES + PAYMENTS, data=b"x" * 300_000)
    text = recorded(server)
    assert "- 1 requests that are no operation of the mock\n" in text
    assert "- 1 requests with a body over 256 KiB\n" in text
    assert text.count("- request:") == 1


async def test_a_step_that_is_not_answered_as_it_was_recorded_proves_nothing(serve: Serve, tmp_path: Path):
    text = f"""
rule: accepted
given: [bare]
steps:
  - request: GET {IDENTITIES}{{bare}}
    answered: {{ status: 200 }}
  - request: GET {ALL}/{{bare}}
    answered: {{ status: 403, error: PermissionDenied }}
"""
    report = await replay(serve, text, tmp_path)
    assert report.not_reached == {
        "accepted": f"recorded: step 0 (GET {IDENTITIES}{{bare}}) is 404 NotFound here, and was 200 when recorded,"
        " and 1 more"
    }


async def test_after_two_rejections_the_rest_is_still_compared(serve: Serve, tmp_path: Path):
    long = "https://" + "h" * 300
    text = f"""
rule: accepted
steps:
  - request: PATCH {IDENTITIES}{{unknown}}
    body: {{ kubernetesHost: {long} }}
    answered: {{ status: 422, error: ValidationFailure }}
  - request: POST {ALL}
    body: {{ name: "{{name}}", organizationId: "{{organization}}", role: no-access, nonsense: 1 }}
    answered: {{ status: 200 }}
  - request: PATCH {IDENTITIES}{{unknown}}
    body: {{ kubernetesHost: {long}, allowedNames: a }}
    answered: {{ status: 422, error: ValidationFailure }}
"""
    report = await replay(serve, text, tmp_path, "2026-05")
    assert [each.step for played in report.played for each in played.mismatches][:1] == [0]
    assert 2 in {each.step for played in report.played for each in played.mismatches}


def exchange(body: bytes, content_type: str = "application/json") -> Raw:
    return Raw(
        operation="updateKubernetesAuth",
        method="PATCH",
        target=IDENTITIES + PAYMENTS,
        headers=[("Authorization", f"Bearer {ADMIN}"), ("Content-Type", content_type)],
        body=body,
        status=422,
        response_type="application/json",
        response_body=b'{"error": "ValidationFailure", "message": []}',
        at=0,
    )


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "no",
        "12:30",
        "1e3",
        "0o17",
        "~",
        "{name}",
        "{a*3}",
        "{brace}",
        "a" * 50,
        "{" + "a" * 50 + "}",
        "2026-01-01",
        "\x00",
        "<<",
    ]
)
KEYS = TEXTS.filter(lambda each: not masking.is_secret_name(each))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
@settings(max_examples=150, deadline=None)
def test_every_body_is_sent_as_it_was(tmp_path_factory: pytest.TempPathFactory, body: Mapping[str, Any]):
    text = written(recording([exchange(json.dumps(body).encode())]))
    folder = tmp_path_factory.getbasetemp()
    step = script(text, folder).steps[0]
    assert json.dumps(filled(step.body, {})) == json.dumps(body)


def _is_open(body: bytes) -> bool:
    return all(masking.raw_text(text) == text for text in (body.decode("utf-8", "replace"), body.decode("latin-1")))


@given(st.binary(min_size=1, max_size=30).filter(_is_open))
@settings(max_examples=200, deadline=None)
def test_every_body_that_is_no_json_is_sent_as_it_was(tmp_path_factory: pytest.TempPathFactory, body: bytes):
    text = written(recording([exchange(body, "text/plain")]))
    step = script(text, tmp_path_factory.getbasetemp()).steps[0]
    assert str(filled(step.text, {})).encode(step.charset) == body
    assert step.headers == {"Content-Type": "text/plain"}


IDS = [f"{number}d000000-0000-4000-8000-00000000000{number}" for number in range(1, 5)]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eUlkIjoiMWQwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIn0.c2ln"
SECRET_TEXTS = [JWT, "an-opaque-token", "another-opaque-token", "st.service-token"]
PATHS = [
    ("createMachineIdentity", "POST", ALL),
    ("getMachineIdentityById", "GET", f"{ALL}/{{}}"),
    ("deleteMachineIdentity", "DELETE", f"{ALL}/{{}}"),
    ("updateKubernetesAuth", "PATCH", f"{IDENTITIES}{{}}"),
    ("attachUniversalAuth", "POST", f"{UNIVERSAL}identities/{{}}"),
    ("getUniversalAuth", "GET", f"{UNIVERSAL}identities/{{}}"),
    ("createUniversalAuthClientSecret", "POST", f"{UNIVERSAL}identities/{{}}/client-secrets"),
    ("getUniversalAuthClientSecret", "GET", f"{UNIVERSAL}identities/{{}}/client-secrets/{{}}"),
    ("loginWithUniversalAuth", "POST", f"{UNIVERSAL}login"),
    ("loginWithKubernetesAuth", "POST", "/api/v1/auth/kubernetes-auth/login"),
    ("createTokenAuthToken", "POST", f"{TOKEN}identities/{{}}/tokens"),
    ("revokeTokenAuthToken", "POST", f"{TOKEN}tokens/{{}}/revoke"),
    ("renewIdentityAccessToken", "POST", "/api/v1/auth/token/renew"),
    ("updateIdentityTemplate", "PATCH", "/api/v1/identity-templates/{}"),
    ("listMachineIdentities", "GET", f"{ALL}?orgId={{}}&name={{}}"),
    ("deleteSubOrganization", "DELETE", "/api/v1/sub-organizations/{}"),
]
FIELDS = (
    *("identityId", "clientId", "templateId", "gatewayId", "gatewayPoolId", "organizationId", "id", "name"),
    *("clientSecret", "jwt", "accessToken", "tokenReviewerJwt", "kubernetesHost", "identityIds"),
    *("identity", "clientSecretData", "identityUniversalAuth", "tokenData", "organization", "identityKubernetesAuth"),
)
LEAVES = st.sampled_from([*IDS, *SECRET_TEXTS, HOST, "checkout"]) | st.integers() | st.none() | TEXTS
TREES = st.dictionaries(
    st.sampled_from(FIELDS),
    st.recursive(
        LEAVES, lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3) | st.lists(inner, max_size=2)
    ),
    max_size=4,
)
SECRET_FIELDS = ("clientSecret", "jwt", "accessToken", "tokenReviewerJwt")


def plausible(value: Any, name: str = "") -> Any:
    """The tree with no opaque token in a field that is not one of a secret: nobody could tell it there."""
    if isinstance(value, dict):
        return {key: plausible(each, name if name in SECRET_FIELDS else key) for key, each in value.items()}
    if isinstance(value, list):
        return [plausible(each, name) for each in value]
    return "plain" if value in SECRET_TEXTS[1:] and name not in SECRET_FIELDS else value


OUTCOMES = st.sampled_from(
    [
        *((200, None), (400, "BadRequest"), (401, "UnauthorizedError"), (403, "PermissionDenied")),
        *((403, "TokenError"), (403, "PermissionBoundaryError"), (404, "NotFound"), (422, "ValidationFailure")),
        (500, "InternalServerError"),
    ]
)


@st.composite
def traffic(draw: st.DrawFn) -> list[Raw]:
    """Any requests with any answers, about few ids and secrets."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        operation, method, path = draw(st.sampled_from(PATHS))
        status, error = draw(OUTCOMES)
        answer = {**plausible(draw(TREES)), **({} if error is None else {"error": error})}
        token = draw(st.sampled_from([None, "", "Bearer ", *(f"Bearer {each}" for each in SECRET_TEXTS)]))
        headers = [] if token is None else [("Authorization", token)]
        body = json.dumps(plausible(draw(TREES))).encode() if method in ("POST", "PATCH") else b""
        kind = draw(st.sampled_from(["application/json", "text/plain"]))
        found.append(
            Raw(
                operation=operation,
                method=method,
                target=path.format(*(draw(st.sampled_from(IDS)) for _ in range(2))),
                headers=[*headers, *([("Content-Type", kind)] if body else [])],
                body=body,
                status=status,
                response_type="application/json",
                response_body=json.dumps(answer).encode(),
                at=number * draw(st.integers(0, 100_000)),
            )
        )
    return found


PLAYERS = ("organization", "name", "host", "gateway", "unknown", "caller", "loginJwt")


@given(traffic())
@settings(max_examples=100, deadline=None)
def test_every_recording_can_be_read_and_every_placeholder_is_filled(
    tmp_path_factory: pytest.TempPathFactory, exchanges: list[Raw]
):
    whole, texts = recording(exchanges), {}
    for count in range(len(exchanges) + 1):
        text = written(whole._replace(steps=whole.steps[:count]), texts)  # as the file grows
    assert text == written(whole)
    played = script(text, tmp_path_factory.getbasetemp())
    assert UUID.findall(text) == []
    assert not [each for each in SECRET_TEXTS if each in text]
    known = dict.fromkeys(PLAYERS, "x")
    for name in played.given:
        maker = scratch(name)
        assert maker is not None, name
        known |= {saved: "x" for step in maker.steps for saved in step.save}
    for step in played.steps:
        filled([step.path, step.body, step.text, step.token, dict(step.headers)], known)
        known |= dict.fromkeys(step.save, "x")
