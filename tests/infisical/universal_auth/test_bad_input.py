"""Bodies that nobody should send to Universal Auth, and the answers that they get all the same."""

from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import BARE, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import ABOUT, GOOD, LOGIN, ROBOT, SECRET, client_id

Issue = tuple[str, tuple[Any, ...]]


class Target(NamedTuple):
    """An operation with a body, the body that is good, and the name of its writing in the database."""

    method: str
    path: str
    good: dict[str, Any]
    write: str
    database: str

    def sent(self, **fields: Any) -> dict[str, Any]:
        return {**self.good, **fields}


ATTACH = Target("POST", ABOUT + BARE, {}, "Create", "universal-auth.attach.database")
UPDATE = Target("PATCH", ABOUT + ROBOT, {"lockoutEnabled": True}, "Update by id", "universal-auth.update.database")
CREATE = Target("POST", f"{ABOUT}{ROBOT}/client-secrets", {}, "Create", "client-secret.database")
LOG_IN = Target("POST", LOGIN, {"clientId": client_id(ROBOT), "clientSecret": SECRET}, "", "")
TARGETS = {"attach": ATTACH, "update": UPDATE, "create a secret": CREATE, "login": LOG_IN}
SETTINGS = {"attach": ATTACH, "update": UPDATE}

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
both_settings = pytest.mark.parametrize("target", SETTINGS.values(), ids=SETTINGS)

TTL_MAX, DEFAULT_TTL = 315360000, 2592000
INTEGERS = ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit", "accessTokenPeriod")
LOCKOUT = {
    "lockoutThreshold": (1, 30),
    "lockoutDurationSeconds": (30, 86400),
    "lockoutCounterResetSeconds": (5, 3600),
}


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


async def issues(client: Client, target: Target, body: Any) -> list[Issue]:
    """The issues of a 422 that changes nothing."""
    before = await client.state()
    answer = await client.send(target.method, target.path, body)
    found = in_envelope(answer).issues
    assert answer.error == "ValidationFailure"
    assert await client.state() == before
    return found


NO_NUMBERS, NO_TEXTS = (None, "1", True, [], {}), (None, 1, True, [], {})
WRONG_TYPES = (
    *(("settings", name, NO_NUMBERS) for name in (*INTEGERS, *LOCKOUT)),
    ("settings", "lockoutEnabled", (None, "true", 1, 0, [], {})),
    ("settings", "clientSecretTrustedIps", (None, "::/0", 1, True, {})),
    ("settings", "accessTokenTrustedIps", (None, "::/0", 1, True, {})),
    ("create a secret", "description", NO_TEXTS),
    ("create a secret", "ttl", NO_NUMBERS),
    ("create a secret", "numUsesLimit", NO_NUMBERS),
    *(("login", name, NO_TEXTS) for name in ("clientId", "clientSecret", "organizationSlug")),
)


@pytest.mark.parametrize(("which", "name", "values"), WRONG_TYPES)
async def test_a_value_of_a_wrong_type_is_named(asked: Client, which: str, name: str, values: tuple[Any, ...]):
    for target in SETTINGS.values() if which == "settings" else (TARGETS[which],):
        for value in values:
            found = await issues(asked, target, target.sent(**{name: value}))
            assert found == [("invalid_type", (name,))], value


TTLS = ("accessTokenTTL", "accessTokenMaxTTL")
BOUNDS: dict[str, tuple[tuple[Any, str], ...]] = {
    **dict.fromkeys(INTEGERS, ((-1, "too_small"), (-1e300, "too_small"), (0.5, "invalid_type"))),
    **dict.fromkeys(TTLS, ((-1, "too_small"), (1e-300, "invalid_type"), (TTL_MAX + 1, "too_big"))),
    **{
        name: tuple((low - by, "too_small") for by in (1, 0.5)) + tuple((high + by, "too_big") for by in (1, 0.5))
        for name, (low, high) in LOCKOUT.items()
    },
    "clientSecretTrustedIps": (([], "too_small"),),
    "accessTokenTrustedIps": (([], "too_small"),),
}


@both_settings
@pytest.mark.parametrize("name", BOUNDS)
async def test_a_value_out_of_bounds_is_named(asked: Client, target: Target, name: str):
    for value, code in BOUNDS[name]:
        beside_the_default = target is ATTACH and (
            (name == "accessTokenMaxTTL" and value < DEFAULT_TTL) or (name == "accessTokenTTL" and value > DEFAULT_TTL)
        )
        expected = [(code, (name,)), *([("custom", ())] if beside_the_default else [])]
        assert await issues(asked, target, target.sent(**{name: value})) == expected, value


async def test_a_period_has_a_maximum_on_update_only(asked: Client):
    period = {"accessTokenPeriod": TTL_MAX + 1}
    assert await issues(asked, UPDATE, period) == [("too_big", ("accessTokenPeriod",))]
    answer = await asked.send("POST", ATTACH.path, period)
    assert answer.json["identityUniversalAuth"]["accessTokenPeriod"] == TTL_MAX + 1


@both_settings
@pytest.mark.parametrize(("name", "bounds"), LOCKOUT.items())
async def test_the_bounds_of_the_lockout_are_accepted(
    asked: Client, target: Target, name: str, bounds: tuple[int, int]
):
    for value in bounds:
        answer = await asked.send(target.method, target.path, target.sent(**{name: value}))
        assert answer.json["identityUniversalAuth"][name] == value
        if target is ATTACH:
            await asked.send("DELETE", target.path)


async def test_a_client_secret_out_of_bounds_is_named(asked: Client):
    for name, value, code in (
        ("ttl", -1, "too_small"),
        ("ttl", -0.5, "too_small"),
        ("ttl", TTL_MAX + 1, "too_big"),
        ("ttl", TTL_MAX + 0.5, "too_big"),
        ("numUsesLimit", -1, "too_small"),
        ("numUsesLimit", -1e300, "too_small"),
    ):
        assert await issues(asked, CREATE, {name: value}) == [(code, (name,))], value


NO_TRUSTED_IPS: tuple[tuple[Any, Issue], ...] = (
    ([{}], ("invalid_type", (0, "ipAddress"))),
    ([{"ipAddress": "::1"}, {"ipAddress": None}], ("invalid_type", (1, "ipAddress"))),
    ([{"ipAddress": "::1"}, "::1"], ("invalid_type", (1,))),
)


@both_settings
@pytest.mark.parametrize("name", ["clientSecretTrustedIps", "accessTokenTrustedIps"])
async def test_an_item_that_is_no_trusted_ip_is_named(asked: Client, target: Target, name: str):
    for items, (code, path) in NO_TRUSTED_IPS:
        assert await issues(asked, target, target.sent(**{name: items})) == [(code, (name, *path))], items


@pytest.mark.parametrize("missing", ["clientId", "clientSecret"])
async def test_a_login_has_id_and_secret(asked: Client, missing: str):
    body = {name: value for name, value in LOG_IN.good.items() if name != missing}
    assert await issues(asked, LOG_IN, body) == [("invalid_type", (missing,))]


async def test_a_login_names_its_organization_by_a_slug(asked: Client):
    for slug, codes in (
        ("", ["too_small"]),
        (" \u3000", ["too_small"]),
        ("a" * 65, ["too_big"]),
        *((text, ["custom"]) for text in ("a b", "a--b", "-a", "ä", "A", "acme-Eu")),
    ):
        found = await issues(asked, LOG_IN, LOG_IN.sent(organizationSlug=slug))
        assert found == [(code, ("organizationSlug",)) for code in codes], slug


DATABASE: tuple[tuple[Target, dict[str, Any], str, list[Issue]], ...] = (
    *(
        (target, {name: 2**63}, rule, [("too_big", (name,))])
        for target, name, rule in (
            (ATTACH, "accessTokenNumUsesLimit", "column.integer"),
            (UPDATE, "accessTokenNumUsesLimit", "column.integer"),
            (ATTACH, "accessTokenPeriod", "universal-auth.column.integer"),
            (CREATE, "numUsesLimit", "client-secret.column.integer"),
        )
    ),
    *(
        (target, {name: 5.5 if low < 6 else 30.5}, "universal-auth.column.integer", [("invalid_type", (name,))])
        for target in (ATTACH, UPDATE)
        for name, (low, _) in LOCKOUT.items()
    ),
    *(
        (CREATE, {name: value}, "client-secret.column.integer", [("invalid_type", (name,))])
        for name in ("ttl", "numUsesLimit")
        for value in (0.5, 59.999)
    ),
    (CREATE, {"numUsesLimit": 1e300}, "client-secret.column.integer", [("too_big", ("numUsesLimit",))]),
    (CREATE, {"description": "a" * 256}, "client-secret.column.text", [("too_big", ("description",))]),
    (CREATE, {"description": "a\0b"}, "client-secret.column.text", [("custom", ("description",))]),
)


@pytest.mark.parametrize(("target", "body", "rule", "found"), DATABASE)
async def test_what_the_database_refuses_is_refused_in_the_profiles_way(
    asked: Client, profile: Profile, target: Target, body: dict[str, Any], rule: str, found: list[Issue]
):
    before = await asked.state()
    answer = in_envelope(await asked.send(target.method, target.path, body))
    if profile is Profile.CONTRACT:
        assert (answer.status, answer.rule, answer.issues) == (422, rule, found)
    else:
        assert (answer.status, answer.error, answer.rule) == (500, target.write, target.database)
    assert await asked.state() == before


async def test_a_number_past_every_double_is_a_number_but_no_whole_one(asked: Client, profile: Profile):
    headers = {"Content-Type": "application/json"}
    answer = in_envelope(await asked.send("POST", CREATE.path, data=b'{"numUsesLimit": 1e999}', headers=headers))
    if profile is Profile.CONTRACT:
        assert (answer.status, answer.issues) == (422, [("invalid_type", ("numUsesLimit",))])
    else:
        assert (answer.status, answer.error, answer.rule) == (500, CREATE.write, CREATE.database)


@every_target
async def test_what_the_contract_does_not_name_is_refused_or_dropped(server: Client, live: Client, target: Target):
    body = target.sent(identityId=ROBOT, subOrganizationName="acme")
    assert await issues(server, target, body) == [("unrecognized_keys", ())]
    answer = await live.send(target.method, target.path, body)
    assert (answer.status, answer.headers["Mock-Breach"]) == (200, "1")


@both_settings
async def test_a_trusted_ip_that_is_sent_back_as_it_was_answered_loses_what_is_not_named(
    server: Client, live: Client, target: Target
):
    body = target.sent(accessTokenTrustedIps=[{"ipAddress": "10.0.0.0", "type": "ipv4", "prefix": 8}])
    assert await issues(server, target, body) == [("unrecognized_keys", ("accessTokenTrustedIps", 0))]
    answer = await live.send(target.method, target.path, body)
    stored = answer.json["identityUniversalAuth"]["accessTokenTrustedIps"]
    assert stored == [{"type": "ipv4", "ipAddress": "10.0.0.0"}]


@every_target
async def test_a_body_that_is_no_object_is_named(asked: Client, target: Target):
    before = await asked.state()
    headers = {"Content-Type": "application/json"}
    for text in (b"null", b"[]", b'"text"', b"7", b"true"):
        answer = await asked.send(target.method, target.path, data=text, headers=headers)
        assert in_envelope(answer).issues == [("invalid_type", ())], text
    assert await asked.state() == before


@every_target
async def test_no_body_at_all_is_named(asked: Client, target: Target):
    assert (await asked.send(target.method, target.path)).issues == [("invalid_type", ())]


@every_target
async def test_a_body_that_cannot_be_read_is_refused_in_the_profiles_way(
    asked: Client, profile: Profile, target: Target
):
    expected = (400, "BadRequest") if profile is Profile.CONTRACT else (500, "InternalServerError")
    for text, media_type, rule in (
        (b"{", "application/json", "body.syntax"),
        (b'{"a": "\xff"}', "application/json", "body.encoding"),
        (b"", "application/json", "body.empty"),
        (b"{}", "application/merge-patch+json", "body.media-type"),
    ):
        answer = await asked.send(target.method, target.path, data=text, headers={"Content-Type": media_type})
        assert (answer.status, in_envelope(answer).error, answer.rule) == (*expected, rule)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{ABOUT}{ROBOT}/clear-lockouts"),
        ("POST", f"{ABOUT}{ROBOT}/client-secrets/{GOOD}/revoke"),
        ("DELETE", ABOUT + ROBOT),
    ],
)
async def test_where_no_body_is_asked_for_any_that_can_be_read_is_ignored(asked: Client, method: str, path: str):
    broken = await asked.send(method, path, data=b"{", headers={"Content-Type": "application/json"})
    assert broken.rule == "body.syntax"
    assert (await asked.send(method, path, {"identityId": 7})).status == 200


@both_settings
async def test_all_issues_come_together_in_the_order_of_the_schema(live: Client, target: Target):
    body = {
        "lockoutCounterResetSeconds": 4,
        "lockoutEnabled": None,
        "accessTokenPeriod": -1,
        "accessTokenTTL": 1.5,
        "accessTokenTrustedIps": [],
        "clientSecretTrustedIps": None,
    }
    assert [path[0] for _, path in await issues(live, target, body)] == [
        "clientSecretTrustedIps",
        "accessTokenTrustedIps",
        "accessTokenTTL",
        "accessTokenPeriod",
        "lockoutEnabled",
        "lockoutCounterResetSeconds",
    ]


@both_settings
async def test_ttl_and_max_ttl_are_not_compared_beside_a_wrong_type(asked: Client, target: Target):
    body = {"accessTokenTTL": 61, "accessTokenMaxTTL": 60}
    assert await issues(asked, target, body) == [("custom", ())]
    assert await issues(asked, target, {**body, "lockoutEnabled": 1}) == [("invalid_type", ("lockoutEnabled",))]
    both = await issues(asked, target, {**body, "lockoutThreshold": 0})
    assert both == [("too_small", ("lockoutThreshold",)), ("custom", ())]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", ABOUT + ROBOT, "DELETE, GET, PATCH, POST"),
        ("GET", LOGIN, "POST"),
        ("DELETE", f"{ABOUT}{ROBOT}/client-secrets", "GET, POST"),
        ("DELETE", f"{ABOUT}{ROBOT}/client-secrets/{GOOD}", "GET"),
        ("GET", f"{ABOUT}{ROBOT}/client-secrets/{GOOD}/revoke", "POST"),
        ("DELETE", f"{ABOUT}{ROBOT}/clear-lockouts", "POST"),
    ],
)
async def test_other_methods_are_refused_in_the_profiles_way(
    server: Client, live: Client, method: str, path: str, allowed: str
):
    refused = await server.send(method, path)
    assert (refused.status, refused.rule, refused.headers["Allow"]) == (405, "route.method", allowed)
    assert (await live.send(method, path)).status == 404
