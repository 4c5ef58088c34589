"""The strict mode of the client address: which texts are blocks of proxies, and which address is the client's."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.infisical.access_tokens.client_address import (
    forwarded_in,
    is_proxy,
    strict_address,
    trusted_proxies,
    trusted_proxy,
)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.1.2.3/32", "10.1.2.3/32"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("fd00::/8", "fd00::/8"),
        ("FD00:0::/8", "fd00::/8"),
        ("::1", "::1/128"),
        ("::/0", "::/0"),
    ],
)
def test_a_block_is_read_in_its_canonical_form(text, block):
    assert trusted_proxy(text) == block


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("proxy.example", "'proxy.example' is not a CIDR block such as 10.0.0.0/8"),
        ("", "'' is not a CIDR block"),
        (" 10.0.0.0/8", "is not a CIDR block"),
        ("10.0.0.0/8 ", "is not a CIDR block"),
        ("10.0.0.0/", "is not a CIDR block"),
        ("10.0.0.0/33", "is not a CIDR block"),
        ("10.0.0.0/-1", "is not a CIDR block"),
        ("10.0.0.0/255.0.0.0", "is not a CIDR block"),
        ("10.0.0.0/8/8", "is not a CIDR block"),
        ("10.0.0.0/٨", "is not a CIDR block"),
        ("10.0.0.010", "is not a CIDR block"),
        ("fe80::1%eth0", "is not a CIDR block"),
        ("fe80::%eth0/64", "is not a CIDR block"),
        ("fd00::/129", "is not a CIDR block"),
        ("10.0.0.0/" + "9" * 5000, "10.0.0.0/9999999999999999999999999999999999999999999999999999999…'"),
        ("10.0.0.1/8", "'10.0.0.1/8' has host bits behind its prefix: did you mean 10.0.0.0/8?"),
        ("fd00::1/8", "'fd00::1/8' has host bits behind its prefix: did you mean fd00::/8?"),
        (10, "not a text: use a CIDR block such as 10.0.0.0/8"),
        (None, "not a text"),
        (["10.0.0.0/8"], "not a text"),
    ],
)
def test_what_is_no_block_is_refused(value, told):
    with pytest.raises(ValueError, match=r".") as refused:
        trusted_proxy(value)
    assert told in str(refused.value)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("value", ["10.0.0.0/8", b"10.0.0.0/8", {"10.0.0.0/8": 1}, None, 7, True])
def test_what_is_no_list_of_blocks_is_refused(value):
    with pytest.raises(ValueError, match=r"^not a list of CIDR blocks such as 10\.0\.0\.0/8$"):
        trusted_proxies(value)


def test_a_block_counts_once():
    assert trusted_proxies(["10.0.0.0/8", "::1", "10.0.0.0/8", "::1/128"]) == ("10.0.0.0/8", "::1/128")
    assert trusted_proxies([]) == ()


PROXIES = ("10.0.0.0/8", "192.168.7.7/32", "fd00::/8")


@pytest.mark.parametrize(
    ("address", "proxies", "inside"),
    [
        ("10.0.0.0", PROXIES, True),
        ("10.255.255.255", PROXIES, True),
        ("9.255.255.255", PROXIES, False),
        ("11.0.0.0", PROXIES, False),
        ("192.168.7.7", PROXIES, True),
        ("192.168.7.8", PROXIES, False),
        ("fd12::1", PROXIES, True),
        ("fe00::1", PROXIES, False),
        ("::ffff:10.1.2.3", PROXIES, True),
        ("::ffff:11.1.2.3", PROXIES, False),
        ("::10.1.2.3", PROXIES, False),
        ("10.1.2.3", ("::ffff:10.0.0.0/104",), True),
        ("::ffff:10.1.2.3", ("::ffff:10.0.0.0/104",), True),
        ("11.1.2.3", ("::ffff:10.0.0.0/104",), False),
        ("10.1.2.3", ("::/0",), True),
        ("fd12::1", ("0.0.0.0/0",), False),
        ("10.1.2.3", ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"), True),
        ("10.200.0.1", ("10.0.0.0/8", "10.1.0.0/16"), True),
        ("", ("0.0.0.0/0", "::/0"), False),
        ("unknown", ("0.0.0.0/0", "::/0"), False),
        ("10.0.0.1:80", PROXIES, False),
        ("[fd12::1]", PROXIES, False),
    ],
)
def test_an_address_is_a_proxy_inside_a_block(address, proxies, inside):
    assert is_proxy(address, proxies) is inside


ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
BLOCKS = st.one_of(st.ip_addresses(v=4, network="10.0.0.0/8"), ADDRESSES).flatmap(
    lambda one: st.integers(0, one.max_prefixlen).map(lambda bits: ipaddress.ip_network((one, bits), strict=False))
)


def among(address, block):
    """Whether the block has the address, by the standard library, in whichever form it is written."""
    forms = [address]
    if address.version == 4:
        forms.append(ipaddress.IPv6Address(f"::ffff:{address}"))
    elif address.ipv4_mapped:
        forms.append(address.ipv4_mapped)
    return any(each in block for each in forms if each.version == block.version)


@given(st.lists(BLOCKS, min_size=1, max_size=6), ADDRESSES)
def test_blocks_together_hold_what_each_of_them_holds(blocks, address):
    proxies = trusted_proxies(map(str, blocks))
    probes = [address, *(each.network_address for each in blocks), *(each.broadcast_address for each in blocks)]
    for probe in probes:
        assert is_proxy(str(probe), proxies) is any(among(probe, each) for each in blocks)


@pytest.mark.parametrize(
    ("forwarded", "peer", "address", "header"),
    [
        pytest.param("203.0.113.7", "198.51.100.1", "198.51.100.1", None, id="a peer that is no proxy"),
        pytest.param("203.0.113.7", "", "", None, id="a peer without an address"),
        pytest.param("203.0.113.7", "10.0.0.1", "203.0.113.7", True, id="one proxy"),
        pytest.param("", "10.0.0.1", "10.0.0.1", None, id="a proxy that says nothing"),
        pytest.param(" , ,", "10.0.0.1", "10.0.0.1", None, id="nothing but commas"),
        pytest.param("203.0.113.7, 10.0.0.2", "10.0.0.1", "203.0.113.7", True, id="two proxies"),
        pytest.param("198.51.100.9, 203.0.113.7, 10.0.0.2", "10.0.0.1", "203.0.113.7", True, id="a forged beginning"),
        pytest.param("10.0.0.9, 203.0.113.7", "10.0.0.1", "203.0.113.7", True, id="a proxy before the client"),
        pytest.param("10.0.0.9, 10.0.0.2", "10.0.0.1", "10.0.0.9", True, id="proxies only: the oldest"),
        pytest.param("203.0.113.7,, 10.0.0.2 ,", "10.0.0.1", "203.0.113.7", True, id="empty entries"),
        pytest.param("203.0.113.7, unknown", "10.0.0.1", "unknown", True, id="a word ends the chain"),
        pytest.param("unknown, 203.0.113.7", "10.0.0.1", "203.0.113.7", True, id="a word behind the client"),
        pytest.param("203.0.113.7:443", "10.0.0.1", "203.0.113.7:443", True, id="a port stays"),
        pytest.param("2001:db8::7, fd00::2", "fd00::1", "2001:db8::7", True, id="IPv6"),
        pytest.param("2001:db8::7", "2001:db8::1", "2001:db8::1", None, id="an IPv6 peer that is no proxy"),
        pytest.param("203.0.113.7", "::ffff:10.0.0.1", "203.0.113.7", True, id="a mapped peer"),
        pytest.param("203.0.113.7", "::ffff:11.0.0.1", "::ffff:11.0.0.1", None, id="a mapped peer that is no proxy"),
        pytest.param("203.0.113.7, ::ffff:10.0.0.2", "10.0.0.1", "203.0.113.7", True, id="a mapped proxy"),
        pytest.param("::ffff:203.0.113.7", "10.0.0.1", "::ffff:203.0.113.7", True, id="a mapped client"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy(forwarded, peer, address, header):
    taken = strict_address(forwarded, peer, PROXIES)
    assert (taken.address, taken.header) == (address, header and "x-forwarded-for")
    assert taken.reason


def test_repeated_headers_are_one_list():
    headers = [["X-Forwarded-For", "203.0.113.7"], ["X-Real-IP", "1.1.1.1"], ["x-forwarded-for", "10.0.0.2"]]
    assert forwarded_in(headers) == "203.0.113.7,10.0.0.2"
    assert forwarded_in([["x-real-ip", "1.1.1.1"]]) == ""
