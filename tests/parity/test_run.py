"""Whole runs with the mock as its own tenant: equal to itself, told apart from other generations, nothing left."""

import asyncio
import json
from itertools import combinations, permutations

import pytest
from aiohttp import web

from mockserver.cli.generation_diff import _differences
from mockserver.control.unscripted import UNSCRIPTED
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, service_account_token
from mockserver.parity.report import Report
from mockserver.parity.service_account import service_account
from mockserver.rules.generation import GENERATIONS, generation_as_of
from tests.client import PAYMENTS, VERIFIED
from tests.conftest import Serve
from tests.parity.tenants import QUICK, STATE, before, parity, rules, scripts

NEEDS_MORE = {
    **UNSCRIPTED,
    "permission.create": "a caller with a custom role",
    "permission.edit": "a caller with a custom role",
    "update.template.plan": "an organization without the plan",
    "update.template.managed-field": "a linked identity, which only one of the generations has",
}
"""Rows of `generations diff` that no script can provoke in a tenant: what they need."""
MORE = {
    "body.chunked-empty": "`generations diff` has requests without a chunked body",
    "body.delete-chunked-empty": "`generations diff` has requests without a chunked body",
    "body.size": "`generations diff` has minimal requests",
    "universal-login.secret-used-up-as-text": "`generations diff` has requests without preparation",
    "identity.memberships.database": "the same integer as of the rule identity.memberships.safe, and larger",
    "token-auth.attach.database": "the same integer as of the rule integer.safe, and larger",
    "token-auth.update.database": "the same integer as of the rule integer.safe, and larger",
}
"""Rules in which parity finds differences that `generations diff` leaves out."""
SOME = {"contract.body", "accepted"}
"""Rules that stand for what a response holds: a difference of another rule can show there too."""


async def rows_of(one: str, other: str) -> set[str]:
    found = await _differences(*sorted((generation_as_of(one), generation_as_of(other))))
    return {each.rule for each in found}


def assert_finds_the_rows(report: Report, rows: set[str], tenant: str) -> None:
    found = rules(report) - set(MORE)
    assert found - SOME == rows - set(NEEDS_MORE) - SOME
    assert report.best == tenant
    assert not any(generation == tenant for generation, _ in report.contradictions)
    assert report.left == ()


async def test_the_mock_is_equal_to_itself(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    begun = asyncio.get_running_loop().time()
    report = await parity(tenant.url)
    assert asyncio.get_running_loop().time() - begun < 60
    assert [(each.rule, each.script, each.difference) for each in report.mismatches] == []
    assert len(report.confirmed) > 120
    assert report.best == "2026-10"
    assert (await tenant.get(STATE)).json == state
    assert report.left == ()
    assert {"login.namespace", "login.name"} <= set(report.not_reached)
    assert "--login-jwt" in report.not_reached["login.namespace"]


@pytest.mark.parametrize(("judged", "tenant"), [("2026-10", "2026-08"), ("2026-08", "2026-09")])
async def test_a_generation_is_told_apart_from_another(serve: Serve, judged: str, tenant: str):
    server = await serve(profile="live", as_of=tenant)
    report = await parity(server.url, as_of=judged, scripts=QUICK)
    assert_finds_the_rows(report, await rows_of(judged, tenant), tenant)


@pytest.mark.extensive
@pytest.mark.parametrize(("judged", "tenant"), list(permutations(map(str, GENERATIONS), 2)))
async def test_every_generation_is_told_apart_from_every_other(serve: Serve, judged: str, tenant: str):
    server = await serve(profile="live", as_of=tenant)
    state = (await server.get(STATE)).json
    report = await parity(server.url, as_of=judged)
    assert_finds_the_rows(report, await rows_of(judged, tenant), tenant)
    assert (await server.get(STATE)).json == state


@pytest.mark.extensive
@pytest.mark.parametrize("generation", list(map(str, GENERATIONS)))
async def test_every_generation_is_equal_to_itself(serve: Serve, generation: str):
    server = await serve(profile="live", as_of=generation)
    report = await parity(server.url, as_of=generation)
    assert rules(report) == set()
    assert report.best == generation


@pytest.mark.extensive
async def test_what_cannot_be_provoked_is_in_some_row():
    rows = set()
    for one, other in combinations(GENERATIONS, 2):
        rows |= {each.rule for each in await _differences(one, other)}
    assert set(NEEDS_MORE) - set(UNSCRIPTED) <= rows
    assert not set(MORE) & rows


async def test_with_a_jwt_the_scripts_that_log_in_are_played(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    jwt = service_account_token("parity", "robot", (), DEFAULT_TOKEN_KEY, 1_700_000_000, 4_000_000_000, "id")
    chosen = scripts("login.namespace", "login.name", "login.review.error", "accepted.loginWithKubernetesAuth")
    report = await parity(tenant.url, login=service_account(jwt), scripts=chosen)
    assert rules(report) == set()
    assert set(report.confirmed) == {"accepted", "login.namespace", "login.name", "login.review.error"}


async def test_an_organization_without_a_plan_is_compared_with_one_like_it(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    report = await parity(tenant.url, token="hobby-admin-token", scripts=QUICK)
    assert rules(report) == set()
    assert {"trusted-ips.plan", "gateway.plan", "pool.plan", "template.plan"} <= set(report.confirmed)
    assert "trusted-ips.valid" in report.not_reached


@pytest.mark.parametrize(
    ("token", "reason"),
    [("acme-member-token", "edit-auth"), ("acme-auditor-token", "POST /api/v1/identities is 403 PermissionDenied")],
)
async def test_what_the_caller_may_not_do_is_not_reached(serve: Serve, token: str, reason: str):
    tenant = await serve(profile="live", as_of=None)
    state = (await tenant.get(STATE)).json
    report = await parity(tenant.url, token=token, scripts=QUICK)
    assert rules(report) == set()
    assert reason in json.dumps(report.not_reached)
    assert (await tenant.get(STATE)).json == state


async def test_a_run_that_only_reads_sends_nothing_but_gets(serve: Serve):
    tenant = await serve(profile="live", as_of=None)
    for identity in (VERIFIED, PAYMENTS):
        report = await parity(tenant.url, identity=identity, scripts=QUICK)
        assert rules(report) == set()
        assert {"accepted", "identity.unknown", "route.unknown"} - set(report.confirmed) <= {"identity.unknown"}
    seen = (await tenant.get("/_mock/requests?limit=1000")).json["requests"]
    assert {each["method"] for each in seen} == {"GET"}


async def test_a_field_that_the_tenant_adds_is_found(serve: Serve):
    tenant = await serve(profile="live", as_of=None)

    async def add(request, response, content):
        if request.method == "GET" and "/kubernetes-auth/" in request.path and response.status == 200:
            body = json.loads(content)
            body["identityKubernetesAuth"]["newField"] = 1
            return web.json_response(body)
        return None

    async with before(tenant.url, add) as url:
        report = await parity(url, scripts=scripts("accepted.getKubernetesAuth", "identity.unknown"))
    row = report.as_json()["different"][0]
    assert row == {
        "rule": "accepted",
        "script": "accepted.getKubernetesAuth",
        "step": 0,
        "field": "identityKubernetesAuth.newField",
        "tenant": 1,
        "mock": "(absent)",
    }
    assert report.confirmed == ["identity.unknown"]
