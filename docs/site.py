"""Checks of the built site, run by MkDocs: no page loads anything from another host."""

import re
from pathlib import Path
from typing import Any

LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?((?:https?:)?//[^"'\s>]+)""",
    re.IGNORECASE,
)
LINKED = re.compile(
    r"""<link\b(?=[^>]*\srel=["']?(?:stylesheet|preload|icon|preconnect))[^>]*\shref=["']?((?:https?:)?//[^"'\s>]+)""",
    re.IGNORECASE,
)
IMPORTED = re.compile(r"""(?:@import|url\()\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


def on_post_build(config: Any, **_: Any) -> None:
    """Fail the build if a page or a style sheet loads a script, style, font or image from another host."""
    site = Path(config["site_dir"])
    found = [f"{path.relative_to(site)}: {each}" for path in sorted(site.rglob("*")) for each in external(path)]
    if found:
        raise SystemExit("The site must not load anything from another host:\n" + "\n".join(found))


def external(path: Path) -> list[str]:
    """Return the addresses on other hosts that a file of the site loads."""
    if path.suffix == ".html":
        text = path.read_text("utf-8")
        return [*LOADED.findall(text), *LINKED.findall(text), *IMPORTED.findall(text)]
    return IMPORTED.findall(path.read_text("utf-8")) if path.suffix == ".css" else []
