"""Every refusal of the Token Auth operations over HTTP: status, `error`, the rule, and that nothing has changed."""

from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import in_envelope
from tests.infisical.token_auth.world import (
    BARE,
    BOSS,
    BOSS_BARE,
    CHIEF,
    CHIEF_BARE,
    EURO,
    FEW,
    HOBBY_BARE,
    HOBBY_STATIC,
    PEER,
    STATIC,
    STRANGER,
    USER,
    Asker,
)


class Row(NamedTuple):
    """One refusal. `TOKEN` in a path is the id of a token of `of`, which is made before."""

    rule: str
    status: int
    error: str
    method: str
    path: str
    token: str = "ops-token"
    body: Any = None
    of: tuple[str, str] = (STATIC, "ops-token")
    revoked: bool = False
    live: tuple[int, str] | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path[:11]}{self.path[46:]} {self.rule}"


NOT_FOUND, BAD_REQUEST, FORBIDDEN = (404, "NotFound"), (400, "BadRequest"), (403, "ForbiddenError")
NO_MEMBER = (403, "ForbiddenError")
DENIED, BEYOND = (403, "PermissionDenied"), (403, "PermissionBoundaryError")
NO_UUID = (500, "MembershipGetByIdentityId")
LOCALHOST, OFFICE = [{"ipAddress": "localhost"}], [{"ipAddress": "10.0.0.0/8"}]


def one(rule: str, answer: tuple[int, str], method: str, path: str, token: str = "ops-token", **more: Any) -> Row:
    return Row(rule, *answer, method, path, token, **more)


def about_identity(method: str, path: str, body: Any) -> tuple[Row, ...]:
    """The refusals of whatever is about the identity of a path; `{}` in the path is its id."""
    return (
        one("identity.uuid", NOT_FOUND, method, path.format("static"), body=body, live=NO_UUID),
        one("identity.unknown", NOT_FOUND, method, path.format(STRANGER), body=body),
        one("identity.unknown", NOT_FOUND, method, path.format(STATIC), "hobby-token", body=body),
        one("identity.home", FORBIDDEN, method, path.format(STATIC), "ops-eu-token", body=body),
    )


ONE, TOKENS, TOKEN = "identities/{}", "identities/{}/tokens", "tokens/TOKEN"
REVOKE = f"{TOKEN}/revoke"
ROWS = (
    *about_identity("POST", ONE, {}),
    one("attach.attached", BAD_REQUEST, "POST", ONE.format(STATIC), body={}),
    one("caller.member", NO_MEMBER, "POST", ONE.format(BARE), USER, body={}),
    one("permission.edit-auth", DENIED, "POST", ONE.format(BARE), "member-token", body={}),
    one("boundary.edit-auth", BEYOND, "POST", ONE.format(BOSS_BARE), "clerk-token", body={}),
    one("identity.instance-admin", FORBIDDEN, "POST", ONE.format(CHIEF_BARE), body={}),
    one(
        "trusted-ips.plan",
        BAD_REQUEST,
        "POST",
        ONE.format(HOBBY_BARE),
        "hobby-token",
        body={"accessTokenTrustedIps": OFFICE},
    ),
    one("trusted-ips.valid", BAD_REQUEST, "POST", ONE.format(BARE), body={"accessTokenTrustedIps": LOCALHOST}),
    *about_identity("PATCH", ONE, {"accessTokenTTL": 60}),
    one("update.not-attached", BAD_REQUEST, "PATCH", ONE.format(BARE), body={"accessTokenTTL": 60}),
    one("update.ttl.stored-max", BAD_REQUEST, "PATCH", ONE.format(STATIC), body={"accessTokenTTL": 7201}),
    one("caller.member", NO_MEMBER, "PATCH", ONE.format(STATIC), USER, body={"accessTokenTTL": 60}),
    one("permission.edit-auth", DENIED, "PATCH", ONE.format(STATIC), "member-token", body={"accessTokenTTL": 60}),
    one("boundary.edit-auth", BEYOND, "PATCH", ONE.format(BOSS), "clerk-token", body={"accessTokenTTL": 60}),
    one("identity.instance-admin", FORBIDDEN, "PATCH", ONE.format(CHIEF), body={"accessTokenTTL": 60}),
    one(
        "trusted-ips.plan",
        BAD_REQUEST,
        "PATCH",
        ONE.format(HOBBY_STATIC),
        "hobby-token",
        body={"accessTokenTrustedIps": OFFICE},
    ),
    one("trusted-ips.valid", BAD_REQUEST, "PATCH", ONE.format(STATIC), body={"accessTokenTrustedIps": LOCALHOST}),
    *about_identity("GET", ONE, None),
    one("get.not-attached", NOT_FOUND, "GET", ONE.format(BARE)),
    one("caller.member", NO_MEMBER, "GET", ONE.format(STATIC), USER),
    one("permission.read", DENIED, "GET", ONE.format(STATIC), "nobody-token"),
    *about_identity("DELETE", ONE, None),
    one("revoke.not-attached", BAD_REQUEST, "DELETE", ONE.format(BARE)),
    one("caller.member", NO_MEMBER, "DELETE", ONE.format(STATIC), USER),
    one("permission.edit", DENIED, "DELETE", ONE.format(STATIC), "auditor-token"),
    one("boundary.revoke-auth", BEYOND, "DELETE", ONE.format(STATIC), "member-token"),
    one("boundary.revoke-auth", BEYOND, "DELETE", ONE.format(BOSS), "clerk-token"),
    one("identity.instance-admin", FORBIDDEN, "DELETE", ONE.format(CHIEF)),
    *about_identity("POST", TOKENS, {}),
    one("method.not-attached", BAD_REQUEST, "POST", TOKENS.format(BARE), body={}),
    one("caller.member", NO_MEMBER, "POST", TOKENS.format(STATIC), USER, body={}),
    one("permission.edit", DENIED, "POST", TOKENS.format(STATIC), "auditor-token", body={}),
    one("boundary.create-token", BEYOND, "POST", TOKENS.format(STATIC), "member-token", body={}),
    one("boundary.create-token", BEYOND, "POST", TOKENS.format(BOSS), "clerk-token", body={}),
    one("identity.instance-admin", FORBIDDEN, "POST", TOKENS.format(CHIEF), body={}),
    one("login.organization.unknown", NOT_FOUND, "POST", TOKENS.format(STATIC), body={"organizationSlug": "acme-us"}),
    one("login.organization.unknown", NOT_FOUND, "POST", TOKENS.format(STATIC), body={"organizationSlug": "hobby"}),
    one(
        "login.organization.member",
        (401, "UnauthorizedError"),
        "POST",
        TOKENS.format(FEW),
        body={"organizationSlug": "acme-eu"},
    ),
    *about_identity("GET", TOKENS, None),
    one("method.not-attached", BAD_REQUEST, "GET", TOKENS.format(BARE)),
    one("caller.member", NO_MEMBER, "GET", TOKENS.format(STATIC), USER),
    one("permission.read", DENIED, "GET", TOKENS.format(STATIC), "nobody-token"),
    one("identity.instance-admin", FORBIDDEN, "GET", TOKENS.format(CHIEF)),
    *(
        row
        for method, path, body in (("GET", TOKEN, None), ("PATCH", TOKEN, {"name": "n"}), ("POST", REVOKE, None))
        for row in (
            one("token-auth.token.unknown", NOT_FOUND, method, path.replace("TOKEN", STRANGER), body=body),
            one("token-auth.token.unknown", NOT_FOUND, method, path.replace("TOKEN", "any text"), body=body),
            one("identity.unknown", NOT_FOUND, method, path, "hobby-token", body=body),
            one("identity.home", FORBIDDEN, method, path, "ops-eu-token", body=body),
            one("identity.unknown", NOT_FOUND, method, path, body=body, of=(EURO, "ops-eu-token")),
            one("caller.member", NO_MEMBER, method, path, USER, body=body),
        )
    ),
    one("permission.read", DENIED, "GET", TOKEN, "nobody-token"),
    one("permission.edit", DENIED, "PATCH", TOKEN, "auditor-token", body={"name": "n"}),
    one("boundary.create-token", BEYOND, "PATCH", TOKEN, "member-token", body={"name": "n"}),
    one("identity.instance-admin", FORBIDDEN, "PATCH", TOKEN, body={"name": "n"}, of=(CHIEF, "chief-token")),
    one("token-auth.token.revoked", NOT_FOUND, "POST", REVOKE, revoked=True),
    one("permission.edit", DENIED, "POST", REVOKE, "auditor-token"),
    one("identity.instance-admin", FORBIDDEN, "POST", REVOKE, of=(CHIEF, "chief-token")),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_each_refusal(row: Row, acme: Asker, profile: Profile):
    path = row.path
    if "TOKEN" in path:
        token_id = (await acme.made(*row.of))["tokenData"]["id"]
        path = path.replace("TOKEN", token_id)
        if row.revoked:
            await acme.ask("POST", f"tokens/{token_id}/revoke")
    before = acme.state
    answer = await acme.ask(row.method, path, *([] if row.body is None else [row.body]), token=row.token)
    expected = row.live if row.live and profile is Profile.LIVE else (row.status, row.error)
    assert (answer.rule, answer.status, answer.error) == (row.rule, *expected), answer.content
    in_envelope(answer)
    assert acme.state == before


ALLOWED = (
    ("GET", ONE.format(STATIC), "auditor-token", None),
    ("GET", TOKENS.format(STATIC), "auditor-token", None),
    ("PATCH", ONE.format(STATIC), "editor-token", {"accessTokenTTL": 60}),
    ("POST", ONE.format(BARE), "editor-token", {}),
    ("PATCH", ONE.format(CHIEF), "chief-token", {"accessTokenTTL": 60}),
    ("GET", TOKENS.format(CHIEF), "chief-token", None),
    ("POST", TOKENS.format(CHIEF), "chief-token", {}),
    ("DELETE", ONE.format(CHIEF), "chief-token", None),
    ("GET", ONE.format(CHIEF), "ops-token", None),
    ("PATCH", ONE.format(PEER), "clerk-token", {"accessTokenTTL": 60}),
    ("POST", TOKENS.format(PEER), "clerk-token", {}),
    ("DELETE", ONE.format(PEER), "clerk-token", None),
    ("POST", ONE.format(HOBBY_BARE), "hobby-token", {"accessTokenTrustedIps": [{"ipAddress": " ::/0 "}]}),
)


@pytest.mark.parametrize(
    ("method", "path", "token", "body"), ALLOWED, ids=[f"{row[0]} {row[1][-13:]} {row[2]}" for row in ALLOWED]
)
async def test_whoever_may_do_it_is_not_refused(method: str, path: str, token: str, body: Any, acme: Asker):
    answer = await acme.ask(method, path, *([] if body is None else [body]), token=token)
    assert (answer.status, answer.rule) == (200, "accepted"), answer.content


async def test_a_member_may_revoke_a_token_but_not_rename_it(acme: Asker):
    token_id = (await acme.made())["tokenData"]["id"]
    assert (await acme.ask("PATCH", f"tokens/{token_id}", {"name": "n"}, token="member-token")).status == 403
    assert (await acme.ask("POST", f"tokens/{token_id}/revoke", token="member-token")).status == 200


async def test_what_the_boundary_misses_is_named(acme: Asker):
    new = await acme.ask("POST", TOKENS.format(STATIC), {}, token="member-token")
    assert new.json["details"] == {"missingPermissions": [{"action": "create-token", "subject": "identity"}]}
    old = await acme.ask("POST", TOKENS.format(BOSS), {}, token="clerk-token")
    missing = old.json["details"]["missingPermissions"]
    assert {"action": "attach-gateways", "subject": "gateway"} in missing
    assert {"action": "edit", "subject": "identity"} not in missing


async def test_a_token_elsewhere_is_refused_by_the_name_of_its_identity(acme: Asker):
    token_id = (await acme.made())["tokenData"]["id"]
    answer = await acme.ask("GET", f"tokens/{token_id}", token="hobby-token")
    assert STATIC in answer.json["message"]
    assert token_id not in answer.json["message"]


async def test_the_id_of_a_token_is_a_text_whose_case_counts(acme: Asker):
    token_id = (await acme.made())["tokenData"]["id"]
    answer = await acme.ask("GET", f"tokens/{token_id.upper()}")
    assert token_id != token_id.upper()
    assert (answer.status, answer.rule) == (404, "token-auth.token.unknown")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", ONE.format(BARE), {}),
        ("PATCH", ONE.format(STATIC), {}),
        ("GET", ONE.format(STATIC), None),
        ("DELETE", ONE.format(STATIC), None),
        ("POST", TOKENS.format(STATIC), {}),
        ("GET", TOKENS.format(STATIC), None),
        ("GET", TOKEN, None),
        ("PATCH", TOKEN, {}),
        ("POST", REVOKE, None),
    ],
)
async def test_each_operation_needs_a_token(method: str, path: str, body: Any, acme: Asker):
    answer = in_envelope(await acme.ask(method, path, *([] if body is None else [body]), token=None))
    assert (answer.status, answer.rule) == (401, "token.missing")
