"""The Chromium that the tests and the pictures use: the machine's own."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> str | None:
    """The path of a Chromium; None if the machine has none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
