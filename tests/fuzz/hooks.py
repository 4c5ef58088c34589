"""Hooks and checks that schemathesis loads (schemathesis.toml)."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import schemathesis
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest

ROOT = Path(__file__).resolve().parents[2]
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
        self._valid: set[str] = set()
        self._accepted: set[str] = set()
        self._rules: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        self._rules.update(response.headers.get("mock-rule", ()))
        if is_valid(response.request):
            self._valid.add(case.id)
            if response.status_code == 200:
                self._accepted.add(case.id)

    def after_run(self, ctx: Any) -> None:
        accepted, valid = len(self._accepted), len(self._valid)
        print(f"\n{accepted} of {valid} valid requests were accepted; rules that spoke: {len(self._rules)}")
        assert accepted > valid * self.share, f"{accepted} of {valid} valid requests accepted, under {self.share:.0%}"
