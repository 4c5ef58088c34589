"""No secret reaches a log, the journal or any other page of the control API, wherever a client puts it."""

import asyncio
import json
from io import StringIO
from urllib.parse import quote

import jwt
import pytest

from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import ADMIN, IDENTITIES, PAYMENTS, STATE, Client, head, request
from tests.conftest import Serve

MARK = "s3cr3t"
"""Every secret of this test has it in it, so that one search finds them all."""
ACME, OPS_ADMIN = "0a000000-0000-4000-8000-000000000001", "1d000000-0000-4000-8000-000000000001"
BEARER = f"{MARK}-bearer-token"
SIGNED = jwt.encode({"authTokenType": "identityAccessToken", "a": MARK * 3}, DEFAULT_TOKEN_SECRET)
FORGED = jwt.encode({"authTokenType": "identityAccessToken", "a": MARK}, "x" * 32)
REVIEWER = f"{MARK}-reviewer"
HIDDEN = (MARK, SIGNED, FORGED, *SIGNED.split(".")[1:], *FORGED.split(".")[1:], ADMIN)

WORLD = f"""
version: 1
organizations: [{{id: {ACME}, name: Acme, slug: acme, plan: {{ipAllowlisting: true}}}}]
clusters:
  - name: prod
    hosts: ["https://prod.k8s.example"]
    reviewers: [{{jwt: {MARK}-expired, verdict: unauthorized}}, {{jwt: {MARK}-unbound, verdict: forbidden}}]
    serviceAccounts: [{{token: {MARK}-account, namespace: a, name: b}}]
identities:
  - id: {OPS_ADMIN}
    organization: acme
    name: ops
    role: admin
    universalAuth: {{clientId: c1000000-0000-4000-8000-000000000001, clientSecrets: [{MARK}-client]}}
  - id: {PAYMENTS}
    organization: acme
    name: payments
    kubernetesAuth: {{kubernetesHost: "https://prod.k8s.example", tokenReviewerJwt: {MARK}-stored}}
accessTokens:
  - {{token: {BEARER}, identity: ops}}
  - {{token: {MARK}-revoked, identity: ops, revoked: true}}
  - {{token: {MARK}-expired, identity: ops, expiresAt: 2020-01-01T00:00:00Z}}
  - {{token: {ADMIN}, identity: ops}}
"""

TOKENS = {
    "good": BEARER,
    "unknown": f"{MARK}-unknown",
    "revoked": f"{MARK}-revoked",
    "expired": f"{MARK}-expired",
    "signed": SIGNED,
    "forged": FORGED,
    "a JWT of four parts": f"{SIGNED}.{MARK}",
    "service token": f"st.{MARK}.{MARK}",
}
JSON_BODIES = {
    "a reviewer JWT": {"tokenReviewerJwt": REVIEWER},
    "a JWT as reviewer": {"tokenReviewerJwt": SIGNED},
    "a refused reviewer": {"tokenReviewerJwt": f"{MARK}-expired", "kubernetesHost": "https://prod.k8s.example"},
    "an unbound reviewer": {"tokenReviewerJwt": f"{MARK}-unbound"},
    "a list of them": {"tokenReviewerJwt": [REVIEWER, {"a": REVIEWER}]},
    "a misspelt key": {"token_reviewer_jwt": REVIEWER, "TokenReviewerJWT": REVIEWER, "tokenReviewerJwt ": REVIEWER},
    "a key of another API": {"accessToken": REVIEWER, "clientSecret": REVIEWER, "password": REVIEWER},
    "a key inside a trusted IP": {"accessTokenTrustedIps": [{"ipAddress": "::1", "jwt": REVIEWER}]},
    "a JWT where a name belongs": {"allowedNames": SIGNED, "accessTokenTTL": -1},
    "a JWT as host": {"kubernetesHost": f"https://{SIGNED}", "accessTokenTTL": -1},
    "a JWT as gateway": {"gatewayId": SIGNED},
    "a JWT as trusted IP": {"accessTokenTrustedIps": [{"ipAddress": SIGNED}]},
    "a JWT as mode": {"tokenReviewMode": SIGNED},
    "a JWT as key": {SIGNED: 1},
}
RAW_BODIES = {
    "truncated JSON": (f'{{"caCert": "", "tokenReviewerJwt": "{REVIEWER}', "application/json"),
    "truncated after it": (f'{{"tokenReviewerJwt": "{REVIEWER}", "caCert"', "application/json"),
    "malformed JSON": (f'{{"tokenReviewerJwt": "{REVIEWER}",}}', "application/json"),
    "single quotes": (f"{{'tokenReviewerJwt': '{REVIEWER}'}}", "application/json"),
    "a bare word": (f"{{tokenReviewerJwt: {REVIEWER}}}", "application/json"),
    "escapes in the text": (f'{{"tokenReviewerJwt": "\\"{REVIEWER}", "caCert', "application/json"),
    "a list that stops": (f'{{"tokenReviewerJwt": ["{REVIEWER}", "{REVIEWER}', "application/json"),
    "an object that stops": (f'{{"tokenReviewerJwt": {{"a": "{REVIEWER}', "application/json"),
    "a raw line break in the text": (f'{{"tokenReviewerJwt": "a\n{REVIEWER}"}}', "application/json"),
    "an escape in the key": (f'{{"tokenReviewer\\u004awt": "{REVIEWER}"', "application/json"),
    "YAML of several lines": (f"tokenReviewerJwt: |\n  {REVIEWER}\n  {REVIEWER}\n", "application/yaml"),
    "XML": (f"<tokenReviewerJwt>{REVIEWER}</tokenReviewerJwt>", "application/xml"),
    "a part of a form": (f'--x\r\nContent-Disposition: form-data; name="jwt"\r\n\r\n{REVIEWER}', "multipart/form-data"),
    "a JWT alone": (SIGNED, "application/json"),
    "a text alone": (f'"{SIGNED}"', "application/json"),
    "a form": (f"caCert=&tokenReviewerJwt={REVIEWER}&allowedNames=a", "application/x-www-form-urlencoded"),
    "a form of a misspelt key": (f"token_reviewer_jwt={REVIEWER}", "application/x-www-form-urlencoded"),
    "text": (f"tokenReviewerJwt={REVIEWER}", "text/plain"),
    "JSON under another media type": (f'{{"tokenReviewerJwt": "{REVIEWER}"}}', "application/merge-patch+json"),
    "YAML": (f"tokenReviewerJwt: {REVIEWER}\n", "application/yaml"),
    "duplicate keys": (f'{{"tokenReviewerJwt": "{REVIEWER}", "tokenReviewerJwt": null}}', "application/json"),
    "bytes that are no UTF-8": (f'{{"tokenReviewerJwt": "{REVIEWER}\udcff"}}', "application/json"),
}
TARGETS = {
    "a query": f"{IDENTITIES}{PAYMENTS}?access_token={BEARER}&token={REVIEWER}&jwt={SIGNED}",
    "an escaped query": f"{IDENTITIES}{PAYMENTS}?a={quote(SIGNED)}&clientSecret={REVIEWER}",
    "a query of no route": f"/nowhere?token={REVIEWER}",
    "a JWT as id": f"{IDENTITIES}{SIGNED[:100]}",
    "a bad path with a query": f"{IDENTITIES}%zz?secret={REVIEWER}",
}
HEADERS = {
    "a key": {"x_api_key": f"{MARK}-key"},
    "a cookie": {"Cookie": f"session={MARK}; other={MARK}"},
    "credentials for a proxy": {"Proxy_Authorization": f"Basic {MARK}"},
    "a token of another kind": {"X_Vault_Token": MARK},
    "another scheme": {"Authorization": f"Basic {MARK}"},
    "no scheme": {"Authorization": MARK * 3},
    "a JWT anywhere": {"X_Anything": SIGNED},
    "a bearer anywhere": {"X_Forwarded_Authorization": f"Bearer {MARK}"},
    "a JWT as address": {"X_Forwarded_For": SIGNED},
    "a JWT as organization": {"x_infisical_org": SIGNED},
    "a header too long": {"X_Token": MARK * 4000},
}


def all_requests() -> list[bytes]:
    """Every secret at every place, as bytes for a wire."""
    made = [request(Authorization=f"Bearer {token}") for token in TOKENS.values()]
    made += [request(json.dumps(body).encode(), Authorization=f"Bearer {BEARER}") for body in JSON_BODIES.values()]
    made += [
        request(text.encode("utf-8", "surrogateescape"), Authorization=f"Bearer {BEARER}", Content_Type=media_type)
        for text, media_type in RAW_BODIES.values()
    ]
    made += [request(target=target, Authorization=f"Bearer {BEARER}") for target in TARGETS.values()]
    made += [request(**{"Authorization": f"Bearer {BEARER}", **headers}) for headers in HEADERS.values()]
    made.append(
        head(Authorization=f"Bearer {BEARER}", Content_Length="99") + f'{{"tokenReviewerJwt":"{REVIEWER}'.encode()
    )
    made.append(f"PATCH /?token={REVIEWER} HTTP/1.1\r\nAuthorization: Bearer {BEARER}\r\nbroken\r\n\r\n".encode())
    return made


@pytest.fixture(params=["text", "json"])
async def full_run(request: pytest.FixtureRequest, profile: str, serve: Serve) -> Client:
    """A server behind which all of the traffic lies."""
    client = await serve(
        body_timeout=0.1, profile=profile, fixtures_yaml=WORLD, log_level="debug", log_format=request.param
    )

    async def send(content: bytes) -> None:
        async with client.wire() as wire:
            await wire.send(content)
            assert await wire.answer() is not None

    for content in all_requests():
        await send(content)
    return client


def assert_hidden(where: str, text: str) -> None:
    for secret in HIDDEN:
        place = text.find(secret)
        assert place < 0, f"{where}: …{text[max(0, place - 80) : place + 40]}…"


async def test_no_sink_shows_a_secret(full_run: Client, log: StringIO):
    listing = await full_run.get("/_mock/requests?limit=1000")
    entries = listing.json["requests"]
    assert len(entries) == len(all_requests())
    assert_hidden("listing", listing.content.decode())
    for entry in entries:
        whole = await full_run.get(f"/_mock/requests/{entry['id']}")
        assert_hidden(f"entry {entry}", whole.content.decode())
        for accept in ("application/json", "text/plain"):
            said = await full_run.get(f"/_mock/requests/{entry['id']}/explain", headers={"Accept": accept})
            assert said.status == 200
            assert_hidden(f"explanation {entry}", said.content.decode())
    assert_hidden("HAR", (await full_run.get("/_mock/requests.har?limit=1000")).content.decode())
    verdict = await full_run.send("POST", "/_mock/requests/verify", {"status": 418}, token=None)
    assert_hidden("verdict", verdict.content.decode())
    assert_hidden("revisions", (await full_run.get("/_mock/worlds/default/revisions")).content.decode())
    for path in ("/_mock/rules", STATE, "/_mock/health", "/_mock/openapi.yaml", "/_mock/requests/none"):
        assert_hidden(path, (await full_run.get(path)).content.decode())
    assert_hidden("YAML", (await full_run.get(STATE, headers={"Accept": "application/yaml"})).content.decode())
    assert len(log.getvalue().splitlines()) >= len(all_requests()) - 2
    assert_hidden("log", log.getvalue())


async def test_the_secrets_were_really_there(full_run: Client):
    """What is asked for in clear is shown in clear; so the search above could have found it."""
    clear = (await full_run.get(f"{STATE}?secrets=clear")).content.decode()
    assert f"{MARK}-client" in clear
    assert BEARER in clear


async def test_the_live_answer_is_not_masked(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    answer = await client.update({"tokenReviewerJwt": REVIEWER}, token=BEARER)
    assert answer.record["tokenReviewerJwt"] == REVIEWER
    entry = await client.journalled(answer)
    assert entry["request"]["body"] == {"tokenReviewerJwt": "[REDACTED]"}
    assert entry["response"]["body"]["identityKubernetesAuth"]["tokenReviewerJwt"] == "[REDACTED]"


async def test_an_empty_secret_and_a_null_stay_visible_for_they_mean_something(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    for value in ("", None):
        answer = await client.update({"tokenReviewerJwt": value, "allowedNames": "a"}, token=BEARER)
        assert (await client.journalled(answer))["request"]["body"]["tokenReviewerJwt"] == value


BAD_STATES = {
    "a reviewer of a bad verdict": WORLD.replace("verdict: unauthorized", "verdict: maybe"),
    "an unknown key beside a token": WORLD.replace("revoked: true", "revoke: true"),
    "a token of nobody": WORLD.replace(f"{{token: {BEARER}, identity: ops}}", f"{{token: {BEARER}, identity: nobody}}"),
    "a token that stands twice": WORLD + f"  - {{token: {BEARER}, identity: ops}}\n",
    "a secret that is no text": WORLD.replace(f"clientSecrets: [{MARK}-client]", f"clientSecrets: {{{MARK}: 1}}"),
    "a text that stops": WORLD.rstrip()[:-20],
}


@pytest.mark.parametrize("text", BAD_STATES.values(), ids=BAD_STATES)
async def test_an_error_of_a_state_names_the_place_and_not_the_secret(serve: Serve, text: str):
    client = await serve()
    answer = await client.send("PUT", STATE, data=text.encode(), headers={"Content-Type": "application/yaml"})
    assert (answer.status, answer.error) == (400, "InvalidFixtures")
    assert MARK.encode() not in answer.content


async def test_secrets_of_many_at_once_stay_hidden_too(serve: Serve, log: StringIO):
    client = await serve(fixtures_yaml=WORLD, log_level="debug")
    await asyncio.gather(*(client.update({"tokenReviewerJwt": f"{MARK}{n}"}, token=BEARER) for n in range(50)))
    assert_hidden("log", log.getvalue())


async def test_a_record_named_like_a_secret_shows_what_is_none(server: Client):
    """The answers about a token and a client secret: only the secrets in them are masked."""
    token_auth = "/api/v1/auth/token-auth/identities/"
    universal = "/api/v1/auth/universal-auth/identities/"
    static = "1d000000-0000-4000-8000-000000000002"
    await server.send("POST", token_auth + static, json={})
    await server.send("POST", universal + static, json={})
    made = await server.send("POST", f"{token_auth}{static}/tokens", json={"name": "ci"})
    secret = await server.send("POST", f"{universal}{static}/client-secrets", json={"description": "mine"})
    shown = (await server.journalled(made))["response"]["body"]
    assert (shown["accessToken"], shown["tokenData"]["name"]) == ("[REDACTED]", "ci")
    listed = (await server.journalled(secret))["response"]["body"]
    assert (listed["clientSecret"], listed["clientSecretData"]["description"]) == ("[REDACTED]", "mine")
    renamed = await server.send(
        "PATCH", f"/api/v1/auth/token-auth/tokens/{made.json['tokenData']['id']}", json={"name": "cd"}
    )
    assert (await server.journalled(renamed))["response"]["body"]["token"]["name"] == "cd"
