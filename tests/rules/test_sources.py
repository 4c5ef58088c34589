"""The ledger is truthful: each source has the date of its generation, and the counts are those of the rules."""

import pytest

from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.sources import KINDS, source_counts, source_date
from tests.client import Client

RULES = {rule.id: rule for _, rule in ledger(OPERATIONS)}


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("contract.body", "2026-04-30"),
        ("attach.audience.needed", "2026-05-01"),
        ("host.scheme", "2026-05-01"),
        ("update.ttl.stored-max", "2026-08-20"),
        ("permission.edit-auth", "2026-08-20"),
        ("update.template.plan", "2026-09-16"),
        ("boundary.edit-auth", "2026-09-16"),
        ("integer.safe", "2026-10-14"),
        ("template.uuid", "2026-11-23"),
    ],
)
def test_a_source_has_the_date_of_its_generation(name: str, date: str):
    assert source_date(RULES[name]) == date


def test_no_date_is_that_of_no_generation():
    dates = {"contract": {"2026-04-30"}, "service": {each.date for each in GENERATIONS}}
    for rule in RULES.values():
        assert rule.source.kind == "assumption" or source_date(rule) in dates[rule.source.kind]


async def test_the_control_api_counts_and_shows_answers_by_generation(server: Client):
    found = (await server.get("/_mock/rules")).json
    for operation in OPERATIONS:
        assert found["sources"][operation.id] == source_counts(operation.rules)
        assert set(found["sources"][operation.id]) == set(KINDS)
        assert sum(found["sources"][operation.id].values()) == len({rule.id for rule in operation.rules.rules})
    rules = {rule["id"]: rule for rule in found["rules"]}
    live = rules["body.syntax"]["answersByGeneration"]["live"]
    assert [live[each]["status"] for each in GENERATIONS] == [500, 500, 500, 400]
    assert list(rules["integer.safe"]["answersByGeneration"]["live"]) == ["2026-10"]
    assert rules["permission.edit-auth"]["source"]["date"] == "2026-08-20"
