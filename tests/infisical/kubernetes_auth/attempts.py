"""Updates of one record without a server: facts that a test sets one by one, and what the rules make of a body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.api.issue_list import issues_of
from mockserver.contract import document
from mockserver.contract.compiled import compile_contract
from mockserver.infisical.clusters.outcomes import Problem
from mockserver.infisical.identity_templates.template import IdentityTemplate
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.kubernetes_auth.request import ClusterCheck, UpdateRequest
from mockserver.infisical.kubernetes_auth.resulting import Route
from mockserver.infisical.kubernetes_auth.update import UPDATE
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED, Decision
from mockserver.settings import bundled

IDENTITY = "1d000000-0000-4000-8000-000000000002"
GATEWAY, OTHER_GATEWAY = "6a000000-0000-4000-8000-000000000001", "6a000000-0000-4000-8000-000000000009"
POOL, OTHER_POOL = "6b000000-0000-4000-8000-000000000001", "6b000000-0000-4000-8000-000000000009"
HOST = "https://prod.k8s.example:6443"
BEFORE, NOW = 1_767_323_045_678, 1_800_000_000_000
BODY = compile_contract(document.read(bundled("openapi.yaml"))).operations["updateKubernetesAuth"].body


@dataclass
class FakeFacts:
    """A world in which nothing stands against an update, unless a test says so. `asked` keeps the cluster calls."""

    identity_known: bool = True
    identity_at_home: bool = True
    identity_is_instance_admin: bool = False
    caller_is_member: bool = True
    caller_is_super_admin: bool = False
    managing_project: str | None = None
    caller_is_project_member: bool = False
    denied: frozenset[tuple[str, str]] = frozenset()
    plan_lacks: frozenset[str] = frozenset()
    gateways_exist: bool = True
    pools_exist: bool = True
    pools_are_healthy: bool = True
    hosts_are_local: bool = False
    hosts_are_urls: bool = True
    unreachable: Problem | None = None
    reviewer_refused: Problem | None = None
    templates: Mapping[str, IdentityTemplate] = field(default_factory=dict)
    asked: list[tuple[str, ClusterCheck]] = field(default_factory=list)

    def caller_may_in_project(self, action: str) -> bool:
        return False

    def caller_project_rules(self, action: str) -> list[dict[str, object]]:
        return []

    def caller_may(self, action: str, subject: str) -> bool:
        return (action, subject) not in self.denied

    def caller_rules(self, action: str, subject: str) -> list[dict[str, object]]:
        return []

    def missing(self, action: str, role: str | None = None) -> list[tuple[str, str]]:
        return [(action, "identity")] if (action, "identity") in self.denied else []

    def plan_has(self, flag: str) -> bool:
        return flag not in self.plan_lacks

    def gateway_known(self, gateway_id: str) -> bool:
        return self.gateways_exist

    def pool_known(self, pool_id: str) -> bool:
        return self.pools_exist

    def pool_is_healthy(self, pool_id: str) -> bool:
        return self.pools_are_healthy

    def host_is_local(self, host: str) -> bool:
        return self.hosts_are_local

    def host_is_url(self, host: str) -> bool:
        return self.hosts_are_urls

    def template(self, template_id: str) -> IdentityTemplate | None:
        return self.templates.get(template_id)

    def connectivity(self, check: ClusterCheck) -> Problem | None:
        self.asked.append(("version", check))
        return self.unreachable

    def review(self, check: ClusterCheck) -> Problem | None:
        self.asked.append(("review", check))
        return self.reviewer_refused


def record(**fields: Any) -> KubernetesAuth:
    """A stored record: mode api, a host, no CA, verification off, lifetimes of one and two hours."""
    return KubernetesAuth(
        **{
            "id": "5a000000-0000-4000-8000-000000000002",
            "identity_id": IDENTITY,
            "created_at": BEFORE,
            "updated_at": BEFORE,
            "kubernetes_host": HOST,
            "access_token_ttl": 3600,
            "access_token_max_ttl": 7200,
            **fields,
        }
    )


def attempt(
    body: Any,
    stored: KubernetesAuth | None = record(),  # noqa: B008 - frozen
    facts: FakeFacts | None = None,
    identity_id: str = IDENTITY,
) -> UpdateRequest:
    """The attempt that a body comes to, held to the published contract as a server holds it."""
    issues = issues_of(BODY.violations(body), body, BODY.ranks)
    return UpdateRequest.of(
        identity_id,
        stored,
        Change.from_json(body),
        facts or FakeFacts(),
        NOW,
        issues=issues.refused,
        unrecognized=issues.unrecognized,
        wrong_types=issues.wrong_types,
    )


@dataclass(frozen=True)
class Update:
    """What became of one update."""

    decision: Decision
    attempt: UpdateRequest
    asked: tuple[tuple[str, ClusterCheck], ...]

    @property
    def status(self) -> int:
        return 200 if self.decision.refusal is None else self.decision.refusal.status

    @property
    def error(self) -> str | None:
        return None if self.decision.refusal is None else self.decision.refusal.answer.error

    @property
    def rule(self) -> str:
        return ACCEPTED if self.decision.refusal is None else self.decision.refusal.rule

    @property
    def after(self) -> KubernetesAuth:
        """The record that is written."""
        assert self.decision.refusal is None, self.decision.refusal
        return self.attempt.record.after

    @property
    def issue_objects(self) -> list[Mapping[str, Any]]:
        """The list of a 422; empty where the schema has nothing to say."""
        return self.decision.refusal.message if self.status == 422 else []

    @property
    def issues(self) -> list[tuple[str, str]]:
        """Code and dotted path of each issue, in order."""
        return [(each["code"], ".".join(map(str, each["path"]))) for each in self.issue_objects]

    @property
    def route(self) -> Route:
        """How the cluster is reached while the update is validated."""
        return self.attempt.record.route


def update(body: Any, profile: Profile = Profile.CONTRACT, **more: Any) -> Update:
    """The outcome of sending that body."""
    made = attempt(body, **more)
    decision = UPDATE.decide(made, edition(profile, Generation.AUGUST), tuple(body) if isinstance(body, dict) else None)
    return Update(decision, made, tuple(made.facts.asked))
