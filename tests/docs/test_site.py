"""The site's navigation has every page, and the check of the built site finds what is loaded from another host."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.site import external

ROOT = Path(__file__).parent.parent.parent


def pages_of(nav: Any) -> list[str]:
    """Return the paths in a navigation, in order."""
    if isinstance(nav, str):
        return [nav]
    return [page for each in (nav.values() if isinstance(nav, dict) else nav) for page in pages_of(each)]


def test_the_navigation_has_every_page_once():
    nav = pages_of(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"])
    docs = ROOT / "docs"
    assert sorted(nav) == sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))


def test_a_broken_link_stops_the_build():
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert config["strict"] is True
    assert set(config["validation"].values()) == {"warn"}
    # With --quiet, MkDocs counts no warnings, and a strict build passes whatever is broken.
    assert "mkdocs build --strict" in (ROOT / "Makefile").read_text("utf-8")
    assert "--quiet" not in (ROOT / "Makefile").read_text("utf-8").partition("mkdocs build")[2].partition("\n")[0]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.html", '<script src="https://cdn.example/a.js"></script>', ["https://cdn.example/a.js"]),
        ("a.html", '<link href="//cdn.example/a.css" rel="stylesheet">', ["//cdn.example/a.css"]),
        ("a.html", '<link rel="stylesheet" href="//cdn.example/a.css">', ["//cdn.example/a.css"]),
        ("a.html", "<img alt=x src=http://cdn.example/a.png>", ["http://cdn.example/a.png"]),
        ("a.html", '<a href="https://elsewhere.example">a link is not loaded</a>', []),
        ("a.html", '<script src="../assets/a.js"></script>', []),
        ("a.css", "@font-face { src: url(https://fonts.example/a.woff2) }", ["https://fonts.example/a.woff2"]),
        ("a.css", "b { background: url(data:image/png;base64,AA) }", []),
        ("a.txt", "https://elsewhere.example", []),
    ],
)
def test_what_is_loaded_from_another_host_is_found(name: str, text: str, found: list[str], tmp_path: Path):
    (tmp_path / name).write_text(text)
    assert external(tmp_path / name) == found
