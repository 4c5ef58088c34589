"""The table of tested clients in the documentation is the roster's."""

import re

from tests.clients import versions
from tests.clients.installed import ROOT, SECONDS


def test_the_documentation_names_every_client_with_its_version():
    section = (ROOT / "docs" / "reference" / "tested-clients.md").read_text("utf-8")
    table = dict(re.findall(r"^\| [^|`]*`([^`]+)`[^|]* \| ([^|]+) \|", section, re.MULTILINE))
    assert table == {
        "infisicalsdk": versions.PYTHON,
        "@infisical/sdk": versions.NODE,
        "go-sdk": ", ".join(versions.GO_MODULES),
        "external-secrets": versions.EXTERNAL_SECRETS,
        "infisical": versions.RUST,
        "@infisical/mcp": versions.MCP,
        "infisical-python": versions.PYTHON_LEGACY,
    }
    assert SECONDS == 10 * 60  # as it says
