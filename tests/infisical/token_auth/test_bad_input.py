"""Bodies, paths and queries that the operations do not take, and the issues that name what is wrong."""

from json import dumps
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import in_envelope
from tests.infisical.token_auth.world import BARE, STATIC, Asker

ATTACH, UPDATE = ("POST", f"identities/{BARE}"), ("PATCH", f"identities/{STATIC}")
CREATE, LIST = ("POST", f"identities/{STATIC}/tokens"), ("GET", f"identities/{STATIC}/tokens")
RENAME = ("PATCH", "tokens/70000000-0000-4000-8000-000000000001")
RENEW, REVOKE = ("POST", "/api/v1/auth/token/renew"), ("POST", "/api/v1/auth/token/revoke")
WITH_BODY = {
    "attach": ATTACH,
    "update": UPDATE,
    "create a token": CREATE,
    "rename a token": RENAME,
    "renew": RENEW,
    "revoke": REVOKE,
}
IPS, TTL, MAX, USES = "accessTokenTrustedIps", "accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit"
MANY = 315_360_001
SETTINGS: tuple[tuple[dict[str, Any], list[tuple[str, tuple[Any, ...]]]], ...] = (
    ({IPS: "::/0"}, [("invalid_type", (IPS,))]),
    ({IPS: None}, [("invalid_type", (IPS,))]),
    ({IPS: []}, [("too_small", (IPS,))]),
    ({IPS: [{}]}, [("invalid_type", (IPS, 0, "ipAddress"))]),
    ({IPS: ["::/0"]}, [("invalid_type", (IPS, 0))]),
    ({IPS: [{"ipAddress": "::/0"}, {"ipAddress": 7}]}, [("invalid_type", (IPS, 1, "ipAddress"))]),
    ({TTL: "60"}, [("invalid_type", (TTL,))]),
    ({TTL: True}, [("invalid_type", (TTL,))]),
    ({TTL: None}, [("invalid_type", (TTL,))]),
    ({TTL: 60.5}, [("invalid_type", (TTL,))]),
    ({TTL: -1}, [("too_small", (TTL,))]),
    ({MAX: MANY}, [("too_big", (MAX,))]),
    ({MAX: {}}, [("invalid_type", (MAX,))]),
    ({USES: -1}, [("too_small", (USES,))]),
    ({USES: 0.5}, [("invalid_type", (USES,))]),
    ({USES: "1", TTL: []}, [("invalid_type", (TTL,)), ("invalid_type", (USES,))]),
    ({TTL: 7200, MAX: 3600}, [("custom", ())]),
    ({TTL: MANY, MAX: 60}, [("too_big", (TTL,)), ("custom", ())]),
    ({TTL: 7200, MAX: 3600, USES: "1"}, [("invalid_type", (USES,))]),
)


@pytest.mark.parametrize("operation", [ATTACH, UPDATE], ids=["attach", "update"])
@pytest.mark.parametrize(("body", "issues"), SETTINGS, ids=[dumps(body) for body, _ in SETTINGS])
async def test_settings_that_are_none(operation: tuple[str, str], body: Any, issues: Any, acme: Asker):
    before = acme.state
    answer = in_envelope(await acme.ask(*operation, body))
    assert answer.issues == issues
    assert acme.state == before


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, False),
        ({TTL: 0, MAX: 0}, False),
        ({TTL: 2592000}, False),
        ({TTL: 2592001}, True),
        ({MAX: 2591999}, True),
        ({MAX: 0}, True),
        ({TTL: 1, MAX: 0}, True),
        ({TTL: 0, MAX: 1}, False),
        ({TTL: 60.0, MAX: 6e1}, False),
        ({TTL: MANY - 1, MAX: MANY - 1}, False),
    ],
    ids=str,
)
async def test_attach_compares_the_ttls_with_their_defaults(body: Any, refused: bool, acme: Asker):
    answer = await acme.ask(*ATTACH, body)
    assert answer.rule == ("attach.ttl.body" if refused else "accepted")
    assert not refused or answer.issues == [("custom", ())]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({TTL: 3601, MAX: 3600}, "update.ttl.body"),
        ({TTL: 3601, MAX: 0}, "accepted"),
        ({TTL: 0, MAX: 7200}, "accepted"),
        ({TTL: 0}, "accepted"),
        ({MAX: 0}, "accepted"),
        ({TTL: 7200}, "accepted"),
        ({TTL: 7201}, "update.ttl.stored-max"),
        ({TTL: 7201, MAX: 0}, "update.ttl.stored-max"),
        ({MAX: 3600}, "update.ttl.stored-max"),
        ({TTL: 0, MAX: 3600}, "update.ttl.stored-max"),
        ({TTL: 3600, MAX: 3600}, "accepted"),
        ({MAX: 7200}, "accepted"),
        ({TTL: 9000, MAX: 9000}, "accepted"),
    ],
    ids=str,
)
async def test_update_compares_the_ttls_of_the_body_and_then_the_stored_max(body: Any, rule: str, acme: Asker):
    answer = await acme.ask(*UPDATE, body)
    assert answer.rule == rule
    assert rule != "update.ttl.body" or answer.issues == [("custom", ())]


NAMES: tuple[tuple[Any, str], ...] = ((7, "number"), (None, "null"), ([], "array"), ({}, "object"), (True, "boolean"))


@pytest.mark.parametrize("operation", [CREATE, RENAME], ids=["create", "rename"])
@pytest.mark.parametrize(("name", "received"), NAMES, ids=repr)
async def test_a_name_that_is_no_text(operation: tuple[str, str], name: Any, received: str, acme: Asker):
    answer = in_envelope(await acme.ask(*operation, {"name": name}))
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ("name",))])
    assert answer.json["message"][0]["received"] == received


@pytest.mark.parametrize(
    ("slug", "rule", "code"),
    [
        ("", "contract.body", "too_small"),
        ("a" * 65, "contract.body", "too_big"),
        (7, "contract.body", "invalid_type"),
        (None, "contract.body", "invalid_type"),
        (" ", "login.organization.slug", "too_small"),
        ("acme eu", "login.organization.slug", "custom"),
        ("ACME", "login.organization.slug", "custom"),
        ("acme--eu", "login.organization.slug", "custom"),
    ],
    ids=str,
)
async def test_a_slug_that_is_none(slug: Any, rule: str, code: str, acme: Asker):
    answer = in_envelope(await acme.ask(*CREATE, {"organizationSlug": slug}))
    assert answer.rule == rule
    assert answer.issues == [(code, ("organizationSlug",))]


@pytest.mark.parametrize(
    ("query", "issues"),
    [
        ("offset=-1", [("too_small", ("offset",))]),
        ("offset=101", [("too_big", ("offset",))]),
        ("offset=x", [("invalid_type", ("offset",))]),
        ("offset=NaN", [("invalid_type", ("offset",))]),
        ("offset=0&offset=1", [("invalid_type", ("offset",))]),
        ("limit=0", [("too_small", ("limit",))]),
        ("limit=0.5", [("too_small", ("limit",))]),
        ("limit=101", [("too_big", ("limit",))]),
        ("limit=many", [("invalid_type", ("limit",))]),
        ("limit=true", [("invalid_type", ("limit",))]),
        ("limit=0&offset=-1", [("too_small", ("offset",)), ("too_small", ("limit",))]),
    ],
)
async def test_a_page_that_is_none(query: str, issues: Any, acme: Asker):
    answer = in_envelope(await acme.ask("GET", f"{LIST[1]}?{query}"))
    assert (answer.rule, answer.issues) == ("contract.body", issues)


@pytest.mark.parametrize(
    "query",
    [
        *("offset=100&limit=100", "offset=0.9&limit=1.9", "limit=1", "offset=1e1", "more=1"),
        *("offset=", "offset=%20", "offset=-0", "limit=%201", "limit=%EF%BB%BF1%0A", "limit=0x10", "limit=0B11"),
        *("limit=0o17", "limit=5.", "limit=.5e1", "limit=%2B7", "limit=1E2", "limit=0099"),
    ],
)
async def test_a_page_that_is_one(query: str, acme: Asker):
    assert (await acme.ask("GET", f"{LIST[1]}?{query}")).status == 200


@pytest.mark.parametrize("operation", WITH_BODY.values(), ids=WITH_BODY)
@pytest.mark.parametrize("body", [None, [], "text", 7, True], ids=repr)
async def test_a_body_that_is_no_object(operation: tuple[str, str], body: Any, acme: Asker):
    answer = in_envelope(await acme.ask(*operation, body))
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ())])


@pytest.mark.parametrize("operation", WITH_BODY.values(), ids=WITH_BODY)
async def test_no_body_at_all(operation: tuple[str, str], acme: Asker):
    answer = in_envelope(await acme.ask(*operation))
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ())])


@pytest.mark.parametrize("operation", WITH_BODY.values(), ids=WITH_BODY)
async def test_a_body_that_is_no_json(operation: tuple[str, str], acme: Asker, profile: Profile):
    before = acme.state
    answer = await acme.ask(*operation, data=b'{"name": ', headers={"Content-Type": "application/json"})
    assert in_envelope(answer).rule == "body.syntax"
    assert (answer.status, answer.error) == (
        (400, "BadRequest") if profile is Profile.CONTRACT else (500, "InternalServerError")
    )
    assert acme.state == before


@pytest.mark.parametrize("operation", WITH_BODY.values(), ids=WITH_BODY)
async def test_an_unnamed_property_is_refused_by_contract_and_dropped_by_live(
    operation: tuple[str, str], acme: Asker, profile: Profile
):
    method, path = operation
    token = (await acme.made())["tokenData"]["id"]
    body = {"identityId": STATIC, "accessToken": "static-token"} if path.startswith("/") else {"identityId": STATIC}
    body |= {TTL: 60} if path in (ATTACH[1], UPDATE[1]) else {"name": "n"} if "tokens" in path else {}
    answer = await acme.ask(method, path.replace(RENAME[1], f"tokens/{token}"), body)
    if profile is Profile.CONTRACT:
        assert (answer.rule, answer.issues) == ("contract.unrecognized-keys", [("unrecognized_keys", ())])
        assert answer.json["message"][0]["keys"] == ["identityId"]
    else:
        # A fixed token cannot be renewed; but that is what the request is refused for.
        assert answer.rule == ("token.malformed" if path == RENEW[1] else "accepted")
        assert path == RENEW[1] or answer.headers["Mock-Breach"] == "1"


@pytest.mark.parametrize("operation", [RENEW, REVOKE], ids=["renew", "revoke"])
@pytest.mark.parametrize(
    ("body", "received"),
    [
        ({}, "undefined"),
        ({"accessToken": None}, "null"),
        ({"accessToken": 7}, "number"),
        ({"accessToken": []}, "array"),
    ],
    ids=str,
)
async def test_a_token_that_is_no_text(operation: tuple[str, str], body: Any, received: str, acme: Asker):
    answer = in_envelope(await acme.ask(*operation, body, token=None))
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ("accessToken",))])
    assert answer.json["message"][0]["received"] == received


async def test_numbers_of_uses_past_64_bits(acme: Asker, profile: Profile):
    rows = ((*ATTACH, "token-auth.attach.database", "Create"), (*UPDATE, "token-auth.update.database", "Update by id"))
    for method, path, failure, error in rows:
        before = acme.state
        answer = in_envelope(await acme.ask(method, path, {USES: 2**63}))
        if profile is Profile.CONTRACT:
            assert (answer.rule, answer.issues) == ("column.integer", [("too_big", (USES,))])
        else:
            assert (answer.rule, answer.status, answer.error) == (failure, 500, error)
        assert acme.state == before


UNFIT = {
    "256 characters": ("a" * 256, "token-auth.name.length", "too_big"),
    "NUL": ("a\0", "token-auth.name.nul", "custom"),
}


@pytest.mark.parametrize(("name", "rule", "code"), UNFIT.values(), ids=UNFIT)
async def test_names_that_no_column_takes(name: str, rule: str, code: str, acme: Asker, profile: Profile):
    token = (await acme.made())["tokenData"]["id"]
    rows = (
        (*CREATE, "token-auth.create.database", "Create"),
        ("PATCH", f"tokens/{token}", "token-auth.token.database", "Update"),
    )
    for method, path, failure, error in rows:
        before = acme.state
        answer = in_envelope(await acme.ask(method, path, {"name": name}))
        if profile is Profile.CONTRACT:
            assert (answer.rule, answer.issues) == (rule, [(code, ("name",))])
        else:
            assert (answer.rule, answer.status, answer.error) == (failure, 500, error)
        assert acme.state == before


@pytest.mark.parametrize("name", ["", " padded ", "é😀", "a" * 255, "7"])
async def test_any_other_name_is_kept_as_it_is(name: str, acme: Asker):
    row = (await acme.made(name=name))["tokenData"]
    assert row["name"] == name
    renamed = await acme.ask("PATCH", f"tokens/{row['id']}", {"name": f"{name[1:]}x"})
    assert renamed.json["token"]["name"] == f"{name[1:]}x"


@pytest.mark.parametrize("path", [f"identities/{STATIC}", "tokens/TOKEN"])
async def test_nothing_to_write(path: str, acme: Asker, profile: Profile):
    path = path.replace("TOKEN", (await acme.made(name="n"))["tokenData"]["id"])
    acme.later(60)
    before, shown = acme.state, (await acme.ask("GET", path)).json
    answer = await acme.ask("PATCH", path, {})
    if profile is Profile.CONTRACT:
        assert (answer.status, answer.json) == (200, shown)
    else:
        rule, error = {
            "i": ("update.nothing-to-write", "Update by id"),
            "t": ("token-auth.token.nothing-to-write", "Update"),
        }[path[0]]
        assert (answer.rule, answer.status, answer.error) == (rule, 500, error)
    assert acme.state == before


async def test_a_long_path_and_a_wrong_method_lead_nowhere(acme: Asker, profile: Profile):
    long = await acme.ask("GET", f"tokens/{'x' * 101}")
    assert (long.status, long.rule) == (404, "route.segment")
    wrong = await acme.ask("DELETE", RENAME[1])
    assert (wrong.status, wrong.rule) == (405 if profile is Profile.CONTRACT else 404, "route.method")
    if profile is Profile.CONTRACT:
        assert set(wrong.headers["Allow"].split(", ")) == {"GET", "PATCH"}


async def test_bodies_that_nobody_asked_for_are_ignored(acme: Asker):
    token = (await acme.made())["tokenData"]["id"]
    for method, path in (("POST", f"tokens/{token}/revoke"), ("DELETE", UPDATE[1])):
        assert (await acme.ask(method, path, {"identityId": STATIC, "more": [1]})).status == 200
