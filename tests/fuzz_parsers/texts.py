"""Parsers of short texts: trusted IPs, hosts, globs, times, preferences, request targets."""

import re
from datetime import UTC, datetime, timedelta

from multidict import CIMultiDict

from mockserver.api.issue_list import issues_of
from mockserver.api.prefer import PREFER, Preference, preference
from mockserver.api.world_path import world_of
from mockserver.clock import LATEST, from_iso, iso
from mockserver.contract.compiled import contract_at
from mockserver.contract.engine import UNDEFINED
from mockserver.faults.apply import MAX_SECONDS
from mockserver.http.routes import Routes
from mockserver.infisical.clusters.host import authority, dialled, direct, tunnelled
from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.glob_syntax import InvalidGlob, parse
from mockserver.infisical.kubernetes_auth.glob_tree import full_match
from mockserver.infisical.kubernetes_auth.globs import Verdict, check_list, matches
from mockserver.infisical.trusted_ips import client_address, is_trusted, trusted_ip
from mockserver.journal import globs as journal_globs
from mockserver.settings import bundled
from tests.fuzz_parsers.target import Target
from tests.socketless import Sent

_CONTRACT = contract_at(bundled("openapi.yaml"))
_ROUTES = Routes((each.method, each.path, each) for each in _CONTRACT.operations.values())


def text_of(content: bytes) -> str:
    """The text that a header, a variable or an argument would be; what is no UTF-8 leaves halves of characters."""
    return content.decode("utf-8", "surrogateescape")


def _pair(content: bytes) -> tuple[str, str]:
    first, _, second = text_of(content).partition("\n")
    return first, second


def trusted_ips(content: bytes) -> None:
    text, address = _pair(content)
    item = trusted_ip(text)
    client_address(address)
    if item is None:
        return
    assert trusted_ip(item.text()) == item, "what is stored is not what the stored text stands for"
    assert is_trusted(item.address, (item,)), "an item does not hold its own address"
    assert is_trusted(address, (item,)) == is_trusted(address, (item, item))
    assert item.view()["ipAddress"] == item.address


def host(content: bytes) -> None:
    text = text_of(content)
    for reading in (direct, tunnelled, dialled):
        where = reading(text)
        assert where is None or 0 <= where.port <= 65535
    found = authority(text)
    if found is None:
        return
    assert 0 <= found.port <= 65535
    assert authority(f"https://{found}") == found, "host and port, written out, are another host and port"
    assert found.is_local in (True, False)


def kubernetes_globs(content: bytes) -> None:
    name, pattern = _pair(content)
    found = matches(name, pattern)
    verdict = check_list(name, pattern)
    if pattern and "," not in pattern and pattern == trim(pattern):
        assert (verdict is Verdict.ALLOWED) == found
    if re.fullmatch(r"[a-z0-9-]*", pattern):
        assert found == (name == pattern), "letters match what is not equal to them"
    try:
        glob = parse(pattern)
    except InvalidGlob:
        assert found == (name == pattern)
        return
    if name and pattern and len(name) <= 253 and name != pattern:
        assert found == (full_match(glob.tree, name) != glob.negated), "the fast path and the tree disagree"


def globs_of_expectations(content: bytes) -> None:
    text, glob = _pair(content)
    glob = glob[: journal_globs.MAX_GLOB]
    found = journal_globs.matches(glob, text)
    if glob.count("*") <= 6 and len(text) <= 40:
        pattern = re.sub(r"(?:\\\*)+", lambda stars: "[^/]*" if len(stars[0]) == 2 else ".*", re.escape(glob))
        assert found == (re.fullmatch(pattern, text, re.DOTALL) is not None), "a regular expression says otherwise"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def times(content: bytes) -> None:
    text = text_of(content)
    try:
        moment = from_iso(text)
    except (ValueError, OverflowError):
        return
    assert moment == (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1), "milliseconds are lost"
    if 0 <= moment <= LATEST:
        assert from_iso(iso(moment)) == moment


def prefer(content: bytes) -> None:
    query, header = _pair(content)
    headers = CIMultiDict((PREFER, line) for line in header.split("\n") if line)
    asked = preference(Sent(f"/x?{query}", headers))
    if isinstance(asked, Preference):
        assert 0 <= asked.wait <= MAX_SECONDS
        assert asked.code is None or 100 <= asked.code <= 599
    else:
        assert asked


def target(content: bytes) -> None:
    line, header = _pair(content)
    if not line.isascii() or not line.isprintable() or not line.startswith("/"):
        return  # the HTTP parser has refused it
    request = Sent(line, CIMultiDict())
    world, path = world_of(request, header)
    assert world
    if not line.startswith("/w/"):
        assert world == (header or "default")
    for method in ("GET", "PATCH"):
        match = _ROUTES.find(method, path)
        assert (match.target is None) == (match.problem is not None)
        assert (match.problem == "method") == bool(match.allowed)
        if match.target is not None:
            values, violations = match.target.checks.request(match.parameters, request, UNDEFINED)
            found = issues_of(violations, UNDEFINED, match.target.ranks)
            assert bool(found.refused) == bool(violations), values


_IP_WORDS = tuple(
    b"""
    10.0.0.1 0.0.0.0/0 ::/0 ::1 fe80::1%eth0 ::ffff:10.0.0.1 255.255.255.255 /8 /32 /128 /0 /33 1.2.3 01.2.3.4 % : .
    / ::
    """.split()
)
_UUID = b"1d000000-0000-4000-8000-000000000002"
_PATH = b"/api/v1/auth/kubernetes-auth/identities/" + _UUID
TARGETS = (
    Target(
        "trusted-ips",
        "an item and the address of a client",
        trusted_ips,
        (
            b"10.0.0.0/8\n10.1.2.3",
            b"::/0\n2001:db8::1",
            b"fe80::1%eth0/64\nfe80::2",
            b"192.168.1.1\n::ffff:192.168.1.1",
        ),
        _IP_WORDS,
        share=120,
        longest=120,
    ),
    Target(
        "host",
        "`kubernetesHost`",
        host,
        (
            b"https://prod.k8s.example:6443/x",
            b"10.0.0.1",
            b"http://0x7f.1:80",
            b"host.docker.internal:443",
            b"a.localhost.",
        ),
        tuple(
            b"""
    https:// http:// HTTPS:// : :443 :65536 . .. / 0x 0x7f000001 2130706433 017700000001 localhost [::1] @ ? # -
    """.split()
        ),
        share=100,
        longest=300,
    ),
    Target(
        "kubernetes-globs",
        "a name, and an entry of `allowedNames`",
        kubernetes_globs,
        (
            b"payments\npay*",
            b"api\n!(a|b)c",
            b"worker-01\nworker-??",
            b"a\n@(a|b),c",
            b"ab\n+([a-c])?",
            b"a1\n[[:alpha:]][^b-z]",
        ),
        tuple(
            b"""
    * ** ? !( @( +( *( ?( ) | [ ] [^ [[:alpha:]] {1..3} { } .. \\ \" . / , ! ./ (?= (?<! a b -
    """.split()
        ),
        share=60,
        longest=160,  # the longest patterns have tests of their own
    ),
    Target(
        "expectation-globs",
        "a path or pointer, and a glob of an expectation",
        globs_of_expectations,
        (b"/api/v1/x\n/api/*/x", b"/a/b/c\n/a/**", b"a\n*", b"/identities/1/updatedAt\n**/updatedAt"),
        tuple(b"* ** *** / a b . \\ [ ]".split()),
        share=80,
        longest=300,
    ),
    Target(
        "times",
        "ISO 8601, of the clock, of fixtures and of filters",
        times,
        (
            b"2026-01-02T03:04:05.678Z",
            b"2026-01-02",
            b"1969-12-31T23:59:59.999+02:00",
            b"9999-12-31T23:59:59.999999Z",
            b"20260102T030405Z",
        ),
        tuple(b"T Z +00:00 -12:00 +23:59:59.999999 .999999 .9 , 2026-W01-1 W 24:00 0001 9999 -".split()),
        share=60,
        longest=80,
    ),
    Target(
        "prefer",
        "a query, and `Prefer` headers",
        prefer,
        (
            b"__code=404\ncode=404, wait=2",
            b'\ncode="500";x=y, respond-async',
            b"__code=200&__code=200\nwait=0.5",
            b'a=b\nwait="1,2"',
        ),
        tuple(b'code= wait= __code= , ; " \\" = 404 600 300 300.1 -1 0.0001 & %34 + foo'.split()),
        share=80,
        longest=300,
    ),
    Target(
        "target",
        "the target of a request line, and `Mock-World`",
        target,
        (
            _PATH + b"\n",
            b"/w/team-1" + _PATH + b"?x=1\nother",
            b"/api/v1/identities?orgId=0a&limit=5&offset=1&search=a\n",
        ),
        (
            b"/w/",
            b"/api/v1/",
            b"//",
            b"?",
            b"&",
            b"=",
            b"%2F",
            b"%00",
            b"%",
            b"..",
            b"limit=",
            b"offset=",
            b"orgId=",
            _UUID,
            b"#",
            b";",
        ),
        share=80,
        longest=400,
    ),
)
