"""Where a `kubernetesHost` points, read as the service's URL parser reads it; and the guard against local hosts."""

import pytest

from mockserver.infisical.clusters.cluster import Cluster, Clusters, Reachability
from mockserver.infisical.clusters.host import (
    Authority,
    authority,
    dialled,
    direct,
    takes_scheme_for_host,
    tunnelled,
)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        pytest.param("https://k8s.example", "k8s.example", 443, id="default port"),
        pytest.param("https://k8s.example:6443", "k8s.example", 6443, id="port"),
        pytest.param("https://k8s.example:443/", "k8s.example", 443, id="default port written out"),
        pytest.param("https://k8s.example:", "k8s.example", 443, id="colon and no port"),
        pytest.param("https://k8s.example:06443", "k8s.example", 6443, id="port with a zero"),
        pytest.param("k8s.example", "k8s.example", 443, id="no scheme"),
        pytest.param("k8s.example:6443", "k8s.example", 6443, id="no scheme, port"),
        pytest.param("http://k8s.example", "k8s.example", 80, id="http"),
        pytest.param("HTTPS://K8S.Example:6443", "k8s.example", 6443, id="case"),
        pytest.param("https://k8s.example:6443/a/b//c", "k8s.example", 6443, id="path"),
        pytest.param("https://1.2.3.4:6443", "1.2.3.4", 6443, id="address"),
        pytest.param("https://127.1", "127.0.0.1", 443, id="two numbers"),
        pytest.param("https://10.0.1", "10.0.0.1", 443, id="three numbers"),
        pytest.param("https://2130706433", "127.0.0.1", 443, id="one number"),
        pytest.param("https://0x7f.0.0.1", "127.0.0.1", 443, id="hexadecimal"),
        pytest.param("https://0x7F000001", "127.0.0.1", 443, id="one hexadecimal number"),
        pytest.param("https://0177.0.0.01", "127.0.0.1", 443, id="octal"),
        pytest.param("https://1.2.3.4.", "1.2.3.4", 443, id="address with a dot at the end"),
        pytest.param("https://0", "0.0.0.0", 443, id="nought"),
        pytest.param("https://1.k8s.example", "1.k8s.example", 443, id="name that starts with a number"),
    ],
)
def test_a_text_points_at(text, host, port):
    assert authority(text) == Authority(host, port)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://", id="no host"),
        pytest.param("https://:6443", id="no host but a port"),
        pytest.param("ftp://k8s.example", id="another scheme"),
        pytest.param("https://k8s.example:65536", id="port too high"),
        pytest.param("https://k8s.example:port", id="port of letters"),
        pytest.param("https://k8s.example:1:2", id="two ports"),
        pytest.param("2001:db8::1", id="IPv6 text"),
        pytest.param("https://.", id="a dot"),
        pytest.param("https://256.1.1.1", id="byte too high"),
        pytest.param("https://1.2.3.4.5", id="five numbers"),
        pytest.param("https://4294967296", id="number past 32 bits"),
        pytest.param("https://1.2.65536", id="last number past its bytes"),
        pytest.param("https://1.2.3.08", id="no octal number"),
        pytest.param("https://k8s.example.1", id="name that ends in a number"),
        pytest.param("https://1..2", id="address with a hole"),
    ],
)
def test_a_text_that_is_no_url_of_a_host(text):
    assert authority(text) is None


NOT_A_URL = "not a URL"
NO_HOST = Authority("", 443)
HOST = Authority("h", 443)
# text -> a direct call, attach and update through a gateway, login through a gateway (kubernetes.md, hosts)
READINGS = {
    "https://h": (HOST, HOST, HOST),
    "http://h": (Authority("h", 80), HOST, HOST),
    "http://h:80": (Authority("h", 80), HOST, Authority("h", 80)),
    "https://h:443": (HOST, HOST, HOST),
    "http://h:443": (HOST, HOST, HOST),
    "https://h:80": (Authority("h", 80), Authority("h", 80), Authority("h", 80)),
    "https://h:6443": (Authority("h", 6443), Authority("h", 6443), Authority("h", 6443)),
    "HTTPS://h": (Authority("https", 443), HOST, NOT_A_URL),
    "Http://h:6443": (Authority("http", 443), Authority("h", 6443), NOT_A_URL),
    "ftp://h": (Authority("ftp", 443), HOST, NOT_A_URL),
    "k8s://h:6443": (Authority("k8s", 443), Authority("h", 6443), NOT_A_URL),
    "k8s://": (Authority("k8s", 443), NO_HOST, NOT_A_URL),
    "k8s://:80": (Authority("k8s", 443), NOT_A_URL, NOT_A_URL),
    "name": (Authority("name", 443), NOT_A_URL, Authority("name", 443)),
    "NAME": (Authority("name", 443), NOT_A_URL, Authority("name", 443)),
    "1.2.3.4:6443": (Authority("1.2.3.4", 6443), NOT_A_URL, Authority("1.2.3.4", 6443)),
    "2130706433": (Authority("127.0.0.1", 443), NOT_A_URL, Authority("127.0.0.1", 443)),
    "//x": (Authority("x", 443), NOT_A_URL, NOT_A_URL),
    "name:6443": (Authority("name", 6443), NO_HOST, Authority("name", 6443)),
    "name:": (Authority("name", 443), NO_HOST, NOT_A_URL),
    "name:x": (NOT_A_URL, NO_HOST, NOT_A_URL),
    "https:/h": (HOST, HOST, NOT_A_URL),
    "https:h": (HOST, HOST, NOT_A_URL),
    "https:///h": (HOST, HOST, NOT_A_URL),
    "//h:6443": (Authority("h", 6443), NOT_A_URL, NOT_A_URL),
    "https://h/": (HOST, HOST, NOT_A_URL),
    "https://h:6443/k8s": (Authority("h", 6443), Authority("h", 6443), NOT_A_URL),
    "https://h/k8s": (HOST, HOST, NOT_A_URL),
    "https://h:": (HOST, HOST, NOT_A_URL),
    "https://": (NOT_A_URL, NOT_A_URL, NOT_A_URL),
    "https:": (NOT_A_URL, NOT_A_URL, NOT_A_URL),
    "https://h:65535": (Authority("h", 65535), Authority("h", 65535), Authority("h", 65535)),
    "https://h:65536": (NOT_A_URL, NOT_A_URL, NOT_A_URL),
    "https://1.2.3.256": (NOT_A_URL, NOT_A_URL, NOT_A_URL),
    "https://h:1:2": (NOT_A_URL, NOT_A_URL, NOT_A_URL),
}


@pytest.mark.parametrize("text", READINGS)
def test_each_caller_reads_a_host_in_its_own_way(text):
    found = tuple(read(text) or NOT_A_URL for read in (direct, tunnelled, dialled))
    assert found == READINGS[text]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("HTTPS://h", True),
        ("Http://h", True),
        ("ftp://h", True),
        ("https://h", False),
        ("http://h", False),
        ("https", False),
        ("//h", False),
    ],
)
def test_a_scheme_in_capitals_is_taken_for_the_host(text, taken):
    assert takes_scheme_for_host(text) is taken


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "host.docker.internal",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ],
)
def test_the_guard_stops_local_private_and_reserved_hosts(host):
    assert authority(f"https://{host}:6443").is_local


@pytest.mark.parametrize(
    "host",
    [
        "k8s.example",
        "localhost.example",
        "notlocalhost",
        "internal",
        "docker.internal",
        "8.8.8.8",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "223.255.255.255",
    ],
)
def test_the_guard_lets_other_hosts_pass(host):
    assert not authority(host).is_local


def test_a_cluster_is_found_by_authority_whatever_scheme_and_path():
    prod = Cluster(name="prod", hosts=("https://prod.k8s.example:6443", "prod.internal"))
    clusters = Clusters((prod,), Reachability.REFUSED)
    for text in ("https://PROD.k8s.example:6443/a", "prod.k8s.example:6443", "https://prod.internal:443"):
        assert clusters.at(authority(text)) is prod
    for text in ("https://prod.k8s.example", "https://other.k8s.example:6443"):
        assert clusters.at(authority(text)).reachability is Reachability.REFUSED


def test_a_cluster_is_found_by_name():
    prod = Cluster(name="prod", hosts=())
    assert Clusters((prod,)).named("prod") is prod
    assert Clusters((prod,)).named("Prod") is None
