"""Generates the reference pages from the code. `make docs` writes them; a test compares them with the code.

They are committed: a change of behaviour shows its change of documentation, and the site builds without the mock.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generators import command_line, control_api, fixtures, generations, profiles, rules

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


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
