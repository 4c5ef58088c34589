"""Trusted IPs: what is stored for a text, how it is answered, and whom it lets in (behaviour 6)."""

import pytest

from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp, client_address, is_trusted, texts, trusted_ip

STORED = {
    "10.1.2.3": ("10.1.2.3", "ipv4", None),
    "10.0.0.0/8": ("10.0.0.0", "ipv4", 8),
    "10.0.0.5/8": ("10.0.0.5", "ipv4", 8),
    "0.0.0.0/0": ("0.0.0.0", "ipv4", 0),
    "10.0.0.0/32": ("10.0.0.0", "ipv4", 32),
    "::/0": ("::", "ipv6", 0),
    "::1": ("::1", "ipv6", None),
    "::1/128": ("::1", "ipv6", 128),
    "2001:db8::/32": ("2001:db8::", "ipv6", 32),
    "2001:DB8::A": ("2001:DB8::A", "ipv6", None),
    "::ffff:10.0.0.1": ("::ffff:10.0.0.1", "ipv6", None),
    "fe80::1%eth0": ("fe80::1%eth0", "ipv6", None),
    "fe80::1%eth0/64": ("fe80::1%eth0", "ipv6", 64),
    "10.0.0.0/08": ("10.0.0.0", "ipv4", 8),
    "10.0.0.0/8x": ("10.0.0.0", "ipv4", 8),
    "10.0.0.0/8/9": ("10.0.0.0", "ipv4", 8),
    "10.0.0.0/8.9": ("10.0.0.0", "ipv4", 8),
    "10.0.0.0/ 8": ("10.0.0.0", "ipv4", 8),
    "1.2.3.4/\u00a08": ("1.2.3.4", "ipv4", 8),
    "1.2.3.4/\ufeff\u3000\t8": ("1.2.3.4", "ipv4", 8),
    "1.2.3.4/+8": ("1.2.3.4", "ipv4", 8),
}
INVALID = (
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0.0//8",
    "10.0.0.0/x8",
    "10.0.0.0/\u00858",
    "10.0.0.0/\x1c8",
    "10.0.0.0/\u200b8",
    "10.0.0.0/\u0668",
    "::/129",
    "01.2.3.4",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "localhost",
    "",
    "/8",
    " 10.0.0.1",
    "1.2.3.\u0664",
    "[::1]",
    ":::1",
    "fe80::1%",
    "fe80::1%eth 0",
    f"10.0.0.0/{'9' * 5000}",
)


@pytest.mark.parametrize("text", STORED)
def test_a_text_is_stored_as(text):
    assert trusted_ip(text) == TrustedIp(*STORED[text])


@pytest.mark.parametrize("text", INVALID)
def test_a_text_that_is_no_trusted_ip(text):
    assert trusted_ip(text) is None


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("10.1.2.3", {"type": "ipv4", "ipAddress": "10.1.2.3"}),
        ("10.0.0.5/8", {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.5"}),
        ("0.0.0.0/0", {"type": "ipv4", "prefix": 0, "ipAddress": "0.0.0.0"}),
        ("::/0", {"type": "ipv6", "prefix": 0, "ipAddress": "::"}),
    ],
)
def test_an_item_is_answered_in_the_order_of_the_database(text, answered):
    view = trusted_ip(text).view()
    assert list(view.items()) == list(answered.items())


def test_an_item_written_as_text_is_stored_again_as_it_was():
    items = [trusted_ip(text) for text in STORED]
    assert [trusted_ip(item["ipAddress"]) for item in texts(items)] == items


def test_an_answered_item_sent_back_loses_its_prefix():
    answered = trusted_ip("0.0.0.0/0").view()
    assert trusted_ip(answered["ipAddress"]) == TrustedIp("0.0.0.0", "ipv4")


@pytest.mark.parametrize(
    ("trusted", "address", "let_in"),
    [
        pytest.param("10.0.0.0/8", "10.255.0.1", True, id="in the block"),
        pytest.param("10.0.0.0/8", "11.0.0.1", False, id="beside the block"),
        pytest.param("10.0.0.5/8", "10.9.9.9", True, id="host bits in the block"),
        pytest.param("10.1.2.3", "10.1.2.3", True, id="the address"),
        pytest.param("10.1.2.3", "10.1.2.4", False, id="another address"),
        pytest.param("0.0.0.0", "10.1.2.3", False, id="0.0.0.0 without prefix"),
        pytest.param("0.0.0.0/0", "203.0.113.9", True, id="any IPv4"),
        pytest.param("0.0.0.0/0", "2001:db8::1", False, id="IPv6 against any IPv4"),
        pytest.param("0.0.0.0/0", "::ffff:10.0.0.1", True, id="IPv4-mapped against any IPv4"),
        pytest.param("10.0.0.0/8", "::ffff:10.0.0.1", True, id="IPv4-mapped in the block"),
        pytest.param("10.0.0.0/8", "::ffff:11.0.0.1", False, id="IPv4-mapped beside the block"),
        pytest.param("::/0", "10.0.0.1", False, id="IPv4 against any IPv6"),
        pytest.param("::/0", "2001:db8::1", True, id="any IPv6"),
        pytest.param("2001:db8::/32", "2001:DB8:0:0::1", True, id="IPv6 in another spelling"),
        pytest.param("2001:db8::/32", "2001:db9::1", False, id="IPv6 beside the block"),
        pytest.param("fe80::1%eth0", "fe80::1", True, id="zone of the item"),
        pytest.param("fe80::/64", "fe80::1%eth0", True, id="zone of the address"),
        pytest.param("0.0.0.0/0", "unknown", False, id="no address"),
        pytest.param("0.0.0.0/0", "", False, id="nothing"),
    ],
)
def test_an_address_is_let_in(trusted, address, let_in):
    assert is_trusted(address, (trusted_ip(trusted),)) is let_in


def test_one_item_that_matches_is_enough():
    trusted = (trusted_ip("10.1.2.3"), trusted_ip("2001:db8::/32"))
    assert is_trusted("2001:db8::5", trusted)
    assert not is_trusted("10.1.2.4", trusted)
    assert not is_trusted("10.1.2.3", ())


def test_everywhere_is_every_address():
    assert [item.text() for item in EVERYWHERE] == ["0.0.0.0/0", "::/0"]
    assert is_trusted("203.0.113.9", EVERYWHERE)
    assert is_trusted("2001:db8::1", EVERYWHERE)


@pytest.mark.parametrize(
    ("text", "readable"), [("10.0.0.1", True), ("::1", True), ("unknown", False), ("1.2.3", False)]
)
def test_a_client_address_is_an_ip_address(text, readable):
    assert (client_address(text) is not None) is readable
