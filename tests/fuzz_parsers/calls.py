"""Whole calls, without a socket: the vendor's API with what it is sent, and the control API with what it is told.

An input is `METHOD target`, headers if any, an empty line, and the body.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from io import StringIO
from typing import Any
from zlib import crc32

import orjson
from aiohttp import web
from multidict import CIMultiDict

from mockserver.app import Core
from mockserver.control import own_contract
from mockserver.control.api import PREFIX
from mockserver.http.routes import Routes
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, verified
from mockserver.infisical.state import State
from mockserver.logs import Log
from mockserver.rules.profile import Profile
from mockserver.settings import Settings
from tests.fuzz_parsers.bodies import BODY_WORDS, IDENTITY, LOGIN, SEARCH, UPDATE, header_name, signed
from tests.fuzz_parsers.fixtures import PARTS
from tests.fuzz_parsers.target import SEPARATOR, Logged, Target
from tests.fuzz_parsers.texts import text_of
from tests.socketless import Sent

_ADMIN = "Bearer acme-admin-token"
_FROZEN = 1_800_000_000_000


def begin_again(core: Core, seed: State) -> None:
    """Puts the default world on that seed, whatever has been put there since, and forgets all others."""
    core.worlds.reset()
    core.worlds.default.reseed(seed)
    core.worlds.default.snapshots.clear()


class Mock:
    """A mock, and the loop that its calls are answered in. Each call finds it as it was at first."""

    def __init__(self, profile: Profile) -> None:
        self.log = StringIO()
        self._loop = asyncio.new_event_loop()
        settings = Settings(profile=profile, clock=_FROZEN, seed=1, max_worlds=20, journal_size=20)
        self.core = Core(settings, log=Log("error", "json", self.log))
        self.core.vendor.delays.stop()  # nobody waits
        self._seed = self.core.worlds.default.seed
        for method, path, body in _BEFORE:
            self.ask(method, path, CIMultiDict({"Authorization": _ADMIN, "Content-Type": "application/json"}), body)
        self._journal = tuple(self.core.journal.oldest_first())

    def ask(self, method: str, target: str, headers: CIMultiDict[str], content: bytes) -> web.Response:
        """The answer to a request. What the mock logs as a bug of its own raises."""
        headers.setdefault("Host", "localhost")
        request = Sent(target, headers, method, content)
        answer = self._loop.run_until_complete(self._answered(request))
        logged = self.log.getvalue()
        if logged:
            raise Logged(logged)
        return answer

    async def _answered(self, request: Any) -> Any:
        return await self.core.answer(request)

    def close(self) -> None:
        self._loop.close()

    def again(self) -> None:
        """As it was at first."""
        self.log.seek(0)
        self.log.truncate()
        begin_again(self.core, self._seed)
        self.core.journal.clear()
        for entry in self._journal:
            self.core.journal.record(entry)


_IDS = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
_BEFORE = (
    ("PATCH", _IDS, b'{"allowedNames":"a","accessTokenTTL":600}'),
    ("PATCH", _IDS, b'{"accessTokenTTL":-1,"x":[1,{"y":null}]}'),
    ("GET", _IDS, b""),
    ("POST", "/api/v1/auth/kubernetes-auth/login", LOGIN),
)


_CHANGED = "a refused request has changed the world"
_SHOWN = ("/_mock/requests", "/_mock/requests/latest", "/_mock/requests/latest/explain", "/_mock/requests.har?limit=1")
"""How the journal tells of a request."""


@cache
def _mock(profile: Profile) -> Mock:
    return Mock(profile)


def close() -> None:
    """Ends what has been started."""
    if _mock.cache_info().currsize:
        for profile in Profile:
            _mock(profile).close()
        _mock.cache_clear()


def _read(content: bytes) -> tuple[str, str, CIMultiDict[str], bytes] | None:
    """Method, target, headers and body; None for what the HTTP parser refuses, or the control API streams."""
    head, _, body = content.partition(SEPARATOR)
    first, *lines = text_of(head).split("\n")
    method, _, target = first.partition(" ")
    headers: CIMultiDict[str] = CIMultiDict()
    for line in lines:
        name, _, value = line.partition(":")
        headers.add(header_name(name), value.strip())
    good = target.isascii() and target.isprintable() and target.startswith("/") and " " not in target
    if not good or "/events" in target or method not in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        return None
    return method, target, headers, body


def answer_to(content: bytes, profile: Profile = Profile.CONTRACT) -> web.Response | None:
    """What the mock answers, as it was at first; None for what the HTTP parser refuses."""
    sent = _read(content)
    if sent is None:
        return None
    method, target, headers, body = sent
    mock = _mock(profile)
    mock.again()
    if not target.startswith(PREFIX):
        headers.setdefault("Authorization", _ADMIN)
        headers.setdefault("Content-Type", "application/json")
    return mock.ask(method, target, headers, body)


def vendor(content: bytes) -> None:
    """No answer says that the mock is broken, and none but `live` says 500."""
    for profile in Profile:
        answer = answer_to(content, profile)
        if answer is None or "Mock-Rule" not in answer.headers:
            return  # the control API's, which is another target
        rule = answer.headers["Mock-Rule"]
        assert rule not in ("mock.crash", "mock.response-contract"), answer.text
        assert answer.status < 500 or profile is Profile.LIVE or rule in ("mock.prefer", "mock.fault"), answer.text
        orjson.loads(answer.body)
        mock = _mock(profile)
        world = mock.core.worlds.default
        if answer.status != 200:
            assert world.state.identities is world.seed.identities, _CHANGED
            assert world.state.kubernetes_auths is world.seed.kubernetes_auths, _CHANGED
        shown = _SHOWN[crc32(content) % len(_SHOWN)]
        assert mock.ask("GET", shown, CIMultiDict(), b"").status == 200


_OPERATIONS = Routes((each.method, each.path, each.id) for each in own_contract.contract().operations.values())


def control(content: bytes) -> None:
    """Every answer of the control API is one of its own contract, and none is a 500."""
    answer = answer_to(content)
    if answer is None or "Mock-Rule" in answer.headers:
        return
    assert answer.status < 500, answer.text
    method, target, *_ = _read(content) or ("", "")
    found = _OPERATIONS.find(method, target.partition("?")[0]).target
    if found is not None and answer.content_type == "application/json" and answer.status != 403:
        operation = own_contract.contract().operations[found]
        violations = operation.checks.response_violations(answer.status, "application/json", orjson.loads(answer.body))
        assert not violations, (answer.status, violations)


def service_account(content: bytes) -> None:
    """An input is header and claims of a service account's token, which is signed, and used for a login."""
    header, _, claims = content.partition(SEPARATOR)
    token = signed(header, claims, DEFAULT_TOKEN_KEY)
    found = verified(token, DEFAULT_TOKEN_KEY, _FROZEN)
    assert isinstance(found, str) or all(isinstance(each, str) for each in (found.username, *found.audiences))
    body = b'{"identityId":"1d000000-0000-4000-8000-000000000002","jwt":"' + token.encode() + b'"}'
    vendor(b"POST /api/v1/auth/kubernetes-auth/login" + SEPARATOR + body)


def _calls(*rows: tuple[str, bytes]) -> tuple[bytes, ...]:
    return tuple(line.encode() + SEPARATOR + body for line, body in rows)


VERIFY, FAULT = (f"POST /_mock/{call}".encode() + SEPARATOR for call in ("requests/verify", "worlds/default/faults"))


def _under(call: bytes) -> Callable[[bytes], None]:
    """What is told to one call of the control API: an input is its body alone."""

    def run(content: bytes) -> None:
        control(call + content)

    return run


_MATCHERS = (
    b'{"operation":"updateKubernetesAuth","status":200,"path":"/api/**","count":1}',
    b'{"body":{"/allowedNames":{"equals":"a"},"accessTokenTTL":{"present":true}},"count":{"atLeast":1,"atMost":2}}',
    b'{"identity":"1d000000-0000-4000-8000-000000000002","method":"PATCH","rule":"accepted","since":"2026-01-01T00:00:00Z"}',
    b'{"order":[{"status":200},{"body":{"accessTokenTrustedIps.0.ipAddress":{"null":true}}}],"world":"default","failOnWarning":true}',
    b'{"state":{"from":0,"to":0,"changed":[{"pointer":"/identities/*/name","after":"x"}],"ignoring":["**/updatedAt"]}}',
)
_FAULTS = (
    b'{"kind":"delay","seconds":{"from":0.1,"to":2},"operation":"updateKubernetesAuth","probability":0.5,"seed":7}',
    b'{"kind":"status","status":500,"times":3,"identityId":"1d000000-0000-4000-8000-000000000002"}',
    b'{"kind":"rate-limit","retryAfter":5,"every":3}',
    b'{"kind":"drop","where":"mid-body"}',
    b'{"kind":"stale","operation":"getKubernetesAuth"}',
)
_CONTROL_WORDS = tuple(
    b"""
    kind delay seconds from to status rate-limit retryAfter drop where mid-body after-write stale operation
    identityId times every probability seed count atLeast atMost order body equals absent present null since world
    path method rule state changed pointer ignoring failOnWarning id fixtures profile now tokenSecret advance
    updateKubernetesAuth ** * /api/ req-1 live contract default 2026-01-02T03:04:05Z GET POST PUT PATCH DELETE HEAD
    /_mock/ /_mock/worlds /_mock/requests limit= since= warnings= ?secrets=clear ?as=seed Accept: Host: Origin:
    [REDACTED 0123456789abcdef] /w/default application/yaml text/plain %2F
    """.split()
)
_POD = (
    b'{"aud":["infisical"],"exp":1900000000,"iat":1700000000,"iss":"https://kubernetes.default.svc.cluster.local","jti":"a",'
    b'"kubernetes.io":{"namespace":"payments","serviceaccount":{"name":"api","uid":"u"}},"nbf":1700000000,'
    b'"sub":"system:serviceaccount:payments:api"}'
)
_POD_WORDS = b"""
    aud exp iat iss nbf sub kubernetes.io system:serviceaccount: system:node: : infisical HS256 none kid NaN
    payments api
    """.split()
TARGETS = (
    Target(
        "service-account",
        "the claims of a service account's token, up to the login",
        service_account,
        (b'{"alg":"HS256","typ":"JWT"}' + SEPARATOR + _POD, b'{"alg":"none"}' + SEPARATOR + _POD),
        tuple(_POD_WORDS),
        "message",
        share=30,
    ),
    Target(
        "requests",
        "a request to the vendor's API, whole, in both profiles",
        vendor,
        _calls(
            (f"PATCH {_IDS}", UPDATE),
            (f"POST {_IDS[:-1]}3", UPDATE.replace(b"null", b'"reviewer-good"', 1)),
            (f"GET {_IDS}", b""),
            (f"DELETE {_IDS}", b""),
            ("POST /api/v1/identities", IDENTITY),
            ("POST /api/v1/identities/search", SEARCH),
            ("POST /api/v1/auth/kubernetes-auth/login", LOGIN),
            (
                "POST /api/v1/auth/universal-auth/login",
                b'{"clientId":"c1000000-0000-4000-8000-000000000020","clientSecret":"robot-secret"}',
            ),
            ("POST /api/v1/auth/token/renew", b'{"accessToken":"a.b.c"}'),
            (f"PATCH {_IDS}\nPrefer: code=404", b"{}"),
            ("GET /api/v1/identities?orgId=0a000000-0000-4000-8000-000000000001&limit=2&__code=200", b""),
        ),
        (
            *BODY_WORDS,
            b"Content-Type: text/plain",
            b"Prefer: code=",
            b"Mock-World: x",
            b"/w/default",
            b"PATCH ",
            b"POST ",
            b"?limit=",
            b"Cookie: a=b",
        ),
        "message",
        share=50,
        longest=3000,
    ),
    Target(
        "expectations",
        "what `verify` is told",
        _under(VERIFY),
        _MATCHERS,
        _CONTROL_WORDS,
        "json",
        40,
        2000,
    ),
    Target(
        "faults",
        "the fault that is asked for",
        _under(FAULT),
        _FAULTS,
        _CONTROL_WORDS,
        "json",
        40,
        1000,
    ),
    Target(
        "control",
        "any other call of the control API",
        control,
        _calls(
            ("PUT /_mock/worlds/default/clock", b'{"now":"2026-01-02T03:04:05Z","advance":1.5}'),
            (
                "POST /_mock/worlds",
                b'{"id":"w","profile":"live","now":"2027-01-01T00:00:00Z","tokenSecret":"' + b"s" * 40 + b'"}',
            ),
            ("POST /_mock/worlds", b'{"fixtures":{"version":1},"id":"a.b-c"}'),
            ("POST /_mock/worlds", b'{"from":"default"}'),
            ("PUT /_mock/worlds/w", b'{"id":"w","tokenExpiryStatus":401.0}'),
            ("PUT /_mock/worlds/default/state?as=seed", PARTS[0]),
            ("GET /_mock/worlds/default/state?secrets=clear\nAccept: application/yaml", b""),
            ("POST /_mock/worlds/default/snapshots", b'{"name":"s"}'),
            ("GET /_mock/worlds/default/revisions?limit=5", b""),
            (
                "GET /_mock/requests?since=2026-01-01T00:00:00%2B02:00&limit=5&status=200&warnings=true&world=default",
                b"",
            ),
            ("GET /_mock/requests/latest/explain\nAccept: text/plain", b""),
            ("GET /_mock/requests.har", b""),
            ("GET /_mock/coverage", b""),
            ("POST /_mock/requests/find", b'{"operation":"updateKubernetesAuth","path":"/api/**"}'),
        ),
        _CONTROL_WORDS,
        "message",
        share=30,
        longest=3000,
    ),
)
