"""Hooks and checks for schemathesis: `hooks = "mockserver.testing.schemathesis_hooks"` in `schemathesis.toml`.

`infisical-mock schemathesis-config` writes that file. If the mock has a control token, the variable
`INFISICAL_MOCK_CONTROL_TOKEN` must hold it. The hooks take a snapshot before the first request and restore it between
requests, so the world is the same for every case, and the journal keeps all requests.
"""

import json
import os
import re
from functools import cache
from http.client import HTTPException
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener
from zlib import crc32

import schemathesis
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.openapi.checks import EnsureResourceAvailability

from mockserver.testing import rejections

FRESH_TOKEN = re.compile(r"a-fresh-token-of-([0-9a-f-]{36})")
"""What stands in `schemathesis.toml` for a new token of Token Auth, and for its id. It names the token's identity."""
FRESH_SUB_ORGANIZATION = "a-fresh-sub-organization"
"""What stands there for the id of a new sub-organization. Its creator administers it, as the fixtures need not say."""
SNAPSHOT = "before-schemathesis"
"""The name of the snapshot of the world before the run. The end of the run deletes it."""
SECONDS = 30
"""How long a call of the control API may take."""
TRIED = 20
"""How many tokens of the fixtures are tried at most until one may create a token."""
STATEFUL = "stateful"
_DELETE_IDENTITY = "DELETE /api/v1/identities/{identityId}"
_UPDATE = "/api/v1/auth/kubernetes-auth/identities/{identityId}"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WORLD = re.compile(r"(.*)/w/([^/]+)")
_OPENER = build_opener(ProxyHandler({}))  # a proxy of the environment cannot reach the mock of a test run
_NUMBERS = count(1)
OF_NOBODY = "0a000000-0000-4000-8000-0000000000ff"
_TAKEN: set[tuple[str, str]] = set()
"""The worlds of this run that have a snapshot: URL of the mock, and name of the world."""
_DELETED: set[str] = set()
"""The identities that were deleted since the snapshot was restored last."""


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Give the update of Kubernetes Auth the links of its neighbour: the published operation has none."""
    item = raw_schema.get("paths", {}).get(_UPDATE, {})
    if "patch" in item and "get" in item:
        item["patch"]["responses"]["200"]["links"] = item["get"]["responses"]["200"]["links"]


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Drop one of two gateways in most bodies. A body with both is rejected before any other rule is checked."""
    names = ("gatewayId", "gatewayPoolId")
    # A value that schemathesis broke on purpose has to stay broken.
    if not isinstance(body, dict) or not all(_is_uuid(body.get(name)) for name in names):
        return body
    lot = crc32(repr(body).encode("utf-8", "surrogatepass")) % 8  # by the body: chance would make runs unrepeatable
    return body if lot == 0 else {key: value for key, value in body.items() if key != names[lot % 2]}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Take the snapshot before the first request. Replace a word for a fresh token by a token of the mock."""
    _take_snapshot(*_mock_of(case))
    _put_fresh(case, case.path_parameters, "tokenId", ("tokenData", "id"))
    _put_fresh_sub_organization(case)
    _put_fresh(case, case.body, "accessToken", ("accessToken",))


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Drop "resource is not available" if the run deleted the identity, or if the 404 is about the request body."""
    if not isinstance(failure, EnsureResourceAvailability):
        return True
    identity = (case.path_parameters or {}).get("identityId")
    return rejections.is_of_the_path(rule_of(response)) and str(identity).lower() not in _DELETED


@schemathesis.check
def explained_by_a_rule(ctx: Any, response: Any, case: Any) -> None:
    """Fail if a rejection names no rule, or a rule that never rejects what the document accepts."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    status, headers, rule = response.status_code, response.headers, rule_of(response)
    complaint = rejections.complaint(status, headers, rule or None, valid=valid, rules=rules_of(case))
    assert complaint is None, complaint


@schemathesis.check
class KeepsTheWorld:
    """Restore the snapshot, so that no case depends on another. This check never fails.

    The stateful phase restores it after each sequence. The other phases restore it after each accepted write, and
    every few requests for the sake of what rejected requests change: uses of a token, failed logins.
    """

    EVERY = 25

    def __init__(self) -> None:
        self._requests = 0

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        """Count the request, and restore the snapshot when it is time."""
        self._requests += 1
        accepted = rule_of(response) == rejections.ACCEPTED
        if accepted and case.operation.label == _DELETE_IDENTITY:
            _DELETED.add(str(case.path_parameters["identityId"]).lower())
        wrote = accepted and response.request.method != "GET"
        if ctx.phase != STATEFUL and (wrote or self._requests % self.EVERY == 0):
            _restore(*_mock_of(case))

    def after_run(self, ctx: Any) -> None:
        """Leave the world as it was before the run."""
        for root, world in list(_TAKEN):
            _restore(root, world)
            _control("DELETE", root, f"/worlds/{world}/snapshots/{SNAPSHOT}")
            _TAKEN.discard((root, world))


def rules_of(case: Any) -> rejections.Ledger:
    """Return the ledger of the mock that a case is sent to."""
    return _rules(_mock_of(case)[0])


def rule_of(response: Any) -> str:
    """Return the rule that a response of the mock names; an empty text if it names none."""
    return str(response.headers.get("mock-rule", [""])[0])


def end_of_sequence(machine: Any) -> None:
    """Restore the snapshot after a sequence of the stateful phase.

    Hypothesis plays a sequence again, and calls a test flaky that goes another way then.
    """
    _restore(*_world_at(machine.schema.get_base_url()))


APIStateMachine.teardown = end_of_sequence  # type: ignore[method-assign,assignment]


def _take_snapshot(root: str, world: str) -> None:
    if (root, world) not in _TAKEN:
        _control("POST", root, f"/worlds/{world}/snapshots", {"name": SNAPSHOT})
        _TAKEN.add((root, world))


def _restore(root: str, world: str) -> None:
    if (root, world) in _TAKEN:  # a sequence may end before it has sent a request
        _control("POST", root, f"/worlds/{world}/snapshots/{SNAPSHOT}/restore")
    _DELETED.clear()


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _mock_of(case: Any) -> tuple[str, str]:
    return _world_at(case.operation.schema.get_base_url())


def _world_at(base_url: str) -> tuple[str, str]:
    """Return the URL of the mock, and the world that the base URL names."""
    found = _WORLD.fullmatch(base_url.rstrip("/"))
    return (found[1], found[2]) if found else (base_url.rstrip("/"), "default")


@cache
def _rules(root: str) -> rejections.Ledger:
    return rejections.ledger(_control("GET", root, "/rules")["rules"])


def _control(method: str, root: str, path: str, body: Any = None) -> Any:
    """Return the response of a control call. Raises RuntimeError with the mock's message if it is an error."""
    token = os.environ.get("INFISICAL_MOCK_CONTROL_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content = None if body is None else json.dumps(body).encode()
    url = f"{root}/_mock{path}"
    kind = {"Content-Type": "application/json"}
    request = Request(url, content, kind | headers, method=method)  # noqa: S310 - the base URL is http
    try:
        return _sent(request)
    except HTTPError as error:
        hint = ": set INFISICAL_MOCK_CONTROL_TOKEN to the control token" if error.code == 401 else ""
        told = error.read().decode("utf-8", "replace")
        raise RuntimeError(f"{method} {url} answered {error.code}{hint}: {told}") from error


def _put_fresh(case: Any, container: Any, name: str, keys: tuple[str, ...]) -> None:
    """Put a fresh token, or its id, where the container has the word for one."""
    word = container.get(name) if isinstance(container, dict) else None
    owner = FRESH_TOKEN.fullmatch(word) if isinstance(word, str) else None
    answers = (_fresh_token(case, caller, owner[1]) for caller in _callers(case)) if owner else ()
    answer = next((each for each in answers if each is not None), None)
    if answer is not None:
        for key in keys:
            answer = answer[key]
        container[name] = answer


def _put_fresh_sub_organization(case: Any) -> None:
    """Put the id of a new sub-organization where the path has the word for one."""
    parameters = case.path_parameters or {}
    if parameters.get("subOrgId") == FRESH_SUB_ORGANIZATION:
        body = json.dumps({"name": f"Fresh {next(_NUMBERS)}"}).encode()
        answers = (_created(case, caller, "/api/v1/sub-organizations", body) for caller in _callers(case))
        answer = next((each for each in answers if each is not None), None)
        parameters["subOrgId"] = OF_NOBODY if answer is None else answer["organization"]["id"]


def _callers(case: Any) -> tuple[str, ...]:
    """Return who may create a token for the case: its own caller, or on a public operation those of the fixtures."""
    sent = (case.headers or {}).get("Authorization")
    is_public = case.operation.definition.raw.get("security") == []
    return (str(sent),) if sent else _fixture_callers(*_mock_of(case)) if is_public else ()


@cache
def _fixture_callers(root: str, world: str) -> tuple[str, ...]:
    state = _control("GET", root, f"/worlds/{world}/state?secrets=clear")
    return tuple(f"Bearer {each['token']}" for each in state["accessTokens"][:TRIED])


def _fresh_token(case: Any, caller: str, owner: str) -> Any:
    """Return the mock's response to the creation of a token; None if the caller may not create one."""
    return _created(case, caller, f"/api/v1/auth/token-auth/identities/{owner}/tokens", b"{}")


def _created(case: Any, caller: str, path: str, body: bytes) -> Any:
    """Return the mock's response to a creation; None if it is rejected."""
    url = f"{case.operation.schema.get_base_url().rstrip('/')}{path}"
    try:
        headers = {"Content-Type": "application/json", "Authorization": caller}
        return _sent(Request(url, body, headers))  # noqa: S310 - the base URL is http
    except (HTTPError, ValueError, HTTPException):  # `caller` may be any text: some cases are meant to be rejected
        return None


def _sent(request: Request) -> Any:
    with _OPENER.open(request, timeout=SECONDS) as answer:
        text = answer.read()
    return json.loads(text) if text else None
