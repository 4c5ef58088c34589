"""The ordered checks of each operation, as the service has them: of two that refuse, the first wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.infisical.auth_methods.login import Scope
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth
from mockserver.infisical.token_auth.request import CreateRequest, NewToken, SettingsRequest, TokenChange, TokenRequest
from mockserver.infisical.token_auth.settings import Settings
from mockserver.rules import issues
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Rulebook

LIVE = edition(Profile.LIVE, Generation.SEPTEMBER)  # later, `integer.safe` rejects what the database would

IDENTITY, TOKEN = "1d000000-0000-4000-8000-000000000011", "70000000-0000-4000-8000-000000000001"
RECORD = TokenAuth("7a000000-0000-4000-8000-000000000011", IDENTITY, 0, 0, access_token_max_ttl=7200)
ROW = IssuedToken(TOKEN, IDENTITY, 0, 0)
RULEBOOKS: Mapping[str, Rulebook[Any]] = {each.id: each.rules for each in OPERATIONS}


@dataclass
class Facts:
    """A world in which nothing stands against a request, unless a test says so."""

    identity_known: bool = True
    identity_at_home: bool = True
    identity_is_instance_admin: bool = False
    caller_is_member: bool = True
    caller_is_super_admin: bool = False
    managing_project: str | None = None
    caller_is_project_member: bool = False
    allowed: bool = True
    within_boundary: bool = True
    plan: bool = True

    def caller_may_in_project(self, action: str) -> bool:
        return False

    def caller_project_rules(self, action: str) -> list[dict[str, object]]:
        return []

    def caller_may(self, action: str, subject: str) -> bool:
        return self.allowed

    def caller_rules(self, action: str, subject: str) -> list[dict[str, object]]:
        return []

    def missing(self, action: str, role: str | None = None) -> list[tuple[str, str]]:
        return [] if self.within_boundary else [(action, "identity")]

    def plan_has(self, flag: str) -> bool:
        return self.plan


class Check(NamedTuple):
    """One row of an operation's list: the rule, and what makes it refuse."""

    rule: str
    facts: Mapping[str, bool] = {}
    more: Mapping[str, Any] = {}


WRONG = Check("contract.body", more={"issues": (issues.custom(0, (), "wrong"),)})
UNNAMED = Check("contract.unrecognized-keys", more={"unrecognized": (issues.unrecognized_keys((), ("x",)),)})
KNOWN = (
    Check("identity.uuid", {"identity_known": False}, {"identity_id": "static"}),
    Check("identity.unknown", {"identity_known": False}),
    Check("identity.home", {"identity_at_home": False}),
)
MEMBER = Check("caller.member", {"caller_is_member": False})
SUPER = Check("identity.instance-admin", {"identity_is_instance_admin": True})
UNKNOWN_TOKEN = Check("token-auth.token.unknown", more={"found": None})


def permission(action: str) -> Check:
    return Check(f"permission.{action}", {"allowed": False})


def boundary(action: str) -> Check:
    return Check(f"boundary.{action}", {"within_boundary": False})


IPS = (
    Check("trusted-ips.plan", {"plan": False}, {"access_token_trusted_ips": ("localhost",)}),
    Check("trusted-ips.valid", more={"access_token_trusted_ips": ("localhost",)}),
)
PAST_64_BITS = {"access_token_num_uses_limit": 2**63}
LONG = {"name": "a" * 256}
LISTS: Mapping[str, tuple[Check, ...]] = {
    "attachTokenAuth": (
        *KNOWN,
        Check("attach.attached", more={"stored": RECORD}),
        MEMBER,
        permission("edit-auth"),
        boundary("edit-auth"),
        SUPER,
        *IPS,
        Check("token-auth.attach.database", more=PAST_64_BITS),
    ),
    "updateTokenAuth": (
        *KNOWN,
        Check("update.not-attached", more={"stored": None}),
        Check("update.ttl.stored-max", more={"access_token_ttl": 7201}),
        MEMBER,
        permission("edit-auth"),
        boundary("edit-auth"),
        SUPER,
        *IPS,
        Check("update.nothing-to-write", more={"nothing": True}),
        Check("token-auth.update.database", more=PAST_64_BITS),
    ),
    "getTokenAuth": (*KNOWN, Check("get.not-attached", more={"stored": None}), MEMBER, permission("read")),
    "deleteTokenAuth": (
        *KNOWN,
        Check("revoke.not-attached", more={"stored": None}),
        MEMBER,
        permission("edit"),
        boundary("revoke-auth"),
        SUPER,
    ),
    "createTokenAuthToken": (
        *KNOWN,
        Check("method.not-attached", more={"stored": None}),
        MEMBER,
        permission("edit"),
        boundary("create-token"),
        SUPER,
        Check("login.organization.unknown", more={"scope": Scope("", "", known=False)}),
        Check("login.organization.member", more={"scope": Scope("a", "b", member=False)}),
        Check("token-auth.create.database", more=LONG),
    ),
    "getTokenAuthTokens": (
        *KNOWN,
        Check("method.not-attached", more={"stored": None}),
        MEMBER,
        permission("read"),
        SUPER,
    ),
    "getTokenAuthTokenById": (UNKNOWN_TOKEN, *KNOWN[1:], MEMBER, permission("read")),
    "updateTokenAuthToken": (
        UNKNOWN_TOKEN,
        *KNOWN[1:],
        MEMBER,
        permission("edit"),
        boundary("create-token"),
        SUPER,
        Check("token-auth.token.nothing-to-write", more={"nothing": True}),
        Check("token-auth.token.database", more=LONG),
    ),
    "revokeTokenAuthToken": (
        UNKNOWN_TOKEN,
        Check("token-auth.token.revoked", more={"found": ROW._replace(revoked=True)}),
        *KNOWN[1:],
        MEMBER,
        permission("edit"),
        SUPER,
    ),
}
APART = {
    ("update.nothing-to-write", "token-auth.update.database"),
    ("update.nothing-to-write", "trusted-ips.plan"),
    ("update.nothing-to-write", "trusted-ips.valid"),
    ("update.nothing-to-write", "update.ttl.stored-max"),
    ("update.not-attached", "update.ttl.stored-max"),
    ("token-auth.token.nothing-to-write", "token-auth.token.database"),
    ("token-auth.token.revoked", "token-auth.token.unknown"),
    ("login.organization.member", "login.organization.unknown"),
}
"""Pairs of which no request meets both."""


def attempt(operation: str, *checks: Check) -> Any:
    """A request of that operation that meets these checks."""
    facts = Facts(**{name: value for each in checks for name, value in each.facts.items()})
    more = {name: value for each in checks for name, value in each.more.items()}
    gathered = {name: more.pop(name) for name in ("issues", "unrecognized") if name in more}
    nothing, found = more.pop("nothing", False), more.pop("found", ROW)
    stored = more.pop("stored", None if operation == "attachTokenAuth" else RECORD)
    if operation in ("getTokenAuthTokenById", "updateTokenAuthToken", "revokeTokenAuthToken"):
        change = TokenChange() if nothing else TokenChange(**{"name": "n", **more})
        return TokenRequest(TOKEN, found, facts, **gathered, sent=change)
    identity_id = more.pop("identity_id", IDENTITY)
    scope = more.pop("scope", Scope("o", "o"))
    rest = (identity_id, facts, "Token Auth", stored)
    match operation:
        case "attachTokenAuth" | "updateTokenAuth":
            settings = Settings() if nothing else Settings(**{"access_token_ttl": 60, **more})
            return SettingsRequest(*rest, **gathered, sent=settings)
        case "createTokenAuthToken":
            return CreateRequest(*rest, **gathered, sent=NewToken(**more), scope_of=lambda: scope)
    return MethodRequest(*rest, **gathered)


def decided(operation: str, *checks: Check) -> str | None:
    refusal = RULEBOOKS[operation].decide(attempt(operation, *checks), LIVE).refusal
    return None if refusal is None else refusal.rule


@pytest.mark.parametrize("operation", LISTS)
def test_the_list_is_the_rulebook_behind_the_schema(operation: str):
    held = [rule for rule in RULEBOOKS[operation].rules if LIVE in rule.answers]
    behind_schema = [rule.id for rule in held if not rule.gathers]
    # The rules about projects have tests of their own.
    assert [each for each in behind_schema if not each.startswith("project.")] == [
        check.rule for check in LISTS[operation]
    ]


@pytest.mark.parametrize("operation", LISTS)
def test_a_request_against_which_nothing_stands_is_accepted(operation: str):
    assert decided(operation) is None


@pytest.mark.parametrize(
    ("operation", "check"),
    [pytest.param(name, check, id=f"{name} {check.rule}") for name, checks in LISTS.items() for check in checks],
)
def test_each_check_refuses_by_itself(operation: str, check: Check):
    assert decided(operation, check) == check.rule


@pytest.mark.parametrize(
    ("operation", "first", "second"),
    [
        pytest.param(name, first, second, id=f"{name} {first.rule} before {second.rule}")
        for name, checks in LISTS.items()
        for first, second in combinations(checks, 2)
        if not {(first.rule, second.rule), (second.rule, first.rule)} & APART
    ],
)
def test_of_two_that_refuse_the_first_wins(operation: str, first: Check, second: Check):
    assert decided(operation, second, first) == decided(operation, first, second) == first.rule


@pytest.mark.parametrize(
    ("operation", "check"),
    [pytest.param(name, check, id=f"{name} {check.rule}") for name, checks in LISTS.items() for check in checks],
)
def test_the_schema_goes_before_every_check(operation: str, check: Check):
    assert decided(operation, WRONG, check) == "contract.body"


@pytest.mark.parametrize("operation", LISTS)
def test_the_contract_profile_names_unnamed_properties_too(operation: str):
    made = attempt(operation, UNNAMED)
    assert RULEBOOKS[operation].decide(made, edition(Profile.CONTRACT)).refusal.rule == "contract.unrecognized-keys"
    assert decided(operation, UNNAMED) is None
