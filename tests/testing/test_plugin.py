"""The pytest plugin, in runs of its own."""

import re
from pathlib import Path

import pytest

from mockserver.testing import Mock
from tests.testing.runs import ASYNCIO, PLUGIN, XDIST, run_tests, written

WORLD = """version: 1
organizations: [{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }]
identities: [{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: NAME, role: admin }]
accessTokens: [{ token: mine, identity: NAME }]
"""

FIXTURE = """
import pytest
from client import update


@pytest.mark.parametrize("number", range(10))
def test_each_test_has_a_world_of_its_own(infisical_mock, number):
    assert infisical_mock.journal.requests() == []
    assert infisical_mock.state.identity("payments")["kubernetesAuth"]["allowedNames"] == "api"
    assert update(infisical_mock, allowedNames=f"n{number}") == 200
    assert infisical_mock.state.identity("payments")["kubernetesAuth"]["allowedNames"] == f"n{number}"
    assert len(infisical_mock.journal.requests()) == 1


def test_what_the_fixture_gives(infisical_mock, infisical_mock_server):
    mock = infisical_mock
    assert mock.url == f"{infisical_mock_server.url}/w/{mock.id}"
    assert mock.tokens["ops-admin"] == "acme-admin-token"
    assert mock.identities["payments"] == "1d000000-0000-4000-8000-000000000002"
    assert mock.clock.freeze("2030-01-01T00:00:00Z") == "2030-01-01T00:00:00.000Z"
    assert mock.clock.advance(1) == "2030-01-01T00:00:01.000Z"
    mock.state.snapshot("s")
    update(mock, allowedNames="x")
    assert [each["revision"] for each in mock.state.revisions()] == [1]
    mock.state.restore("s")
    assert mock.state.identity("payments")["kubernetesAuth"]["allowedNames"] == "api"
    with infisical_mock_server.world(profile="live") as other:
        assert update(other, unheardOf=1) == 500
    seen = [each["id"] for each in infisical_mock_server.state._send(WORLDS)]
    assert sorted(seen) == sorted(["default", mock.id])


from mockserver.testing.calls import Call

WORLDS = Call("GET", "/_mock/worlds", lambda answer: answer.json["worlds"])


def test_the_worlds_of_other_tests_are_gone(infisical_mock, infisical_mock_server):
    assert len(infisical_mock_server.state._send(WORLDS)) == 2


async def test_it_is_there_for_asynchronous_tests(infisical_mock):
    assert infisical_mock.clock.freeze("2030-01-01T00:00:00Z").startswith("2030")


async def test_an_asynchronous_test_starts_late(infisical_mock):
    assert infisical_mock.clock.now() < "2030"
"""

MARKED = """
import pytest
from client import update

pytestmark = pytest.mark.infisical_mock(profile="live", now="2026-01-01T00:00:00Z")


def test_the_module_says_how(infisical_mock):
    assert infisical_mock.clock.now() == "2026-01-01T00:00:00.000Z"
    assert update(infisical_mock, token="mine", unheardOf=1) == 404
    assert list(infisical_mock.tokens) == ["of-the-ini"]


@pytest.mark.infisical_mock(profile="contract", fixtures="one.yaml")
class TestNearer:
    def test_the_class_goes_before_the_module(self, infisical_mock):
        assert list(infisical_mock.tokens) == ["one"]
        assert infisical_mock.clock.now() == "2026-01-01T00:00:00.000Z"

    @pytest.mark.infisical_mock(now="2027-01-01T00:00:00Z", fixtures=TEXT)
    def test_the_test_goes_before_the_class(self, infisical_mock):
        assert list(infisical_mock.tokens) == ["of-the-text"]
        assert infisical_mock.clock.now() == "2027-01-01T00:00:00.000Z"
        assert update(infisical_mock, token="mine", unheardOf=1) == 422

    @pytest.mark.infisical_mock(fixtures={"version": 1})
    def test_fixtures_may_be_a_mapping(self, infisical_mock):
        assert infisical_mock.identities == {}

    @pytest.mark.parametrize("again", [1, 2])
    def test_a_file_is_the_same_each_time(self, infisical_mock, again):
        assert infisical_mock.state.identity("one")["id"].startswith("1d")
        infisical_mock.state.put({"version": 1})
        assert infisical_mock.clock.now() == "2026-01-01T00:00:00.000Z"


@pytest.mark.infisical_mock(now=None, fixtures=None)
def test_what_is_taken_back_is_the_servers(infisical_mock):
    assert infisical_mock.clock.now() > "2026-01-02"
    assert "ops-admin" in infisical_mock.tokens


@pytest.mark.infisical_mock(profil="live")
def test_bad_name(infisical_mock):
    pass


@pytest.mark.infisical_mock("live")
def test_bad_place(infisical_mock):
    pass


@pytest.mark.infisical_mock(profile="strict")
def test_bad_value(infisical_mock):
    pass


@pytest.mark.infisical_mock(fixtures="nowhere.yaml")
def test_bad_path(infisical_mock):
    pass
"""

FAILING = """
from client import update


def test_fails(infisical_mock):
    update(infisical_mock, allowedNames="first")
    assert update(infisical_mock, accessTokenMaxTTL=60, tokenReviewerJwt="my-secret-jwt") == 200


def test_fails_having_asked_nothing(infisical_mock):
    assert infisical_mock.journal.requests() != []


def test_fails_without_a_mock():
    assert update is None


def test_passes(infisical_mock):
    update(infisical_mock, allowedNames="not-shown")
"""


def test_each_test_has_a_world(tmp_path: Path):
    ended = run_tests(written(tmp_path, "asyncio_mode = auto\n", test_it=FIXTURE), *ASYNCIO, *XDIST, "-n", "2")
    assert ended.outcomes == {"passed": 14}, ended.text


def test_the_workers_share_the_server_that_is_given_and_leave_it_as_it_was(tmp_path: Path):
    test = """
import os
import pytest


@pytest.mark.infisical_mock(fixtures="world.yaml")
@pytest.mark.parametrize("number", range(6))
def test_it(infisical_mock, infisical_mock_server, number):
    assert infisical_mock_server.url == os.environ["INFISICAL_MOCK_URL"].rstrip("/")
    assert infisical_mock.url.startswith(infisical_mock_server.url + "/w/")
    assert infisical_mock.tokens == {"mine": "mine"}
"""
    (tmp_path / "world.yaml").write_text(WORLD.replace("NAME", "mine"))
    with Mock(control_token="t") as mock:
        folder = written(tmp_path, test_it=test)
        variables = {"INFISICAL_MOCK_URL": f"{mock.url}/", "INFISICAL_MOCK_CONTROL_TOKEN": "t"}
        ended = run_tests(folder, *XDIST, "-n", "2", **variables)
        assert ended.outcomes == {"passed": 6}, ended.text
        assert mock.health()["worlds"] == 1
    ended = run_tests(folder, "-x", **variables)
    assert ended.outcomes == {"error": 1}
    assert f"MockError: no mock answers at {mock.url}" in ended.text


def test_markers_and_the_ini_file_say_which_world(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "world.yaml").write_text(WORLD.replace("NAME", "of-the-ini"))
    (tmp_path / "one.yaml").write_text(WORLD.replace("NAME", "one"))
    text = MARKED.replace("TEXT", repr(WORLD.replace("NAME", "of-the-text")))
    ini = "infisical_mock_fixtures = data/world.yaml\ninfisical_mock_profile = contract\n"
    ended = run_tests(written(tmp_path, ini, test_it=text))
    assert ended.outcomes == {"passed": 7, "errors": 4}, ended.text
    assert "@pytest.mark.infisical_mock takes profile, as_of, now, fixtures, rate_limits, by name: Mark(" in ended.text
    assert "takes profile, as_of, now, fixtures, rate_limits, by name: Mark(" in ended.text
    assert "Did you mean 'profile'?" in ended.text
    assert "\ninfisical_mock: MockError: there is no profile 'strict'. It must be contract or live.\n" in ended.text
    assert re.search(r"\ninfisical_mock: .*nowhere\.yaml: No such file or directory\n", ended.text)
    errors = ended.text.split("ERRORS")[1].split("short test summary")[0]
    assert len([line for line in errors.splitlines() if line and "__" not in line and "==" not in line]) == 4, errors


LIMITED = """
import pytest
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def statuses(mock, number):
    for _ in range(number):
        try:
            headers = {"Authorization": f"Bearer {mock.tokens['mine']}"}
            with urlopen(Request(f"{mock.url}/api/v1/identities/details", headers=headers)) as response:
                yield response.status
        except HTTPError as error:
            yield error.code


@pytest.mark.infisical_mock(rate_limits={"read": 1}, fixtures="world.yaml")
@pytest.mark.parametrize("number", range(2))
def test_limited(infisical_mock, number):
    assert list(statuses(infisical_mock, 2)) == [200, 429]


@pytest.mark.infisical_mock(fixtures="world.yaml")
def test_not_limited(infisical_mock):
    assert list(statuses(infisical_mock, 3)) == [200, 200, 200]


@pytest.mark.infisical_mock(rate_limits="cloud-fre")
def test_mistyped(infisical_mock):
    pass
"""


def test_rate_limits_are_those_of_the_test(tmp_path: Path):
    (tmp_path / "world.yaml").write_text(WORLD.replace("NAME", "mine"))
    ended = run_tests(written(tmp_path, test_it=LIMITED))
    assert ended.outcomes == {"passed": 3, "error": 1}, ended.text
    assert "Did you mean 'cloud-free'?" in ended.text
    ended = run_tests(
        written(
            tmp_path,
            "infisical_mock_rate_limits = cloud-pro\n",
            test_it="""
def test_it(infisical_mock):
    assert infisical_mock.state.get()["rateLimits"] == "cloud-pro"
""",
        )
    )
    assert ended.outcomes == {"passed": 1}, ended.text


def test_a_failing_test_shows_its_exchanges_with_the_reasons(tmp_path: Path):
    ended = run_tests(written(tmp_path, test_it=FAILING))
    assert ended.outcomes == {"failed": 3, "passed": 1}
    shown = ended.text.split("infisical-mock: exchanges of this test")
    assert len(shown) == 3, "with a world, and only then"
    first, second = shown[1], shown[2]
    accepted, refused = (line for line in first.splitlines() if re.match(r"20\d\d-\S+ PATCH ", line))
    assert accepted.endswith("-> 200 accepted")
    assert refused.endswith("-> 400 update.ttl.stored-max")
    assert first.index(accepted) < first.index(refused)
    assert "must not be greater" in first
    assert "No request was sent to http://127.0.0.1:" in second
    assert "my-secret-jwt" not in "".join(line for line in first.splitlines() if not line.startswith((">", " ", "E")))
    assert "not-shown" not in ended.text


SHORT = """
import pytest
from client import update


def test_rule(infisical_mock):
    assert update(infisical_mock, accessTokenMaxTTL=60) == 200


def test_many_issues(infisical_mock):
    assert update(infisical_mock, accessTokenTrustedIps=[{"ipAddress": number} for number in range(30)]) == 200


def test_again_and_again(infisical_mock):
    for _ in range(5):
        update(infisical_mock, allowedNames="a", token="none")
    assert False
"""


def sections(text: str) -> list[list[str]]:
    """The lines of the exchanges of each failed test."""
    shown = re.split(r"-+ infisical-mock: exchanges of this test -+\n", text)[1:]
    return [re.split(r"\n(?:_{4,}|={4,}|infisical-mock:)", each)[0].splitlines() for each in shown]


def test_a_rejected_request_takes_a_dozen_lines(tmp_path: Path):
    rule, issues, again = sections(run_tests(written(tmp_path, test_it=SHORT)).text)
    assert 5 <= len(rule) <= 9
    assert any(line.startswith("    Rejected if `accessTokenTTL` exceeds") for line in rule)
    assert "    accessTokenMaxTTL: stored 7200, sent 60, resulting 60" in rule
    assert len(issues) <= 13
    assert issues[-1].endswith("more lines: run pytest with -vv")
    assert len([line for line in again if line.endswith(" (as above)")]) == 4
    assert len(again) <= 20


def test_all_rules_are_shown_when_they_are_asked_for(tmp_path: Path):
    rule, issues, _ = sections(run_tests(written(tmp_path, test_it=SHORT), "-vvv").text)  # one v is taken back by -q
    for each in (rule, issues):
        assert "    RULES, IN ORDER" in each
    assert len(issues) > 30


FAULTS = """
import pytest
from client import update


def test_never(infisical_mock):
    infisical_mock.faults.add("drop", where="before-write", operation="updateKubernetesAuth")


def test_fires(infisical_mock):
    infisical_mock.faults.add("status", status=404)
    assert update(infisical_mock, allowedNames="a") == 404


def test_one_of_two(infisical_mock):
    infisical_mock.faults.add("status", status=404, times=2)
    infisical_mock.faults.add("delay", seconds=0.5, identityId="payments")
    assert update(infisical_mock, allowedNames="a") == 404


def test_deletes_its_world(infisical_mock):
    infisical_mock.faults.add("stale")
    infisical_mock.delete()
"""


@pytest.mark.parametrize("workers", [(), (*XDIST, "-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize("fails", [False, True], ids=["reported", "a failure"])
def test_a_fault_that_never_fired_is_reported(tmp_path: Path, workers: tuple[str, ...], fails: bool):
    ini = "infisical_mock_fail_on_unplayed_fault = true\n" if fails else ""
    ended = run_tests(written(tmp_path, ini, test_it=FAULTS), *workers)
    assert ended.outcomes == ({"failed": 2, "passed": 2} if fails else {"passed": 4}), ended.text
    lines = {line for line in ended.text.splitlines() if line.startswith("infisical-mock: fault never fired: ")}
    assert lines == {
        "infisical-mock: fault never fired: drop before-write updateKubernetesAuth (test_never)",
        "infisical-mock: fault never fired: delay 0.5 1d000000-0000-4000-8000-000000000002 (test_one_of_two)",
    }
    assert ("A fault never fired: drop before-write updateKubernetesAuth" in ended.text) == fails


def test_the_page_about_green_tests_shows_what_is_printed(tmp_path: Path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "green-tests.md").read_text("utf-8")
    (test,) = re.findall(r'```python title="test_unplayed.py"\n(.*?)```', page, re.DOTALL)
    (told,) = re.findall(r"^infisical-mock: fault never fired: .*$", page, re.MULTILINE)
    ended = run_tests(written(tmp_path, test_unplayed=test))
    assert ended.outcomes == {"passed": 1}
    assert told in ended.text.splitlines()


def test_a_mistyped_profile_of_the_ini_file_is_a_usage_error(tmp_path: Path):
    ended = run_tests(written(tmp_path, "infisical_mock_profile = lve\n", test_it="def test_it():\n    pass\n"))
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert "infisical_mock_profile: there is no profile 'lve'. Did you mean 'live'?" in ended.text
    assert "Traceback" not in ended.text


def test_its_options_are_told_by_the_help_and_markers(tmp_path: Path):
    told = run_tests(written(tmp_path), "--help").text
    assert "--infisical-mock-fail-on-warning" in told
    for name in ("profile", "as_of", "now", "fixtures", "fail_on_warning", "fail_on_unplayed_fault"):
        assert f"infisical_mock_{name} (" in told
    marker = "@pytest.mark.infisical_mock(profile=None, as_of=None, now=None, fixtures=None, rate_limits=None)"
    assert marker in run_tests(tmp_path, "--markers").text


AS_OF = """
import pytest


def test_of_the_ini(infisical_mock, infisical_mock_server):
    world = infisical_mock_server.world
    assert generation(infisical_mock) == "2026-09"
    with world(as_of="v0.162.22") as other:
        assert generation(other) == "2026-08"


@pytest.mark.infisical_mock(as_of="2026-06-01", profile="live", fixtures="one.yaml")
def test_of_the_marker(infisical_mock):
    assert generation(infisical_mock) == "2026-05"


@pytest.mark.infisical_mock(as_of="2026-10", profile="live", fixtures="one.yaml")
def test_of_another_marker(infisical_mock):
    assert generation(infisical_mock) == "2026-10"


def generation(world):
    import json
    from urllib.request import urlopen

    base, _, name = world.url.partition("/w/")
    with urlopen(f"{base}/_mock/worlds/{name}") as answer:
        return json.load(answer)["generation"]
"""


def test_markers_and_the_ini_file_say_which_generation(tmp_path: Path):
    (tmp_path / "one.yaml").write_text(WORLD.replace("NAME", "one"))
    ended = run_tests(written(tmp_path, "infisical_mock_as_of = 2026-09-20\n", test_it=AS_OF))
    assert ended.outcomes == {"passed": 3}, ended.text


@pytest.mark.parametrize("where", ["ini", "marker"])
def test_a_bad_generation_is_a_usage_error(tmp_path: Path, where: str):
    marked = "import pytest\n\n\n@pytest.mark.infisical_mock(as_of='2026-04')\ndef test_it(infisical_mock):\n    pass\n"
    plain = "def test_it():\n    pass\n"
    ini = "infisical_mock_as_of = 2026-04\n" if where == "ini" else ""
    ended = run_tests(written(tmp_path, ini, test_it=plain if where == "ini" else marked))
    assert ended.code == pytest.ExitCode.USAGE_ERROR, ended.text
    assert all(each in ended.text for each in ("2026-05", "2026-08", "2026-09", "2026-10", "infisical_mock"))
    assert "Traceback" not in ended.text


def test_a_run_without_a_mock_loads_none(tmp_path: Path):
    test = """
import sys


def test_it():
    assert not {"aiohttp", "yaml", "jsonschema_rs", "structlog"} & set(sys.modules)
"""
    ended = run_tests(written(tmp_path, test_it=test))
    assert ended.outcomes == {"passed": 1}, ended.text


WARNED = """
import pytest

WARNINGS = {"req-2": [{"code": "polling", "reason": "Asked again and again."}]}
KNOWN = True


@pytest.fixture(autouse=True)
def critic(monkeypatch):
    '''A journal of a server that has a critic, or of one that has none.'''
    from mockserver.testing.calls import Answer, Call
    from mockserver.testing.resources import Journal

    line = {"at": "2026", "method": "GET", "path": "/x", "status": 200, "rule": "accepted"}
    counted = {"req-2": {"warnings": 1}, "req-1": {"warnings": 0}} if KNOWN else {"req-2": {}, "req-1": {}}
    rows = [{**line, "id": id, **warnings} for id, warnings in counted.items()]
    said = {"request": {"body": None}, "response": {"body": None}, "reason": "", "warningList": WARNINGS["req-2"]}
    monkeypatch.setattr(Journal, "requests", lambda self, **_: rows)
    monkeypatch.setattr(Journal, "request", lambda self, id: said)


def test_passes_but_is_warned_of(infisical_mock):
    pass


def test_fails_anyway(infisical_mock):
    raise ValueError("its own reason")


def test_has_no_world():
    pass
"""


@pytest.mark.parametrize("how", ["flag", "ini", "neither", "a server without a critic"])
def test_a_warning_fails_a_test_if_it_is_to(tmp_path: Path, how: str):
    text = WARNED.replace("KNOWN = True", "KNOWN = False") if how == "a server without a critic" else WARNED
    ini = "infisical_mock_fail_on_warning = true\n" if how == "ini" else ""
    flags = () if how in ("ini", "neither") else ("--infisical-mock-fail-on-warning",)
    ended = run_tests(written(tmp_path, ini, test_it=text), *flags)
    told = "The mock warns of what the client did:\n2026 GET /x -> 200 accepted: polling: Asked again and again."
    if how in ("flag", "ini"):
        assert ended.outcomes == {"failed": 2, "passed": 1}, ended.text
        # The summary at the end, whole where CI is set, names the reason again.
        assert ended.text.partition("short test summary")[0].count(told) == 1, ended.text
    else:
        assert ended.outcomes == {"failed": 1, "passed": 2}, ended.text
        assert "The mock warns" not in ended.text
    assert "its own reason" in ended.text


def test_the_plugin_is_named_by_the_package():
    from tomllib import loads

    root = Path(__file__).resolve().parents[2]
    project = loads((root / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"infisical_mock": PLUGIN[1]}
    extras = project["optional-dependencies"]
    for name in ("pytest", "testcontainers"):
        assert [each.split(">")[0] for each in extras[name]] == [name]
    assert not {"pytest", "testcontainers"} & {name.split(">")[0] for name in project["dependencies"]}
