"""The README's table of clients is the roster's."""

import re

from tests.clients import versions
from tests.clients.installed import ROOT, SECONDS


def test_the_readme_names_every_client_with_its_version():
    text = (ROOT / "README.md").read_text("utf-8")
    section = text.partition("## Which clients were run against it\n")[2].partition("\n## ")[0]
    table = dict(re.findall(r"^\| [^|`]*`([^`]+)`[^|]* \| ([^|]+) \|", section, re.MULTILINE))
    assert table == {
        "infisicalsdk": versions.PYTHON,
        "@infisical/sdk": versions.NODE,
        "go-sdk": ", ".join(versions.GO_MODULES),
        "infisical": versions.RUST,
        "@infisical/mcp": versions.MCP,
        "infisical-python": versions.PYTHON_LEGACY,
    }
    assert SECONDS == 5 * 60  # as it says
