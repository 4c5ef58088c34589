"""Tenants that break a rule, fail, hang, close or talk nonsense: reported, without a traceback, and nothing is left."""

import asyncio
import json
from collections import Counter

import pytest
from aiohttp import web

from mockserver.parity.client import Unreachable
from mockserver.parity.look import Refused
from mockserver.parity.scripts import bundled
from tests.conftest import Serve
from tests.parity.tenants import QUICK, STATE, before, never, parity, rules, scripts, stub

BROKEN = (
    *("identity.unknown", "identity.uuid", "attach.attached", "trusted-ips.valid", "get.not-attached"),
    *("update.ttl.body", "update.ttl.stored-max", "update.nothing-to-write", "revoke.not-attached", "host.blank"),
    *("host.length", "host.characters", "attach.host.needed", "mode.gateway-needed", "gateway.both"),
    *("attach.ttl.order", "attach.tls.ca-required", "update.ttl.order", "gateway.unknown", "pool.unknown"),
    *("host.local", "cluster.connectivity", "cluster.reviewer", "update.tls.ca-required", "update.tls.ca-conflict"),
    *("update.database", "role.known", "caller.organization", "token-auth.token.unknown", "permission.edit"),
    *("universal-login.secret", "universal-login.client-id", "client-secret.unknown", "method.not-attached"),
    *("template.settings", "template.private-host", "update.template.managed-field", "boundary.revoke-auth"),
)


def accepting(rule: str):
    """Answer 200 where the rule rejects: the rule is gone."""

    async def meddle(request, response, content):
        if response.headers.get("Mock-Rule") != rule:
            return None
        return web.json_response({"identity": {}, "message": "accepted"})

    return meddle


@pytest.mark.parametrize("rule", BROKEN)
async def test_a_tenant_without_a_rule_is_told_that_rule(serve: Serve, rule: str):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    others = ("accepted.getMachineIdentityById", "route.unknown", "body.syntax")
    async with before(tenant.url, accepting(rule)) as url:
        report = await parity(url, scripts=scripts(rule, *others))
    assert rules(report) == {rule}
    assert report.mismatches[0].difference.field == "status"
    assert {"accepted", "route.unknown", "body.syntax"} <= set(report.confirmed)
    assert (await tenant.get(STATE)).json == state


@pytest.mark.parametrize("rule", ["gateway.unknown", "pool.unknown", "trusted-ips.valid"])
async def test_another_refusal_is_not_taken_for_a_missing_plan(serve: Serve, rule: str):
    async def meddle(request, response, content):
        if response.headers.get("Mock-Rule") != rule:
            return None
        body = {"reqId": "req-1", "statusCode": 400, "message": "The cluster cannot be reached", "error": "BadRequest"}
        return web.json_response(body, status=400)

    tenant = await serve(profile="live", as_of=None)
    async with before(tenant.url, meddle) as url:
        report = await parity(url, scripts=scripts(rule, "gateway.plan", "pool.plan", "trusted-ips.plan"))
    assert rules(report) <= {rule}
    assert not set(report.confirmed) & {"gateway.plan", "pool.plan", "trusted-ips.plan"}
    if rule.endswith(".unknown"):
        assert rules(report) == {rule}


@pytest.mark.extensive
@pytest.mark.parametrize("rule", BROKEN[::4])
async def test_of_all_rules_only_the_broken_one_is_named(serve: Serve, rule: str):
    tenant = await serve(profile="live", as_of=None)
    async with before(tenant.url, accepting(rule)) as url:
        report = await parity(url)
    assert rule in rules(report)
    assert len(rules(report)) <= 4
    assert report.left == ()


async def nonsense(_: web.Request) -> web.Response:
    return web.Response(text="<h1>hello</h1>", content_type="text/html")


async def other_json(_: web.Request) -> web.Response:
    return web.Response(text="[1, 2", content_type="application/json")


async def closing(request: web.Request) -> web.Response:
    request.transport.close()
    return web.Response()


async def gateway_error(_: web.Request) -> web.Response:
    return web.Response(status=502, text="bad gateway")


@pytest.mark.parametrize("handler", [nonsense, other_json, closing, gateway_error, never])
async def test_what_is_no_service_is_unreachable(handler):
    async with stub(handler) as url:
        with pytest.raises(Unreachable, match="GET /api/status has no answer of the service"):
            await parity(url, timeout=0.3)


async def test_nothing_listens(unused_tcp_port: int):
    with pytest.raises(Unreachable, match="no connection"):
        await parity(f"http://127.0.0.1:{unused_tcp_port}")


async def test_a_tenant_that_fails_at_everything_differs():
    async def fails(_: web.Request) -> web.Response:
        body = {"reqId": "req-1", "statusCode": 500, "error": "InternalServerError", "message": "Something went wrong"}
        return web.json_response(body, status=500)

    async with stub(fails) as url:
        report = await parity(url, scripts=QUICK)
    assert report.mismatches
    assert report.left == ()


async def test_a_token_that_is_rejected_is_a_mistake_of_usage(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    with pytest.raises(Refused, match="rejects the token: 403 TokenError"):
        await parity(tenant.url, token="nobody")
    with pytest.raises(Refused, match="not of organization"):
        await parity(tenant.url, organization="0a000000-0000-4000-8000-0000000000ff")


@pytest.mark.parametrize("how", ["closes", "hangs", "talks nonsense"])
async def test_a_tenant_that_ends_in_the_middle_is_unreachable_and_clean(serve: Serve, how: str):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    seen = Counter()

    async def fail_in_the_middle(request, response, content):
        seen["all"] += 1
        finds = request.path.endswith(("/search", "/sub-organizations"))
        if seen["all"] < 120 or request.method == "DELETE" or finds:  # those clean up
            return None
        if how == "closes":
            request.transport.close()
        if how == "hangs":
            await asyncio.sleep(2)
        return web.Response(text="nonsense")

    async with before(tenant.url, fail_in_the_middle) as url:
        with pytest.raises(Unreachable, match="3 calls in a row"):
            await parity(url, scripts=QUICK, timeout=0.5)
    assert (await tenant.get(STATE)).json == state


async def test_a_tenant_that_cuts_some_connections_differs_and_is_clean(serve: Serve):
    """The answers are lost after the tenant has made what it was asked for."""
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    seen = Counter()

    async def cut(request, response, content):
        seen["all"] += 1
        if request.method == "POST" and seen["all"] % 7 == 0:
            request.transport.close()
            return web.Response()
        return None

    async with before(tenant.url, cut) as url:
        report = await parity(url, scripts=QUICK)
    assert "the connection was closed without an answer" in {each.difference.tenant for each in report.mismatches}
    assert report.left == ()
    assert (await tenant.get(STATE)).json == state


async def test_429_is_honoured_with_its_retry_after(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    seen = Counter()

    async def limited(request, response, content):
        seen["all"] += 1
        if seen["all"] % 10 == 0:
            body = {"reqId": "r", "statusCode": 429, "error": "RateLimitExceeded", "message": "m"}
            return web.json_response(body, status=429, headers={"Retry-After": "0"})
        return None

    chosen = scripts("identity.unknown", "accepted.getMachineIdentityById", "host.blank")
    async with before(tenant.url, limited) as url:
        report = await parity(url, scripts=chosen)
    assert rules(report) == set()
    assert report.waited > 0


async def test_the_rate_is_kept(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    loop = asyncio.get_running_loop()
    from mockserver.parity.run import Options, run

    begun = loop.time()
    report = await run(Options(tenant.url, "acme-admin-token", rate=1200, scripts=scripts("route.unknown")), iter)
    assert loop.time() - begun >= (report.requests - 1) * 60 / 1200


async def test_a_run_that_is_cancelled_leaves_nothing(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    task = asyncio.ensure_future(parity(tenant.url))
    await asyncio.sleep(1)
    assert (await tenant.get(STATE)).json != state
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await tenant.get(STATE)).json == state


@pytest.mark.parametrize("path", ["/api/v1/identities", "/api/v1/identity-templates"])
@pytest.mark.parametrize("number", [1, 3])
async def test_a_run_that_is_cancelled_before_an_answer_finds_what_was_made(serve: Serve, path: str, number: int):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    made, seen = asyncio.Event(), Counter()

    async def hold_back(request, response, content):
        if (request.method, request.path) == ("POST", path):
            seen["all"] += 1
            if seen["all"] == number:
                made.set()
                await asyncio.sleep(1)

    async with before(tenant.url, hold_back) as url:
        task = asyncio.ensure_future(parity(url))
        await made.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await tenant.get(STATE)).json == state


async def test_what_is_kept_has_a_recognisable_name(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    report = await parity(tenant.url, keep=True, scripts=scripts("accepted.getMachineIdentityById"))
    assert rules(report) == set()
    names = [each["name"] for each in (await tenant.get(STATE)).json["identities"]]
    assert len([each for each in names if each.startswith("infisical-mock-parity-")]) == 1


async def test_what_cannot_be_removed_is_named(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    deleted = Counter()

    async def keep_the_second(request, response, content):
        if request.method != "DELETE" or not request.path.startswith("/api/v1/identities/"):
            return None
        deleted["all"] += 1
        if deleted["all"] == 1:  # of the first look
            return None
        body = json.dumps({"reqId": "r", "statusCode": 403, "error": "PermissionDenied", "message": "m"})
        return web.Response(status=403, text=body, content_type="application/json")

    async with before(tenant.url, keep_the_second) as url:
        report = await parity(url, scripts=scripts("accepted.getMachineIdentityById"))
    assert len(report.left) == 1
    assert report.left[0].startswith("/api/v1/identities/")


def test_the_broken_rules_are_thirty_at_least():
    assert len(set(BROKEN)) >= 30
    assert set(BROKEN) <= {script.rule for script in bundled()}
