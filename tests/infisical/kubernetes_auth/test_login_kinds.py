"""What a kind of login settles, the rules say too: each settled rule finds nothing in any login of that kind."""

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.infisical.auth_methods.attachment import IS_ATTACHED
from mockserver.infisical.auth_methods.login import STAYS_AT_HOME, Scope
from mockserver.infisical.clusters.token_review import Failure, Review
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.login import LOGIN
from mockserver.infisical.kubernetes_auth.login_kinds import CALLS_A_HOST, IS_ALLOWED, IS_SERVICE_ACCOUNT, kinds_of
from mockserver.infisical.kubernetes_auth.login_request import Clusters, LoginRequest, Sent
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.rules.contract_rules import KEEPS_CONTRACT
from mockserver.rules.edition import EDITIONS
from mockserver.rules.issues import custom

SETTLED = [each for each in LOGIN.rules if each.settled_by]


class _Clusters:
    """Facts of a world in which no gateway exists, no pool is healthy, and some hosts are local."""

    def __init__(self, review: Review) -> None:
        self.answer = review

    def gateway_exists(self, _: str) -> bool:
        return False

    pool_is_healthy = gateway_exists

    def host_is_local(self, host: str) -> bool:
        return host.endswith("10.0.0.1")

    def token_review(self, *_: object) -> Review:
        return self.answer


ID = st.just("6a7e0000-0000-4000-8000-000000000001")
TEXTS = st.sampled_from(("", "a", "b", "a,b", " a ", "b,,a", ",", "*"))
RECORDS = st.builds(
    KubernetesAuth,
    id=st.just("a"),
    identity_id=st.just("b"),
    created_at=st.just(0),
    updated_at=st.just(0),
    kubernetes_host=st.sampled_from((None, "", "k8s.example", "https://k8s.example", "https://10.0.0.1", "HTTP://a")),
    token_review_mode=st.sampled_from(("api", "gateway")),
    allowed_namespaces=TEXTS,
    allowed_names=TEXTS,
    allowed_audience=st.sampled_from(("", "x", "y")),
    gateway_id=st.none() | ID,
    gateway_pool_id=st.sampled_from((None, None, "")) | ID,
    retired_gateway_id=st.none() | ID,
    access_token_trusted_ips=st.just(()),
)
USERS = st.sampled_from(
    ("system:serviceaccount:a:b", "system:serviceaccount:b:a", "system:serviceaccount::", "system:node:a:b", "a:b", "")
)
REVIEWS = st.builds(
    Review,
    authenticated=st.booleans() | st.just(True),
    username=USERS,
    audiences=st.sampled_from((None, (), ("x",), ("y", "z"))),
    error=st.sampled_from((None, None, None, "", "no")),
    failure=st.none() | st.just(Failure(400, "BadRequest", "down")),
)


def test_each_kind_settles_rules():
    kinds = {IS_ATTACHED, CALLS_A_HOST, IS_SERVICE_ACCOUNT, IS_ALLOWED, STAYS_AT_HOME, KEEPS_CONTRACT}
    assert {each.settled_by for each in SETTLED} == kinds


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@settings(deadline=None)
@given(stored=st.none() | RECORDS, review=REVIEWS, slug=st.none() | st.just("b"), broken=st.booleans())
def test_a_settled_rule_finds_nothing(edition, stored, review, slug, broken):
    scope = Scope("o", "o") if slug is None else Scope("", "", known=False, member=False)
    clusters: Any = cast("Clusters", _Clusters(review))
    issues = (custom(0, ("jwt",), "no"),) if broken else ()
    sent = Sent("b", "jwt", slug)
    request = LoginRequest(sent, stored, clusters, lambda: scope, 1, issues, behaviour=BEHAVIOUR[edition])
    kinds = kinds_of(request)
    for each in SETTLED:
        if each.settled_by in kinds and edition in each.answers:
            assert each.check(request) is None, each.id
    assert LOGIN.decide(request, edition, kinds=kinds) == LOGIN.decide(request, edition)
