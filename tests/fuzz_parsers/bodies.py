"""Parsers of what a request brings: its body as JSON or as a form, its headers, its token."""

import base64
import hashlib
import hmac
import json
import re
from zlib import crc32

from multidict import CIMultiDict

from mockserver.api import body
from mockserver.api.caller import Caller, admitted, checked, presented, token_of
from mockserver.api.issue_list import issues_of
from mockserver.api.json_text import MAX_DEPTH, NotJson, NotUtf8, parse
from mockserver.api.request_headers import read_headers
from mockserver.api.request_rules import BODY, HEADERS
from mockserver.clock import WorldClock
from mockserver.contract.compiled import contract_at
from mockserver.control import guard
from mockserver.http.json_encoding import encoded
from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.journal.entry import Entry
from mockserver.rules.edition import edition
from mockserver.rules.profile import Profile
from mockserver.seeding.load import load, texts
from mockserver.settings import DEFAULT_TOKEN_SECRET, bundled
from mockserver.worlds.world import World
from tests.fuzz_parsers.target import SEPARATOR, Target
from tests.fuzz_parsers.texts import text_of
from tests.socketless import Sent

NOW = 1_800_000_000_000
STATE = load(texts([bundled("fixtures")]), NOW)
_BODIES = tuple(each for each in contract_at(bundled("openapi.yaml")).operations.values() if each.body is not None)
_CONTROL_TOKEN = "control-token-of-the-tests"


def json_text(content: bytes) -> None:
    try:
        value = parse(content)
    except NotUtf8:
        value = NotUtf8
    except NotJson:
        value = NotJson
    if value not in (NotUtf8, NotJson):
        assert parse(encoded(value)) is not NotJson, "what was read cannot be written"
    deep = content.count(b"[") + content.count(b"{") > MAX_DEPTH
    if not deep:
        assert (value in (NotUtf8, NotJson)) == (_read_by_python(content) is NotJson), "another parser says otherwise"


def _read_by_python(content: bytes) -> object:
    def refused(constant: str) -> object:
        raise ValueError(constant)

    try:
        return json.loads(content.decode("utf-8").removeprefix("\ufeff"), parse_constant=refused, parse_int=float)
    except ValueError:
        return NotJson


def a_body(content: bytes) -> None:
    head, _, sent = content.partition(SEPARATOR)
    chosen = crc32(head)
    operation = _BODIES[chosen % len(_BODIES)]
    headers = CIMultiDict({"Content-Type": text_of(head)}) if head else CIMultiDict()
    came = read_headers(headers).body
    for profile in Profile:
        value, received = body.value(sent, came, operation, profile, announced=True)
        again, _ = body.value(sent, came, operation, profile, announced=True)
        assert repr(value) == repr(again) or value is again, "the same bytes are two values"
        if received.problem is not None:
            BODY.decide(received, edition(profile))
            continue
        violations = operation.checks.request({}, Sent("/", headers), value)[1]
        issues = issues_of(violations, value, operation.ranks)
        assert bool(violations) == bool(issues.refused or issues.unrecognized)
        encoded([issue.as_json() for issue in (*issues.refused, *issues.unrecognized)])


def header_name(text: str) -> str:
    """The name, or one that the HTTP parser lets through."""
    return text if re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text) else "x"


def headers(content: bytes) -> None:
    sent: CIMultiDict[str] = CIMultiDict()
    for line in text_of(content).split("\n"):
        name, _, value = line.partition(":")
        sent.add(header_name(name), value.strip())
    world = World("default", STATE, edition(Profile.CONTRACT), WorldClock(NOW), DEFAULT_TOKEN_SECRET)
    head = read_headers(sent)
    assert head == read_headers(sent)
    assert head.organization == (sent.get("x-infisical-org") if head.credential.is_sent else None)
    found = presented(head.credential, "/api/v1/identities", STATE, DEFAULT_TOKEN_SECRET, NOW)
    entry = Entry("", NOW, "", "", head.packed, peer="127.0.0.1")
    caller = checked(found, head.address_at(entry, world), world) or admitted(found, world)
    if isinstance(caller, Caller):
        assert sent["Authorization"][7:] in STATE.access_tokens, "somebody is let in without a token"
    if "x-infisical-org" in sent:
        refused = HEADERS.decide(sent["x-infisical-org"], edition(Profile.LIVE)).refusal is not None
        assert refused is not bool(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", sent["x-infisical-org"]))
    guard.foreign_page(sent)
    if guard.bearer_given(sent, _CONTROL_TOKEN):
        assert sent["Authorization"].lower().startswith("bearer ")
        assert sent["Authorization"][7:].strip() == _CONTROL_TOKEN


def signed(header: bytes, claims: bytes, secret: str = DEFAULT_TOKEN_SECRET) -> str:
    """A JWT of these bytes, whatever they are."""
    parts = b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") for each in (header, claims))
    return (parts + b"." + _signature(parts, secret)).decode()


def _signature(parts: bytes, secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(secret.encode(), parts, hashlib.sha256).digest()).rstrip(b"=")


def _text_of_token(content: bytes) -> str:
    """An input with an empty line in it is header and claims, which are signed; any other is a token as it is."""
    head, separator, claims = content.partition(SEPARATOR)
    return signed(head, claims) if separator else text_of(content)


def token_in(content: bytes) -> AccessToken | Defect:
    """What the token of an input is."""
    return token_of(_text_of_token(content), STATE, DEFAULT_TOKEN_SECRET, NOW)


def token(content: bytes) -> None:
    text, found = _text_of_token(content), token_in(content)
    if isinstance(found, AccessToken) and text not in STATE.access_tokens:
        parts, _, signature = text.rpartition(".")
        wanted = _signature(parts.encode(), DEFAULT_TOKEN_SECRET)
        assert _decoded(signature.encode()) == _decoded(wanted), "the signature is none of ours"
    world = World("default", STATE, edition(Profile.LIVE), WorldClock(NOW), DEFAULT_TOKEN_SECRET)
    sent = presented(Credential(text), "/", STATE, DEFAULT_TOKEN_SECRET, NOW)
    if checked(sent, "::1", world) is None:
        admitted(sent, world)


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


_HEADER = b'{"alg":"HS256","typ":"JWT"}'
_CLAIMS = (
    b'{"identityId":"1d000000-0000-4000-8000-000000000001","orgId":"0a000000-0000-4000-8000-000000000001",'
    b'"authMethod":"universal-auth","identityAccessTokenId":"a0000000-0000-4000-8000-000000000001",'
    b'"authTokenType":"identityAccessToken","clientSecretId":"","accessTokenTTL":3600,"accessTokenMaxTTL":7200,'
    b'"accessTokenPeriod":0,"creationEpoch":1799999000,"numUsesLimit":5,"iat":1799999000,"exp":1900000000,"nbf":1}'
)
_USER = (
    b'{"authTokenType":"accessToken","organizationId":"0a000000-0000-4000-8000-000000000001","userId":"u","exp":1e10}'
)
UPDATE = (
    b'{"kubernetesHost":"https://prod.k8s.example:6443","caCert":"x","tokenReviewerJwt":null,"allowedNamespaces":"a",'
    b'"allowedNames":"*","allowedAudience":"","accessTokenTrustedIps":[{"ipAddress":"10.0.0.0/8"}],'
    b'"accessTokenTTL":3600,"accessTokenMaxTTL":7200,"accessTokenNumUsesLimit":0,"gatewayId":null,'
    b'"gatewayPoolId":"6b000000-0000-4000-8000-000000000001","tokenReviewMode":"gateway","verifyTlsCertificate":true}'
)
IDENTITY = (
    b'{"name":"a","organizationId":"0a000000-0000-4000-8000-000000000001",'
    b'"role":"member","metadata":[{"key":"a","value":"b"}]}'
)
SEARCH = b'{"orderBy":"name","orderDirection":"asc","limit":5,"offset":0,"search":{"$or":[{"name":{"$contains":"a"}}]}}'
LOGIN = b'{"identityId":"1d000000-0000-4000-8000-000000000002","jwt":"sa-payments-api","organizationSlug":"acme"}'
BODY_WORDS = tuple(
    b"""
    kubernetesHost caCert tokenReviewerJwt allowedNames accessTokenTrustedIps ipAddress accessTokenTTL gatewayId
    gatewayPoolId tokenReviewMode gateway api verifyTlsCertificate identityId jwt name role metadata key value
    search $or $eq $contains $in __proto__ constructor prototype toString 0.0.0.0/0 https:// member null true 3600
    1e3 6b000000-0000-4000-8000-000000000001
    """.split()
)
_JSON_TYPE = b"application/json"
_TYPES = (
    _JSON_TYPE,
    b"application/json; charset=utf-16",
    b"APPLICATION/JSON;",
    b"application/x-www-form-urlencoded",
    b"text/plain",
    b"",
)
TARGETS = (
    Target(
        "json",
        "the text of a JSON body, held against the standard library's reading",
        json_text,
        (
            UPDATE,
            b'[1,-0.0,1e5,"\\ud83d\\ude00",true]',
            b"\xef\xbb\xbf{}",
            b'"\\ud800"',
            b"[" * 300 + b"]" * 300,
            b"12345678901234567890",
        ),
        tuple(
            b"""
    { } [ ] , : \" \\\" \\u0041 \\ud800 true false null 1e400 -0 1. .1 NaN {\"a\": [[[[ ]]]] \xef\xbb\xbf
    """.split()
        ),
        form="json",
        share=120,
        longest=4000,
    ),
    Target(
        "body",
        "a content type and a body, as each operation reads and checks it",
        a_body,
        tuple(
            kind + SEPARATOR + sent
            for kind in _TYPES
            for sent in (UPDATE, IDENTITY, SEARCH, LOGIN, b"identityId=a&jwt=b&jwt=c&x=%ff&=", b"")
        ),
        BODY_WORDS + _TYPES[:-1] + (b"; charset=", b"utf-8", b"/", b"&", b"=", b"%C3%28"),
        form="message",
        share=100,
        longest=4000,
    ),
    Target(
        "headers",
        "headers: credential, address of the client, organization, host and origin",
        headers,
        (
            b"Authorization: Bearer acme-admin-token\nx-infisical-org: acme\nX-Forwarded-For: 10.0.0.1, 10.0.0.2",
            b"Authorization: Bearer acme-member-token\nx-client-ip: ::ffff:1.2.3.4\nHost: localhost:8080\nOrigin: http://localhost:8080",
            b"Authorization: Bearer control-token-of-the-tests\nHost: [::1]:8080\nSec-Fetch-Site: same-origin",
            b"x-api-key: a\nforwarded: for=1.2.3.4\nx-infisical-org: a-b\nHost: mock.internal",
        ),
        tuple(
            b"""
    Authorization: Bearer x-api-key: st. acme-admin-token x-infisical-org: X-Forwarded-For: cf-connecting-ip:
    10.0.0.1 ::1 fe80::1%eth0 Host: Origin: null http:// https:// [::1] [ ] Sec-Fetch-Site: cross-site , - . :
    control-token-of-the-tests
    """.split()
        ),
        share=80,
        longest=600,
    ),
    Target(
        "token",
        "an access token; or a header and claims, which are signed",
        token,
        (
            _HEADER + SEPARATOR + _CLAIMS,
            _HEADER + SEPARATOR + _USER,
            b'{"alg":"none"}' + SEPARATOR + _CLAIMS,
            signed(_HEADER, _CLAIMS).encode(),
            b"acme-admin-token",
            b"st.a.b.c",
            b"..",
        ),
        tuple(
            b"""
    identityAccessToken accessToken scimToken authTokenType identityId orgId exp iat nbf numUsesLimit HS256 none
    RS256 crit kid zip b64 . .. st. = eyJhbGciOiJIUzI1NiJ9 universal-auth kubernetes-auth token-auth creationEpoch
    accessTokenPeriod
    """.split()
        ),
        form="message",
        share=80,
        longest=2000,
    ),
)
