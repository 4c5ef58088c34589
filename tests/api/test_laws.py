"""The laws of the house, over random histories: what must hold whatever is asked, in whatever order, by whomever."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from mockserver.infisical.state import State
from mockserver.rules.profile import Profile
from mockserver.seeding.dump import dump
from tests.api.histories import HISTORIES, PLAUSIBLE, Asked, Stage, stage
from tests.client import IDENTITIES, PAYMENTS, Answer, in_envelope
from tests.contract.judge import Judge

THOROUGH = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module", params=[Profile.CONTRACT, Profile.LIVE], ids=str)
def on(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A server of each profile in turn; every example starts it over."""
    with stage(request.param) as ready:
        yield ready


def but_for_uses(state: State) -> State:
    """What a refused request must leave as it is. A use of a limited token is taken all the same."""
    return state._replace(token_uses=State().token_uses)


def but_for_records(state: State) -> State:
    """What an update leaves as it is: all but the records, and what follows from them."""
    return but_for_uses(state)._replace(kubernetes_auths=None, gateway_users=None)


def records(state: State) -> dict[str, tuple[Any, ...]]:
    return dict(state.kubernetes_auths.items())


def writes_nothing(body: dict[str, Any]) -> bool:
    """An empty reviewer JWT means to keep the one that there is."""
    return not body or (set(body) == {"tokenReviewerJwt"} and body["tokenReviewerJwt"] in ("", " "))


def play(on: Stage, history: list[Asked]) -> Iterator[tuple[Asked, State, Answer]]:
    """Each request with the state before it and its answer, from the seed on."""
    on.reset()
    for asked in history:
        before = on.state
        yield asked, before, on.ask(asked)


@THOROUGH
@given(history=HISTORIES)
def test_a_refused_request_leaves_the_state_as_it_was(on: Stage, history: list[Asked]):
    for _, before, answer in play(on, history):
        if answer.status != 200:
            in_envelope(answer)
            assert answer.rule != "accepted"
            assert but_for_uses(on.state) == but_for_uses(before)


@THOROUGH
@given(history=HISTORIES)
def test_an_accepted_request_changes_the_record_it_names_and_no_other(on: Stage, history: list[Asked]):
    for asked, before, answer in play(on, history):
        if answer.status == 200:
            name = asked.identity.lower()
            assert answer.rule == "accepted"
            old, new = records(before), records(on.state)
            assert {key for key in new if old[key] != new[key]} <= {name}
            assert old.keys() == new.keys()
            assert but_for_records(before) == but_for_records(on.state)


@THOROUGH
@given(history=HISTORIES)
def test_id_and_birth_never_change_and_an_update_is_seen_by_its_time(on: Stage, history: list[Asked]):
    for asked, before, answer in play(on, history):
        if answer.status == 200:
            old, new = (each.kubernetes_auths[asked.identity.lower()] for each in (before, on.state))
            assert (old.id, old.identity_id, old.created_at) == (new.id, new.identity_id, new.created_at)
            assert (new == old) == writes_nothing(asked.body)
            assert new == old or new.updated_at > old.updated_at


@THOROUGH
@given(history=HISTORIES)
def test_the_answer_shows_the_record_as_it_is_stored(on: Stage, history: list[Asked]):
    for asked, _, answer in play(on, history):
        if answer.status == 200:
            shown = next(each for each in dump(on.state)["identities"] if each["id"] == asked.identity.lower())
            record = answer.record
            assert record.pop("identityId") == asked.identity.lower()
            stored = shown["kubernetesAuth"]  # which names a template only if there is one
            assert record.pop("templateId", None) == stored.pop("templateId", None)
            mark = "isTokenReviewerJwtTemplateSourced"
            assert record.pop(mark, False) == stored.pop(mark, False)
            ips = record.pop("accessTokenTrustedIps")
            assert [
                {"ipAddress": f"{each['ipAddress']}/{each['prefix']}" if "prefix" in each else each["ipAddress"]}
                for each in ips
            ] == shown["kubernetesAuth"].pop("accessTokenTrustedIps")
            assert record == shown["kubernetesAuth"]


@THOROUGH
@given(history=HISTORIES, change=PLAUSIBLE)
def test_the_same_change_twice_is_as_once_but_for_the_time(on: Stage, history: list[Asked], change: Asked):
    """The second may be refused (it goes through the gateway that the first one set); then nothing changes at all."""
    for _ in play(on, [*history, change]):
        pass
    once = records(on.state)
    on.ask(change)
    for name, record in records(on.state).items():
        assert record._replace(updated_at=0) == once[name]._replace(updated_at=0)


@THOROUGH
@given(history=HISTORIES)
def test_every_answer_keeps_to_the_contract(on: Stage, history: list[Asked]):
    contract = on.client.mock.contract
    operation = contract.operations["updateKubernetesAuth"]
    judge = _judge(on)
    for number, (_, _, answer) in enumerate(play(on, history)):
        assert answer.headers["Content-Type"].startswith("application/json")
        assert operation.checks.response_violations(answer.status, "application/json", answer.json) == []
        assert answer.rule not in ("mock.crash", "mock.response-contract")
        if number % 3 == 0:
            assert judge.accepts_response("PATCH", IDENTITIES + PAYMENTS, answer.status, answer.json)


_JUDGES: dict[str, Judge] = {}


def _judge(on: Stage) -> Judge:
    document = on.client.mock.contract.document
    return _JUDGES.setdefault(document.digest, Judge(document))


@THOROUGH
@given(history=HISTORIES)
def test_contract_accepts_only_what_the_contract_allows_and_live_counts_the_rest(on: Stage, history: list[Asked]):
    judge = _judge(on)
    for asked, _, answer in play(on, history):
        if answer.status == 200:
            body = {key: int(value) if isinstance(value, float) else value for key, value in asked.body.items()}
            allowed = judge.accepts_request("PATCH", IDENTITIES + PAYMENTS, body)
            assert allowed == ("Mock-Breach" not in answer.headers)
            assert allowed or on.world.profile is Profile.LIVE


@THOROUGH
@given(history=HISTORIES)
def test_a_reset_brings_the_seed_back(on: Stage, history: list[Asked]):
    seed = dump(on.world.seed)
    for _ in play(on, history):
        pass
    assert on.reset().status == 204
    assert on.state is on.world.seed
    assert dump(on.state) == seed
    assert len(on.client.mock.journal) == 0


@THOROUGH
@given(history=HISTORIES)
def test_every_exchange_is_in_the_journal_under_its_id(on: Stage, history: list[Asked]):
    answers = [answer for _, _, answer in play(on, history)]
    kept = list(on.client.mock.journal.newest_first())
    assert [entry.id for entry in reversed(kept)] == [answer.headers["Mock-Request-Id"] for answer in answers]
    assert [entry.status for entry in reversed(kept)] == [answer.status for answer in answers]


def test_the_histories_reach_enough_to_be_worth_telling(on: Stage):
    rules: set[str] = set()

    @settings(THOROUGH, max_examples=150)
    @given(history=HISTORIES)
    def collect(history: list[Asked]) -> None:
        rules.update(answer.rule for _, _, answer in play(on, history))

    collect()
    assert "accepted" in rules
    assert len(rules) >= 25, sorted(rules)
