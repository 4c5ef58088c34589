"""The engines answer alike: status, headers, every byte of the body, and what the journal says of the verdict."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import openapi_core
import pytest

from mockserver import Settings
from mockserver.app import Core
from mockserver.contract.checks import SchemaCheck
from mockserver.errors import SettingsError
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from tests.client import IDENTITIES, PAYMENTS
from tests.contract.bodies import Requests
from tests.contract.twins import Asked, Twins

SHARDS = 20
BODIES = 20_000 // SHARDS


# One shard of each profile with every run; the others with `make test-all`.
@pytest.mark.slow
@pytest.mark.parametrize(
    "shard", [each if each < 2 else pytest.param(each, marks=pytest.mark.extensive) for each in range(SHARDS)]
)
def test_twenty_thousand_bodies_are_answered_alike(shard: int):
    profile = Profile.LIVE if shard % 2 else Profile.CONTRACT
    answered: Counter[str] = Counter()
    both = Twins(profile, as_of="2026-08")
    requests = Requests(both.mocks["compiled"].contract.operations, seed=shard)
    for number in range(BODIES):
        if number % 100 == 0:
            for mock in both.mocks.values():
                mock.worlds.default.reset()
        asked = requests.next(forms=profile is Profile.LIVE)
        said = both.agree(asked)
        answered[str(said.status)] += 1
        answered["breach"] += bool(said.request_breaches)
        answered["update"] += asked.method == "PATCH" and "kubernetes-auth" in asked.target
    # The bodies are worth comparing: many are taken, many refused by the contract, and a third go to the update.
    assert answered["200"] > BODIES / 20, answered
    assert answered["422"] > BODIES / 3, answered
    assert answered["update"] > BODIES / 4, answered
    assert (answered["breach"] > BODIES / 50) == (profile is Profile.LIVE), answered
    assert both.log.getvalue() == ""


_GENERATIONS = [(each, shard) for each in GENERATIONS for shard in range(5)]
_EVERY_TIME = {("2026-09", 0), ("2026-10", 0)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("as_of", "shard"),
    [each if each in _EVERY_TIME else pytest.param(*each, marks=pytest.mark.extensive) for each in _GENERATIONS],
)
def test_each_generation_is_answered_alike(as_of: Generation, shard: int):
    both = Twins(Profile.LIVE, as_of=as_of)
    requests = Requests(both.mocks["compiled"].contracts.of(as_of).operations, seed=100 + shard)
    answered: Counter[str] = Counter()
    for number in range(250):
        if number % 100 == 0:
            for mock in both.mocks.values():
                mock.worlds.default.reset()
        asked = requests.next(forms=True)
        answered[str(both.agree(asked).status)] += 1
        answered["templateId"] += b"templateId" in (asked.body or b"")
    assert answered["200"] > 12, answered
    assert (answered["templateId"] > 12) == (as_of >= "2026-09"), answered
    assert both.log.getvalue() == ""


GOOD = Asked("PATCH", IDENTITIES + PAYMENTS, b'{"allowedNames": "api"}')
BAD = Asked("PATCH", IDENTITIES + PAYMENTS, b'{"allowedNames": 7, "zz": 1}')


def test_the_second_opinion_asks_no_compiled_check(monkeypatch: pytest.MonkeyPatch):
    both = Twins()
    both.ask(GOOD)  # what faults may answer is worked out with the first request, by compiled checks

    def refuse(*_: object) -> Any:
        raise AssertionError("a compiled check is asked")

    monkeypatch.setattr(SchemaCheck, "accepts", property(refuse))
    monkeypatch.setattr(SchemaCheck, "violations", refuse)
    monkeypatch.setattr(SchemaCheck, "_validator", property(refuse))
    assert both.ask(GOOD)["openapi-core"].status == 200
    assert both.ask(BAD)["openapi-core"].status == 422
    assert both.ask(BAD)["compiled"].status == 500  # as it asks


def test_openapi_core_is_asked_of_every_request_and_every_answer(monkeypatch: pytest.MonkeyPatch):
    asked: Counter[str] = Counter()

    def counted(name: str) -> Any:
        genuine = getattr(openapi_core.OpenAPI, name)

        def count(*arguments: Any) -> Iterator[Exception]:
            asked[name] += 1
            return genuine(*arguments)

        return count

    both = Twins()
    both.ask(GOOD)  # with the first request, what faults may answer is worked out
    for name in ("iter_request_errors", "iter_response_errors"):
        monkeypatch.setattr(openapi_core.OpenAPI, name, counted(name))
    for number, each in enumerate((GOOD, BAD, Asked("GET", IDENTITIES + PAYMENTS)), 1):
        both.agree(each)
        assert asked == {"iter_request_errors": number, "iter_response_errors": number}


def test_an_engine_that_there_is_not_is_named():
    with pytest.raises(SettingsError, match="there is no engine 'fast': choose one of compiled, openapi-core"):
        Core(Settings(engine="fast"))  # type: ignore[arg-type]
