"""Hooks and checks of this checkout's fuzz run (schemathesis.toml), on top of those that the package gives to users."""

import re
import sys
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from schemathesis.specs.openapi import stateful
from werkzeug.datastructures import ImmutableMultiDict

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # this file is loaded by its path, from wherever schemathesis was started
    sys.path.insert(0, str(ROOT))

from mockserver.testing import rejections  # noqa: E402
from mockserver.testing.schemathesis_hooks import STATEFUL, rule_of, rules_of  # noqa: E402
from tests.fuzz.walk import Walks  # noqa: E402


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


class AsSent(RequestsOpenAPIRequest):
    """A request for the judge. The adapter forgets parameters of the query that are sent without a value."""

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
        self.parameters.query = ImmutableMultiDict(pairs)


def takes_body(method: str, path: str) -> bool:
    """Whether the operation of that method and path, if there is one, takes a body."""
    return any(takes for each, pattern, takes in bodies() if each == method and pattern.fullmatch(path))


@lru_cache(maxsize=16)  # two checks ask of one request
def is_valid(request: Any) -> bool:
    """Whether the contract accepts the request as it was sent. A body that no operation takes is outside of it."""
    if "Content-Type" in request.headers and not takes_body(request.method, urlsplit(request.url).path):
        return False
    try:
        judge().validate_request(AsSent(request))
    except Exception:  # it raises many kinds, and for bodies that are no JSON not only its own
        return False
    return True


def sent(body: Any, name: str) -> Any:
    """What a body has under that name; None where it has nothing."""
    return body.get(name) if isinstance(body, dict) else None


@schemathesis.check
def held_to_the_rules(ctx: Any, response: Any, case: Any) -> None:
    """Every answer says what decided it, and only a rule that may refuse valid requests refuses one."""
    complaint = rejections.complaint(
        response.status_code,
        response.headers,
        rule_of(response) or None,
        valid=is_valid(response.request),
        rules=rules_of(case),
    )
    assert complaint is None, complaint


ROOTS = frozenset(
    ("GET /api/v1/identities/details", "POST /api/v1/identities/search", "POST /api/v1/auth/universal-auth/login")
)


def starts_a_sequence(operation: Any, *others: Any) -> bool:
    """Whether a sequence may begin with the operation; every other one has links that lead to it.

    Schemathesis takes each POST for the making of something. Most sequences then began with a client secret of some
    identity, and hardly one in a hundred made an identity and attached something to it.
    """
    return operation.label in ROOTS


assert callable(stateful.is_likely_root_transition), "schemathesis asks something else now"
stateful.is_likely_root_transition = starts_a_sequence


@schemathesis.check
class WalksTheLife:
    """How many sequences of the stateful phase went from an attach to an update, and further.

    `walks` is how many must have, where there were enough sequences to tell.
    """

    ENOUGH = 300

    def __init__(self, walks: int = 0) -> None:
        self.walks = walks
        self._walks = Walks()

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        if ctx.phase == STATEFUL:
            identity = (case.path_parameters or {}).get("identityId") or sent(case.body, "identityId")
            accepted = response.status_code == 200
            self._walks.answered(ctx.internals.recorder, case.operation.label, str(identity).lower(), accepted)

    def after_run(self, ctx: Any) -> None:
        if self._walks.sequences == 0:
            return
        print(f"\n{self._walks}")
        updated = self._walks.reached[1]
        assert self._walks.sequences < self.ENOUGH or updated >= self.walks, f"only {updated} of {self.walks}"


@schemathesis.check
class ReachesAcceptance:
    """A fuzz run that is refused at the door proves nothing: of the valid requests, a share must be accepted.

    `share` is of all of them, `each` of those to one operation; both where there were enough to tell.
    """

    ENOUGH = 200

    def __init__(self, share: float = 0.0, each: float = 0.0) -> None:
        self.share = share
        self.each = each
        # By case, not counted: a case may be sent again while schemathesis shrinks a failure.
        self._decided: dict[str, tuple[str, str]] = {}

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        if is_valid(response.request):
            self._decided[case.id] = (case.operation.label, rule_of(response))

    def after_run(self, ctx: Any) -> None:
        spoke = Counter(rule for _, rule in self._decided.values())
        accepted, valid = spoke[rejections.ACCEPTED], spoke.total()
        print(f"\n{accepted} of {valid} valid requests were accepted. What decided them:")
        for rule, times in spoke.most_common():
            print(f"{times:8} {rule}")
        poor = self._poor_operations()
        share = self.share if valid >= self.ENOUGH else 0
        assert accepted >= valid * share, f"{accepted} of {valid} valid requests accepted, under {share:.0%}"
        assert not poor, f"under {self.each:.0%} of the valid requests accepted: {', '.join(poor)}"

    def _poor_operations(self) -> list[str]:
        """Prints what became of the valid requests to each operation, and gives back those that accepted too few."""
        poor = []
        for operation in sorted({operation for operation, _ in self._decided.values()}):
            spoke = Counter(rule for label, rule in self._decided.values() if label == operation)
            accepted, valid = spoke[rejections.ACCEPTED], spoke.total()
            others = ", ".join(f"{rule} {times}" for rule, times in spoke.most_common(5) if rule != rejections.ACCEPTED)
            print(f"{accepted:8} of {valid:6} {operation}: {others}")
            if valid >= self.ENOUGH and accepted < valid * self.each:
                poor.append(operation)
        return poor
