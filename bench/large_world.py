"""Calls about a large world, each with what must be there before: what `holds.py` measures."""

import json
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from typing import Any

from bench import scale
from bench.workload import TOKEN

CONTROL = "/_mock"
DEFAULT = "/_mock/worlds/default"
WORLDS = 500
SNAPSHOTS = 100
ORGANIZATION = "0a000000-0000-4000-8000-000000000001"
LIMITS = "0f000000-0000-4000-8000-000000000001"
"""The large organization."""


@dataclass
class Client:
    """Sends calls to a server, one after the other. Raises RuntimeError for an answer that is not a success."""

    port: int
    fixtures: str
    """The fixtures of the large world, as JSON."""
    fixture_file: Any = None

    def __call__(
        self, method, path, body=None, *, accept="application/json", kind="application/json", fine=(), token=TOKEN
    ):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        content = body if body is None or isinstance(body, bytes | str) else json.dumps(body)
        headers = {"Accept": accept, "Authorization": token} | ({} if content is None else {"Content-Type": kind})
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status >= 300 and response.status not in fine:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return answer


@dataclass(frozen=True)
class Case:
    """A call that is measured, and what is done before and after it."""

    name: str
    call: Any
    before: Any = None
    after: Any = None


def _call(*arguments, **more):
    return lambda send: send(*arguments, **more)


def _new_world(name, **body):
    return lambda send: send("POST", f"{CONTROL}/worlds", {"id": name, **body})


def _gone(*names):
    def delete(send):
        for name in names:
            send("DELETE", f"{CONTROL}/worlds/{name}", fine=(404,))

    return delete


def _with_fixtures(name, *, method="POST", form="object"):
    def make(send):
        fixtures = {
            "object": lambda: json.loads(send.fixtures),
            "JSON": lambda: send.fixtures,
            "YAML": lambda: _yaml(send),
            "two errors": lambda: _wrong(send),
        }[form]()
        path = f"{CONTROL}/worlds" if method == "POST" else f"{CONTROL}/worlds/{name}"
        fine = (400,) if form == "two errors" else ()
        return send(method, path, json.dumps({"id": name, "fixtures": fixtures}), fine=fine)

    return make


def _yaml(send):
    return scale.as_yaml(json.loads(send.fixtures)["identities"])


def _wrong(send):
    fixtures = json.loads(send.fixtures)
    fixtures["identities"][-1]["unheard-of"] = 1
    fixtures["identities"][0]["organization"] = "nobody"
    return fixtures


def _put_state(kind, **more):
    def put(send):
        text = send.fixtures if kind == "json" else _yaml(send)
        send("PUT", f"{CONTROL}/worlds/large{more.get('query', '/state')}", text, kind=f"application/{kind}")

    return put


def _several_worlds(send):
    for number in range(WORLDS):
        send("PUT", f"{CONTROL}/worlds/w{number}", {"from": "default"})


def _snapshots(send):
    for number in range(SNAPSHOTS):
        send("POST", f"{DEFAULT}/snapshots", {"name": f"s{number}"})


def _restored_once(send):
    """Make a revision whose states differ in more than one request's record: a snapshot from before some updates."""
    send("POST", f"{DEFAULT}/snapshots", {"name": "s0"})
    time.sleep(0.2)
    send("POST", f"{DEFAULT}/snapshots/s0/restore")


def _between_revisions(send):
    revision = json.loads(send("GET", DEFAULT))["revision"]
    expected = {"world": "default", "from": max(revision - 900, 0), "to": revision, "changed": []}
    return send("POST", f"{CONTROL}/requests/verify", {"state": expected}, fine=(406,))


def _verified(body):
    return _call("POST", f"{CONTROL}/requests/verify", body, fine=(406,))


def _touched(send):
    """Change the fixture file that the server watches, and wait until the server has read it."""
    seen = json.loads(send("GET", DEFAULT))["revision"]
    send.fixture_file.write_text(send.fixture_file.read_text() + "\n")
    ends = time.monotonic() + 120
    while (now := json.loads(send("GET", DEFAULT))["revision"]) >= seen:  # it begins anew with the new fixtures
        seen = now
        if time.monotonic() > ends:
            raise RuntimeError("the changed fixtures were not read")
        time.sleep(0.05)


def _newest(send, path):
    return send("GET", f"{CONTROL}/requests/latest/{path}")


def _in_large(method, path, body=None):
    """Return a call of the administrator of the large organization."""
    return _call(method, path, body, token=f"Bearer {scale.ADMIN_TOKEN}")


_FIND = {"search": {"name": {"$contains": "load-9"}}}
LARGE = partial(_with_fixtures, "large")
THERE = LARGE(method="PUT")


def _made_anew(send):
    _gone("large")(send)
    THERE(send)


def _state_put(send):
    THERE(send)
    _put_state("json")(send)


CASES = (
    Case("updates alone, for 3 s", lambda _: time.sleep(3)),
    Case("GET revisions?limit=1000", _call("GET", f"{DEFAULT}/revisions?limit=1000")),
    Case("GET revisions?limit=1", _call("GET", f"{DEFAULT}/revisions?limit=1")),
    Case("GET revisions?identity=", _call("GET", f"{DEFAULT}/revisions?identity=1d000000-0000-4000-8000-000000000002")),
    Case("GET revisions after a restore", _call("GET", f"{DEFAULT}/revisions"), _restored_once),
    Case("verify the state between two revisions", _between_revisions),
    Case("100 snapshots: POST", _snapshots),
    Case("GET snapshots", _call("GET", f"{DEFAULT}/snapshots")),
    Case("POST snapshots/s0/restore", _call("POST", f"{DEFAULT}/snapshots/s0/restore")),
    Case("100 snapshots: DELETE", lambda send: [send("DELETE", f"{DEFAULT}/snapshots/s{n}") for n in range(SNAPSHOTS)]),
    Case("POST worlds {from}", _new_world("copy", **{"from": "default"}), after=_gone("copy")),
    Case("GET worlds, 500 of them", _call("GET", f"{CONTROL}/worlds"), _several_worlds),
    Case("DELETE 500 worlds", _gone(*(f"w{number}" for number in range(WORLDS)))),
    Case("POST worlds {fixtures: object}", LARGE(), _gone("large")),
    Case("PUT worlds/large, the same again", THERE, _made_anew),
    Case("DELETE the large world", _gone("large"), THERE),
    Case("PUT worlds/large {fixtures: JSON}", LARGE(method="PUT", form="JSON"), _gone("large"), _gone("large")),
    Case("PUT worlds/large/state, JSON", _put_state("json"), THERE),
    Case("POST worlds/large/reset", _call("POST", f"{CONTROL}/worlds/large/reset"), _state_put),
    Case("PUT worlds/large/state?as=seed, JSON", _put_state("json", query="/state?as=seed"), THERE),
    Case("POST reset", _call("POST", f"{CONTROL}/reset"), THERE),
    Case("POST worlds {fixtures: YAML}", LARGE(form="YAML"), _gone("large"), _gone("large")),
    Case("POST worlds {fixtures: two errors}", LARGE(form="two errors"), _gone("large")),
    Case("GET state", _call("GET", f"{DEFAULT}/state")),
    Case("GET state, YAML", _call("GET", f"{DEFAULT}/state", accept="application/yaml")),
    Case("GET identities?search=load-9", _call("GET", f"{DEFAULT}/identities?search=load-9")),
    Case("GET identities, the last page", _call("GET", f"{DEFAULT}/identities?start={scale.MANY - 1000}&limit=1000")),
    Case("list all identities", _in_large("GET", f"/api/v1/identities?orgId={LIMITS}")),
    Case("search, one page", _in_large("POST", "/api/v1/identities/search", _FIND)),
    Case("search, all by role", _in_large("POST", "/api/v1/identities/search", {"limit": 0, "orderBy": "role"})),
    Case("search of memberships", _in_large("POST", "/api/v2/identities/search", {"orderDirection": "desc"})),
    Case("count of memberships", _in_large("POST", "/api/v2/identities/search/count", {})),
    Case("GET tokens", _call("GET", f"{DEFAULT}/tokens")),
    Case("GET requests?limit=1000", _call("GET", f"{CONTROL}/requests?limit=1000")),
    Case("GET requests?warnings=true", _call("GET", f"{CONTROL}/requests?warnings=true&limit=1000")),
    Case("GET requests?world=nobody", _call("GET", f"{CONTROL}/requests?world=nobody", fine=(400,))),
    Case("GET requests.har?limit=1000", _call("GET", f"{CONTROL}/requests.har?limit=1000")),
    Case("GET requests/latest/explain", partial(_newest, path="explain")),
    Case("GET requests/latest/test", partial(_newest, path="test")),
    Case("GET requests/latest/curl", partial(_newest, path="curl")),
    Case("POST requests/find", _call("POST", f"{CONTROL}/requests/find", {"operation": "updateKubernetesAuth"})),
    Case("POST requests/count", _call("POST", f"{CONTROL}/requests/count", {"status": 200})),
    Case("verify a count", _verified({"operation": "updateKubernetesAuth", "count": 1})),
    Case("verify a rate", _verified({"operation": "updateKubernetesAuth", "maxRequestsPerMinute": 5})),
    Case("verify by identity", _verified({"identity": "payments", "count": 1})),
    Case("GET coverage", _call("GET", f"{CONTROL}/coverage")),
    Case("GET rules", _call("GET", f"{CONTROL}/rules")),
    Case("GET metrics", _call("GET", f"{CONTROL}/metrics")),
    Case(
        "POST faults, by name",
        _call("POST", f"{DEFAULT}/faults", {"kind": "delay", "seconds": 0, "identityId": "load-99999", "times": 1}),
    ),
    Case("GET faults", _call("GET", f"{DEFAULT}/faults")),
    Case("DELETE requests", _call("DELETE", f"{CONTROL}/requests")),
    Case("--watch: a changed file", _touched),
)
