"""What is asked: a thousand different updates, as HTTP requests; accepted, or refused for one reason each.

One body again and again would measure whatever remembers it. Here shapes, values and identities change from request to
request, as they do when a team's tests run: whole configurations as Terraform sends them, and patches of a few fields.
"""

import json
from dataclasses import dataclass, replace

IDENTITIES = ("1d000000-0000-4000-8000-000000000002", "1d000000-0000-4000-8000-00000000000b")
PATH = "/api/v1/auth/kubernetes-auth/identities/"
TOKEN = "Bearer acme-admin-token"
VARIANTS = 1000

_SOME = (
    ("accessTokenTTL", "accessTokenMaxTTL"),
    ("allowedNamespaces", "allowedNames", "allowedAudience"),
    ("accessTokenTrustedIps", "accessTokenTTL"),
)
# Of ten requests, seven carry the whole configuration: the heaviest, and what most clients send.
_TURNS = (None, None, _SOME[0], None, None, _SOME[1], None, None, _SOME[2], None)


@dataclass(frozen=True)
class Request:
    """One update: the identity it is for, its JSON body, `Authorization` and `Traceparent`; an empty header is none.

    `method` makes it another request about the identity, `path` one about another resource.
    """

    identity: str
    authorization: str
    body: bytes
    trace: str = ""
    method: str = "PATCH"
    path: str = ""

    def __post_init__(self):
        object.__setattr__(self, "path", self.path or PATH + self.identity)

    @property
    def headers(self):
        """What a client written in Go sends."""
        headers = {
            "User-Agent": "Go-http-client/1.1",
            "Authorization": self.authorization,
            "Content-Type": "application/json" if self.body else "",
            "Accept-Encoding": "gzip",
            "Traceparent": self.trace,
        }
        return {name: value for name, value in headers.items() if value}

    @property
    def raw(self):
        """The bytes on the wire."""
        fields = {"Host": "127.0.0.1", **self.headers}
        if self.body:
            fields["Content-Length"] = str(len(self.body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body


@dataclass(frozen=True)
class Workload:
    """Requests that are answered alike: with this status, and with so many issues if it is a 422."""

    name: str
    status: int
    requests: tuple[Request, ...]
    issues: int = 0

    def as_file(self, folder):
        """A file for `replay.lua`: the requests as they are, a NUL after each."""
        file = folder / f"{self.name}.requests"
        file.write_bytes(b"".join(request.raw + b"\0" for request in self.requests))
        return file


def values(number):
    """The values of one whole configuration. A TTL is never above a max TTL, in whatever order they are sent."""
    return {
        "allowedNamespaces": f"payments-{number % 97},checkout",
        "allowedNames": f"api-{number % 89}",
        "allowedAudience": f"infisical-{number % 5}",
        "accessTokenTTL": 600 + number,
        "accessTokenMaxTTL": 7200 + number,
        "accessTokenNumUsesLimit": number % 50,
        "accessTokenTrustedIps": [
            {"ipAddress": f"10.{number % 200}.{part}.0/24"} for part in range(1 + number % 3)
        ],
    }  # fmt: skip


def _workload(name, status, body, tokens=(TOKEN,), issues=0):
    return Workload(
        name,
        status,
        tuple(
            Request(
                IDENTITIES[number // 3 % len(IDENTITIES)],
                tokens[number % len(tokens)],
                json.dumps(body(number), separators=(",", ":")).encode(),
            )
            for number in range(VARIANTS)
        ),
        issues,
    )


def _accepted(number):
    whole = values(number)
    return {name: whole[name] for name in _TURNS[number % len(_TURNS)] or whole}


def _three_issues(number):
    """Three fields at odds with the contract, among others that are not."""
    wrong = {"accessTokenTTL": -1 - number, "allowedNames": number, "accessTokenTrustedIps": []}
    return {**values(number), **wrong}


def _no_ca(number):
    """What a rule near the end of the walk refuses: verification without a CA certificate."""
    return {**values(number), "verifyTlsCertificate": True}


ACCEPTED = _workload("accepted", 200, _accepted)
SAME_BODY = Workload("same-body", 200, ACCEPTED.requests[:1])
TRACED = Workload(
    "traced",
    200,
    tuple(
        replace(each, trace=f"00-{number + 1:032x}-{number + 1:016x}-01")
        for number, each in enumerate(ACCEPTED.requests)
    ),
)
INVALID = _workload("invalid", 422, _three_issues, issues=3)
BY_RULE = _workload("by-rule", 400, _no_ca)
NO_GOOD_TOKEN = _workload("no-good-token", 401, values, ("", "Bearer acme-revoked-token"))
UNKNOWN = Workload(
    "unknown",
    404,
    tuple(replace(each, path=f"{PATH}1e000000-0000-4000-8000-{n:012x}") for n, each in enumerate(ACCEPTED.requests)),
)
REFUSED = (INVALID, BY_RULE, NO_GOOD_TOKEN, UNKNOWN)
READ = Workload("read", 200, tuple(Request(each, TOKEN, b"", method="GET") for each in IDENTITIES))
LOGIN = Workload(
    "login",
    200,
    (
        Request(
            IDENTITIES[0],
            "",
            json.dumps({"identityId": IDENTITIES[0], "jwt": "sa-payments-api"}).encode(),
            method="POST",
            path="/api/v1/auth/kubernetes-auth/login",
        ),
    ),
)
OTHERS = (READ, LOGIN)
"""Requests that are accepted and update no record."""
