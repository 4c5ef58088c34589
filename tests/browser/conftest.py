"""A Chromium, and pages of it that report what they should not do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.chromium import ARGUMENTS, executable

playwright_api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
Open = Callable[..., Awaitable[Any]]


@pytest.fixture
async def chromium() -> AsyncIterator[Any]:
    """The machine's Chromium; the test is skipped where there is none."""
    found = executable()
    if found is None:
        pytest.skip("no Chromium: install one (Debian: apt-get install chromium)")
    async with playwright_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Any) -> AsyncIterator[Open]:
    """`await open_page(url)`: a page in a context of its own. At the end none may have broken a promise.

    The promises: no error on the console, no exception in a script, no request to another host. `expects_errors` leaves
    out what the browser itself says of answers that are errors.
    """
    broken: list[str] = []

    async def start(url: str, *, expects_errors: bool = False, **context: Any) -> Any:
        page = await (await chromium.new_context(**context)).new_page()
        host = urlsplit(url).netloc

        def heard(message: Any) -> None:
            failed = "Failed to load resource" in message.text or "net::ERR_" in message.text
            if message.type == "error" and not (failed and expects_errors):
                broken.append(f"console: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: broken.append(f"exception: {error}"))
        page.on("request", lambda sent: urlsplit(sent.url).netloc != host and broken.append(f"left: {sent.url}"))
        await page.goto(url)
        return page

    yield start
    assert broken == []
