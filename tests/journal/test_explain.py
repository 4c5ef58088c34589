"""`GET /_mock/requests/{id}/explain`: every rule with what it looked at, and where the contract speaks of it."""

import pytest

from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from tests.client import AUDITOR, IDENTITIES, PAYMENTS, VERIFIED, Client
from tests.conftest import Serve

OPERATION = "openapi.yaml#/paths/~1api~1v1~1auth~1kubernetes-auth~1identities~1{identityId}/patch/requestBody"
SCHEMA = f"{OPERATION}/content/application~1json/schema"


async def explained(client: Client, answer, accept: str = "*/*"):
    got = await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain", headers={"Accept": accept})
    assert got.status == 200
    return got


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        pytest.param(
            {"accessTokenTTL": 99_999_999_999},
            [("contract.body", "/accessTokenTTL", f"{SCHEMA}/properties/accessTokenTTL/maximum")],
            id="maximum",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": 7}]},
            [
                (
                    "contract.body",
                    "/accessTokenTrustedIps/0/ipAddress",
                    f"{SCHEMA}/properties/accessTokenTrustedIps/items/properties/ipAddress/type",
                )
            ],
            id="type, deep inside",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{}]},
            [
                (
                    "contract.body",
                    "/accessTokenTrustedIps/0",
                    f"{SCHEMA}/properties/accessTokenTrustedIps/items/required",
                )
            ],
            id="required",
        ),
        pytest.param(
            {"nope": 1},
            [("contract.unrecognized-keys", "", f"{SCHEMA}/additionalProperties")],
            id="unknown property",
        ),
        pytest.param(
            {"kubernetesHost": "a b"},
            [("host.characters", "/kubernetesHost", f"{SCHEMA}/properties/kubernetesHost")],
            id="what the schema does not say",
        ),
        pytest.param(None, [("contract.body", "", f"{SCHEMA}/type")], id="null"),
        pytest.param(
            {"allowedNames": 7, "nope": 1},
            [
                ("contract.body", "/allowedNames", f"{SCHEMA}/properties/allowedNames/type"),
                ("contract.unrecognized-keys", "", f"{SCHEMA}/additionalProperties"),
            ],
            id="two",
        ),
    ],
)
async def test_a_422_points_into_the_contract(server: Client, body, issues):
    said = (await explained(server, await server.update(body))).json
    found = {(each["rule"], each["pointer"], each["contract"]) for each in said["issues"]}
    assert found == set(issues)


async def test_no_body_where_one_is_required_points_at_that(server: Client):
    said = (await explained(server, await server.send("PATCH", IDENTITIES + PAYMENTS))).json
    assert [each["contract"] for each in said["issues"]] == [f"{OPERATION}/required"]


async def test_a_parameter_points_at_its_schema(server: Client):
    answer = await server.send("GET", "/api/v1/sub-organizations?limit=x")
    said = (await explained(server, answer)).json
    assert answer.status == 422
    assert all("/schema/type" in each["contract"] for each in said["issues"])


async def test_every_pointer_leads_to_something(server: Client):
    document = server.mock.contract.document.value
    for body in ({"accessTokenTTL": -1, "nope": 1, "gatewayId": "x", "tokenReviewMode": "y", "kubernetesHost": ""}, []):
        said = (await explained(server, await server.update(body))).json
        assert said["issues"]
        for each in said["issues"]:
            value = document
            for step in each["contract"].partition("#/")[2].split("/"):
                value = value[step.replace("~1", "/").replace("~0", "~")]


async def test_the_deciding_rule_comes_with_its_source_and_its_answer(server: Client):
    said = (await explained(server, await server.update({"accessTokenMaxTTL": 60}))).json
    assert said["stage"] == "operation"
    assert said["decidedBy"] == {
        "rule": "update.ttl.stored-max",
        "says": (
            "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL`. The stored maximum replaces each of the two that"
            " is not sent or is 0; a maximum of 0 is no limit."
        ),
        "source": {"kind": "service", "where": "update, decision list row 13", "date": "2026-08-20"},
        "answer": {"status": 400, "error": "BadRequest"},
        "docs": "docs/reference/rules.md#update.ttl.stored-max",
    }


async def test_links_to_rules_lead_to_the_site_that_the_server_was_given(serve: Serve):
    server = await serve(docs_url="https://docs.example/")
    link = "https://docs.example/reference/rules/#update.ttl.stored-max"
    refused = await server.update({"accessTokenMaxTTL": 60})
    path = f"/_mock/requests/{refused.headers['Mock-Request-Id']}"
    assert (await server.get(path)).json["docs"] == link
    assert (await server.get(f"{path}/explain")).json["decidedBy"]["docs"] == link
    assert (
        f"  docs: {link}\n" in (await server.get(f"{path}/explain", headers={"Accept": "text/plain"})).content.decode()
    )
    assert link in {each["docs"] for each in (await server.get("/_mock/rules")).json["rules"]}


async def test_an_accepted_request_has_no_rule_to_read_about(server: Client):
    accepted = await server.update({"allowedNames": "a"})
    assert (await server.get(f"/_mock/requests/{accepted.headers['Mock-Request-Id']}")).json["docs"] is None


async def test_facts_of_the_world_are_shown_as_they_were_asked(server: Client):
    said = (await explained(server, await server.update({"allowedNames": "a"}, token=AUDITOR))).json
    (row,) = [each for each in said["rules"] if each["verdict"] == "refused"]
    assert row["rule"] == "permission.edit-auth"
    assert row["facts"][0] == {
        "question": "callerMay",
        "of": {"action": "edit-auth", "subject": "identity"},
        "answer": False,
    }


async def test_what_results_is_shown_beside_what_is_stored_and_sent(server: Client):
    said = (await explained(server, await server.update({"caCert": ""}, VERIFIED))).json
    assert said["rule"] == "update.tls.ca-required"
    (row,) = [each for each in said["rules"] if each["verdict"] == "refused"]
    fields = {each["field"]: each for each in row["fields"]}
    assert (fields["caCert"]["sent"], fields["caCert"]["resulting"]) == ("", "")
    assert fields["caCert"]["stored"].startswith("-----BEGIN")
    assert fields["verifyTlsCertificate"] == {"field": "verifyTlsCertificate", "stored": True, "resulting": True}


async def test_secrets_are_masked_on_every_side(server: Client):
    await server.update({"tokenReviewerJwt": "s3cret-one"})
    body = {"tokenReviewerJwt": "s3cret-two", "kubernetesHost": "https://prod.k8s.example:6443"}
    answer = await server.update(body)
    login = await server.send("POST", "/api/v1/auth/kubernetes-auth/login", {"identityId": PAYMENTS, "jwt": "s3cret"})
    for each in (answer, login):
        for accept in ("application/json", "text/plain"):
            assert b"s3cret" not in (await explained(server, each, accept)).content


async def test_a_public_operation_is_not_asked_for_a_token(server: Client):
    login = await server.send("POST", "/api/v1/auth/kubernetes-auth/login", {"identityId": "x", "jwt": "y"}, token=None)
    said = (await explained(server, login)).json
    assert "token.missing" not in [row["rule"] for row in said["rules"]]
    said = (await explained(server, await server.update({}))).json
    assert "token.missing" in [row["rule"] for row in said["rules"]]


async def test_an_answer_of_ours_that_broke_the_contract_is_told(server: Client, monkeypatch: pytest.MonkeyPatch):
    broken = {edition: each._replace(read=lambda record: {"id": record.id}) for edition, each in BEHAVIOUR.items()}
    monkeypatch.setattr("mockserver.api.kubernetes_auth.get.BEHAVIOUR", broken)
    answer = await server.send("GET", IDENTITIES + PAYMENTS)
    assert answer.status == 500
    said = (await explained(server, answer)).json
    assert said["decidedBy"]["rule"] == "mock.response-contract"
    assert said["responseBreaches"]
    assert "refused" not in [row["verdict"] for row in said["rules"]]
    assert b"BREACHES BY THIS MOCK" in (await explained(server, answer, "text/plain")).content


async def test_breaches_that_were_let_through_are_listed(live: Client):
    answer = await live.update({"allowedNames": "a", "nope": 1})
    said = (await explained(live, answer)).json
    assert (said["rule"], said["profile"]) == ("accepted", "live")
    assert said["requestBreaches"] == [
        {"pointer": "", "keyword": "additionalProperties", "reason": "does not allow nope"}
    ]
    assert b"BREACHES BY THE CLIENT" in (await explained(live, answer, "text/plain")).content


async def test_a_request_that_is_not_there_is_404(server: Client):
    assert (await server.get("/_mock/requests/req-none/explain")).status == 404


PAGE = """\
PATCH /api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002
400 Bad Request  world default, revision 0, profile contract, generation 2026-08  2027-01-15T08:00:00.000Z  {ms} ms
{id}

DECISION
  refused by update.ttl.stored-max, which answers 400 BadRequest
  Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL`. The stored maximum replaces each of the
  two that is not sent or is 0; a maximum of 0 is no limit.
  source: service, update, decision list row 13 (2026-08-20)
  docs: docs/reference/rules.md#update.ttl.stored-max
  reason: Access token TTL (7200) must not be greater than its max TTL (60)

FIELDS of the rule that refused
  field              stored  sent  resulting
  accessTokenMaxTTL  7200    60    60
  accessTokenTTL     3600    -     3600

RULES, IN ORDER
  route       held        world.unknown, route.encoding, route.unknown, route.segment, route.method
"""


async def test_the_page_is_for_a_terminal(serve):
    server = await serve(clock=1_800_000_000_000)
    answer = await server.update({"accessTokenMaxTTL": 60})
    got = await explained(server, answer, "text/plain")
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = got.content.decode()
    ms = (await server.journalled(answer))["milliseconds"]
    wanted = PAGE.format(ms=ms, id=answer.headers["Mock-Request-Id"])
    assert " ".join(text.split()).startswith(" ".join(wanted.split()))
    assert wanted.partition("DECISION")[2] in text
    assert "  operation   REFUSED     update.ttl.stored-max\n" in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100
