"""The decision list as data: what each row answers, and the states of the world in which its rule refuses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.infisical.clusters.outcomes import Problem
from tests.infisical.kubernetes_auth.attempts import GATEWAY, HOST, IDENTITY, POOL, FakeFacts, record


class Contradiction(Exception):
    """Two states cannot both hold."""


@dataclass(frozen=True)
class Scene:
    """A state of the world in which one rule refuses: what is sent, what is stored, what the facts are."""

    body: Mapping[str, Any] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    identity_id: str = IDENTITY
    attached: bool = True
    empty: bool = False

    def __add__(self, other: "Scene") -> "Scene":
        """Both at once. Raises Contradiction if they say different things of one thing."""
        if (self.empty and other.body) or (other.empty and self.body):
            raise Contradiction
        return Scene(
            joined(self.body, other.body),
            joined(self.stored, other.stored),
            joined(self.facts, other.facts),
            self.identity_id if other.identity_id == IDENTITY else other.identity_id,
            self.attached and other.attached,
            self.empty or other.empty,
        )

    def arguments(self) -> dict[str, Any]:
        """What `attempt` and `update` take."""
        return {
            "body": dict(self.body) if self.body or self.empty else {"allowedAudience": "any"},
            "stored": record(**self.stored) if self.attached else None,
            "facts": FakeFacts(**self.facts),
            "identity_id": self.identity_id,
        }


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings; sets of one name are united."""
    both = dict(one)
    for name, value in other.items():
        if isinstance(value, frozenset):
            both[name] = value | both.get(name, frozenset())
        elif both.setdefault(name, value) != value:
            raise Contradiction(name)
    return both


@dataclass(frozen=True)
class Row:
    """One row of the list: the rule, its answer in each profile (None: it does not hold there), and its scenes."""

    number: int
    rule: str
    contract: tuple[int, str] | None
    live: tuple[int, str] | None
    scenes: tuple[Scene, ...]


def denied(action: str, subject: str) -> dict[str, frozenset[tuple[str, str]]]:
    return {"denied": frozenset({(action, subject)})}


def lacks(flag: str) -> dict[str, frozenset[str]]:
    return {"plan_lacks": frozenset({flag})}


def same(number: int, rule: str, status: int, error: str, *scenes: Scene) -> Row:
    return Row(number, rule, (status, error), (status, error), scenes)


DOWN, REFUSED = Problem("KubernetesHostConnectionRefused", ""), Problem("TokenReviewerPermissionError", "")
TO_GATEWAY, TO_POOL = {"gatewayId": GATEWAY}, {"gatewayPoolId": POOL}
THROUGH_GATEWAY, THROUGH_POOL = {"gateway_id": GATEWAY}, {"gateway_pool_id": POOL}
GATEWAY_MODE = {"token_review_mode": "gateway"}
TO_HOST, JWT = {"kubernetesHost": HOST}, {"tokenReviewerJwt": "jwt"}
LOCALHOST = {"accessTokenTrustedIps": [{"ipAddress": "localhost"}]}

ROWS = (
    Row(
        9,
        "identity.uuid",
        (404, "NotFound"),
        (500, "MembershipGetByIdentityId"),
        (Scene(identity_id="x", attached=False),),
    ),
    same(10, "identity.unknown", 404, "NotFound", Scene(facts={"identity_known": False})),
    same(11, "identity.home", 403, "ForbiddenError", Scene(facts={"identity_at_home": False})),
    same(12, "update.not-attached", 400, "BadRequest", Scene(attached=False)),
    same(13, "update.ttl.stored-max", 400, "BadRequest", Scene({"accessTokenTTL": 7201})),
    same(
        14,
        "caller.member",
        403,
        "ForbiddenError",
        Scene(facts={"caller_is_member": False}),
    ),
    same(15, "permission.edit-auth", 403, "PermissionDenied", Scene(facts=denied("edit-auth", "identity"))),
    same(16, "trusted-ips.plan", 400, "BadRequest", Scene(LOCALHOST, facts=lacks("ipAllowlisting"))),
    same(16, "trusted-ips.valid", 400, "BadRequest", Scene(LOCALHOST)),
    same(17, "gateway.plan", 400, "BadRequest", Scene(TO_GATEWAY, facts=lacks("gateway"))),
    same(18, "gateway.unknown", 404, "NotFound", Scene(TO_GATEWAY, facts={"gateways_exist": False})),
    same(
        19,
        "gateway.permission",
        403,
        "PermissionDenied",
        Scene(TO_GATEWAY, facts=denied("attach-gateways", "gateway")),
    ),
    same(20, "pool.plan", 400, "BadRequest", Scene(TO_POOL, facts=lacks("gatewayPool"))),
    same(
        21,
        "pool.permission",
        403,
        "PermissionDenied",
        Scene(TO_POOL, facts=denied("attach-gateway-pools", "gateway-pool")),
    ),
    same(22, "pool.unknown", 404, "NotFound", Scene(TO_POOL, facts={"pools_exist": False})),
    same(
        23,
        "identity.instance-admin",
        403,
        "ForbiddenError",
        Scene(facts={"identity_is_instance_admin": True}),
    ),
    same(
        24,
        "update.tls.ca-required",
        400,
        "BadRequest",
        Scene({"verifyTlsCertificate": True}),
        Scene(stored={"verify_tls_certificate": True}),
    ),
    same(
        25,
        "update.tls.ca-conflict",
        400,
        "BadRequest",
        Scene({"verifyTlsCertificate": False, "caCert": "CA"}),
        Scene(stored={"ca_cert": "CA"}),
    ),
    same(
        26,
        "pool.healthy",
        400,
        "BadRequest",
        Scene(TO_POOL, facts={"pools_are_healthy": False}),
        Scene(stored=THROUGH_POOL, facts={"pools_are_healthy": False}),
    ),
    same(
        27,
        "host.local",
        400,
        "BadRequest",
        Scene(TO_HOST, facts={"hosts_are_local": True}),
        Scene(JWT, facts={"hosts_are_local": True}),
    ),
    Row(
        27,
        "cluster.scheme",
        (400, "BadRequest"),
        (500, "InternalServerError"),
        (
            Scene(TO_GATEWAY, facts={"hosts_are_urls": False}),
            Scene(stored=THROUGH_GATEWAY, facts={"hosts_are_urls": False}),
            Scene(stored=THROUGH_POOL, facts={"hosts_are_urls": False}),
        ),
    ),
    same(
        27,
        "cluster.connectivity",
        400,
        "KubernetesHostConnectionRefused",
        Scene(TO_HOST, facts={"unreachable": DOWN}),
        Scene(stored=THROUGH_GATEWAY, facts={"unreachable": DOWN}),
        Scene(stored=THROUGH_POOL, facts={"unreachable": DOWN}),
    ),
    same(
        27,
        "cluster.reviewer",
        400,
        "TokenReviewerPermissionError",
        Scene(JWT, facts={"reviewer_refused": REFUSED}),
        Scene(stored={**GATEWAY_MODE, **THROUGH_GATEWAY}, facts={"reviewer_refused": REFUSED}),
        Scene(stored={**GATEWAY_MODE, **THROUGH_POOL}, facts={"reviewer_refused": REFUSED}),
    ),
    Row(28, "update.nothing-to-write", None, (500, "Update by id"), (Scene(empty=True),)),
    Row(29, "update.database", None, (500, "Update by id"), (Scene({"allowedNames": "a" * 256}),)),
)


def pairs() -> Iterator[tuple[Row, Row]]:
    """Each row with every later one."""
    for place, first in enumerate(ROWS):
        for second in ROWS[place + 1 :]:
            yield first, second


def meetings(first: Row, second: Row) -> Iterator[Scene]:
    """The scenes in which both could refuse."""
    for one in first.scenes:
        for other in second.scenes:
            try:
                yield one + other
            except Contradiction:
                continue
