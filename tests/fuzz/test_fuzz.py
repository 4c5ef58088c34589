"""The short form of `make fuzz`, and the proof that its check can fail."""

import re
import subprocess

import pytest

from mockserver.testing.rejections import complaint, is_of_the_path, ledger
from tests.fuzz.run import fuzz, fuzz_control
from tests.fuzz.walk import LIFE, Walks

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
        (422, OURS, "contract", "rejected a request that the document accepts"),
        (400, OURS, "accepted", "no rule rejected"),
        (200, OURS, "service", "which rejects"),
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


ATTACH, UPDATE, LOGIN, REVOKE = LIFE


@pytest.mark.parametrize(
    ("steps", "reached"),
    [
        ("", [0, 0, 0, 0]),
        ("1:a+ 1:a+ 1:u+ 1:l+ 1:r+", [1, 1, 1, 1]),
        ("1:a+ 1:u+ 1:r+ 1:u+", [1, 1, 0, 0]),
        ("1:a+ 2:u+", [1, 0, 0, 0]),  # another identity's
        ("1:a- 1:u+", [0, 0, 0, 0]),  # refused
        ("1:a+ | 1:u+", [1, 0, 0, 0]),  # another sequence
        ("1:a+ 2:a+ 1:u+ 2:u+", [1, 1, 0, 0]),  # one sequence counts once
        ("1:a+ 1:u+ | 1:a+ 1:u+ 1:l+", [2, 2, 1, 0]),
        ("1:u+ 1:a+ 1:l+", [1, 0, 0, 0]),
        ("1:a+ 1:r+ 1:a+ 1:u+", [1, 1, 0, 0]),
    ],
)
def test_a_walk_is_one_identity_in_one_sequence(steps, reached):
    operations = {"a": ATTACH, "u": UPDATE, "l": LOGIN, "r": REVOKE}
    walks = Walks()
    for sequence in steps.split("|"):
        marker = object()
        for step in sequence.split():
            walks.answered(marker, operations[step[2]], step[0], step[3] == "+")
    assert walks.reached == reached


@pytest.mark.parametrize(("rule", "expected"), [("identity.unknown", True), ("role.known", False)])
def test_a_404_is_of_the_path_or_of_the_body(rule, expected):
    assert is_of_the_path(rule) is expected


# A fixed seed: what `make test` says about a commit does not change from run to run. `make fuzz` goes elsewhere. No
# warnings: so few requests tell nothing of how much a run reaches.
# Four runs of some ten seconds each, so that workers share them.
@pytest.mark.extensive
@pytest.mark.parametrize(
    "arguments",
    [
        "--phases examples,coverage --include-path-regex /universal-auth/|/token-auth/ --max-examples 1",
        "--phases examples,coverage --exclude-path-regex /universal-auth/|/token-auth/ --max-examples 1",
        "--phases fuzzing --max-examples 10",
        "--phases stateful --max-examples 30",
    ],
)
def test_every_phase_and_every_check_in_short(arguments):
    fixed = ("--seed", "1", "--warnings", "off")
    run = fuzz((*arguments.split(), *fixed), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout


@pytest.mark.extensive
def test_an_operation_without_a_caller_is_sent_tokens_that_the_mock_has_made():
    arguments = ("--phases", "fuzzing", "--include-operation-id", "renewIdentityAccessToken", "--max-examples", "20")
    done = fuzz((*arguments, "--seed", "1", "--warnings", "off"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    accepted = re.search(r"(\d+) of +\d+ POST /api/v1/auth/token/renew", done.stdout)
    assert accepted, done.stdout
    assert int(accepted[1]) > 0


@pytest.mark.extensive
def test_the_control_api_keeps_to_its_document_in_short():
    arguments = ("--max-examples", "8", "--seed", "1", "--warnings", "off")
    run = fuzz_control(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout
