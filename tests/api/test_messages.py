"""What each refusal of an operation says: status, `error`, what its message carries, and `details` (errors.md)."""

from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, IDENTITIES, STRANGER, Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import user
from tests.infisical.identities.world import HOBBY, PROJECT_BOT, PROTECTED, path
from tests.infisical.identities.world import IDENTITIES as ABOUT
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    GATEWAYS,
    LOGIN,
    NOW,
    ORGANIZATIONS,
    POOLS,
    WORLD,
    target,
    token,
)

BARE, ATTACHED = target(), target("acme", "attached")
A_USER = user(organizationId=ORGANIZATIONS["acme"])
METHODS: dict[str, Any] = {"GET": None, "POST": ATTACH, "PATCH": {"allowedNames": "a"}, "DELETE": None}
GENERIC = "Something went wrong"
UNTRUSTED = {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/33"}]}
TRUSTED = {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]}


class Row(NamedTuple):
    """A request about Kubernetes Auth, and what is answered in both profiles. `words` are all in the message."""

    status: int
    error: str
    words: tuple[str, ...]
    method: str
    identity: str
    body: Any = None
    caller: str = token()
    details: Any = None


def attach(error: str, words: tuple[str, ...], body: Any, status: int = 400, **more: Any) -> Row:
    return Row(status, error, words, "POST", BARE, {**ATTACH, **body}, **more)


def update(error: str, words: tuple[str, ...], body: Any, status: int = 400, **more: Any) -> Row:
    return Row(status, error, words, "PATCH", more.pop("identity", ATTACHED), body, **more)


MISSING_REVOKE = {"missingPermissions": [{"action": "revoke-auth", "subject": "identity"}]}
HOBBY_ADMIN, HOBBYS = {"caller": token("hobby")}, target("hobby", "attached")
LOCAL = ("https://10.0.0.1", "https://127.0.0.1", "https://localhost", "https://host.docker.internal")
ROWS = {
    **{f"unknown, {each}": Row(404, "NotFound", (STRANGER,), each, STRANGER, METHODS[each]) for each in METHODS},
    "not attached, GET": Row(404, "NotFound", (BARE,), "GET", BARE),
    "not attached, PATCH": Row(400, "BadRequest", ("update",), "PATCH", BARE, {"allowedNames": "a"}),
    "not attached, DELETE": Row(400, "BadRequest", ("has no Kubernetes Auth",), "DELETE", BARE),
    "attached": Row(400, "BadRequest", ("already",), "POST", ATTACHED, ATTACH),
    **{
        f"elsewhere, {each}": Row(
            403, "ForbiddenError", ("sub-organization",), each, BARE, METHODS[each], caller=token("eu")
        )
        for each in METHODS
    },
    "not allowed, GET": Row(
        403, "PermissionDenied", ("read", "identity"), "GET", ATTACHED, caller=token("acme", "no-access"), details=[]
    ),
    "not allowed, PATCH": update(
        "PermissionDenied",
        ("edit-auth", "identity"),
        METHODS["PATCH"],
        403,
        caller=token("acme", "member"),
        details=[],
    ),
    "a gateway, not allowed": attach(
        "PermissionDenied",
        ("attach-gateways", "gateway"),
        {"gatewayId": GATEWAYS["prod"]},
        403,
        caller=token("acme", "auth-editor"),
        details=[],
    ),
    "beyond the boundary": Row(
        403,
        "PermissionBoundaryError",
        ("revoke-auth",),
        "DELETE",
        ATTACHED,
        caller=token("acme", "member"),
        details=MISSING_REVOKE,
    ),
    "not a member": Row(403, "ForbiddenError", (), "GET", ATTACHED, caller=A_USER),
    "an instance admin, POST": Row(
        403, "ForbiddenError", ("elevated privileges",), "POST", target("acme", "instance-admin"), ATTACH
    ),
    **{
        f"an instance admin, {each}": Row(
            403,
            "ForbiddenError",
            ("elevated privileges",),
            each,
            target("acme", "attached", "instance-admin"),
            METHODS[each],
        )
        for each in ("PATCH", "DELETE")
    },
    "TTL above its max": update("BadRequest", ("TTL", "max TTL"), {"accessTokenTTL": 2_592_001}),
    "no plan for addresses": update("BadRequest", ("upgrade", "IP"), TRUSTED, identity=HOBBYS, **HOBBY_ADMIN),
    "no plan for gateways": update(
        "BadRequest", ("upgrade", "gateways"), {"gatewayId": GATEWAYS["prod"]}, identity=HOBBYS, **HOBBY_ADMIN
    ),
    "no plan for pools": update(
        "BadRequest", ("upgrade", "gateway pools"), {"gatewayPoolId": POOLS["good"]}, identity=HOBBYS, **HOBBY_ADMIN
    ),
    "no trusted IP": update("BadRequest", ("10.0.0.0/33", "valid"), UNTRUSTED),
    "a gateway that is not there": update("NotFound", (STRANGER,), {"gatewayId": STRANGER}, 404),
    "a pool that is not there": attach("NotFound", (STRANGER,), {"gatewayPoolId": STRANGER}, 404),
    "a pool without a healthy member": attach("BadRequest", ("no healthy gateways",), {"gatewayPoolId": POOLS["sick"]}),
    "a CA is required": update("BadRequest", ("needs a CA",), {"verifyTlsCertificate": True}),
    "a CA is in the way": update(
        "BadRequest", ("cannot be combined",), {"verifyTlsCertificate": False, "caCert": "CA"}
    ),
    **{f"{each}": attach("BadRequest", ("Local", "not allowed"), {"kubernetesHost": each}) for each in LOCAL},
    "a local host is changed to": update("BadRequest", ("Local", "not allowed"), {"kubernetesHost": LOCAL[0]}),
}


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile with the world of Kubernetes Auth."""
    return await serve(profile=profile, fixtures_yaml=WORLD, clock=NOW)


async def ask(client: Client, row: Row) -> Answer:
    sent = {} if row.body is None else {"json": row.body}
    return await client.send(row.method, IDENTITIES + row.identity, token=row.caller, **sent)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_refusal_says(row: Row, client: Client):
    answer = in_envelope(await ask(client, row))
    assert (answer.status, answer.error) == (row.status, row.error)
    assert all(word in answer.json["message"] for word in row.words), answer.json["message"]
    assert answer.json.get("details") == row.details
    assert ("details" in answer.json) is (row.details is not None)


async def test_plans_and_cas_are_told_apart(client: Client):
    for names in (("addresses", "gateways", "pools"), ("required", "in the way")):
        rows = [
            row for name, row in ROWS.items() if name.removeprefix("no plan for ").removeprefix("a CA is ") in names
        ]
        said = {(await ask(client, row)).json["message"] for row in rows}
        assert len(said) == len(rows) == len(names)


async def test_a_login_without_the_method_says_that_it_is_not_configured(client: Client):
    for identity in (BARE, STRANGER):
        answer = in_envelope(await client.send("POST", LOGIN, {"identityId": identity, "jwt": "sa"}, token=None))
        assert (answer.status, answer.error) == (404, "NotFound")
        assert "not configured" in answer.json["message"]


REASONS = {
    "protected": ("DELETE", path(PROTECTED), None, (400, "BadRequest"), "protected"),
    "a project's": ("DELETE", path(PROJECT_BOT), None, (400, "BadRequest"), "project"),
    "changing a project's": ("PATCH", path(PROJECT_BOT), {"name": "n"}, (400, "BadRequest"), "project"),
    "another organization": (
        "POST",
        ABOUT,
        {"name": "n", "organizationId": HOBBY},
        (403, "You are not allowed to access organization resource"),
        "organization",
    ),
}


@pytest.mark.parametrize(("method", "where", "body", "refused", "word"), REASONS.values(), ids=REASONS)
async def test_a_refusal_about_identities_says_its_reason(
    method: str, where: str, body: Any, refused: tuple[int, str], word: str, serve: Serve, profile: Profile
):
    client = await serve(profile=profile)
    answer = in_envelope(await client.send(method, where, token=ADMIN, **({} if body is None else {"json": body})))
    assert (answer.status, answer.error) == refused
    assert word in answer.json["message"]
    assert "details" not in answer.json


FAILURES = {
    "an id that is no UUID": ("GET", f"{IDENTITIES}payments", None, "MembershipGetByIdentityId"),
    "an id that is no UUID, at login": ("POST", LOGIN, {"identityId": "x", "jwt": "y"}, "Find one"),
    "an insert": ("POST", IDENTITIES + BARE, {**ATTACH, "allowedNames": "a" * 256}, "Create"),
    "an update": ("PATCH", IDENTITIES + ATTACHED, {"allowedNames": "a" * 256}, "Update by id"),
    "an update of nothing": ("PATCH", IDENTITIES + ATTACHED, {}, "Update by id"),
    "a body that is no JSON": ("PATCH", IDENTITIES + ATTACHED, b"{", "InternalServerError"),
    "an empty body": ("PATCH", IDENTITIES + ATTACHED, b"", "InternalServerError"),
}


@pytest.mark.parametrize(("method", "where", "body", "error"), FAILURES.values(), ids=FAILURES)
async def test_a_failure_of_the_service_says_the_same_whatever_failed(
    method: str, where: str, body: Any, error: str, serve: Serve
):
    client = await serve(profile="live", fixtures_yaml=WORLD)
    sent = {"data": body, "headers": {"Content-Type": "application/json"}} if isinstance(body, bytes) else {}
    sent = sent or ({} if body is None else {"json": body})
    answer = in_envelope(await client.send(method, where, token=None if where == LOGIN else token(), **sent))
    assert (answer.status, answer.error, answer.json["message"]) == (500, error, GENERIC)


async def test_no_answer_has_headers_of_a_rate_limit(client: Client):
    """As on a server of one's own; only the vendor's cloud sends them."""
    for answer in (
        await client.send("GET", IDENTITIES + ATTACHED, token=token()),
        await client.send("GET", IDENTITIES + STRANGER, token=token()),
        await client.send("POST", LOGIN, {}, token=None),
    ):
        names = {name.lower() for name in answer.headers}
        assert not [name for name in names if name.startswith("x-ratelimit") or name == "retry-after"]
