"""The example of a client: many processes, one server, a world for each test; and the same while things go wrong."""

from pathlib import Path

import pytest

from mockserver.testing import Mock
from mockserver.testing.calls import Call
from tests.testing.runs import PLUGIN, ROOT, XDIST, run_tests

FOLDER = ROOT / "examples" / "pytest"
ACCESS = "tests/test_access.py"
WORLDS = Call("GET", "/_mock/worlds", lambda answer: answer.json["worlds"])


def test_two_hundred_tests_of_eight_processes_share_a_server_and_nothing_else():
    with Mock() as mock:
        ended = run_tests(FOLDER, ACCESS, *XDIST, "-n", "8", INFISICAL_MOCK_URL=mock.url)
        assert ended.outcomes == {"passed": 200}, ended.text
        assert [each["id"] for each in mock._send(WORLDS)] == ["default"], "every world is gone"
        assert mock.journal.requests() == [], "and the default one was left alone"


@pytest.mark.extensive
@pytest.mark.parametrize(
    "kind",
    ["delay", "status", "rate-limit", "drop-before-write", "drop-after-write", "drop-mid-body", "stale"],
)
def test_the_same_tests_hold_under_a_fault_of_each_kind(kind: str):
    ended = run_tests(FOLDER, ACCESS, "--fault", kind)
    assert ended.outcomes == {"passed": 200}, ended.text


def test_the_same_tests_hold_though_something_else_goes_wrong_in_each():
    ended = run_tests(FOLDER, ACCESS, "tests/test_failures.py", "--fault", "each")
    assert ended.outcomes == {"passed": 202}, ended.text


def test_without_a_server_of_its_own_and_without_workers_it_is_one_command():
    ended = run_tests(FOLDER, "tests/test_refusals.py")
    assert ended.outcomes == {"passed": 3, "skipped": 1}, ended.text


def test_the_client_is_of_the_standard_library():
    text = (FOLDER / "kubernetes_access.py").read_text()
    imported = {
        line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported == {"json", "time", "collections", "http", "typing", "urllib"}


def test_it_names_the_plugin_nowhere_as_it_comes_with_the_package():
    assert not [
        each for each in Path(FOLDER).rglob("*.*") if each.suffix in (".py", ".ini") and PLUGIN[1] in each.read_text()
    ]
