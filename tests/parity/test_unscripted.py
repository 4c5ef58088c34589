"""Every rule has a script that provokes it, or a reason why it has none; every operation is carried out by one."""

import pytest

from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.control.unscripted import UNSCRIPTED
from mockserver.parity.run import _check
from mockserver.parity.scripts import FOLDER, bundled, givens
from mockserver.rules.rule import ACCEPTED

RULES = {rule.id: rule for _, rule in ledger(OPERATIONS)}
SCRIPTED = {script.rule for script in bundled()} - {ACCEPTED}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_script_or_a_reason(rule: str):
    assert (rule in SCRIPTED) != (rule in UNSCRIPTED)


def test_scripts_and_reasons_are_about_rules():
    assert SCRIPTED | set(UNSCRIPTED) == set(RULES)
    assert all(reason.endswith(".") and len(reason) > 20 for reason in UNSCRIPTED.values())


def test_a_script_is_named_after_its_rule():
    for script in bundled():
        assert script.name == script.rule or script.name.startswith(f"{script.rule}.")
    assert len(bundled()) == len(list(FOLDER.iterdir()))


def test_every_operation_is_carried_out():
    carried_out = {script.operation for script in bundled() if script.rule == ACCEPTED}
    assert carried_out == {operation.id for operation in OPERATIONS}


def test_scripts_name_what_exists():
    _check(bundled(), RULES)


def test_what_scripts_work_on_is_used_and_no_script_saves_under_its_names():
    used = {name for script in bundled() for name in script.given}
    assert used == set(givens())
    saved = {name for given in givens().values() for step in given.steps for name in step.save}
    assert not saved & {name for script in bundled() for step in script.steps for name in step.save}
