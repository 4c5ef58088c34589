"""The laws of the house in every generation, over histories with auth templates; few examples of each."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.seeding.dump import dump
from tests.api.histories import WITH_TEMPLATES, Asked, Stage, stage
from tests.api.test_laws import but_for_uses, play, records
from tests.client import in_envelope

FEW = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(
    scope="module",
    params=[(profile, each) for profile in Profile for each in GENERATIONS],
    ids=lambda each: f"{each[0]}-{each[1]}",
)
def on(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A server of each edition in turn."""
    with stage(*request.param) as ready:
        yield ready


@FEW
@given(history=WITH_TEMPLATES)
def test_the_laws_hold(on: Stage, history: list[Asked]):
    """A rejected request changes nothing, an accepted one its record; answers keep to the document; reset reverts."""
    world = on.world
    seed = dump(world.seed)
    operation = on.client.mock.contracts.of(world.generation).operations["updateKubernetesAuth"]
    for asked, before, answer in play(on, history):
        assert answer.rule not in ("mock.crash", "mock.response-contract")
        assert operation.checks.response_violations(answer.status, "application/json", answer.json) == []
        if answer.status != 200:
            in_envelope(answer)
            assert but_for_uses(on.state) == but_for_uses(before)
            assert dump(on.state)["identities"] == dump(before)["identities"]
            continue
        old, new = records(before), records(on.state)
        assert {key for key in new if old[key] != new[key]} <= {asked.identity.lower()}
        assert on.state.templates == before.templates
        written = on.state.kubernetes_auths[asked.identity.lower()]
        assert written.template_id is None or written.template_id in on.state.templates
        assert ("templateId" in answer.record) == (world.generation >= "2026-09")
        if written.template_id is not None:
            assert asked.identity.lower() in on.state.template_users.ids_in(written.template_id)
            if "templateId" in answer.record:
                assert answer.record["tokenReviewerJwt"] == ""
    assert on.reset().status == 204
    assert on.state is world.seed
    assert dump(on.state) == seed


def test_the_histories_meet_the_rules_of_templates(on: Stage):
    rules: set[str] = set()

    @settings(FEW, max_examples=60)
    @given(history=WITH_TEMPLATES)
    def collect(history: list[Asked]) -> None:
        rules.update(answer.rule for _, _, answer in play(on, history))

    collect()
    found = {each for each in rules if each.startswith(("update.template", "update.provenance"))}
    if on.world.generation < "2026-09":
        assert found == set()
    else:
        assert {"update.template.exists", "update.template.managed-field", "update.provenance"} <= found, sorted(rules)
    assert "accepted" in rules
