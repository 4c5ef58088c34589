"""What can be held of the image without building it."""

import json
import re
from pathlib import Path

import pytest

from mockserver import __version__
from mockserver.cli.main import infisical_mock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def stages():
    """The stages of the Dockerfile, each a list of (instruction, rest)."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in re.sub(r"\\\n\s*", " ", text).splitlines() if line.strip()]
    split = [(line.partition(" ")[0].upper(), line.partition(" ")[2]) for line in lines]
    starts = [number for number, (word, _) in enumerate(split) if word == "FROM"]
    return [split[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


@pytest.fixture(scope="module")
def final(stages):
    return stages[-1]


def only(stage, word):
    (rest,) = (rest for each, rest in stage if each == word)
    return rest


def test_it_is_built_in_stages_from_slim_python(stages):
    assert len(stages) > 1
    assert all(re.match(r"python:\S+-slim\b", only(stage, "FROM")) for stage in stages)


def test_every_download_is_held_to_its_hash(stages):
    commands = [part for stage in stages for word, rest in stage if word == "RUN" for part in rest.split("&&")]
    installs = [command for command in commands if "pip install" in command]
    assert installs
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)


def test_the_last_user_is_numeric_and_not_root(final):
    uid, gid = only(final, "USER").split(":")
    assert uid.isdigit()
    assert gid.isdigit()
    assert int(uid) > 0
    assert not [word for word, _ in final[final.index(("USER", f"{uid}:{gid}")) :] if word in ("RUN", "COPY", "ADD")]


def test_arguments_append_to_our_command(final):
    assert json.loads(only(final, "ENTRYPOINT")) == ["infisical-mock"]
    assert "CMD" not in [word for word, _ in final]


def test_health_is_asked_by_our_own_command(final):
    flags, _, command = only(final, "HEALTHCHECK").partition(" CMD ")
    name, sub_command = json.loads(command)
    assert name == "infisical-mock"
    assert sub_command in infisical_mock.list_commands(None)
    assert flags.split() == ["--interval=5s", "--timeout=2s", "--start-period=5s", "--start-interval=250ms"]


def test_it_listens_where_other_containers_reach_it(final):
    assert "INFISICAL_MOCK_HOST=0.0.0.0" in only(final, "ENV").split()
    assert only(final, "EXPOSE") == "8080"


def test_it_is_labelled_with_the_version_inside(final):
    assert only(final, "ARG") == f"VERSION={__version__}"
    assert 'org.opencontainers.image.version="${VERSION}"' in only(final, "LABEL")


def test_only_wheels_are_installed(stages):
    commands = [part for stage in stages for word, rest in stage if word == "RUN" for part in rest.split("&&")]
    fetching = [command for command in commands if "pip install" in command and "--no-index" not in command]
    assert fetching
    assert all("--only-binary=:all:" in command for command in fetching)


def test_it_holds_the_list_of_what_it_is_made_of(stages, final):
    commands = "&&".join(rest for stage in stages[:-1] for word, rest in stage if word == "RUN")
    assert "--report /tmp/installed.json" in commands
    assert re.search(r"requirements/sbom\.py .*> /install/share/sbom/infisical-mock\.cdx\.json", commands)
    assert "--from=build /install/ /usr/local/" in [rest for word, rest in final if word == "COPY"]
    assert "`/usr/local/share/sbom/infisical-mock.cdx.json`" in (ROOT / "docs" / "how-to" / "ci.md").read_text("utf-8")


def test_nothing_at_run_time_asks_for_a_shell(final):
    told = [rest for word, rest in final if word in ("ENTRYPOINT", "HEALTHCHECK")]
    assert all(isinstance(json.loads(rest[rest.index("[") :]), list) for rest in told)
    assert "SHELL" not in [word for word, _ in final]


def test_environments_of_a_checkout_take_wheels_only_too():
    installs = [line for line in (ROOT / "requirements/install").read_text().splitlines() if "pip install" in line]
    assert len(installs) == 1
    assert "--only-binary :all: --require-hashes" in installs[0]
