"""Generates the reference pages from the code. `make docs` writes them; a test compares them with the code.

They are committed: a change of behaviour shows its change of documentation, and the site builds without the mock.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generators import command_line, control_api, fixtures, generations, profiles, rules, scale

ROOT = Path(__file__).parent
PAGES: Mapping[str, Callable[[], str]] = {
    "reference/command-line.md": command_line.page,
    "reference/control-api.md": control_api.page,
    "reference/fixtures.md": fixtures.page,
    "reference/generations.md": generations.page,
    "reference/profiles.md": profiles.page,
    "reference/rules.md": rules.page,
    "reference/settings.md": command_line.settings_page,
}
EXAMPLES: Mapping[str, Callable[[], str]] = {
    "scale/kubernetes.yaml": scale.kubernetes,
    "scale/nginx.conf": scale.nginx_conf,
}


def main() -> None:
    """Write every generated page and example."""
    for folder, files in ((ROOT, PAGES), (ROOT.parent / "examples", EXAMPLES)):
        for name, text in files.items():
            (folder / name).write_text(text(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
