"""Hooks and checks that schemathesis loads (schemathesis.toml)."""

import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen
from zlib import crc32

import schemathesis
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest

ROOT = Path(__file__).resolve().parents[2]
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
if str(ROOT) not in sys.path:  # this file is loaded by its path, from wherever schemathesis was started
    sys.path.insert(0, str(ROOT))

from tests.fuzz import verdict  # noqa: E402


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Links each answer that names an identity to the operations about one: without links no phase is stateful."""
    operations = [operation for methods in raw_schema["paths"].values() for operation in methods.values()]
    links = {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {"identityId": "$response.body#/identityKubernetesAuth/identityId"},
        }
        for operation in operations
        if any(parameter["name"] == "identityId" for parameter in operation.get("parameters", ()))
    }
    for operation in operations:
        operation["responses"]["200"]["links"] = links


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


def is_valid(request: Any) -> bool:
    """Whether the contract accepts the request as it was sent."""
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
