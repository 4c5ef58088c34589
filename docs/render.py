"""Generates the reference pages from the code, and the values of the package's YAML texts, which no start has to parse.

`make docs` writes both, and tests compare them with their sources. The pages are committed: a change of behaviour shows
its change of documentation, and the site builds without the mock.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson

from docs.generators import command_line, control_api, fixtures, generations, profiles, rules, scale
from mockserver import parsed_texts, strict_yaml
from mockserver.contract.document import OVERLAYS
from mockserver.seeding.load import files_at
from mockserver.settings import bundled

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


def parsed_files() -> dict[Path, bytes]:
    """Return the files with the values of the package's own texts: the document, its overlays and the bundled world."""
    paths = [bundled("openapi.yaml"), *sorted(OVERLAYS.glob("*.yaml")), *files_at(bundled("fixtures"))]
    return dict(_parsed(path.read_text("utf-8")) for path in paths)


def _parsed(text: str) -> tuple[Path, bytes]:
    twice: strict_yaml.Twice = []
    value = strict_yaml.read_yaml(text, twice)
    if twice:
        sys.exit(f"a key stands twice: {twice[0]}")
    return parsed_texts.file_of(text), orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    """Write every generated file."""
    parsed = parsed_files()
    for stale in set(parsed_texts.FOLDER.glob("*.json")) - set(parsed):
        stale.unlink()
    for path, content in parsed.items():
        path.write_bytes(content)
    for folder, files in ((ROOT, PAGES), (ROOT.parent / "examples", EXAMPLES)):
        for name, text in files.items():
            (folder / name).write_text(text(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
