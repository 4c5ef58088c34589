"""The short form of `make fuzz`, and the proof that its check can fail."""

import subprocess

import pytest

from tests.fuzz.run import fuzz
from tests.fuzz.verdict import complaint, ledger

RULES = ledger(
    [
        {"id": "service", "stage": "update", "refusesValid": True, "answers": {"contract": {"status": 400}}},
        {"id": "contract", "stage": "body", "refusesValid": False, "answers": {"contract": {"status": 422}}},
        {"id": "crash", "stage": "mock", "refusesValid": True, "answers": {"contract": {"status": 500}}},
    ]
)
OURS = ("Mock-Request-Id", "Mock-World", "Mock-Rule", "Content-Type")


@pytest.mark.parametrize(
    ("status", "rule", "valid"),
    [(200, "accepted", True), (400, "service", True), (400, "service", False), (422, "contract", False)],
)
def test_an_answer_that_its_rule_explains_passes(status, rule, valid):
    assert complaint(status, OURS, rule, valid=valid, rules=RULES) is None


@pytest.mark.parametrize(
    ("status", "headers", "rule", "reason"),
    [
        (422, OURS, "contract", "refused a request that the contract accepts"),
        (400, OURS, "accepted", "no rule refused"),
        (200, OURS, "service", "which refuses"),
        (400, OURS, "unheard-of", "not in the ledger"),
        (400, OURS, None, "not in the ledger"),
        (404, OURS, "service", "does not let service answer 404"),
        (500, OURS, "crash", "bug of the mock"),
        (200, OURS[1:], "accepted", "lacks mock-request-id"),
        (400, (), None, "lacks mock-request-id, mock-rule, mock-world"),
    ],
)
def test_an_answer_that_no_rule_explains_fails(status, headers, rule, reason):
    assert reason in (complaint(status, headers, rule, valid=True, rules=RULES) or "")


@pytest.mark.slow
def test_every_phase_and_every_check_in_short(request):
    # A fixed seed: what `make test` says about a commit does not change from run to run. `make fuzz` goes elsewhere.
    run = fuzz(("--max-examples", "120", "--seed", "1"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout
