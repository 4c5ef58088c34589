"""The address that a call comes from: which header says it, and who is let in from there."""

from itertools import pairwise

import pytest

from mockserver.rules.profile import Profile
from tests.client import Client, in_envelope
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
