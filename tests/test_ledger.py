"""The ledger of rules: every rule has a source, a sentence and a test, and says all that it can answer."""

import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rpds import HashTrieMap

from mockserver.api.caller import Caller
from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.api.world_facts import WorldFacts
from mockserver.contract.compiled import Contracts
from mockserver.infisical.clusters.cluster import Cluster, Clusters, Gateway, GatewayPool, Reachability, Verdict
from mockserver.infisical.clusters.outcomes import Problem
from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.kubernetes_auth.request import ClusterCheck
from mockserver.infisical.kubernetes_auth.resulting import Route
from mockserver.infisical.kubernetes_auth.update import UPDATE
from mockserver.infisical.state import State
from mockserver.rules.edition import EDITIONS
from mockserver.rules.generation import NEWEST
from mockserver.rules.profile import DIFFERENCES
from mockserver.settings import bundled
from tests.infisical.kubernetes_auth.attempts import GATEWAY, HOST, OTHER_POOL, POOL, FakeFacts, attempt, record

LEDGER = ledger(OPERATIONS)
CONTRACT = Contracts(bundled("openapi.yaml")).of(NEWEST)
RULES = {rule.id: rule for _, rule in LEDGER}
TESTS = Path(__file__).parent
OTHER_TESTS = "\n".join(
    path.read_text("utf-8")
    for path in sorted(TESTS.rglob("*"))
    if path.suffix in (".py", ".yaml")
    if path != Path(__file__)
)

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_no_two_rules_have_one_id():
    for operation in OPERATIONS:
        for each in EDITIONS:
            rules = [rule for rule in operation.rules.rules if each in rule.answers]
            assert len({rule.id for rule in rules}) == len(rules)
            assert all(RULES[rule.id].check is rule.check for rule in rules)
            assert all(RULES[rule.id].answers[each] == rule.answers[each] for rule in rules)


@every_rule
def test_an_id_is_words_with_dots_and_hyphens(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+", rule.id)


@every_rule
def test_a_rule_says_a_sentence(rule):
    assert re.fullmatch(r"(Rejected|Answered with 204) if .{10,}\.", rule.summary)


@every_rule
def test_a_rule_has_a_source(rule):
    assert rule.source.kind in ("contract", "service", "assumption")
    assert rule.source.where
    assert date.fromisoformat(rule.source.date) >= date(2026, 1, 1)


@every_rule
def test_a_rule_answers_a_refusal_in_some_edition(rule):
    assert rule.answers
    assert set(rule.answers) <= set(EDITIONS)
    if rule.id in ("route.page", "http.preflight"):  # the answers of a server that never comes to an operation
        assert {answer.status for answer in rule.answers.values()} <= {200, 204}
        return
    assert all(400 <= answer.status <= 503 and answer.error for answer in rule.answers.values())


@every_rule
def test_a_rule_is_named_in_a_test(rule):
    assert re.search(rf"[\"'`]{re.escape(rule.id)}[\"'`]|rule: {re.escape(rule.id)}\b", OTHER_TESTS)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.situation)
def test_the_rules_of_a_difference_are_in_the_ledger(difference):
    assert difference.rules
    assert set(difference.rules) <= set(RULES)


@every_rule
def test_what_a_rule_is_about_are_properties_of_the_body(rule):
    assert rule.about <= {name for operation in CONTRACT.operations.values() for name in operation.ranks}


def flags(always: tuple[str, ...], sometimes: tuple[str, ...]) -> st.SearchStrategy[dict[str, bool]]:
    """Facts that are mostly as an update likes them: few examples would get past more than one that is not."""
    turned = st.sets(st.sampled_from(always + sometimes), max_size=2)
    return turned.map(lambda names: {**{name: name not in always for name in names}})


TEXTS = st.sampled_from(["", " ", "api", "a" * 256, "a\0", None, 7])
VALUES = {
    "kubernetesHost": st.sampled_from([HOST, None, "", " ", "a b", "a" * 256, "prod", 7]),
    "caCert": st.sampled_from(["CA", "", " ", None]),
    "verifyTlsCertificate": st.sampled_from([True, False, None]),
    "tokenReviewerJwt": st.sampled_from(["jwt", "", " ", None, 7]),
    "tokenReviewMode": st.sampled_from(["api", "gateway", "both"]),
    "allowedNamespaces": TEXTS,
    "allowedNames": TEXTS,
    "allowedAudience": TEXTS,
    "gatewayId": st.sampled_from([GATEWAY, None, "", "no"]),
    "gatewayPoolId": st.sampled_from([POOL, None, "", "no"]),
    "accessTokenTrustedIps": st.sampled_from(
        [
            [],
            [{"ipAddress": "::/0"}],
            [{"ipAddress": "10.0.0.0/8"}],
            [{"ipAddress": "x"}],
            [{"ipAddress": "::1", "a": 1}],
        ]
    ),
    "accessTokenTTL": st.sampled_from([0, 3600, 3600.0, 7201, -1, 1.5, "1"]),
    "accessTokenNumUsesLimit": st.sampled_from([0, 5, 2**63, 1e19, -1]),
    "accessTokenMaxTTL": st.sampled_from([0, 3600, 7200, 9000, 315360001]),
    "unknown": st.just(1),
}
PROBLEMS = st.sampled_from([None, None, Problem("GatewayConnectionError", "")])
FACTS = st.builds(
    lambda booleans, **more: FakeFacts(**booleans, **more),
    flags(
        always=(
            "identity_known",
            "identity_at_home",
            "caller_is_member",
            "gateways_exist",
            "pools_exist",
            "pools_are_healthy",
            "hosts_are_urls",
        ),
        sometimes=("identity_is_instance_admin", "caller_is_super_admin", "hosts_are_local"),
    ),
    denied=st.sampled_from(
        [frozenset(), frozenset({("edit-auth", "identity")}), frozenset({("attach-gateways", "gateway")})]
    ),
    plan_lacks=st.sets(st.sampled_from(["gateway", "gatewayPool", "ipAllowlisting"]), max_size=1).map(frozenset),
    unreachable=PROBLEMS,
    reviewer_refused=PROBLEMS,
)
STORED = (
    st.none()
    | st.builds(
        record,
        ca_cert=st.sampled_from(["", "CA"]),
        verify_tls_certificate=st.booleans(),
        token_review_mode=st.sampled_from(["api", "gateway"]),
        kubernetes_host=st.sampled_from([HOST, None]),
        gateway_id=st.sampled_from([None, GATEWAY]),
        access_token_max_ttl=st.sampled_from([0, 7200]),
    )
    | st.builds(record, gateway_pool_id=st.just(POOL))
)


@given(
    body=st.fixed_dictionaries({}, optional=VALUES).flatmap(
        lambda body: (
            st.sets(st.sampled_from(sorted(body)), max_size=3).map(lambda kept: {key: body[key] for key in kept})
            if body
            else st.just(body)
        )
    ),
    stored=STORED,
    facts=FACTS,
    edition=st.sampled_from(EDITIONS),
)
def test_a_rule_that_is_about_properties_never_refuses_a_body_without_them(body, stored, facts, edition):
    made = attempt(body, stored=stored, facts=facts)
    asked_all, asked_some = UPDATE.decide(made, edition), UPDATE.decide(made, edition, tuple(body))
    assert asked_some.refusal == asked_all.refusal
    assert asked_some.refused_by == asked_all.refused_by


def world(reachability: Reachability, gateway_healthy: bool) -> WorldFacts:
    """A world of one cluster, found at HOST and behind a gateway, alone and in a pool."""
    reviewers = {"expired": Verdict.UNAUTHORIZED, "unbound": Verdict.FORBIDDEN}
    cluster = Cluster(name="prod", hosts=(HOST,), reachability=reachability, reviewers=reviewers)
    gateway = Gateway(id=GATEWAY, organization_id="o", name="g", cluster="prod", healthy=gateway_healthy)
    pool = GatewayPool(id=POOL, organization_id="o", name="p", gateways=(GATEWAY,))
    state = State(
        clusters=Clusters((cluster,)),
        gateways=HashTrieMap({GATEWAY: gateway}),
        gateway_pools=HashTrieMap({POOL: pool}),
    )
    return WorldFacts(state, Caller(Identity(id="i", name="i", home=Membership(id="m", organization_id="o")), "o"), "i")


def names_given(call: str) -> set[str]:
    """Every `error` name that any cluster, gateway and check can come to."""
    routes = (Route(None, None), Route(GATEWAY, None), Route(None, POOL), Route("gone", None), Route(None, OTHER_POOL))
    found = set()
    for state, healthy, route, verify in product(Reachability, (True, False), routes, (True, False)):
        for host, jwt in product((HOST, "ftp://x", None), ("good", "expired", "unbound", None)):
            in_mode_gateway = host is None and jwt is None and not route.is_direct
            if in_mode_gateway or (host is not None and (call == "connectivity" or jwt is not None)):
                problem = getattr(world(state, healthy), call)(ClusterCheck(route, host, verify, jwt))
                found |= set() if problem is None else {problem.error}
    return found


@pytest.mark.parametrize(
    ("call", "id"),
    [("connectivity", "cluster.connectivity"), ("review", "cluster.reviewer")],
)
def test_the_cluster_rules_declare_the_names_that_they_give_and_no_others(call, id):
    declared = {answer.error for answer in RULES[id].answers.values()} | set(RULES[id].errors)
    assert declared == names_given(call)
