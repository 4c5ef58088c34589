"""Spectral and Redocly, unchanged: they report no error on the documents, but those of the published operation."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients import roster
from tests.clients.installed import ROOT, Client
from tests.clients.marks import uses

pytestmark = uses(roster.LINTERS)

VENDOR, CONTROL = ROOT / "openapi.yaml", ROOT / "mockserver" / "control" / "openapi.yaml"
PUBLISHED = "#/paths/~1api~1v1~1auth~1kubernetes-auth~1identities~1{identityId}/patch"
"""The operation that stands in the document as it was published."""


def lint(client: Client, *arguments: str) -> str:
    """What a linter prints as JSON. It runs in its place, and tells nobody."""
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}
    ended = subprocess.run(
        ["npx", "--no-install", *arguments],
        cwd=client.place,
        env=os.environ | quiet,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    return ended.stdout


def redocly(client: Client, document: Path) -> list[tuple[str, str]]:
    """The errors: the rule's name, and where it fails."""
    told = json.loads(lint(client, "redocly", "lint", "--format=json", "--max-problems=1000", str(document)))
    return [
        (each["ruleId"], each["location"][0]["pointer"]) for each in told["problems"] if each["severity"] == "error"
    ]


def spectral(client: Client, document: Path) -> list[tuple[str, str]]:
    """The errors: the rule's name, and where it fails."""
    told = lint(client, "spectral", "lint", "--quiet", "--ruleset", "spectral.yaml", "--format=json", str(document))
    return [(each["code"], "/".join(map(str, each["path"]))) for each in json.loads(told) if each["severity"] == 0]


@pytest.mark.parametrize("document", [VENDOR, CONTROL], ids=["vendor", "control"])
def test_spectral_reports_no_error(client: Client, document: Path):
    assert spectral(client, document) == []


def test_redocly_reports_no_error_on_the_control_api(client: Client):
    assert redocly(client, CONTROL) == []


def test_redocly_reports_an_error_of_the_published_operation_only(client: Client):
    assert redocly(client, VENDOR) == [("operation-summary", f"{PUBLISHED}/summary")]


def test_both_report_what_is_wrong(client: Client, tmp_path: Path):
    text, times = re.subn(r"^ +(summary|operationId): .*\n", "", CONTROL.read_text("utf-8"), flags=re.MULTILINE)
    assert times > 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("responses:", "answers:"), "utf-8")
    assert "operation-summary" in dict(redocly(client, broken))
    assert spectral(client, broken) != []
