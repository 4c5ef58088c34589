"""Gateway and pool: which ids result, and which way the checks of the same request go (behaviour 3.5)."""

import pytest

from mockserver.infisical.kubernetes_auth.resulting import Route
from tests.infisical.kubernetes_auth.attempts import GATEWAY, OTHER_GATEWAY, OTHER_POOL, POOL, record, update

G, P = GATEWAY, POOL
G2, P2 = OTHER_GATEWAY, OTHER_POOL
OMITTED = "omitted"
DIRECT = Route(None, None)


def gateway(id):
    return Route(id, None)


def pool(id):
    return Route(None, id)


# stored gateway and pool, sent gateway and pool -> gateway, pool, via
TABLE = (
    ("nothing stored, nothing sent", None, None, OMITTED, OMITTED, None, None, DIRECT),
    ("nothing stored, pool null", None, None, OMITTED, None, None, None, DIRECT),
    ("nothing stored, pool", None, None, OMITTED, P2, None, P2, pool(P2)),
    ("nothing stored, gateway null", None, None, None, OMITTED, None, None, DIRECT),
    ("nothing stored, both null", None, None, None, None, None, None, DIRECT),
    ("nothing stored, gateway null and pool", None, None, None, P2, None, P2, pool(P2)),
    ("nothing stored, gateway", None, None, G2, OMITTED, G2, None, gateway(G2)),
    ("nothing stored, gateway and pool null", None, None, G2, None, G2, None, gateway(G2)),
    ("gateway stored, nothing sent", G, None, OMITTED, OMITTED, G, None, gateway(G)),
    ("gateway stored, pool null clears the gateway too", G, None, OMITTED, None, None, None, gateway(G)),
    ("gateway stored, pool", G, None, OMITTED, P2, None, P2, pool(P2)),
    ("gateway stored, gateway null", G, None, None, OMITTED, None, None, DIRECT),
    ("gateway stored, both null", G, None, None, None, None, None, DIRECT),
    ("gateway stored, gateway null and pool", G, None, None, P2, None, P2, pool(P2)),
    ("gateway stored, gateway", G, None, G2, OMITTED, G2, None, gateway(G2)),
    ("gateway stored, gateway and pool null", G, None, G2, None, G2, None, gateway(G2)),
    ("pool stored, nothing sent", None, P, OMITTED, OMITTED, None, P, pool(P)),
    ("pool stored, pool null", None, P, OMITTED, None, None, None, DIRECT),
    ("pool stored, pool", None, P, OMITTED, P2, None, P2, pool(P2)),
    ("pool stored, gateway null clears the pool, checked through it", None, P, None, OMITTED, None, None, pool(P)),
    ("pool stored, both null", None, P, None, None, None, None, DIRECT),
    ("pool stored, gateway null and pool", None, P, None, P2, None, P2, pool(P2)),
    ("pool stored, gateway clears the pool, checked through it", None, P, G2, OMITTED, G2, None, pool(P)),
    ("pool stored, gateway and pool null", None, P, G2, None, G2, None, gateway(G2)),
)


def body(gateway_id, pool_id):
    ids = {"gatewayId": gateway_id, "gatewayPoolId": pool_id}
    return {"allowedNames": "api", **{name: value for name, value in ids.items() if value != OMITTED}}


@pytest.mark.parametrize(
    ("stored_gateway", "stored_pool", "sent_gateway", "sent_pool", "after_gateway", "after_pool", "via"),
    [pytest.param(*row, id=name) for name, *row in TABLE],
)
def test_either_key_decides_both_columns(
    stored_gateway, stored_pool, sent_gateway, sent_pool, after_gateway, after_pool, via, profile
):
    stored = record(gateway_id=stored_gateway, gateway_pool_id=stored_pool)
    made = update(body(sent_gateway, sent_pool), profile, stored=stored)
    assert (made.after.gateway_id, made.after.gateway_pool_id) == (after_gateway, after_pool)
    assert made.route == via
    assert {check.route for _, check in made.asked} == (set() if via == DIRECT else {via})


def test_the_table_has_every_combination_once():
    stored, sent_gateways, sent_pools = ((None, None), (G, None), (None, P)), (OMITTED, None, G2), (OMITTED, None, P2)
    every = {(*ids, g, p) for ids in stored for g in sent_gateways for p in sent_pools if (g, p) != (G2, P2)}
    assert {row[1:5] for row in TABLE} == every
    assert len(TABLE) == len(every)


@pytest.mark.parametrize("stored", [(None, None), (G, None), (None, P)], ids=["nothing", "gateway", "pool"])
def test_gateway_and_pool_together_are_refused_whatever_is_stored(stored, profile):
    made = update(body(G2, P2), profile, stored=record(gateway_id=stored[0], gateway_pool_id=stored[1]))
    assert made.issues == [("custom", "gatewayPoolId")]
    assert made.rule == "gateway.both"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        pytest.param({"gatewayId": None}, {"token_review_mode": "gateway", "gateway_id": G}, id="mode gateway, no way"),
        pytest.param({"kubernetesHost": None}, {}, id="mode api, no host"),
        pytest.param(
            {"tokenReviewMode": "api"},
            {"token_review_mode": "gateway", "gateway_id": G, "kubernetes_host": None},
            id="to mode api without a host",
        ),
    ],
)
def test_no_rule_ties_the_stored_mode_to_a_gateway_or_a_host(sent, stored, profile):
    assert update(sent, profile, stored=record(**stored)).status == 200


def test_ids_are_stored_in_lower_case():
    assert update({"gatewayId": G2.upper()}).after.gateway_id == G2
    assert update({"gatewayPoolId": P2.upper()}).after.gateway_pool_id == P2
