"""Lifetimes: the rule that looks at the stored maximum, and never at the stored TTL (behaviour 3.6)."""

import pytest

from tests.infisical.kubernetes_auth.attempts import record, update

OMITTED = "omitted"
STORED, ORDER = "update.ttl.stored-max", "update.ttl.order"

# stored max, sent TTL, sent max -> what is stored (TTL, max), or the rule that refuses; 3600 is the stored TTL
TABLE = (
    ("nothing sent", 7200, OMITTED, OMITTED, (3600, 7200)),
    ("TTL 0", 7200, 0, OMITTED, (0, 7200)),
    ("max 0", 7200, OMITTED, 0, (3600, 0)),
    ("both 0", 7200, 0, 0, (0, 0)),
    ("lowering only the max", 7200, OMITTED, 3600, STORED),
    ("lowering the max with TTL 0", 7200, 0, 3600, STORED),
    ("lowering the max by a second", 7200, OMITTED, 7199, STORED),
    ("the stored max again", 7200, OMITTED, 7200, (3600, 7200)),
    ("raising only the max", 7200, OMITTED, 9000, (3600, 9000)),
    ("TTL below the max", 7200, 3600, OMITTED, (3600, 7200)),
    ("TTL at the max", 7200, 7200, OMITTED, (7200, 7200)),
    ("TTL above the max", 7200, 7201, OMITTED, STORED),
    ("TTL above the stored max with max 0", 7200, 7201, 0, STORED),
    ("lowering both to one value", 7200, 3600, 3600, (3600, 3600)),
    ("raising both", 7200, 9000, 9000, (9000, 9000)),
    ("TTL above the sent max", 7200, 3600, 1800, ORDER),
    ("no stored max, a max below the stored TTL", 0, OMITTED, 1800, (3600, 1800)),
    ("no stored max, any TTL", 0, 5000, OMITTED, (5000, 0)),
    ("no stored max, TTL below the sent max", 0, 1000, 1800, (1000, 1800)),
    ("no stored max, TTL above the sent max", 0, 3600, 1800, ORDER),
    ("whole numbers written as fractions", 7200, 3600.0, 7200.0, (3600, 7200)),
)


@pytest.mark.parametrize(
    ("stored_max", "ttl", "max_ttl", "outcome"), [pytest.param(*row, id=name) for name, *row in TABLE]
)
def test_the_stored_max_stands_in_for_whichever_is_not_sent(stored_max, ttl, max_ttl, outcome, profile):
    sent = {"accessTokenTTL": ttl, "accessTokenMaxTTL": max_ttl}
    body = {"allowedNames": "api", **{name: value for name, value in sent.items() if value != OMITTED}}
    made = update(body, profile, stored=record(access_token_ttl=3600, access_token_max_ttl=stored_max))
    if isinstance(outcome, tuple):
        assert (made.after.access_token_ttl, made.after.access_token_max_ttl) == outcome
    else:
        assert made.rule == outcome
        assert made.status == (422 if outcome == ORDER else 400)


@pytest.mark.parametrize("stored_ttl", [0, 1, 7200, 315_360_000])
def test_the_stored_ttl_is_never_looked_at(stored_ttl, profile):
    stored = record(access_token_ttl=stored_ttl, access_token_max_ttl=7200)
    assert update({"accessTokenMaxTTL": 3600}, profile, stored=stored).rule == STORED
    assert update({"accessTokenMaxTTL": 7200}, profile, stored=stored).status == 200


def test_the_refusal_carries_a_bad_request():
    made = update({"accessTokenTTL": 7201})
    assert (made.status, made.error) == (400, "BadRequest")
