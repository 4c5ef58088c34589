"""Verification flag and CA certificate: the truth table of generation N, row by row (behaviour 3.4)."""

import pytest

from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE
from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import GATEWAY, HOST, FakeFacts, record, update

S, N = "stored CA", "new CA"
NONE = ""
REQUIRED, CONFLICT = "update.tls.ca-required", "update.tls.ca-conflict"
F, T, OMITTED = False, True, "omitted"

# row: stored verify, stored CA, sent verify, sent CA -> stored after, or the rule that refuses
TABLE = (
    (1, F, NONE, OMITTED, OMITTED, (F, NONE)),
    (2, F, NONE, OMITTED, "", (F, NONE)),
    (3, F, NONE, OMITTED, N, (T, N)),
    (4, F, NONE, F, OMITTED, (F, NONE)),
    (5, F, NONE, F, "", (F, NONE)),
    (6, F, NONE, F, N, CONFLICT),
    (7, F, NONE, T, OMITTED, REQUIRED),
    (8, F, NONE, T, "", REQUIRED),
    (9, F, NONE, T, N, (T, N)),
    (10, F, S, OMITTED, OMITTED, CONFLICT),
    (11, F, S, OMITTED, "", (F, NONE)),
    (12, F, S, OMITTED, N, (T, N)),
    (13, F, S, F, OMITTED, CONFLICT),
    (14, F, S, F, "", (F, NONE)),
    (15, F, S, F, N, CONFLICT),
    (16, F, S, T, OMITTED, (T, S)),
    (17, F, S, T, "", REQUIRED),
    (18, F, S, T, N, (T, N)),
    (19, T, NONE, OMITTED, OMITTED, REQUIRED),
    (20, T, NONE, OMITTED, "", REQUIRED),
    (21, T, NONE, OMITTED, N, (T, N)),
    (22, T, NONE, F, OMITTED, (F, NONE)),
    (23, T, NONE, F, "", (F, NONE)),
    (24, T, NONE, F, N, CONFLICT),
    (25, T, NONE, T, OMITTED, REQUIRED),
    (26, T, NONE, T, "", REQUIRED),
    (27, T, NONE, T, N, (T, N)),
    (28, T, S, OMITTED, OMITTED, (T, S)),
    (29, T, S, OMITTED, "", REQUIRED),
    (30, T, S, OMITTED, N, (T, N)),
    (31, T, S, F, OMITTED, CONFLICT),
    (32, T, S, F, "", (F, NONE)),
    (33, T, S, F, N, CONFLICT),
    (34, T, S, T, OMITTED, (T, S)),
    (35, T, S, T, "", REQUIRED),
    (36, T, S, T, N, (T, N)),
)
ROWS = [pytest.param(*row, id=f"row-{number}") for number, *row in TABLE]
PAIR = ("verify", "ca", "sent_verify", "sent_ca", "outcome")


def body(sent_verify, sent_ca, **more):
    pair = {"verifyTlsCertificate": sent_verify, "caCert": sent_ca}
    return {"allowedNames": "api", **more, **{name: value for name, value in pair.items() if value != OMITTED}}


def outcome_of(made):
    if made.status != 200:
        assert (made.status, made.error) == (400, "BadRequest")
        return made.rule
    return made.after.verify_tls_certificate, made.after.ca_cert


@pytest.mark.parametrize(PAIR, ROWS)
def test_mode_api_keeps_verification_and_ca_together(verify, ca, sent_verify, sent_ca, outcome, profile):
    stored = record(verify_tls_certificate=verify, ca_cert=ca)
    assert outcome_of(update(body(sent_verify, sent_ca), profile, stored=stored)) == outcome


@pytest.mark.parametrize(PAIR, ROWS)
def test_the_pair_is_judged_when_a_record_turns_from_mode_gateway_to_api(verify, ca, sent_verify, sent_ca, outcome):
    stored = record(verify_tls_certificate=verify, ca_cert=ca, token_review_mode=GATEWAY_MODE, gateway_id=GATEWAY)
    made = update(body(sent_verify, sent_ca, tokenReviewMode="api"), stored=stored)
    assert outcome_of(made) == outcome


@pytest.mark.parametrize(PAIR, ROWS)
def test_mode_gateway_stores_any_pair(verify, ca, sent_verify, sent_ca, outcome, profile):
    stored = record(verify_tls_certificate=verify, ca_cert=ca, token_review_mode=GATEWAY_MODE, gateway_id=GATEWAY)
    after = update(body(sent_verify, sent_ca), profile, stored=stored).after
    promoted = T if sent_ca == N else verify
    assert after.verify_tls_certificate is (promoted if sent_verify == OMITTED else sent_verify)
    assert after.ca_cert == (ca if sent_ca == OMITTED else sent_ca)


def test_the_table_has_every_combination_once():
    combinations = {row[1:5] for row in TABLE}
    assert [row[0] for row in TABLE] == list(range(1, 37))
    assert len(combinations) == 2 * 2 * 3 * 3


def test_a_mode_sent_with_the_pair_decides_whether_it_is_judged():
    conflict = {"verifyTlsCertificate": False, "caCert": N}
    to_gateway = {**conflict, "tokenReviewMode": "gateway", "gatewayId": GATEWAY}
    assert update(conflict).rule == CONFLICT
    assert (update(to_gateway).after.verify_tls_certificate, update(to_gateway).after.ca_cert) == (F, N)


def test_a_ca_of_blanks_is_no_ca():
    stored = record(verify_tls_certificate=True, ca_cert=S)
    assert update({"caCert": " \n\ufeff"}, stored=stored).rule == REQUIRED
    assert update({"caCert": " ", "verifyTlsCertificate": False}, stored=stored).after.ca_cert == ""


def test_a_ca_is_stored_without_blanks_around_it():
    assert update({"caCert": f"\n {N}\t"}).after.ca_cert == N


def test_a_host_through_a_gateway_in_mode_api_is_judged_too():
    stored = record(verify_tls_certificate=True, gateway_id=GATEWAY)
    assert update({"kubernetesHost": HOST}, Profile.LIVE, stored=stored, facts=FakeFacts()).rule == REQUIRED
