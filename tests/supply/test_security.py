"""`SECURITY.md` names tests that are there, and settings that exist."""

import re
from pathlib import Path

from mockserver.cli.main import infisical_mock
from mockserver.settings import DEFAULT_TOKEN_SECRET, Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_each_claim_names_a_test_that_is_there():
    claims = TEXT.partition("## What it defends")[2].partition("## What it does not defend")[0]
    rows = [line.split(" | ") for line in claims.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 8
    for row in rows:
        paths = re.findall(r"`((?:tests|requirements)/[^`]*)`", row[-1])
        assert paths, row[0]
        assert all((ROOT / path).exists() for path in paths), row[0]


def test_each_flag_and_command_is_there():
    flags = {option for each in infisical_mock.get_command(None, "serve").params for option in each.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", TEXT)) <= flags
    assert "version" in infisical_mock.list_commands(None)


def test_the_defaults_are_those_that_it_tells():
    assert Settings().host == "127.0.0.1"
    assert "not-for-production" in DEFAULT_TOKEN_SECRET
    assert DEFAULT_TOKEN_SECRET in (ROOT / "docs" / "reference" / "bundled-world.md").read_text("utf-8"), (
        "it is published"
    )


def test_the_readme_leads_here():
    assert "](SECURITY.md)" in (ROOT / "README.md").read_text("utf-8")
