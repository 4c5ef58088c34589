"""The address that a call comes from: which header says it, and who is let in from there."""

from itertools import pairwise

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope, request
from tests.conftest import Serve

OFFICE = "acme-office-token"
INSIDE, OUTSIDE = "203.0.113.7", "198.51.100.7"
HEADERS = (
    "cf-connecting-ip",
    "x-client-ip",
    "x-envoy-external-address",
    "x-forwarded-for",
    "fastly-client-ip",
    "true-client-ip",
    "x-real-ip",
    "x-cluser-client-ip",
    "forwarded-for",
    "x-forwarded",
    "forwarded",
    "x-appengine-user-ip",
)


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


async def ruled(client: Client, *headers: tuple[str, str]) -> str:
    return (await client.update({"allowedNames": "a"}, token=OFFICE, headers=dict(headers))).rule


async def test_the_sockets_address_counts_where_no_header_says_another(asked: Client):
    answer = in_envelope(await asked.update({"allowedNames": "a"}, token=OFFICE))
    assert (answer.status, answer.error, answer.rule) == (403, "ForbiddenError", "token.address")


@pytest.mark.parametrize("header", HEADERS)
async def test_each_header_says_the_address(asked: Client, header: str):
    assert await ruled(asked, (header, INSIDE)) == "accepted"
    assert await ruled(asked, (header.upper(), OUTSIDE)) == "token.address"


async def test_a_name_that_the_service_never_sees_says_nothing(asked: Client):
    assert await ruled(asked, ("Cf-Pseudo-IPv4", INSIDE)) == "token.address"
    assert await ruled(asked, ("Cf-Pseudo-IPv4", OUTSIDE), ("x-real-ip", INSIDE)) == "accepted"


@pytest.mark.parametrize(("first", "second"), tuple(pairwise(HEADERS)))
async def test_of_two_headers_the_earlier_one_counts(asked: Client, first: str, second: str):
    assert await ruled(asked, (second, INSIDE), (first, OUTSIDE)) == "token.address"
    assert await ruled(asked, (second, OUTSIDE), (first, INSIDE)) == "accepted"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        pytest.param(f"{INSIDE}, {OUTSIDE}", "accepted", id="the first of a list, inside"),
        pytest.param(f"{OUTSIDE}, {INSIDE}", "token.address", id="the first of a list, outside"),
        pytest.param(f"  {INSIDE}  ,", "accepted", id="blanks around it"),
        pytest.param(f"::ffff:{INSIDE}", "accepted", id="IPv4 mapped into IPv6"),
        pytest.param("2001:db8::1", "token.address", id="IPv6"),
        pytest.param("unknown", "token.address-unreadable", id="a word"),
        pytest.param(f"for={INSIDE}", "token.address-unreadable", id="the syntax of RFC 7239"),
        pytest.param(f"{INSIDE}:443", "token.address-unreadable", id="a port"),
        pytest.param(f"unknown, {INSIDE}", "token.address-unreadable", id="a word before an address"),
        pytest.param("203.0.113.007", "token.address-unreadable", id="zeros in front"),
        pytest.param("203.0.113.0/24", "token.address-unreadable", id="a block"),
    ],
)
async def test_the_value_of_a_header_is_an_address_or_is_refused(asked: Client, value: str, rule: str):
    assert await ruled(asked, ("X-Forwarded-For", value)) == rule


async def test_an_unreadable_address_is_refused_even_where_anyone_is_trusted(asked: Client, profile: Profile):
    """The service reads the address of every identity token, also where 0.0.0.0/0 is trusted."""
    answer = in_envelope(await asked.update({"allowedNames": "a"}, headers={"X-Real-IP": "unknown"}))
    assert answer.status == (400 if profile is Profile.CONTRACT else 500)
    assert answer.rule == "token.address-unreadable"


LOCAL = ("127.0.0.0/8", "10.0.0.0/8", "fd00::/8")


@pytest.fixture
async def strict(serve: Serve, profile: Profile) -> Client:
    """A server of either profile that trusts this machine and a private network as proxies."""
    return await serve(profile=profile, trusted_proxies=LOCAL)


@pytest.mark.parametrize(
    ("value", "believed", "rule"),
    [
        (INSIDE, "accepted", "accepted"),
        (f"{INSIDE}, {OUTSIDE}", "accepted", "token.address"),
        (f"{OUTSIDE}, {INSIDE}", "token.address", "accepted"),
        (f"{OUTSIDE}, {INSIDE}, 10.0.0.2", "token.address", "accepted"),
        (f"{INSIDE}, 10.0.0.2, fd00::3", "accepted", "accepted"),
        (f"{INSIDE}, 11.0.0.2", "accepted", "token.address"),
        (f"{INSIDE}, ::ffff:10.0.0.2", "accepted", "accepted"),
        (f"{OUTSIDE}, ::ffff:{INSIDE}", "token.address", "accepted"),
        (f"{INSIDE}, 2001:db8::1", "accepted", "token.address"),
        (f"{INSIDE}, unknown", "accepted", "token.address-unreadable"),
        (f"unknown, {INSIDE}", "token.address-unreadable", "accepted"),
        ("10.0.0.9, 10.0.0.2", "token.address", "token.address"),
        ("", "token.address", "token.address"),
    ],
)
async def test_only_what_trusted_proxies_wrote_counts(
    asked: Client, strict: Client, value: str, believed: str, rule: str
):
    assert await ruled(asked, ("X-Forwarded-For", value)) == believed
    assert await ruled(strict, ("X-Forwarded-For", value)) == rule


@pytest.mark.parametrize("header", [each for each in HEADERS if each != "x-forwarded-for"])
async def test_behind_trusted_proxies_no_other_header_counts(strict: Client, header: str):
    assert await ruled(strict, (header, INSIDE)) == "token.address"
    assert await ruled(strict, (header, OUTSIDE), ("X-Forwarded-For", INSIDE)) == "accepted"
    assert await ruled(strict, (header, "unknown"), ("X-Forwarded-For", INSIDE)) == "accepted"


async def test_a_peer_that_is_no_trusted_proxy_cannot_say_an_address(serve: Serve):
    client = await serve(trusted_proxies=["10.0.0.0/8"])
    for header in HEADERS:
        assert await ruled(client, (header, INSIDE)) == "token.address"
    told = await client.update({"allowedNames": "a"}, headers={"X-Forwarded-For": "unknown"})
    assert told.rule == "accepted"


async def test_repeated_headers_are_one_chain(strict: Client):
    for one, other, rule in ((INSIDE, OUTSIDE, "token.address"), (OUTSIDE, INSIDE, "accepted")):
        sent = request(Authorization=f"Bearer {OFFICE}", X_Forwarded_For=f"{one}\r\nx-forwarded-for: {other}")
        async with strict.wire() as wire:
            await wire.send(sent)
            answer = await wire.answer()
        assert answer is not None
        assert answer.rule == rule


async def test_the_setting_is_that_of_a_world(asked: Client):
    """One header twice: what is worked out for one world does not count in another."""
    await asked.send("POST", "/_mock/worlds", {"id": "strict", "trustedProxies": ["127.0.0.1"]}, token=None)
    body, headers = {"allowedNames": "a"}, {"X-Real-IP": INSIDE}
    for _ in range(2):
        for world, rule in (("default", "accepted"), ("strict", "token.address")):
            answer = await asked.update(body, token=OFFICE, headers={**headers, "Mock-World": world})
            assert answer.rule == rule


async def test_the_login_has_the_address_by_the_same_mode(strict: Client):
    """The client secrets of Universal Auth have trusted IPs of their own."""
    state = await strict.state()
    for each in state["identities"]:
        if "universalAuth" in each:
            each["universalAuth"]["clientSecretTrustedIps"] = [{"ipAddress": INSIDE}]
            method = each["universalAuth"]
    await strict.send("PUT", "/_mock/worlds/default/state", state, token=None)
    secret = next(each for each in method["clientSecrets"] if not each["revoked"])
    sent = {"clientId": method["clientId"], "clientSecret": secret["secret"]}
    path = "/api/v1/auth/universal-auth/login"
    for header, refused in (("X-Real-IP", True), ("X-Forwarded-For", False)):
        answer = await strict.send("POST", path, sent, token=None, headers={header: INSIDE})
        assert (answer.rule == "universal-login.address") is refused, answer.content


@pytest.mark.parametrize(
    ("headers", "address", "header", "reason"),
    [
        ({}, "127.0.0.1", None, "The trusted proxy sends no X-Forwarded-For"),
        (
            {"X-Forwarded-For": f"{OUTSIDE}, {INSIDE}, 10.0.0.2"},
            INSIDE,
            "x-forwarded-for",
            "The last entry of X-Forwarded-For that is not a trusted proxy",
        ),
        (
            {"X-Forwarded-For": "10.0.0.9, 10.0.0.2"},
            "10.0.0.9",
            "x-forwarded-for",
            "The first entry of X-Forwarded-For: all entries are trusted proxies",
        ),
    ],
)
async def test_the_explanation_says_which_address_and_why(
    strict: Client, headers: dict[str, str], address: str, header: str | None, reason: str
):
    answer = await strict.update({"allowedNames": "a"}, headers=headers)
    said = (await strict.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")).json
    assert said["clientAddress"] == {
        "address": address,
        "header": header,
        "reason": reason,
        "trustedProxies": list(LOCAL),
    }
    assert said["notJudgedAgain"] is None


async def test_the_explanation_names_the_proxies_of_its_time(asked: Client):
    path = "/_mock/worlds/default/state"
    before = await asked.update({"allowedNames": "a"})
    await asked.send("PUT", path, {**await asked.state(), "trustedProxies": ["10.0.0.0/8"]}, token=None)
    strict = await asked.update({"allowedNames": "a"}, headers={"X-Forwarded-For": INSIDE})
    await asked.send("PUT", path, {**await asked.state(), "trustedProxies": []}, token=None)
    after = await asked.update({"allowedNames": "a"})
    said = [
        (await asked.get(f"/_mock/requests/{each.headers['Mock-Request-Id']}/explain")).json.get("clientAddress")
        for each in (before, strict, after)
    ]
    assert said == [
        None,
        {
            "address": "127.0.0.1",
            "header": None,
            "reason": "The socket's address 127.0.0.1 is not a trusted proxy, so no header counts",
            "trustedProxies": ["10.0.0.0/8"],
        },
        None,
    ]
