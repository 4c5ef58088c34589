"""Hooks and checks that schemathesis loads (schemathesis.toml)."""

import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from zlib import crc32

import schemathesis
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest

ROOT = Path(__file__).resolve().parents[2]
STATEFUL = "stateful"
CALLER = "Bearer acme-admin-token"
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
if str(ROOT) not in sys.path:  # this file is loaded by its path, from wherever schemathesis was started
    sys.path.insert(0, str(ROOT))

from tests.fuzz import verdict  # noqa: E402


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Links the answer of an update as those of its neighbours are: the published operation itself has no links."""
    item = raw_schema["paths"]["/api/v1/auth/kubernetes-auth/identities/{identityId}"]
    item["patch"]["responses"]["200"]["links"] = item["get"]["responses"]["200"]["links"]


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Leaves one of two gateways, mostly. Together they are refused first of all, and were most of a run's requests."""
    names = ("gatewayId", "gatewayPoolId")
    # Only a value that is as it should be may go: what schemathesis broke on purpose has to stay broken.
    if not isinstance(body, dict) or not all(_is_uuid(body.get(name)) for name in names):
        return body
    lot = crc32(repr(body).encode("utf-8", "surrogatepass")) % 8  # by the body: chance would make runs unrepeatable
    return body if lot == 0 else {key: value for key, value in body.items() if key != names[lot % 2]}


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and UUID.fullmatch(value) is not None


@cache
def judge() -> OpenAPI:
    """The judge of what a valid request is: openapi-core itself, not the server's compiled checks."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
    return OpenAPI.from_dict({**document, "servers": [{"url": "/"}]})


@cache
def bodies() -> list[tuple[str, re.Pattern[str], bool]]:
    """Method and path of each operation, and whether it takes a body."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
    return [
        (method.upper(), re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "/?"), "requestBody" in operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def takes_body(method: str, path: str) -> bool:
    """Whether the operation of that method and path, if there is one, takes a body."""
    return any(takes for each, pattern, takes in bodies() if each == method and pattern.fullmatch(path))


def is_valid(request: Any) -> bool:
    """Whether the contract accepts the request as it was sent. A body that no operation takes is outside of it."""
    if "Content-Type" in request.headers and not takes_body(request.method, urlsplit(request.url).path):
        return False
    try:
        judge().validate_request(RequestsOpenAPIRequest(request))
    except Exception:  # it raises many kinds, and for bodies that are no JSON not only its own
        return False
    return True


@cache
def rules(origin: str) -> verdict.Ledger:
    """The ledger of the server at `origin`."""
    with urlopen(f"{origin}/_mock/rules", timeout=10) as answer:
        return verdict.ledger(json.load(answer)["rules"])


@schemathesis.check
def held_to_the_rules(ctx: Any, response: Any, case: Any) -> None:
    """Every answer says what decided it, and only a rule that may refuse valid requests refuses one."""
    url = urlsplit(response.request.url)
    complaint = verdict.complaint(
        response.status_code,
        response.headers,
        response.headers.get("mock-rule", [None])[0],
        valid=is_valid(response.request),
        rules=rules(f"{url.scheme}://{url.netloc}"),
    )
    assert complaint is None, complaint


@schemathesis.check
class KeepsTheWorld:
    """No complaint of its own. It resets the server where the run has spoilt what it lives on.

    Outside the stateful phase every few hundred requests, so that identities which were deleted come back; anywhere
    as soon as the caller itself has lost its token or its role.
    """

    EVERY = 200

    def __init__(self) -> None:
        self._requests = 0
        self._resets = 0

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        self._requests += 1
        sent = response.request.headers.get("Authorization")
        rule = response.headers.get("mock-rule", [""])[0]
        lost = sent == CALLER and verdict.is_lost(rule)
        if lost or (ctx.phase != STATEFUL and self._requests % self.EVERY == 0):
            url = urlsplit(response.request.url)
            urlopen(Request(f"{url.scheme}://{url.netloc}/_mock/reset", method="POST"), timeout=10).close()
            self._resets += 1

    def after_run(self, ctx: Any) -> None:
        print(f"\nThe world was reset {self._resets} times in {self._requests} requests.")


@schemathesis.check
class WalksTheLife:
    """How many attached records of the stateful phase were updated afterwards: walks that went through both."""

    def __init__(self, walks: int = 0) -> None:
        self.walks = walks
        self._attached: set[str] = set()
        self._attaches = 0
        self._walked = 0
        self._stateful = False

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        if ctx.phase != STATEFUL:
            return
        self._stateful = True
        method, path = response.request.method, urlsplit(response.request.url).path
        if response.status_code != 200 or "/kubernetes-auth/identities/" not in path:
            return
        identity = path.rstrip("/").rpartition("/")[2].lower()
        if method == "POST":
            self._attached.add(identity)
            self._attaches += 1
        elif method == "PATCH" and identity in self._attached:
            self._attached.discard(identity)
            self._walked += 1
        elif method == "DELETE":
            self._attached.discard(identity)

    def after_run(self, ctx: Any) -> None:
        print(f"\n{self._walked} sequences reached a 200 on update after an attach, of {self._attaches} attaches.")
        assert not self._stateful or self._walked >= self.walks, f"only {self._walked} of the {self.walks} asked for"


@schemathesis.check
class ReachesAcceptance:
    """A fuzz run that is refused at the door proves nothing: of the valid requests, a share must be accepted."""

    def __init__(self, share: float = 0.0) -> None:
        self.share = share
        # By case, not counted: a case may be sent again while schemathesis shrinks a failure.
        self._decided: dict[str, str] = {}

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        if is_valid(response.request):
            self._decided[case.id] = response.headers.get("mock-rule", ["none"])[0]

    def after_run(self, ctx: Any) -> None:
        spoke = Counter(self._decided.values())
        accepted, valid = spoke[verdict.ACCEPTED], spoke.total()
        print(f"\n{accepted} of {valid} valid requests were accepted. What decided them:")
        for rule, times in spoke.most_common():
            print(f"{times:8} {rule}")
        assert accepted >= valid * self.share, f"{accepted} of {valid} valid requests accepted, under {self.share:.0%}"
