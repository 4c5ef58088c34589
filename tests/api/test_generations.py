"""What differs between generations, over HTTP: one request, and the answer of each generation."""

import json
from io import BytesIO
from typing import Any, NamedTuple

import pytest

from mockserver.rules.generation import GENERATIONS
from tests.client import IDENTITIES, Answer, Client
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    GATEWAYS,
    PROD,
    target,
    token,
    world,
)

BARE, ATTACHED, ADMINISTERS = target(), target("acme", "attached"), target("acme", "instance-admin")
CA = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----"
RIGHT = {**ATTACH, "allowedAudience": ""}


class Row(NamedTuple):
    """A request, and status and deciding rule in each generation; one that is left out answers as the one before it."""

    name: str
    answers: dict[str, tuple[int, str]]
    method: str = "PATCH"
    identity: str = ATTACHED
    body: Any = None
    token: str = token()
    stored: dict[str, Any] = {}  # noqa: RUF012 - never changed


OK = (200, "accepted")
OLD, NEW = "2026-05", "2026-08"
LONG = f"{PROD}/{'a' * 256}"
ON, NO_CA = {"verifyTlsCertificate": True}, {"verifyTlsCertificate": True, "caCert": ""}
REQUIRED = (400, "update.tls.ca-required")
LEGACY = target("legacy", "attached")
ROWS = (
    Row("tls row 19", {OLD: OK, NEW: REQUIRED}, body={"allowedNames": "a"}, stored=NO_CA),
    Row("tls row 20", {OLD: OK, NEW: REQUIRED}, body={"caCert": ""}, stored=NO_CA),
    Row("tls row 29", {OLD: OK, NEW: REQUIRED}, body={"caCert": ""}, stored={**ON, "caCert": CA}),
    Row("tls row 25", {OLD: REQUIRED}, body=ON, stored=NO_CA),
    Row("tls row 35", {OLD: REQUIRED}, body=NO_CA, stored={**ON, "caCert": CA}),
    Row("long host", {OLD: (500, "update.database"), NEW: (422, "host.length")}, body={"kubernetesHost": LONG}),
    Row(
        "long host, attach",
        {OLD: (500, "attach.database"), NEW: (422, "host.length")},
        "POST",
        BARE,
        {**RIGHT, "kubernetesHost": LONG},
    ),
    Row("no scheme", {OLD: (400, "host.scheme"), NEW: OK}, body={"kubernetesHost": "prod.k8s.example:6443"}),
    Row("no audience", {OLD: (422, "attach.audience.needed"), NEW: OK}, "POST", BARE, ATTACH),
    Row("an audience", {OLD: OK}, "POST", BARE, RIGHT),
    Row("an audience of a wrong type", {OLD: (422, "contract.body")}, "POST", BARE, {**ATTACH, "allowedAudience": 1}),
    Row(
        "a member updates",
        {OLD: OK, NEW: (403, "permission.edit-auth")},
        body={"allowedNames": "a"},
        token=token("acme", "member"),
    ),
    Row(
        "a member attaches", {OLD: OK, NEW: (403, "permission.edit-auth")}, "POST", BARE, RIGHT, token("acme", "member")
    ),
    Row(
        "edit-auth alone",
        {OLD: (403, "permission.edit"), NEW: OK},
        body={"allowedNames": "a"},
        token=token("acme", "auth-editor"),
    ),
    Row(
        "edit-auth alone, attach",
        {OLD: (403, "permission.create"), NEW: OK},
        "POST",
        BARE,
        RIGHT,
        token("acme", "auth-editor"),
    ),
    Row(
        "an instance admin",
        {OLD: OK, NEW: (403, "identity.instance-admin")},
        identity=target("acme", "attached", "instance-admin"),
        body={"allowedNames": "a"},
    ),
    Row(
        "an instance admin, attach: first",
        {OLD: (403, "identity.instance-admin"), NEW: (400, "trusted-ips.valid")},
        "POST",
        ADMINISTERS,
        {**RIGHT, "accessTokenTrustedIps": [{"ipAddress": "x"}]},
    ),
    Row(
        "the old privilege system",
        {OLD: (403, "permission.edit"), NEW: OK, "2026-09": (403, "boundary.edit-auth")},
        identity=LEGACY,
        body={"allowedNames": "a"},
        token=token("legacy", "auth-editor"),
    ),
    Row(
        "the old privilege system: the action comes first",
        {OLD: OK, NEW: (403, "permission.edit-auth")},
        identity=LEGACY,
        body={"allowedNames": "a"},
        token=token("legacy", "editor"),
    ),
)


def fixtures(stored: dict[str, Any]) -> str:
    """The world of a row. The identities of `legacy` have a role that not every caller holds."""
    made = world(**stored)
    for each in made["identities"]:
        if each["id"] == LEGACY:
            each["role"] = "member"
    return json.dumps(made)


async def in_world(server: Client, generation: str, stored: dict[str, Any]) -> str:
    body = {"profile": "live", "asOf": generation, "fixtures": fixtures(stored)}
    answer = await server.send("POST", "/_mock/worlds", body, token=None)
    assert answer.status == 201, answer.content
    return f"/w/{answer.json['id']}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_each_generation_answers_as_it_did(server: Client, row: Row):
    expected = OK
    for generation in GENERATIONS:
        expected = row.answers.get(generation, expected)
        base = await in_world(server, generation, row.stored)
        answer = await server.send(row.method, f"{base}{IDENTITIES}{row.identity}", row.body, token=row.token)
        assert (generation, answer.status, answer.rule) == (generation, *expected), answer.content


async def ask(server: Client, base: str, method: str, body: Any = None, identity: str = ATTACHED) -> Answer:
    return await server.send(method, f"{base}{IDENTITIES}{identity}", body, token=token())


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_2026_05_shows_no_gateway_but_in_get_and_derives_the_flag_there(server: Client, generation: str):
    gateway = GATEWAYS["prod"]
    base = await in_world(server, generation, {"gatewayId": gateway, "tokenReviewMode": "gateway", **NO_CA})
    old = generation == "2026-05"
    updated = await ask(server, base, "PATCH", {"allowedNames": "a"})
    attached = await ask(server, base, "POST", {**RIGHT, "gatewayId": gateway}, BARE)
    for answer in (updated, attached):
        assert answer.status == 200
        assert answer.record["gatewayId"] == (None if old else gateway)
    assert updated.record["verifyTlsCertificate"] is True
    read = await ask(server, base, "GET")
    assert read.record["gatewayId"] == gateway
    assert read.record["verifyTlsCertificate"] is (not old)
    removed = await ask(server, base, "DELETE")
    assert removed.record["gatewayId"] == (None if old else gateway)


@pytest.mark.parametrize(
    ("addresses", "old", "new"),
    [
        (["10.9.9.9"], "token.address", "token.membership"),
        (["127.0.0.1"], "token.membership", "token.membership"),
    ],
)
async def test_the_membership_is_asked_after_the_address_in_2026_05(
    server: Client, addresses: list[str], old: str, new: str
):
    made = world()
    trusted = [{"ipAddress": each} for each in addresses]
    for each in made["identities"]:
        if each["id"] == ATTACHED:
            each["isActive"] = False
    made["accessTokens"].append({"token": "inactive", "identity": ATTACHED, "trustedIps": trusted})
    for generation in GENERATIONS:
        body = {"profile": "live", "asOf": generation, "fixtures": json.dumps(made)}
        base = f"/w/{(await server.send('POST', '/_mock/worlds', body, token=None)).json['id']}"
        answer = await server.send("GET", f"{base}{IDENTITIES}{ATTACHED}", token="inactive")
        assert answer.rule == (old if generation == "2026-05" else new)


def fixed(data: bytes, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a body that is not sent in chunks."""
    return {**headers, "Content-Length": str(len(data))}


JSON_TYPE = {"Content-Type": "application/json"}
BODIES: dict[str, tuple[bytes, dict[str, str], str, tuple[int, str]]] = {
    "malformed": (b'{"a":', JSON_TYPE, "body.syntax", (400, "FST_ERR_CTP_INVALID_JSON_BODY")),
    "empty": (b"", JSON_TYPE, "body.empty", (400, "FST_ERR_CTP_EMPTY_JSON_BODY")),
    "over 1 MiB": (b'"' + b"a" * 2**20 + b'"', JSON_TYPE, "body.size", (413, "FST_ERR_CTP_BODY_TOO_LARGE")),
    "another media type": (
        b"{}",
        {"Content-Type": "application/xml"},
        "body.media-type",
        (415, "FST_ERR_CTP_INVALID_MEDIA_TYPE"),
    ),
    "no media type": (b"{}", {}, "body.media-type", (415, "FST_ERR_CTP_INVALID_MEDIA_TYPE")),
    "a prototype key": (
        b'{"__proto__": 1}',
        JSON_TYPE,
        "body.prototype-key",
        (400, "FST_ERR_CTP_INVALID_JSON_BODY"),
    ),
}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("body", BODIES)
async def test_errors_of_the_framework_have_names_since_2026_10(server: Client, body: str, generation: str):
    data, headers, rule, named = BODIES[body]
    base = await in_world(server, generation, {})
    path = f"{base}{IDENTITIES}{ATTACHED}"
    answer = await server.send("PATCH", path, data=BytesIO(data), headers=fixed(data, headers), token=token())
    expected = named if generation == "2026-10" else (500, "InternalServerError")
    assert (answer.rule, answer.status, answer.error) == (rule, *expected)
    assert answer.json["reqId"].startswith("req-")
    assert answer.json["statusCode"] == answer.status
    assert (answer.headers.get("Connection") == "close") is (answer.status == 415)


@pytest.mark.parametrize("body", BODIES)
async def test_contract_keeps_its_400_in_every_generation(server: Client, body: str):
    data, headers, rule, _ = BODIES[body]
    for generation in GENERATIONS:
        made = await server.send("POST", "/_mock/worlds", {"asOf": generation, "fixtures": fixtures({})}, token=None)
        path = f"/w/{made.json['id']}{IDENTITIES}{ATTACHED}"
        answer = await server.send("PATCH", path, data=BytesIO(data), headers=fixed(data, headers), token=token())
        expected = (400, rule)
        if rule == "body.prototype-key":  # a property like any other that the document does not name
            newest = generation == GENERATIONS[-1]
            expected = (200, "accepted") if newest else (422, "contract.unrecognized-keys")
        assert (answer.status, answer.rule) == expected
