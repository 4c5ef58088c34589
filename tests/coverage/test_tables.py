"""The tables of the product are those of the reference, and a row is met by an exchange that ends as it says."""

import pytest

from mockserver.infisical.kubernetes_auth.decision_tables import GATEWAY_ROWS, TABLES, TLS_ROWS, gateway_row, tls_row
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE
from tests.infisical.kubernetes_auth import test_gateways, test_tls
from tests.infisical.kubernetes_auth.attempts import GATEWAY, OTHER_GATEWAY, OTHER_POOL, POOL, FakeFacts, record, update

TLS, GATEWAYS = TABLES
FLAGS = {False: "off", True: "on", test_tls.OMITTED: "-"}
CAS = {test_tls.OMITTED: "-", "": "empty", test_tls.N: "new"}
HELD = {"": "none", test_tls.S: "stored", test_tls.N: "new"}
IDS = {"omitted": "-", None: "null"}


def test_the_tls_rows_are_those_that_the_rules_are_tested_by():
    expected = [
        (
            FLAGS[flag],
            HELD[ca],
            FLAGS[sent_flag],
            CAS[sent_ca],
            outcome if isinstance(outcome, str) else (FLAGS[outcome[0]], HELD[outcome[1]]),
        )
        for _, flag, ca, sent_flag, sent_ca, outcome in test_tls.TABLE
    ]
    assert [tuple(row) for row in TLS_ROWS] == expected


def test_the_gateway_rows_are_those_that_the_rules_are_tested_by():
    def source(id):
        return "null" if id is None else "stored" if id in (GATEWAY, POOL) else "sent"

    expected = []
    for _, gateway, pool, sent_gateway, sent_pool, after_gateway, after_pool, via in test_gateways.TABLE:
        held = "gateway" if gateway else "pool" if pool else "none"
        way = "direct"
        if not via.is_direct:
            kind = "pool" if via.gateway_pool_id else "gateway"
            way = f"{source(via.gateway_id or via.gateway_pool_id)} {kind}"
        outcome = source(after_gateway), source(after_pool), way
        expected.append((held, IDS.get(sent_gateway, "id"), IDS.get(sent_pool, "id"), outcome))
    assert [tuple(row) for row in GATEWAY_ROWS] == [*expected, ("any", "id", "id", "gateway.both")]


def met(row_of, made):
    """The row that an update has met."""
    after = None if made.decision.refused else made.after
    return row_of(made.attempt.stored, made.attempt.sent, after, made.decision.refused_by)


@pytest.mark.parametrize(
    ("number", "row"), [pytest.param(place, row, id=f"row-{row[0]}") for place, row in enumerate(test_tls.TABLE)]
)
def test_each_tls_row_is_met_by_its_update(number, row, profile):
    _, flag, ca, sent_flag, sent_ca, _ = row
    stored = record(verify_tls_certificate=flag, ca_cert=ca)
    made = update(test_tls.body(sent_flag, sent_ca), profile, stored=stored)
    assert met(tls_row, made) == TLS.rows[number]
    assert TLS.rows[number].startswith(f"tls {number + 1}: ")


@pytest.mark.parametrize(
    ("number", "row"), [pytest.param(place, row, id=row[0]) for place, row in enumerate(test_gateways.TABLE)]
)
def test_each_gateway_row_is_met_by_its_update(number, row, profile):
    _, gateway, pool, sent_gateway, sent_pool, *_ = row
    stored = record(gateway_id=gateway, gateway_pool_id=pool)
    made = update(test_gateways.body(sent_gateway, sent_pool), profile, stored=stored)
    assert met(gateway_row, made) == GATEWAYS.rows[number]
    assert GATEWAYS.rows[number].startswith(f"gateway {number + 1}: ")


def test_gateway_and_pool_together_are_the_last_row():
    made = update({"gatewayId": OTHER_GATEWAY, "gatewayPoolId": OTHER_POOL}, stored=record(gateway_id=GATEWAY))
    assert met(gateway_row, made) == GATEWAYS.rows[24]


@pytest.mark.parametrize("row_of", [tls_row, gateway_row])
def test_an_update_that_another_rule_refuses_meets_no_row(row_of):
    denied = FakeFacts(denied=frozenset({("edit-auth", "identity")}))
    assert met(row_of, update({"caCert": test_tls.N, "gatewayId": GATEWAY}, facts=denied)) is None
    assert met(row_of, update({"caCert": 7, "gatewayId": GATEWAY})) is None


def test_mode_gateway_meets_no_tls_row():
    stored = record(token_review_mode=GATEWAY_MODE, gateway_id=GATEWAY)
    assert met(tls_row, update({"caCert": test_tls.N}, stored=stored)) is None


def test_a_row_is_not_met_by_an_update_that_ends_otherwise():
    made = update({"caCert": test_tls.N, "gatewayId": OTHER_GATEWAY})
    wrong = made.after._replace(verify_tls_certificate=False, gateway_id=GATEWAY)
    assert tls_row(made.attempt.stored, made.attempt.sent, wrong, ()) is None
    assert gateway_row(made.attempt.stored, made.attempt.sent, wrong, ()) is None
