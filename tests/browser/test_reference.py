"""The API reference in a real browser: to read, to try, in two worlds, under the policy of the page."""

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.test_inspector import AXE, WCAG, live
from tests.client import ADMIN, PAYMENTS, Client
from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.extensive]
REFERENCE = "/_mock/reference"
UPDATE = "#operations-Kubernetes_Auth-updateKubernetesAuth"


async def opened(page: Any, operation: str) -> Any:
    """The block of an operation, open."""
    await page.locator(f"{operation} .opblock-summary-control").click()
    block = page.locator(operation)
    await block.locator(".execute").wait_for()
    return block


async def authorize(page: Any, token: str) -> None:
    await page.locator(".btn.authorize").first.click()
    dialog = page.locator(".dialog-ux")
    await dialog.locator("input").fill(token)
    await dialog.get_by_role("button", name="Authorize").click()
    await dialog.locator(".btn-done").click()


async def test_a_request_that_is_tried_appears_in_the_journal(server: Client, open_page: Open):
    await server.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    page = await open_page(f"{server.url}{REFERENCE}", expects_errors=True)
    await page.locator("#choice select[name=world]").select_option("other")
    await page.wait_for_url("**world=other*")
    await authorize(page, ADMIN)
    block = await opened(page, UPDATE)
    await block.locator("tr[data-param-name=identityId] input").fill(PAYMENTS)
    await block.get_by_label("Request body").fill('{"verifyTlsCertificate": true}')
    await block.locator(".execute").click()
    await block.locator(".live-responses-table td", has_text="400").first.wait_for()
    assert "TLS verification needs a CA certificate" in await block.locator(".live-responses-table").inner_text()
    await page.locator("#last a").click()
    await page.wait_for_selector("h1 .status")
    assert "update.tls.ca-required" in await page.locator("main").inner_text()
    (entry,) = (await server.get("/_mock/requests?world=other")).json["requests"]
    assert (entry["operation"], entry["status"]) == ("updateKubernetesAuth", 400)


async def test_a_call_of_the_control_api_is_tried(server: Client, open_page: Open):
    page = await open_page(f"{server.url}{REFERENCE}?api=control")
    block = await opened(page, "#operations-Clock-setClock")
    await block.locator("tr[data-param-name=world] input").fill("default")
    await block.get_by_label("Request body").fill('{"now": "2027-01-01T00:00:00Z"}')
    await block.locator(".execute").click()
    await block.locator(".live-responses-table td", has_text="200").first.wait_for()
    assert server.mock.worlds.default.clock.frozen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
async def test_it_keeps_to_wcag_and_to_the_window(server: Client, open_page: Open, width: int, scheme: str):
    found = []
    page = await open_page(
        f"{server.url}/_mock/", bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    for query, operation in (("", UPDATE), ("?api=control", "#operations-Faults-addFault")):
        await page.goto(server.url + REFERENCE + query)
        await live(page)
        await page.locator(f"{operation} .opblock-summary-control").wait_for()
        for step in ("closed", "open", "tried", "authorize"):
            if step == "open":
                await opened(page, operation)
            elif step == "tried":
                await page.locator(".opblock.is-open .execute").click()
                await page.locator(".opblock.is-open .validation-errors").wait_for()
            elif step == "authorize":
                await page.locator(".btn.authorize").first.click()
                await page.locator(".dialog-ux input").wait_for()
            await page.evaluate("scrollTo(0, 0)")  # what lies under the sticky bar counts as obscured
            await page.wait_for_timeout(300)  # transitions change colours
            await page.evaluate(AXE)
            seen = await page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", WCAG)
            found += [(query, step, each["id"], [n["html"] for n in each["nodes"][:3]]) for each in seen["violations"]]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((query, step, "wider than the window", []))
    assert [str(each)[:300] for each in found] == []


async def test_operations_are_opened_by_keyboard(server: Client, open_page: Open):
    page = await open_page(f"{server.url}{REFERENCE}")
    await page.locator(f"{UPDATE} .opblock-summary-control").focus()
    await page.keyboard.press("Enter")
    await page.locator(f"{UPDATE} .execute").wait_for()


async def test_with_a_control_token_it_is_shown_after_signing_in(serve: Serve, open_page: Open):
    client = await serve(control_token="open-sesame")
    page = await open_page(f"{client.url}{REFERENCE}?api=control", expects_errors=True)
    await page.get_by_label("Control token").fill("open-sesame")
    await page.get_by_role("button", name="Open the inspector").click()
    await page.wait_for_url(f"**{REFERENCE}?api=control")
    block = await opened(page, "#operations-Server-reset")
    await block.locator(".execute").click()
    await block.locator(".live-responses-table td", has_text="204").first.wait_for()
