"""The ordered checks of an attach, over HTTP: what each row answers, and which of two wins (behaviour 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import jwt
import pytest

from mockserver.infisical.kubernetes_auth.attach import ATTACH as ATTACH_RULES
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import STRANGER, Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    DARK,
    GATEWAYS,
    ORGANIZATIONS,
    POOLS,
    WORLD,
    attach,
    target,
    token,
)

UNTRUSTED = {"accessTokenTrustedIps": [{"ipAddress": "localhost"}]}


@dataclass(frozen=True)
class Scene:
    """Who asks what. None leaves a thing open: then it is the admin of `acme`, a bare identity, directly."""

    body: dict[str, Any] = field(default_factory=dict)
    organization: str | None = None
    roles: frozenset[str] = frozenset()
    identity: str | None = None
    traits: frozenset[str] = frozenset()
    way: str | None = None

    def __add__(self, other: Scene) -> Scene | None:
        """Both at once; None if they contradict each other."""
        chosen: dict[str, Any] = {}
        for name in ("organization", "identity", "way"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if None not in (mine, theirs) and mine != theirs:
                return None
            chosen[name] = theirs if mine is None else mine
        roles = self.roles & other.roles if self.roles and other.roles else self.roles | other.roles
        if self.roles and other.roles and not roles:
            return None
        if any(self.body[name] != other.body[name] for name in self.body.keys() & other.body.keys()):
            return None
        return Scene({**self.body, **other.body}, **chosen, roles=roles, traits=self.traits | other.traits)

    async def ask(self, client: Client) -> Answer:
        # Identities of `acme` are members of `eu` too: for a caller of `eu` they are away from home.
        home = "acme" if self.organization in (None, "eu") else self.organization
        identity = self.identity or target(home, *self.traits)
        caller = token(self.organization or "acme", min(self.roles, default="admin"))
        return await attach(client, {**ATTACH, **self.body}, identity, token=caller)


@dataclass(frozen=True)
class Row:
    """One refusal: scene, rule, and the answer in each profile (None: not refused)."""

    rule: str
    scene: Scene
    contract: tuple[int, str] | None
    live: tuple[int, str] | None


def row(rule: str, status: int, error: str, **scene: Any) -> Row:
    return Row(rule, Scene(**scene), (status, error), (status, error))


HOME, HOBBY = {"organization": "eu"}, {"organization": "hobby"}
THROUGH, POOLED = {"way": "gateway"}, {"way": "pool"}


def sends(**body: Any) -> dict[str, Any]:
    return {"body": body}


LACKING = frozenset({"auth-editor", "reader"})
GATEWAY, POOL = sends(gatewayId=GATEWAYS["prod"]), sends(gatewayPoolId=POOLS["good"])
ROWS = (
    Row(
        "identity.uuid",
        Scene(identity="payments"),
        (404, "NotFound"),
        (500, "MembershipGetByIdentityId"),
    ),
    row("identity.unknown", 404, "NotFound", identity=STRANGER),
    row("identity.home", 403, "ForbiddenError", **HOME),
    row("attach.attached", 400, "BadRequest", traits=frozenset({"attached"})),
    row("permission.edit-auth", 403, "PermissionDenied", roles=frozenset({"reader", "no-access"})),
    row("trusted-ips.plan", 400, "BadRequest", **HOBBY, body=UNTRUSTED),
    row("trusted-ips.valid", 400, "BadRequest", organization="acme", body=UNTRUSTED),
    row("attach.tls.ca-conflict", 400, "BadRequest", **sends(caCert="CA", verifyTlsCertificate=False)),
    row("gateway.plan", 400, "BadRequest", **HOBBY, **THROUGH, **GATEWAY),
    row("gateway.unknown", 404, "NotFound", **THROUGH, **sends(gatewayId=STRANGER)),
    row("gateway.permission", 403, "PermissionDenied", roles=LACKING, **THROUGH, **GATEWAY),
    row("pool.plan", 400, "BadRequest", **HOBBY, **POOLED, **POOL),
    row("pool.permission", 403, "PermissionDenied", roles=LACKING, **POOLED, **sends(gatewayPoolId=STRANGER)),
    row("pool.unknown", 404, "NotFound", **POOLED, **sends(gatewayPoolId=STRANGER)),
    row("pool.healthy", 400, "BadRequest", **POOLED, **sends(gatewayPoolId=POOLS["empty"])),
    row("host.local", 400, "BadRequest", way="direct", **sends(kubernetesHost="https://10.0.0.1")),
    Row(
        "cluster.scheme",
        Scene({"kubernetesHost": "1.2.3.4:6443", "gatewayId": GATEWAYS["prod"]}, way="gateway"),
        (400, "BadRequest"),
        (500, "InternalServerError"),
    ),
    row("cluster.connectivity", 400, "KubernetesHostConnectionRefused", way="direct", **sends(kubernetesHost=DARK)),
    row("cluster.reviewer", 400, "TokenReviewerPermissionError", **sends(tokenReviewerJwt="reviewer-expired")),
    row("identity.instance-admin", 403, "ForbiddenError", traits=frozenset({"instance-admin"})),
    Row("attach.database", Scene({"allowedNames": "a" * 256}), None, (500, "Create")),
)
ORDER = [each.rule for each in ROWS]


def profiles(*rows: Row) -> Iterator[Profile]:
    return (each for each in Profile if all(getattr(one, each) is not None for one in rows))


def pairs() -> Iterator[tuple[Row, Row, Scene]]:
    """Each row with every later one that it can meet in one request."""
    for place, first in enumerate(ROWS):
        for second in ROWS[place + 1 :]:
            both = first.scene + second.scene
            if both is not None:
                yield first, second, both


AUGUST = edition(Profile.LIVE, Generation.AUGUST)


def test_the_table_has_every_rule_behind_the_schema_in_its_order():
    behind_schema = [rule.id for rule in ATTACH_RULES.rules if not rule.gathers and AUGUST in rule.answers]
    apart = ("caller.member", "project.member", "project.permission.edit-auth")  # they have tests of their own
    assert [each for each in behind_schema if each not in apart] == ORDER


@pytest.mark.parametrize("row", ROWS, ids=ORDER)
async def test_each_row_answers_and_stores_nothing(row: Row, asked: Client):
    before = await asked.state()
    answer = await row.scene.ask(asked)
    expected = getattr(row, asked.mock.settings.profile)
    if expected is None:
        assert (answer.status, answer.rule) == (422, "column.length")
    else:
        assert (answer.status, answer.error, answer.rule) == (*expected, row.rule)
    in_envelope(answer)
    assert await asked.state() == before


@pytest.mark.parametrize("first", ROWS, ids=ORDER)
async def test_of_two_that_both_refuse_the_first_wins(first: Row, serve: Serve):
    met = [(second, scene) for one, second, scene in pairs() if one is first]
    for profile in Profile:
        client = await serve(fixtures_yaml=WORLD, profile=profile)
        for second, scene in met:
            if getattr(first, profile) is not None and getattr(second, profile) is not None:
                assert (await scene.ask(client)).rule == first.rule, second.rule


def test_neighbours_meet_but_for_those_that_cannot_or_stand_in_the_table_below():
    met = {(first.rule, second.rule) for first, second, _ in pairs()}
    assert [pair for pair in pairwise(ORDER) if pair not in met] == [
        ("identity.uuid", "identity.unknown"),  # a text is a UUID or not
        ("trusted-ips.plan", "trusted-ips.valid"),  # the text of the former is no address either
        ("gateway.plan", "gateway.unknown"),
        ("gateway.unknown", "gateway.permission"),
        ("gateway.permission", "pool.plan"),  # both are a 422
        ("pool.plan", "pool.permission"),
        ("pool.unknown", "pool.healthy"),
        ("pool.healthy", "host.local"),  # the guard is for direct calls
        ("host.local", "cluster.scheme"),
        ("cluster.scheme", "cluster.connectivity"),
    ]


@pytest.mark.parametrize(
    ("organization", "role", "sent", "rule"),
    [
        pytest.param("hobby", "auth-editor", {"gatewayId": STRANGER}, "gateway.plan", id="gateway: first the plan"),
        pytest.param("acme", "auth-editor", {"gatewayId": STRANGER}, "gateway.unknown", id="then whether it is there"),
        pytest.param("acme", "pool-user", {"gatewayId": GATEWAYS["down"]}, "gateway.permission", id="then permission"),
        pytest.param("acme", "gateway-user", {"gatewayId": GATEWAYS["down"]}, "cluster.connectivity", id="then calls"),
        pytest.param("hobby", "auth-editor", {"gatewayPoolId": STRANGER}, "pool.plan", id="pool: first the plan"),
        pytest.param("acme", "gateway-user", {"gatewayPoolId": STRANGER}, "pool.permission", id="then permission"),
        pytest.param("acme", "pool-user", {"gatewayPoolId": STRANGER}, "pool.unknown", id="then whether it is there"),
        pytest.param("acme", "pool-user", {"gatewayPoolId": POOLS["sick"]}, "pool.healthy", id="then its health"),
        pytest.param(
            "acme",
            "pool-user",
            {"gatewayPoolId": POOLS["good"], "kubernetesHost": DARK},
            "cluster.connectivity",
            id="then calls too",
        ),
    ],
)
async def test_gateway_and_pool_are_asked_in_orders_of_their_own(organization, role, sent, rule, asked: Client):
    answer = await attach(asked, {**ATTACH, **sent}, target(organization), token=token(organization, role))
    assert answer.rule == rule


async def test_a_user_is_no_member_which_is_asked_before_the_permission(asked: Client):
    user = jwt.encode({"authTokenType": "accessToken", "orgId": ORGANIZATIONS["acme"]}, DEFAULT_TOKEN_SECRET, "HS256")
    answer = in_envelope(await attach(asked, ATTACH, token=user))
    assert (answer.status, answer.error) == (403, "ForbiddenError")
    assert answer.rule == "caller.member"
    assert (await attach(asked, ATTACH, target("acme", "attached"), token=user)).rule == "attach.attached"


@pytest.mark.parametrize("row", ROWS, ids=ORDER)
async def test_the_schema_goes_before_every_row(row: Row, client: Client):
    broken = row.scene + Scene({"allowedNamespaces": None})
    assert broken is not None
    assert (await broken.ask(client)).rule == "contract.body"


async def test_a_bad_token_goes_before_the_schema(asked: Client):
    assert (await attach(asked, 7, STRANGER, token="nobody")).rule == "token.malformed"
    assert (await attach(asked, 7, STRANGER, token=None)).rule == "token.missing"


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        *(
            pytest.param({name: text}, rule, id=f"{name} {label}")
            for name in ("allowedNamespaces", "allowedNames", "allowedAudience")
            for text, rule, label in (("é" * 256, "column.length", "of 256"), ("a\0", "column.nul", "with NUL"))
        ),
        pytest.param({"accessTokenNumUsesLimit": 2**63}, "column.integer", id="uses past 64 bits"),
    ],
)
async def test_what_the_database_refuses_is_a_422_or_a_failed_insert(sent, rule: str, asked: Client):
    before = await asked.state()
    answer = in_envelope(await attach(asked, {**ATTACH, **sent}))
    contract = asked.mock.settings.profile is Profile.CONTRACT
    expected = (422, "ValidationFailure", rule) if contract else (500, "Create", "attach.database")
    assert (answer.status, answer.error, answer.rule) == expected
    assert await asked.state() == before


async def test_a_host_that_no_column_takes_is_refused_by_the_schema_of_either_profile(asked: Client):
    answer = in_envelope(await attach(asked, {**ATTACH, "kubernetesHost": "a" * 256}))
    assert (answer.status, answer.rule, answer.issues) == (422, "host.length", [("too_big", ("kubernetesHost",))])


async def test_what_is_encrypted_is_of_any_length_and_character(asked: Client):
    text = "é\0" * 200
    record = (await attach(asked, {**ATTACH, "caCert": text, "tokenReviewerJwt": text})).record
    assert (record["caCert"], record["tokenReviewerJwt"]) == (text, text)
