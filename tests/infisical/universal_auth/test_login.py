"""Logins: which are refused and why, and the token that comes of a good one (behaviour 9)."""

from typing import Any

import pytest

from mockserver.infisical.universal_auth.login import LOGIN as RULES
from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import (
    ABOUT,
    EXPIRED,
    GOOD,
    LOGIN,
    OFFICE,
    OFFICE_SECRET,
    ONCE,
    PERIODIC,
    ROBOT,
    SECRET,
    SPENT,
    Hand,
    claims,
    client_id,
    login,
    secrets,
    turned_by_hand,
)

ACME, BELOW, APART = (f"0a000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
SHARED, OF_BELOW = "1d000000-0000-4000-8000-000000000001", "1d000000-0000-4000-8000-000000000002"
NOW = "2027-01-15T08:00:00.000Z"
HOME = {"X-Real-IP": "192.0.2.1"}
OFFICE_IP = {"X-Real-IP": "203.0.113.7"}
SUB_ORGANIZATIONS = f"""
version: 1
organizations:
  - {{ id: {ACME}, name: Acme, slug: acme }}
  - {{ id: {BELOW}, name: Below, slug: below, parent: acme }}
  - {{ id: {APART}, name: Apart, slug: apart, parent: acme }}
identities:
  - id: {SHARED}
    organization: acme
    name: shared
    memberships: [{{ organization: below }}]
    universalAuth:
      clientId: {client_id(SHARED)}
      clientSecrets: [shared, {{ secret: over, numUsesLimit: 1, numUses: 1 }}]
  - id: {OF_BELOW}
    organization: below
    name: of-below
    universalAuth: {{ clientId: {client_id(OF_BELOW)}, clientSecrets: [below] }}
"""
UNAUTHORIZED, OK = "UnauthorizedError", (200, None, "accepted")


def outcome(answer: Answer) -> tuple[int, str | None, str]:
    return answer.status, None if answer.status == 200 else in_envelope(answer).error, answer.rule


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile at a fixed time."""
    client = await serve(profile=profile)
    turned_by_hand(client)
    return client


@pytest.mark.parametrize(
    ("secret", "identity", "refused_by"),
    [
        pytest.param(SECRET, "1d000000-0000-4000-8000-0000000000ff", "client-id", id="unknown client id"),
        pytest.param(SECRET, "robot", "client-id", id="client id that is no UUID"),
        pytest.param("wrong", ROBOT, "secret", id="wrong secret"),
        pytest.param("", ROBOT, "secret", id="empty secret"),
        pytest.param("robot-secre", ROBOT, "secret", id="beginning of a secret"),
        pytest.param("robot-secret-", ROBOT, "secret", id="more than a secret"),
        pytest.param("ROBOT-SECRET", ROBOT, "secret", id="secret in capitals"),
        pytest.param("röbot\0😀", ROBOT, "secret", id="letters of all kinds"),
        pytest.param(OFFICE_SECRET, ROBOT, "secret", id="secret of another identity"),
        pytest.param("robot-revoked-secret", ROBOT, "secret", id="revoked secret"),
        pytest.param("robot-expired-secret", ROBOT, "secret-expired", id="expired secret"),
        pytest.param("robot-spent-secret", ROBOT, "secret-used-up", id="spent secret"),
    ],
)
async def test_what_is_not_known_or_over_is_401(asked: Client, secret: str, identity: str, refused_by: str):
    answer = await login(asked, secret, identity)
    assert outcome(answer) == (401, UNAUTHORIZED, f"universal-login.{refused_by}")


async def test_an_unknown_client_id_and_a_wrong_secret_cannot_be_told_apart(asked: Client):
    unknown, wrong = await login(asked, identity="robot"), await login(asked, "wrong")
    bodies = [{key: value for key, value in each.json.items() if key != "reqId"} for each in (unknown, wrong)]
    assert bodies[0] == bodies[1]


async def test_a_client_id_is_text_so_its_case_counts(asked: Client):
    body = {"clientId": client_id(ROBOT).upper(), "clientSecret": SECRET}
    assert (await asked.send("POST", LOGIN, body, token=None)).rule == "universal-login.client-id"


async def test_blanks_around_id_and_secret_are_cut(asked: Client):
    body = {"clientId": f" {client_id(ROBOT)}\n", "clientSecret": f"\ufeff{SECRET}\t"}
    assert (await asked.send("POST", LOGIN, body, token=None)).status == 200


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        (OFFICE_IP, True),
        ({"X-Real-IP": "::ffff:203.0.113.7"}, True),
        ({"X-Forwarded-For": "203.0.113.7, 192.0.2.1"}, True),
        ({"X-Forwarded-For": "192.0.2.1, 203.0.113.7"}, False),
        ({"X-Real-IP": "2001:db8::1"}, True),
        (HOME, False),
        ({"X-Real-IP": "2001:db9::1"}, False),
        ({}, False),
    ],
)
async def test_a_client_logs_in_from_the_trusted_ips_of_client_secrets(
    asked: Client, headers: dict[str, str], accepted: bool
):
    answer = await login(asked, OFFICE_SECRET, OFFICE, headers=headers)
    assert outcome(answer) == (OK if accepted else (403, "ForbiddenError", "universal-login.address"))


@pytest.mark.parametrize("identity", [ROBOT, OFFICE], ids=["all trusted", "some trusted"])
@pytest.mark.parametrize("text", ["unknown", "203.0.113", "203.0.113.7:80"])
async def test_an_address_that_is_none_is_refused_in_the_profiles_way(
    asked: Client, profile: Profile, identity: str, text: str
):
    secret = SECRET if identity == ROBOT else OFFICE_SECRET
    answer = await login(asked, secret, identity, headers={"X-Forwarded-For": text})
    expected = (400, "BadRequest") if profile is Profile.CONTRACT else (500, "InternalServerError")
    assert outcome(answer) == (*expected, "universal-login.address-unreadable")


async def test_a_good_login_answers_a_token_that_can_be_used(asked: Client):
    answer = await login(asked)
    assert outcome(answer) == OK
    assert answer.json == {
        "accessToken": answer.json["accessToken"],
        "expiresIn": 3600,
        "accessTokenMaxTTL": 7200,
        "tokenType": "Bearer",
    }
    token = claims(answer)
    assert token == {
        "identityId": ROBOT,
        "identityName": "robot",
        "authMethod": "universal-auth",
        "orgId": ACME,
        "rootOrgId": ACME,
        "parentOrgId": ACME,
        "clientSecretId": GOOD,
        "identityAccessTokenId": token["jti"],
        "jti": token["jti"],
        "ipRestrictionEnabled": True,
        "accessTokenTTL": 3600,
        "accessTokenMaxTTL": 7200,
        "accessTokenPeriod": 0,
        "creationEpoch": 1_800_000_000,
        "numUsesLimit": 50,
        "authTokenType": "identityAccessToken",
        "identityAuth": {},
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
    }
    assert (await asked.send("GET", ABOUT + ROBOT, token=answer.json["accessToken"])).status == 200
    assert claims(await login(asked))["jti"] != token["jti"]


@pytest.mark.parametrize(
    ("settings", "expires_in", "max_ttl", "lives"),
    [
        ({"accessTokenTTL": 60, "accessTokenMaxTTL": 0}, 60, 0, 60),
        ({"accessTokenTTL": 0, "accessTokenMaxTTL": 0}, 7776000, 0, 7776000),
        ({"accessTokenTTL": 0, "accessTokenMaxTTL": 100}, 100, 100, 100),
        ({"accessTokenTTL": 315360000, "accessTokenMaxTTL": 315360000}, 7776000, 315360000, 7776000),
        ({"accessTokenTTL": 7776001, "accessTokenMaxTTL": 8000000}, 7776000, 8000000, 7776000),
        ({"accessTokenTTL": 500, "accessTokenMaxTTL": 100}, 100, 100, 100),
        ({"accessTokenPeriod": 600}, 600, 0, 600),
        ({"accessTokenPeriod": 600, "accessTokenTTL": 10, "accessTokenMaxTTL": 20}, 600, 0, 600),
        ({"accessTokenPeriod": 7776001}, 7776000, 0, 7776000),
    ],
)
async def test_the_lifetime_that_is_answered_is_the_real_one_and_the_max_ttl_the_configured_one(
    server: Client, settings: dict[str, int], expires_in: int, max_ttl: int, lives: int
):
    turned_by_hand(server)
    state = await server.state()
    robot = next(each for each in state["identities"] if each["id"] == ROBOT)
    robot["universalAuth"].update(settings)
    assert (await server.send("PUT", "/_mock/worlds/default/state", state)).status == 204
    answer = await login(server)
    assert (answer.json["expiresIn"], answer.json["accessTokenMaxTTL"]) == (expires_in, max_ttl)
    token = claims(answer)
    assert token["exp"] - token["iat"] == lives
    assert token["accessTokenPeriod"] == settings.get("accessTokenPeriod", 0)
    assert token["accessTokenMaxTTL"] == max_ttl
    assert token["accessTokenTTL"] == settings.get("accessTokenPeriod", settings.get("accessTokenTTL"))


async def test_a_periodic_robot_and_a_token_without_limit_of_uses(server: Client):
    answer = await login(server, "periodic-robot-secret", PERIODIC)
    assert (answer.json["expiresIn"], answer.json["accessTokenMaxTTL"]) == (600, 0)
    assert "numUsesLimit" not in claims(answer)


async def test_a_good_login_counts_a_use_of_its_secret_and_is_remembered(asked: Client):
    before = await secrets(asked)
    assert [(await login(asked)).status for _ in range(2)] == [200, 200]
    after = await secrets(asked)
    assert after.pop(GOOD) == {**before.pop(GOOD), "numUses": 1, "updatedAt": NOW}
    assert after == before
    home = asked.mock.worlds.default.state.identities[ROBOT].home
    assert (home.last_login_method, home.last_login_at) == ("universal-auth", 1_800_000_000_000)


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [("2026-05", [1, 2, 3, 4]), ("2026-08", [1, 1, 2, 2]), ("2026-09", [1, 1, 2, 2]), ("2026-10", [1, 1, 2, 2])],
)
async def test_the_uses_of_a_secret_without_a_limit_rise_once_in_ten_seconds(
    serve: Serve, profile: Profile, as_of: str, counts: list[int]
):
    asked = await serve(profile=profile, as_of=as_of)
    clock = turned_by_hand(asked)
    found = []
    for wait in (0, 9.999, 0.001, 9.999):
        clock.later(wait)
        assert outcome(await login(asked)) == OK
        found.append((await secrets(asked))[GOOD]["numUses"])
    assert found == counts
    await asked.send("POST", "/_mock/reset", token=None)  # forgets when a use was counted
    assert outcome(await login(asked)) == OK
    assert (await secrets(asked))[GOOD]["numUses"] == 1


async def test_each_use_of_a_secret_with_a_limit_counts(serve: Serve, profile: Profile):
    asked = await serve(profile=profile, as_of="2026-10", fixtures_yaml=SUB_ORGANIZATIONS.replace("numUses: 1", ""))
    assert outcome(await login(asked, "over", SHARED)) == OK
    assert outcome(await login(asked, "over", SHARED)) == (401, UNAUTHORIZED, "universal-login.secret-used-up")


async def test_a_login_commits_once(server: Client):
    world = server.mock.worlds.default
    for secret, commits in (
        (SECRET, 1),
        ("wrong", 1),
        (SECRET, 1),
        ("robot-expired-secret", 1),
        ("robot-spent-secret", 1),
    ):
        before = world.revision
        await login(server, secret)
        assert world.revision - before == commits, secret
    before = world.revision
    await login(server, identity="nobody")
    await login(server, OFFICE_SECRET, OFFICE, headers=HOME)
    await login(server, slug="No Slug")
    assert world.revision == before


async def test_a_secret_is_good_for_as_many_logins_as_it_may(asked: Client):
    assert (await login(asked, "robot-once-secret")).status == 200
    assert (await secrets(asked))[ONCE]["numUses"] == 1
    assert (await login(asked, "robot-once-secret")).rule == "universal-login.secret-used-up"
    assert (await login(asked, "robot-once-secret")).rule == "universal-login.secret"


@pytest.mark.parametrize(
    ("secret", "id", "rule"),
    [
        ("robot-expired-secret", EXPIRED, "universal-login.secret-expired"),
        ("robot-spent-secret", SPENT, "universal-login.secret-used-up"),
    ],
)
async def test_a_secret_at_its_end_is_revoked_by_the_login_that_finds_out(
    asked: Client, secret: str, id: str, rule: str
):
    """The exception to the law that a refused request changes nothing."""
    before = await asked.state()
    assert (await login(asked, secret)).rule == rule
    found = await secrets(asked)
    assert (found[id]["revoked"], found[id]["updatedAt"], found[id]["numUses"]) == (True, NOW, 2 if id == SPENT else 0)
    after = await asked.state()
    for state in (before, after):
        robot = next(each for each in state["identities"] if each["id"] == ROBOT)
        robot["universalAuth"]["clientSecrets"] = [
            each for each in robot["universalAuth"]["clientSecrets"] if each["id"] != id
        ]
    assert after == before
    assert (await login(asked, secret)).rule == "universal-login.secret"


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (9.999, True), (10, True), (10.001, False)])
async def test_a_secret_expires_after_its_ttl(asked: Client, seconds: float, accepted: bool):
    clock = turned_by_hand(asked)
    made = await asked.send("POST", f"{ABOUT}{ROBOT}/client-secrets", {"ttl": 10})
    clock.later(seconds)
    expected = OK if accepted else (401, UNAUTHORIZED, "universal-login.secret-expired")
    assert outcome(await login(asked, made.json["clientSecret"])) == expected


async def test_a_token_outlives_the_end_of_its_secret_but_not_its_revocation(asked: Client):
    clock = turned_by_hand(asked)
    made = (await asked.send("POST", f"{ABOUT}{ROBOT}/client-secrets", {"ttl": 10})).json
    token = (await login(asked, made["clientSecret"])).json["accessToken"]
    clock.later(11)
    assert (await login(asked, made["clientSecret"])).rule == "universal-login.secret-expired"
    assert (await asked.send("GET", ABOUT + ROBOT, token=token)).status == 200
    await asked.send("POST", f"{ABOUT}{ROBOT}/client-secrets/{made['clientSecretData']['id']}/revoke")
    assert (await asked.send("GET", ABOUT + ROBOT, token=token)).rule == "token.revoked"


@pytest.fixture
async def below(serve: Serve, profile: Profile) -> Client:
    """A server of either profile with sub-organizations."""
    client = await serve(profile=profile, fixtures_yaml=SUB_ORGANIZATIONS)
    turned_by_hand(client)
    return client


@pytest.mark.parametrize(
    ("identity", "secret", "slug", "expected", "counts_in"),
    [
        (SHARED, "shared", "acme", OK, ACME),
        (SHARED, "shared", "below", OK, BELOW),
        (SHARED, "shared", " below ", OK, BELOW),
        (SHARED, "shared", "nowhere", (404, "NotFound", "login.organization.unknown"), None),
        (SHARED, "shared", "apart", (401, UNAUTHORIZED, "login.organization.member"), None),
        (SHARED, "over", "nowhere", (401, UNAUTHORIZED, "universal-login.secret-used-up"), None),
        (SHARED, "wrong", "nowhere", (401, UNAUTHORIZED, "universal-login.secret"), None),
        (OF_BELOW, "below", "below", OK, BELOW),
        (OF_BELOW, "below", "acme", OK, BELOW),  # an identity of a sub-organization stays there, whatever is named
        (OF_BELOW, "below", "apart", OK, BELOW),
        (OF_BELOW, "below", "nowhere", OK, BELOW),
        (OF_BELOW, "wrong", "nowhere", (401, UNAUTHORIZED, "universal-login.secret"), None),
    ],
)
async def test_a_login_may_name_the_organization_that_its_token_counts_in(
    below: Client, identity: str, secret: str, slug: str, expected: Any, counts_in: str | None
):
    answer = await login(below, secret, identity, slug=slug)
    assert outcome(answer) == expected
    if counts_in is not None:
        token = claims(answer)
        assert (token["orgId"], token["rootOrgId"]) == (counts_in, ACME)


async def test_a_login_that_is_refused_for_its_organization_uses_up_nothing(below: Client):
    before = await below.state()
    assert (await login(below, "shared", SHARED, slug="nowhere")).status == 404
    assert (await login(below, "shared", SHARED, slug="apart")).status == 401
    assert await below.state() == before


ORDER = (
    ("universal-login.client-id-database", {"identity": "no\0body"}),
    ("universal-login.client-id", {"identity": "nobody"}),
    ("universal-login.address-unreadable", {"headers": {"X-Real-IP": "?"}}),
    ("universal-login.address", {"headers": HOME}),
    ("universal-login.locked", {"failures": 3}),
    ("universal-login.secret-database", {"secret": "wro\0ng"}),
    ("universal-login.secret", {"secret": "wrong"}),
    ("universal-login.secret-expired", {"secret": "expired"}),
    ("universal-login.secret-used-up", {"secret": "spent"}),
    ("universal-login.secret-used-up-as-text", {"secret": "ten"}),
    ("login.organization.unknown", {"slug": "nowhere"}),
    ("login.organization.member", {"slug": "apart"}),
)
ORDERED = f"""
version: 1
organizations: [{{ id: {ACME}, name: Acme, slug: acme }}, {{ id: {APART}, name: Apart, slug: apart, parent: acme }}]
identities:
  - id: {ROBOT}
    organization: acme
    name: robot
    universalAuth:
      clientId: {client_id(ROBOT)}
      clientSecretTrustedIps: [{{ ipAddress: 203.0.113.0/24 }}]
      clientSecrets:
        - good
        - {{ secret: expired, ttl: 1, createdAt: 2020-01-01T00:00:00Z }}
        - {{ secret: spent, numUsesLimit: 1, numUses: 1 }}
        - {{ secret: ten, numUsesLimit: 10, numUses: 2 }}
        - {{ secret: old-ten, ttl: 1, createdAt: 2020-01-01T00:00:00Z, numUsesLimit: 10, numUses: 2 }}
        - {{ secret: both, ttl: 1, createdAt: 2020-01-01T00:00:00Z, numUsesLimit: 1, numUses: 1 }}
"""
APART_BY_NATURE = {
    ("universal-login.address-unreadable", "universal-login.address"),
    ("universal-login.secret", "universal-login.secret-expired"),
    ("universal-login.secret", "universal-login.secret-used-up"),
    ("universal-login.secret", "universal-login.secret-used-up-as-text"),
    *(
        ("universal-login.secret-database", f"universal-login.secret{rest}")
        for rest in ("", "-expired", "-used-up", "-used-up-as-text")
    ),
    ("universal-login.client-id-database", "universal-login.client-id"),
    ("universal-login.secret-used-up", "universal-login.secret-used-up-as-text"),
    ("login.organization.unknown", "login.organization.member"),
}
"""Pairs that no login meets both: an address is readable or not, a secret is found or not, a slug is one text."""


LIVE_ONLY = {
    "universal-login.client-id-database",
    "universal-login.secret-database",
    "universal-login.secret-used-up-as-text",
}


@pytest.mark.parametrize(
    ("profile", "place", "behind"),
    [
        pytest.param(profile, place, behind, id=f"{profile}-{ORDER[place][0]} before {ORDER[behind][0]}")
        for profile in Profile
        for place in range(len(ORDER))
        for behind in range(place, len(ORDER))
        if (ORDER[place][0], ORDER[behind][0]) not in APART_BY_NATURE
        if profile is Profile.LIVE or LIVE_ONLY.isdisjoint((ORDER[place][0], ORDER[behind][0]))
    ],
)
async def test_of_two_that_both_refuse_a_login_the_first_wins(serve: Serve, profile: Profile, place: int, behind: int):
    client = await serve(profile=profile, fixtures_yaml=ORDERED)
    turned_by_hand(client)
    asked: dict[str, Any] = {"secret": "good", "identity": ROBOT, "headers": OFFICE_IP}
    asked |= {**ORDER[behind][1], **ORDER[place][1]}
    if {"expired", "spent"} == {ORDER[place][1].get("secret"), ORDER[behind][1].get("secret")}:
        asked["secret"] = "both"
    if {"expired", "ten"} == {ORDER[place][1].get("secret"), ORDER[behind][1].get("secret")}:
        asked["secret"] = "old-ten"
    for _ in range(asked.pop("failures", 0)):
        assert (await login(client, "wrong", ROBOT, headers=OFFICE_IP)).rule == "universal-login.secret"
    assert (await login(client, **asked)).rule == ORDER[place][0]


def test_the_order_has_every_rule_behind_the_schema():
    assert [rule for rule, _ in ORDER] == [rule.id for rule in RULES.rules if not rule.gathers]


@pytest.mark.parametrize(("token", "rule"), [("no-token", "token.malformed"), ("acme-expired-token", "token.expired")])
async def test_a_login_needs_no_token_but_a_bad_one_is_refused(asked: Client, token: str, rule: str):
    body = {"clientId": client_id(ROBOT), "clientSecret": SECRET}
    answer = await asked.send("POST", LOGIN, body, token=token)
    assert (answer.status, answer.error, answer.rule) == (403, "TokenError", rule)
    assert (await asked.send("POST", LOGIN, body)).status == 200


async def test_tokens_of_a_robot_may_do_what_its_role_may(server: Client):
    """The robot is a member: it reads identities, and changes none of their auth methods."""
    clock: Hand = turned_by_hand(server)
    token = (await login(server)).json["accessToken"]
    assert (await server.send("GET", ABOUT + OFFICE, token=token)).status == 200
    refused = await server.send("PATCH", ABOUT + OFFICE, {"lockoutThreshold": 4}, token=token)
    assert (refused.status, refused.rule) == (403, "permission.edit-auth")
    clock.later(3600)
    assert (await server.send("GET", ABOUT + OFFICE, token=token)).rule == "token.expired"
