"""The objects in the list of a 422, whole but for their words: one row for each kind of violation (errors.md)."""

import json
from typing import Any

import pytest

from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES, EngineName
from tests.client import BARE, GATEWAY, IDENTITIES, PAYMENTS, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.world import IDENTITIES as ABOUT
from tests.infisical.kubernetes_auth.world import LOGIN


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """All of this holds whichever engine checks."""
    return request.param


SHORT: dict[str, Any] = {"code": "too_small", "inclusive": True, "exact": False}
LONG: dict[str, Any] = {"code": "too_big", "inclusive": True, "exact": False}
TTL_MAX = 315_360_000


def wrong(expected: str, received: str, *path: str | int) -> dict[str, Any]:
    return {"code": "invalid_type", "expected": expected, "received": received, "path": list(path)}


TYPES = {"null": None, "boolean": True, "number": 7, "string": "s", "array": [], "object": {}}
UPDATES: dict[str, tuple[Any, dict[str, Any]]] = {
    **{
        f"a text that is {name}": ({"allowedNames": value}, wrong("string", name, "allowedNames"))
        for name, value in TYPES.items()
        if name != "string"
    },
    **{
        f"a number that is {name}": ({"accessTokenTTL": value}, wrong("number", name, "accessTokenTTL"))
        for name, value in TYPES.items()
        if name != "number"
    },
    "a flag that is a number": ({"verifyTlsCertificate": 1}, wrong("boolean", "number", "verifyTlsCertificate")),
    "a list that is an object": ({"accessTokenTrustedIps": {}}, wrong("array", "object", "accessTokenTrustedIps")),
    "an item that is a text": (
        {"accessTokenTrustedIps": [{"ipAddress": "::1"}, "::1"]},
        wrong("object", "string", "accessTokenTrustedIps", 1),
    ),
    "missing in an item": (
        {"accessTokenTrustedIps": [{}]},
        wrong("string", "undefined", "accessTokenTrustedIps", 0, "ipAddress"),
    ),
    "a fraction": ({"accessTokenTTL": 1.5}, wrong("integer", "float", "accessTokenTTL")),
    **{
        f"a mode that is {name}": ({"tokenReviewMode": value}, wrong("'api' | 'gateway'", name, "tokenReviewMode"))
        for name, value in TYPES.items()
        if name not in ("string", "number")
    },
    **{
        f"a mode that is the number {text}": (
            {"tokenReviewMode": value},
            {
                "code": "invalid_enum_value",
                "received": json.loads(text),
                "options": ["api", "gateway"],
                "path": ["tokenReviewMode"],
            },
        )
        for value, text in ((7, "7"), (0, "0"), (-1.5, "-1.5"), (2.0, "2"), (2**60, "1152921504606847000"))
    },
    "a value that is no option": (
        {"tokenReviewMode": "API"},
        {
            "code": "invalid_enum_value",
            "received": "API",
            "options": ["api", "gateway"],
            "path": ["tokenReviewMode"],
        },
    ),
    "an empty text": (
        {"kubernetesHost": ""},
        {**SHORT, "minimum": 1, "type": "string", "path": ["kubernetesHost"]},
    ),
    "a text that is empty once trimmed": (
        {"kubernetesHost": " \t"},
        {**SHORT, "minimum": 1, "type": "string", "path": ["kubernetesHost"]},
    ),
    "an empty list": (
        {"accessTokenTrustedIps": []},
        {**SHORT, "minimum": 1, "type": "array", "path": ["accessTokenTrustedIps"]},
    ),
    "below 0": (
        {"accessTokenTTL": -1},
        {**SHORT, "minimum": 0, "type": "number", "path": ["accessTokenTTL"]},
    ),
    "past the maximum": (
        {"accessTokenMaxTTL": TTL_MAX + 1},
        {**LONG, "maximum": TTL_MAX, "type": "number", "path": ["accessTokenMaxTTL"]},
    ),
    "no UUID": (
        {"gatewayId": "eu"},
        {"code": "invalid_string", "validation": "uuid", "path": ["gatewayId"]},
    ),
    "characters of the host": ({"kubernetesHost": "a_b"}, {"code": "custom", "path": ["kubernetesHost"]}),
    "fields that do not go together": (
        {"tokenReviewMode": "gateway"},
        {"code": "custom", "path": ["gatewayId"]},
    ),
    **{f"a body that is {name}": (value, wrong("object", name)) for name, value in TYPES.items() if name != "object"},
}


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile, as_of="2026-08")


async def test_each_violation_is_an_object_of_these_keys(client: Client):
    for name, (body, expected) in UPDATES.items():
        answer = in_envelope(await client.send("PATCH", IDENTITIES + PAYMENTS, body))
        assert (answer.status, answer.error) == (422, "ValidationFailure"), name
        (issue,) = answer.json["message"]
        assert isinstance(issue.pop("message"), str), name
        assert issue == expected, name


async def test_a_body_that_is_not_sent_is_null(client: Client):
    (issue,) = (await client.send("PATCH", IDENTITIES + PAYMENTS)).json["message"]
    assert issue == wrong("object", "null") | {"message": "Expected object, received null"}


async def test_a_required_property_that_is_missing_is_undefined(client: Client):
    for method, path, body, missing in (
        ("POST", LOGIN, {"identityId": PAYMENTS}, "jwt"),
        ("POST", ABOUT, {"name": "n"}, "organizationId"),
        ("GET", ABOUT, None, "orgId"),
    ):
        answer = in_envelope(await client.send(method, path, **({} if body is None else {"json": body})))
        (issue,) = answer.json["message"]
        assert issue | {"message": ""} == wrong("string", "undefined", missing) | {"message": ""}


async def test_a_blank_host_of_an_attach_is_two_issues(serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of=Generation.AUGUST)
    for host in ("", " \ufeff"):
        for mode in ({}, {"tokenReviewMode": "api"}):
            body = {"kubernetesHost": host, "allowedNamespaces": "", "allowedNames": "", "allowedAudience": "", **mode}
            answer = in_envelope(await client.send("POST", IDENTITIES + BARE, body))
            assert answer.issues == [("too_small", ("kubernetesHost",)), ("custom", ("kubernetesHost",))]
        body["tokenReviewMode"], body["gatewayId"] = "gateway", GATEWAY
        assert (await client.send("POST", IDENTITIES + BARE, body)).issues == [("too_small", ("kubernetesHost",))]
        assert (await client.update({"kubernetesHost": host})).issues == [("too_small", ("kubernetesHost",))]


async def test_a_long_host_of_bad_characters_is_too_big_first(serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of=Generation.AUGUST)
    for host, codes in (("a b" * 86, ["too_big", "custom"]), ("a b" * 85, ["custom"]), ("ab" * 128, ["too_big"])):
        assert [code for code, _ in (await client.update({"kubernetesHost": host})).issues] == codes


async def test_several_violations_are_several_objects(client: Client):
    answer = await client.update({"allowedNames": 7, "accessTokenTTL": -1, "gatewayId": "x"})
    assert answer.issues == [
        ("invalid_type", ("allowedNames",)),
        ("invalid_string", ("gatewayId",)),
        ("too_small", ("accessTokenTTL",)),
    ]
