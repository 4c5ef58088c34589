"""A proxy before the mock: it passes everything on, checks it, keeps it without secrets, and judges it as the mock."""

import asyncio
import json
import re

import pytest

from tests.client import ADMIN, BARE, IDENTITIES, PAYMENTS, VERIFIED, Client
from tests.conftest import Serve
from tests.control.test_own_contract import CONTRACT
from tests.parity.proxies import Proxied, proxied
from tests.parity.tenants import QUICK, before, parity, scripts
from tests.parity.test_bad_tenants import accepting

__all__ = ["proxied"]
STATE, FAULTS = "/_mock/worlds/default/state", "/_mock/worlds/default/faults"
OWN = re.compile(rb"req-[0-9a-z]{14}")
AUTH = "/api/v1/auth"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


async def told(proxy: Client, answer) -> dict:
    """What explain says of the exchange."""
    return (await proxy.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")).json


@pytest.fixture
async def upstream(serve: Serve) -> Client:
    return await serve()


@pytest.fixture
async def proxy(proxied: Proxied, upstream: Client) -> Client:
    return await proxied(upstream.url)


REQUESTS = (
    ("GET", IDENTITIES + PAYMENTS, None),
    ("HEAD", "/api/status", None),
    ("PATCH", IDENTITIES + PAYMENTS, {"allowedNames": "api"}),
    ("PATCH", IDENTITIES + PAYMENTS, {"nonsense": 1}),
    ("POST", "/api/v1/identities/search", {"search": {"name": {"$contains": "a"}}, "limit": 2}),
    ("DELETE", IDENTITIES + BARE, None),
    ("GET", "/api/v1/nothing?a=%2F&b=a+b", None),
    ("PUT", IDENTITIES + PAYMENTS, {}),
    ("GET", "/openapi.yaml", None),
    ("GET", "/", None),
    ("OPTIONS", "/api/status", None),
)


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_the_client_gets_what_the_upstream_answers(upstream: Client, proxy: Client, method, path, body):
    more = {} if body is None else {"json": body}
    direct, through = await upstream.send(method, path, **more), await proxy.send(method, path, **more)
    assert through.status == direct.status
    without_times = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z")
    assert without_times.sub(b"", OWN.sub(b"", through.content)) == without_times.sub(b"", OWN.sub(b"", direct.content))
    ours = {"Mock-Request-Id", "Mock-Rule", "Mock-Breach", "Date", "Connection", "Keep-Alive"}
    assert {name: value for name, value in through.headers.items() if name not in ours} == {
        **{name: value for name, value in direct.headers.items() if name not in ours},
        "Mock-World": "default",
    }
    assert through.headers["Mock-Request-Id"] != json.loads(through.content or b"{}").get("reqId") if body else True
    entry = await proxy.journalled(through)
    assert (entry["status"], entry["method"], entry["world"]) == (direct.status, method, "default")


async def test_it_judges_an_update_of_a_record_that_it_has_seen(upstream: Client, proxy: Client):
    await proxy.send("GET", IDENTITIES + PAYMENTS)
    accepted = await proxy.update({"accessTokenTTL": 60})
    rejected = await proxy.update({"accessTokenTTL": 9_000_000, "accessTokenMaxTTL": 60})
    assert (accepted.status, rejected.status) == (200, 422)
    for answer in (accepted, rejected):
        said = await told(proxy, answer)
        assert said["mockSays"] == "The mock would have answered the same"
        assert (said["differs"], said["differences"], said["notCompared"]) == ([], [], None)
        assert said["mock"]["status"] == answer.status
    assert rejected.rule == "update.ttl.order"
    assert said["decidedBy"]["rule"] == "update.ttl.order"
    assert accepted.rule == "accepted"


async def test_without_the_record_it_judges_what_the_request_says_alone(proxy: Client):
    unseen = await told(proxy, await proxy.update({"accessTokenTTL": 60}, VERIFIED))
    assert (unseen["mock"], unseen["differs"]) == (None, [])
    assert unseen["notCompared"] == "it has not seen the record before this request"
    for answer in (
        await proxy.update({"allowedNames": 5}, VERIFIED),
        await proxy.update({"nonsense": 5}, VERIFIED),
        await proxy.send("PATCH", IDENTITIES + VERIFIED, data=b"{", headers={"Content-Type": "application/json"}),
        await proxy.update({"allowedNames": "a"}, "no-uuid"),
        await proxy.update({"allowedNames": "a"}, token=None),
    ):
        said = await told(proxy, answer)
        assert said["mock"]["status"] == answer.status >= 400
        assert said["differs"] == []
        assert said["rule"] == answer.rule == said["mock"]["rule"]


async def test_it_learns_from_what_is_written(proxy: Client):
    attached = await proxy.send(
        "POST", f"{AUTH}/universal-auth/identities/{BARE}", {"accessTokenTTL": 100, "accessTokenMaxTTL": 100}
    )
    updated = await proxy.send("PATCH", f"{AUTH}/universal-auth/identities/{BARE}", {"accessTokenTTL": 50})
    deleted = await proxy.send("DELETE", f"{AUTH}/universal-auth/identities/{BARE}")
    again = await proxy.send("PATCH", f"{AUTH}/universal-auth/identities/{BARE}", {"accessTokenTTL": 50})
    assert [each.status for each in (attached, updated, deleted, again)] == [200, 200, 200, 404]
    for each in (updated, deleted, again):
        said = await told(proxy, each)
        assert said["mock"]["status"] == each.status
        assert said["differs"] == []


async def test_an_identity_shows_which_methods_are_not_attached(proxy: Client):
    await proxy.send("GET", f"/api/v1/identities/{BARE}")
    answer = await proxy.send("PATCH", f"{AUTH}/token-auth/identities/{BARE}", {"accessTokenTTL": 50})
    assert (await told(proxy, answer))["mock"]["rule"] == answer.rule == "update.not-attached"


async def test_it_judges_what_is_done_to_an_identity(proxy: Client):
    path = f"/api/v1/identities/{BARE}"
    read = await proxy.send("GET", path)
    renamed = await proxy.send("PATCH", path, {"name": "new", "metadata": [{"key": "a", "value": "b"}]})
    protected = await proxy.send("PATCH", path, {"hasDeleteProtection": True})
    kept = await proxy.send("DELETE", path)
    await proxy.send("PATCH", path, {"hasDeleteProtection": False, "name": "new"})
    again = await proxy.send("GET", path)
    gone = await proxy.send("DELETE", path)
    assert [each.status for each in (read, renamed, protected, kept, again, gone)] == [200, 200, 200, 400, 200, 200]
    for each in (read, renamed, protected, kept, again, gone):
        said = await told(proxy, each)
        assert (said["mock"] or {}).get("status") == each.status, said["mockSays"]
        assert said["differs"] == []


async def test_it_tells_which_fields_differ(upstream: Client, proxied: Proxied, log):
    proxy = await proxied(upstream.url, profile="live")
    await proxy.send("GET", IDENTITIES + PAYMENTS)
    answer = await proxy.update({"allowedNames": "a", "nonsense": True})
    said = await told(proxy, answer)
    assert answer.status == 422
    assert said["mock"] == {"status": 200, "error": None, "rule": "accepted"}
    assert said["differs"] == ["status"]
    assert said["differences"] == [{"field": "status", "upstream": 422, "mock": 200}]
    assert said["mockSays"] == "The mock would have answered 200; differs in status"
    text = (await proxy.get("/_mock/requests/latest/explain", headers={"Accept": "text/plain"})).content.decode()
    assert "The mock would have answered 200; differs in status" in text
    assert "rejected by the upstream of this proxy, with 422" in text
    assert (await proxy.journalled(answer))["differs"] == ["status"]
    archive = (await proxy.get("/_mock/requests.har")).json["log"]["entries"]
    assert [each["_differs"] for each in archive] == [[], ["status"]]
    assert "differs from the mock" in log.getvalue()


async def test_breaches_of_the_document_are_kept_and_logged(upstream: Client, proxy: Client, log):
    answer = await proxy.update({"nonsense": True})
    entry = await proxy.journalled(answer)
    assert entry["requestBreaches"] == [
        {"pointer": "", "keyword": "additionalProperties", "reason": "does not allow nonsense"}
    ]
    assert entry["responseBreaches"] == []
    assert answer.headers["Mock-Breach"] == "1"
    assert "breaks the contract" in log.getvalue()


@pytest.mark.parametrize("as_of", ["2026-05", "2026-08", "2026-09", "2026-10"])
async def test_before_the_mock_no_script_of_parity_shows_a_difference(serve: Serve, proxied: Proxied, as_of: str):
    upstream = await serve(profile="live", as_of=as_of)
    proxy = await proxied(upstream.url, profile="live", as_of=as_of, journal_size=10_000, journal_bytes=1 << 30)
    report = await parity(proxy.url, as_of=as_of, scripts=QUICK)
    assert report.mismatches == []
    kept = [each for each in proxy.mock.journal.newest_first() if each.mock_answer is not None]
    assert [each.mock_answer.says for each in kept if each.mock_answer.differences] == []
    assert [each.response_breaches for each in kept if each.response_breaches] == []
    judged = [each for each in kept if not each.mock_answer.unknown]
    assert len(judged) > 200


BROKEN = (
    *("identity.uuid", "attach.attached", "trusted-ips.valid", "get.not-attached", "revoke.not-attached"),
    *("update.ttl.order", "update.ttl.stored-max", "attach.ttl.order", "attach.tls.ca-required", "update.not-attached"),
    *("update.tls.ca-required", "update.tls.ca-conflict", "gateway.both", "host.length", "host.blank"),
    *("identity.delete-protection", "update.nothing-to-write", "mode.gateway-needed", "host.local", "body.syntax"),
)


@pytest.mark.parametrize("rule", BROKEN)
async def test_an_upstream_without_a_rule_differs_in_it(serve: Serve, proxied: Proxied, rule: str):
    upstream = await serve(profile="live", as_of=None)
    async with before(upstream.url, accepting(rule)) as url:
        proxy = await proxied(url, profile="live", as_of=None)
        await parity(proxy.url, scripts=scripts(rule))
    answers = [each.mock_answer for each in proxy.mock.journal.newest_first() if each.mock_answer.differences]
    assert {each.rule for each in answers} == {rule}
    assert {tuple(each.differs) for each in answers} == {("status",)}


async def test_no_secret_of_the_world_is_kept(upstream: Client, proxied: Proxied, log):
    proxy = await proxied(upstream.url, log_level="debug")
    state = json.dumps(await upstream.state())
    secrets = {JWT, ADMIN, "acme-member-token"}
    secrets |= {each["token"] for each in json.loads(state)["accessTokens"]}
    await proxy.send("GET", IDENTITIES + VERIFIED)
    await proxy.update({"tokenReviewerJwt": JWT}, VERIFIED)
    await proxy.send("GET", IDENTITIES + VERIFIED, headers={"Cookie": "session=abcdefgh"})
    made = await proxy.send("POST", f"{AUTH}/universal-auth/identities/{BARE}", {})
    made = await proxy.send("POST", f"{AUTH}/universal-auth/identities/{BARE}/client-secrets", {})
    secrets |= {made.json["clientSecret"], "abcdefgh"}
    record = (await proxy.send("GET", f"{AUTH}/universal-auth/identities/{BARE}")).json["identityUniversalAuth"]
    login = {"clientId": record["clientId"], "clientSecret": made.json["clientSecret"]}
    token = (await proxy.send("POST", f"{AUTH}/universal-auth/login", login, token=None)).json["accessToken"]
    renewed = await proxy.send("POST", f"{AUTH}/token/renew", {"accessToken": token}, token=None)
    secrets |= {token, renewed.json["accessToken"]}
    await proxy.send("GET", f"/api/v1/x?token={token}&password=hunter22", token=None)
    await proxy.send("POST", "/api/v1/x", data=f"clientSecret={made.json['clientSecret']}".encode())
    secrets.add("hunter22")
    kept = (
        b"".join(
            part
            for each in proxy.mock.journal.newest_first()
            for part in (each.headers, each.body, each.response_body, each.target.encode(), each.reason.encode())
        )
        + repr([each.mock_answer for each in proxy.mock.journal.newest_first()]).encode()
    )
    pages = [
        (await proxy.get(path)).content
        for path in ("/_mock/requests.har", "/_mock/requests", "/_mock/metrics", "/_mock/ui/journal")
    ]
    for row in (await proxy.get("/_mock/requests")).json["requests"]:
        for page in ("", "/explain", "/curl", "/test"):
            pages.append((await proxy.get(f"/_mock/requests/{row['id']}{page}")).content)
    everything = kept + b"".join(pages) + log.getvalue().encode()
    assert [each for each in secrets if each.encode() in everything] == []
    assert len(everything) > 10_000


async def test_what_makes_no_sense_is_rejected_with_the_reason(proxy: Client):
    for method, path in (
        ("POST", "/_mock/reset"),
        ("POST", "/_mock/worlds"),
        ("PUT", "/_mock/worlds/a"),
        ("GET", "/_mock/worlds/default/state"),
        ("PUT", "/_mock/worlds/default/clock"),
        ("POST", "/_mock/worlds/default/faults"),
        ("GET", "/_mock/worlds/default/snapshots"),
        ("GET", "/_mock/worlds/default/revisions"),
    ):
        answer = await proxy.send(method, path, {}, token=None)
        assert (answer.status, answer.error) == (501, "NotImplemented"), path
        assert answer.json["message"].startswith("A proxy ")


async def test_tools_of_agents_say_what_a_proxy_lacks(proxy: Client):
    await proxy.update({"nonsense": 1})
    found = {}
    for name, arguments in (
        ("show_state", {}),
        ("add_fault", {"kind": "drop", "where": "after-write"}),
        ("set_clock", {"run": True}),
        ("latest_rejections", {}),
    ):
        params = {"name": name, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = await proxy.send("POST", "/_mock/mcp", message, token=None, headers={"Accept": "application/json"})
        found[name] = answer.json["result"]
    assert [each["isError"] for each in found.values()] == [True, True, True, False]
    assert all(each["content"][0]["text"].startswith("A proxy ") for each in list(found.values())[:3])
    assert "The mock would have answered the same" in found["latest_rejections"]["content"][0]["text"]


async def test_the_rest_of_the_control_api_works(upstream: Client, proxy: Client):
    await proxy.update({"allowedNames": "a"})
    health = (await proxy.get("/_mock/health")).json
    assert (health["status"], health["worlds"], health["generation"]) == ("healthy", 1, "2026-08")
    assert "proxy.unreachable" in {each["id"] for each in (await proxy.get("/_mock/rules")).json["rules"]}
    wanted = {"operation": "updateKubernetesAuth", "count": 1}
    found = await proxy.send("POST", "/_mock/requests/verify", wanted, token=None)
    assert found.status == 200, found.content
    assert b"updateKubernetesAuth" in (await proxy.get("/_mock/metrics")).content
    assert (await proxy.get("/_mock/coverage")).status == 200
    for page in ("/_mock/", "/_mock/ui/rules", "/_mock/ui/coverage", "/_mock/ui/journal", "/_mock/reference"):
        assert (await proxy.get(page)).status == 200, page
    for page in ("worlds", "worlds/default", "worlds/default/state", "worlds/default/clock", "worlds/default/faults"):
        shown = await proxy.get(f"/_mock/ui/{page}")
        assert (shown.status, b"A proxy " in shown.content) == (501, True), page
        assert (
            f'/_mock/ui/{page}"'.encode() not in (await proxy.get("/_mock/ui/journal")).content
            or page == "worlds/default"
        )
    one = (await proxy.get("/_mock/requests")).json["requests"][0]["id"]
    page = (await proxy.get(f"/_mock/ui/requests/{one}")).content
    assert b"The mock cannot tell" in page
    assert (await proxy.send("DELETE", "/_mock/requests", token=None)).status == 204
    assert (await proxy.get("/_mock/requests")).json["requests"] == []
    assert (await upstream.get("/_mock/requests")).json["requests"] != []


async def test_many_requests_at_once(upstream: Client, proxied: Proxied):
    proxy = await proxied(upstream.url)
    answers = await asyncio.gather(
        *(proxy.update({"allowedNames": f"name-{number}"}, PAYMENTS if number % 2 else BARE) for number in range(64))
    )
    assert {each.status for each in answers[1::2]} == {200}
    names = {each.json["identityKubernetesAuth"]["allowedNames"] for each in answers[1::2]}
    assert names == {f"name-{number}" for number in range(1, 64, 2)}
    rows = (await proxy.get("/_mock/requests?limit=1000")).json["requests"]
    assert len(rows) == 64
    assert [row for row in rows if row["differs"]] == []
    assert len({each.headers["Mock-Request-Id"] for each in answers}) == 64


async def test_its_control_api_keeps_to_the_document(upstream: Client, proxied: Proxied):
    proxy = await proxied(upstream.url, profile="live")
    await proxy.send("GET", IDENTITIES + PAYMENTS)
    await proxy.update({"nonsense": True})
    await proxy.send("GET", "/api/v1/nothing")
    broken = []
    rows = (await proxy.get("/_mock/requests")).json["requests"]
    calls = [
        *(("showRequest", f"/_mock/requests/{row['id']}") for row in rows),
        *(("explainRequest", f"/_mock/requests/{row['id']}/explain") for row in rows),
        *(("listRequests", "/_mock/requests"), ("archiveRequests", "/_mock/requests.har")),
        *(("showHealth", "/_mock/health"), ("listRules", "/_mock/rules"), ("showState", STATE), ("listFaults", FAULTS)),
    ]
    for operation, path in calls:
        answer = await proxy.get(path)
        media_type = answer.headers["Content-Type"].partition(";")[0]
        checks = CONTRACT.operations[operation].checks
        broken += checks.response_violations(answer.status, media_type, answer.json)
    assert broken == []
