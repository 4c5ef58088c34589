"""The ordered checks of each operation on identities, as the service has them: of two that refuse, the first wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.infisical.identities.change import Change, Pair
from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.identities.organization import BUILT_IN_ROLES, Role
from mockserver.infisical.identities.request import CreateRequest, IdentityRequest, ListRequest, UpdateRequest
from mockserver.infisical.identities.search import Page, SearchRequest
from mockserver.rules import issues
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Rulebook

IDENTITY_ID = "1d000000-0000-4000-8000-000000000099"
STORED = Identity(IDENTITY_ID, "stored", Membership("m", "o"))
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
    identity_limit: int = 0

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

    def identities_used(self) -> int:
        return 5

    def role(self, slug: str) -> Role | None:
        return {**BUILT_IN_ROLES, "own": Role("own", "Own")}.get(slug)


class Check(NamedTuple):
    """One row of an operation's list: the rule, and what makes it refuse. `sent` is of the body."""

    rule: str
    facts: Mapping[str, Any] = {}
    more: Mapping[str, Any] = {}
    sent: Mapping[str, Any] = {}


WRONG = Check("contract.body", more={"issues": (issues.custom(0, (), "wrong"),)})
UNNAMED = Check("contract.unrecognized-keys", more={"unrecognized": (issues.unrecognized_keys((), ("x",)),)})
OTHER = Check("caller.organization", more={"named": "p"})
SUPER = Check("identity.instance-admin", {"identity_is_instance_admin": True})
UNKNOWN = Check("identity.unknown", {"identity_known": False}, {"identity": None})


def no_uuid(rule: str) -> Check:
    return Check(rule, {"identity_known": False}, {"identity_id": "static", "identity": None})


MEMBER = Check("caller.member", {"caller_is_member": False})
ROLES = (
    Check("role.database", sent={"role": "a\0"}),
    Check("role.known", sent={"role": "nobody"}),
    Check("role.plan", {"plan": False}, sent={"role": "own"}),
    Check("boundary.grant-privileges", {"within_boundary": False}, sent={"role": "own"}),
)
OF_A_PROJECT = {"identity": Identity(IDENTITY_ID, "bot", Membership("m", "o"), project_id="p")}
LONG = {"name": "a" * 256}


def permission(action: str) -> Check:
    return Check(f"permission.{action}", {"allowed": False})


LISTS: Mapping[str, tuple[Check, ...]] = {
    "createMachineIdentity": (
        OTHER,
        MEMBER,
        permission("create"),
        *ROLES,
        Check("identity.limit", {"identity_limit": 5}),
        Check("identity.create.database", sent=LONG),
    ),
    "updateMachineIdentity": (
        SUPER,
        no_uuid("identity.update.uuid"),
        UNKNOWN,
        MEMBER,
        permission("edit"),
        *ROLES,
        Check("identity.project", more=OF_A_PROJECT),
        Check("identity.update.database", sent=LONG),
    ),
    "getMachineIdentityById": (
        no_uuid("identity.get.uuid"),
        UNKNOWN,
        Check("identity.project-hidden", more=OF_A_PROJECT),
        MEMBER,
        permission("read"),
    ),
    "deleteMachineIdentity": (
        SUPER,
        no_uuid("identity.uuid"),
        UNKNOWN,
        MEMBER,
        permission("delete"),
        Check("identity.project", more=OF_A_PROJECT),
        Check(
            "identity.delete-protection",
            more={"identity": Identity(IDENTITY_ID, "safe", Membership("m", "o"), has_delete_protection=True)},
        ),
    ),
    "listMachineIdentities": (OTHER, MEMBER, permission("read")),
    "searchMachineIdentities": (
        MEMBER,
        permission("read"),
        Check("identity.search.database", more={"page": Page(limit=-1)}),
    ),
    "getMachineIdentityDetails": (),
}
APART = {
    ("role.database", "role.plan"),
    ("role.database", "boundary.grant-privileges"),
    ("role.known", "role.plan"),
    ("role.known", "boundary.grant-privileges"),
    ("role.database", "role.known"),
    ("identity.uuid", "identity.project"),
    ("identity.update.uuid", "identity.project"),
    ("identity.unknown", "identity.project"),
    ("identity.get.uuid", "identity.project-hidden"),
    ("identity.unknown", "identity.project-hidden"),
    ("identity.uuid", "identity.delete-protection"),
    ("identity.unknown", "identity.delete-protection"),
    ("identity.project", "identity.delete-protection"),
}
"""Pairs that ask for two roles, or two identities, in one request. The last is met over HTTP, in `test_delete.py`."""


def attempt(operation: str, *checks: Check) -> Any:
    """A request of that operation that meets these checks."""
    facts = Facts(**{name: value for each in checks for name, value in each.facts.items()})
    more = {name: value for each in checks for name, value in each.more.items()}
    sent = Change(**{"name": "n", **{name: value for each in checks for name, value in each.sent.items()}})
    gathered = {name: more.pop(name) for name in ("issues", "unrecognized") if name in more}
    named = more.pop("named", "o")
    about = (more.pop("identity_id", IDENTITY_ID), facts, more.pop("identity", STORED))
    match operation:
        case "createMachineIdentity":
            return CreateRequest(facts, "o", sent._replace(organization_id=named), **gathered)
        case "updateMachineIdentity":
            return UpdateRequest(*about, sent, **gathered)
        case "listMachineIdentities" | "getMachineIdentityDetails":
            return ListRequest(facts, "o", named, **gathered)
        case "searchMachineIdentities":
            return SearchRequest(facts, more.pop("page", Page()), **gathered)
    return IdentityRequest(*about, **gathered)


AUGUST = edition(Profile.LIVE, Generation.AUGUST)


def decided(operation: str, *checks: Check, profile: Profile = Profile.LIVE) -> str | None:
    refusal = RULEBOOKS[operation].decide(attempt(operation, *checks), edition(profile, Generation.AUGUST)).refusal
    return None if refusal is None else refusal.rule


ROWS = [(name, check) for name, checks in LISTS.items() for check in checks]
every_check = pytest.mark.parametrize(
    ("operation", "check"), [pytest.param(*row, id=f"{row[0]} {row[1].rule}") for row in ROWS]
)


@pytest.mark.parametrize("operation", LISTS)
def test_the_list_is_the_rulebook_behind_the_schema(operation: str):
    behind = [rule.id for rule in RULEBOOKS[operation].rules if not rule.gathers and AUGUST in rule.answers]
    assert behind == [check.rule for check in LISTS[operation]]


@pytest.mark.parametrize("operation", LISTS)
def test_a_request_against_which_nothing_stands_is_accepted(operation: str):
    assert decided(operation) is decided(operation, profile=Profile.CONTRACT) is None


@every_check
def test_each_check_refuses_by_itself(operation: str, check: Check):
    assert decided(operation, check) == check.rule


@pytest.mark.parametrize(
    ("operation", "first", "second"),
    [
        pytest.param(name, first, second, id=f"{name} {first.rule} before {second.rule}")
        for name, checks in LISTS.items()
        for first, second in combinations(checks, 2)
        if (first.rule, second.rule) not in APART
    ],
)
def test_of_two_that_refuse_the_first_wins(operation: str, first: Check, second: Check):
    assert decided(operation, second, first) == decided(operation, first, second) == first.rule


@every_check
def test_the_schema_goes_before_every_check(operation: str, check: Check):
    assert decided(operation, WRONG, check) == "contract.body"


@pytest.mark.parametrize("operation", LISTS)
def test_the_contract_profile_names_unnamed_properties_too(operation: str):
    assert decided(operation, UNNAMED, profile=Profile.CONTRACT) == "contract.unrecognized-keys"
    assert decided(operation, UNNAMED) is None


@pytest.mark.parametrize("operation", ["createMachineIdentity", "updateMachineIdentity"])
def test_what_the_body_stage_finds_goes_before_every_check_and_is_told_together(operation: str):
    bad = Check("", {"caller_is_member": False, "identity_is_instance_admin": True}, sent={"role": "", "name": "\0"})
    decision = RULEBOOKS[operation].decide(attempt(operation, bad), edition(Profile.CONTRACT))
    assert decision.refused_by == ("identity.blank", "identity.column.nul")


@pytest.mark.parametrize("operation", ["createMachineIdentity", "updateMachineIdentity"])
def test_the_slugs_nul_is_the_lookups_problem_before_it_is_unknown(operation: str):
    assert decided(operation, Check("", sent={"role": "nobody\0"})) == "role.database"


@pytest.mark.parametrize(("operation", "needed"), [("createMachineIdentity", None), ("updateMachineIdentity", "x")])
def test_only_a_new_identity_gets_no_access_without_the_boundary_being_asked(operation: str, needed: str | None):
    outside = Check("", {"within_boundary": False}, sent={"role": "no-access"})
    assert decided(operation, outside) == (needed and "boundary.grant-privileges")


def test_a_database_that_is_not_asked_refuses_nothing():
    """Elsewhere than at home an update writes no row and no metadata; an empty name alone is not written either."""
    bad = {"name": "a" * 256, "metadata": (Pair("a" * 256, "v"),)}
    assert decided("updateMachineIdentity", Check("", {"identity_at_home": False}, sent=bad)) is None
    assert decided("updateMachineIdentity", Check("", sent=bad)) == "identity.update.database"
