"""What a kind of update settles, the rules say too: each settled rule finds nothing in any update of that kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.infisical.auth_methods.attachment import IS_ATTACHED
from mockserver.infisical.auth_methods.token_settings import FITS_COLUMNS
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.kubernetes_auth.request import ResultingRecord, UpdateRequest
from mockserver.infisical.kubernetes_auth.resulting import resulting
from mockserver.infisical.kubernetes_auth.update import UPDATE
from mockserver.infisical.kubernetes_auth.update_kinds import CALLS_NO_CLUSTER, KEEPS_TLS, kinds_of
from mockserver.rules.contract_rules import KEEPS_CONTRACT
from mockserver.rules.edition import EDITIONS

SETTLED = [each for each in UPDATE.rules if each.settled_by]


class _Refusing:
    """Facts of a world in which every check of a cluster fails."""

    def template(self, _: str) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the rule asks for `{name}`, which may refuse")


IDS = st.none() | st.just("6a7e0000-0000-4000-8000-000000000001")
RECORDS = st.builds(
    KubernetesAuth,
    id=st.just("a"),
    identity_id=st.just("b"),
    created_at=st.just(0),
    updated_at=st.just(0),
    kubernetes_host=st.none() | st.just("https://k8s.example"),
    ca_cert=st.sampled_from(("", "CA")),
    verify_tls_certificate=st.booleans(),
    token_reviewer_jwt=st.sampled_from(("", "jwt")),
    token_review_mode=st.sampled_from(("api", "gateway")),
    gateway_id=IDS,
    gateway_pool_id=IDS,
    template_id=IDS,
    jwt_from_template=st.booleans(),
)
TEXTS = st.sampled_from(("", "x", "x" * 200, "x" * 256, "a\0"))
NUMBERS = st.sampled_from((0, 60, 60.0, 2**53 - 1, 2**53, -(2**53), 2**63, 1e300))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "allowedNames": TEXTS,
        "allowedAudience": TEXTS,
        "accessTokenTTL": NUMBERS,
        "accessTokenMaxTTL": NUMBERS,
        "accessTokenNumUsesLimit": NUMBERS,
        "kubernetesHost": st.sampled_from((None, "https://a.example")),
        "caCert": st.sampled_from(("", "CA")),
        "verifyTlsCertificate": st.booleans(),
        "tokenReviewerJwt": st.sampled_from((None, "", "jwt")),
        "tokenReviewMode": st.sampled_from(("api", "gateway")),
        "gatewayId": IDS,
        "gatewayPoolId": IDS,
    },
)


def test_each_kind_settles_rules():
    kinds = {CALLS_NO_CLUSTER, KEEPS_TLS, FITS_COLUMNS, IS_ATTACHED, KEEPS_CONTRACT}
    assert {each.settled_by for each in SETTLED} == kinds


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(stored=RECORDS, body=BODIES)
def test_a_settled_rule_finds_nothing(edition, stored, body):
    behaviour, sent = BEHAVIOUR[edition], Change.from_json(body, edition.generation)
    facts: Any = _Refusing()
    request = UpdateRequest.of("b", stored, sent, facts, 1, texts=body, behaviour=behaviour)
    assert request.kinds == kinds_of(stored, sent)
    whole = ResultingRecord.of_update(stored, sent, resulting(stored, sent, 1), behaviour)
    assert request.record == whole
    for each in SETTLED:
        if each.settled_by in request.kinds and edition in each.answers:
            assert each.check(request) is None, each.id
