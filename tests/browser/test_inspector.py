"""The inspector in a real browser: every page in two worlds, live, and whatever comes in between."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.serving.server import Server
from tests.browser.conftest import Open
from tests.client import IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.extensive]
REJECTED = {"verifyTlsCertificate": True}
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


def words_of(client: Client, id: str) -> str:
    """What the rule says, as it stands on a page."""
    return next(rule.summary for _, rule in client.mock.ledger if rule.id == id).replace("`", "")


async def live(page: Any) -> None:
    """Waits until the page follows the stream."""
    await page.wait_for_selector("#connection[data-state=live]")


def pages(client: Client, world: str, exchange: str) -> list[str]:
    """The address of every page."""
    of_world = f"/_mock/ui/worlds/{world}"
    return [
        f"/_mock/ui/journal?world={world}",
        f"/_mock/ui/journal?world={world}&status=rejected&all=1",
        f"/_mock/ui/requests/{exchange}",
        f"{of_world}/state",
        f"{of_world}/identities/{PAYMENTS}",
        f"{of_world}/clock",
        f"{of_world}/faults",
        of_world,
        f"/_mock/ui/worlds?world={world}",
        f"/_mock/ui/coverage?operation=updateKubernetesAuth&world={world}",
        f"/_mock/ui/rules?q=tls&world={world}",
    ]


async def prepared(server: Client, world: str) -> str:
    """A world with something on every page; the id of a rejected exchange."""
    if world != "default":
        await server.send("POST", "/_mock/worlds", {"id": world}, token=None)
    path = f"{IDENTITIES}{PAYMENTS}" if world == "default" else f"/w/{world}{IDENTITIES}{PAYMENTS}"
    await server.send("PATCH", path, {"allowedNames": "api", "accessTokenTTL": 60})
    await server.send("PATCH", path, {"nope": 1})
    rejected = await server.send("PATCH", path, REJECTED)
    await server.send("POST", f"/_mock/worlds/{world}/faults", {"kind": "delay", "seconds": 0.1}, token=None)
    await server.send("POST", f"/_mock/worlds/{world}/snapshots", {"name": "before"}, token=None)
    return rejected.headers["Mock-Request-Id"]


async def test_a_rejected_update_appears_without_a_reload_and_says_why(server: Client, open_page: Open):
    page = await open_page(f"{server.url}/_mock/")
    await live(page)
    assert await page.get_by_text("No request to this world yet").is_visible()
    await page.evaluate("window.kept = true")
    await server.update(REJECTED)
    row = page.locator("tbody tr", has_text="update.tls.ca-required")
    await row.wait_for()
    assert await page.evaluate("window.kept")
    words = words_of(server, "update.tls.ca-required")
    assert words in await row.inner_text()
    await row.locator("a.row").click()
    await page.wait_for_selector("h1 .status")
    assert words in await page.locator("section[aria-label=Why]").inner_text()
    assert (
        "decides" in await page.locator("section[aria-label=Fields] tr", has_text="verifyTlsCertificate").inner_text()
    )
    deciding = page.locator("section[aria-label=Rules] tr.deciding")
    assert "update.tls.ca-required" in await deciding.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
async def test_every_page_in_two_worlds_keeps_to_wcag_and_to_the_window(
    server: Client, open_page: Open, width: int, scheme: str
):
    found = []
    exchanges = {world: await prepared(server, world) for world in ("default", "other")}
    page = await open_page(
        f"{server.url}/_mock/", bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    for world, exchange in exchanges.items():
        for address in pages(server, world, exchange):
            await page.goto(server.url + address)
            await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            await page.evaluate(AXE)
            seen = await page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", WCAG)
            found += [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in seen["violations"]]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((address, "wider than the window", []))
    assert found == []


async def test_each_page_is_reached_by_its_link(server: Client, open_page: Open):
    await prepared(server, "default")
    page = await open_page(f"{server.url}/_mock/")
    for label in ("State", "Clock", "Faults", "Worlds", "Coverage", "Rules", "Journal"):
        await page.get_by_role("navigation", name="Pages").get_by_role("link", name=label).click()
        await page.wait_for_selector(f"nav a[aria-current]:text-is('{label}')")
        assert await page.locator("h1").count() == 1


async def test_time_is_frozen_advanced_and_let_run(server: Client, open_page: Open):
    page = await open_page(f"{server.url}/_mock/ui/worlds/default/clock", expects_errors=True)
    await page.get_by_label("At").fill("2027-01-01T00:00:00Z")
    await page.get_by_role("button", name="Freeze").click()
    await page.get_by_text("Time stands still.").wait_for()
    assert await page.locator("time.clock").inner_text() == "2027-01-01 00:00:00"
    await page.get_by_role("button", name="1 day").click()
    await page.get_by_text("Time has moved ahead.").wait_for()
    assert await page.locator("time.clock").inner_text() == "2027-01-02 00:00:00"
    await page.get_by_label("By").fill("soon")
    await page.get_by_role("button", name="Advance", exact=True).click()
    assert "not by 'soon'" in await page.get_by_role("alert").filter(visible=True).inner_text()
    await page.get_by_role("button", name="Let time run").click()
    await page.get_by_text("Time runs.").wait_for()
    assert not server.mock.worlds.default.clock.frozen


async def test_an_armed_fault_is_seen_to_fire_and_a_reset_takes_it_away(server: Client, open_page: Open):
    page = await open_page(f"{server.url}/_mock/ui/worlds/default/faults")
    await live(page)
    await page.locator("#fault-operation").select_option("getKubernetesAuth")
    await page.locator("option[value=stale]").wait_for(state="attached")
    await page.locator("#fault-operation").select_option("updateKubernetesAuth")
    await page.locator("option[value=stale]").wait_for(state="detached")
    await page.locator("select[name=status]").select_option("403")
    await page.get_by_role("button", name="Arm", exact=True).click()
    await page.get_by_text("The fault is armed.").wait_for()
    await live(page)
    assert (await server.update({"allowedNames": "a"})).status == 403
    await page.locator("td", has_text="used up").wait_for()
    await page.goto(f"{server.url}/_mock/ui/worlds/default")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Reset").click()
    await page.get_by_text("No request to this world yet").wait_for()
    assert server.mock.worlds.default.faults is None


async def test_worlds_are_made_kept_restored_and_deleted(server: Client, open_page: Open):
    page = await open_page(f"{server.url}/_mock/ui/worlds", expects_errors=True)
    await page.get_by_label("Name", exact=True).fill("made here")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("alert").filter(has_text="an id has").wait_for()
    assert await page.get_by_label("Name", exact=True).input_value() == "made here"
    await page.get_by_label("Name", exact=True).fill("made-here")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_text("The world is there.").wait_for()
    await page.get_by_label("Name").fill("before-1")
    await page.get_by_role("button", name="Take").click()
    await page.get_by_text("The snapshot is taken.").wait_for()
    await page.get_by_role("button", name="Restore before-1").click()
    await page.get_by_text("The snapshot is restored").wait_for()
    assert server.mock.worlds.find("made-here").revision == 1
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_text("The world is gone.").wait_for()
    assert server.mock.worlds.find("made-here") is None


async def test_what_clients_send_stays_text(server: Client, open_page: Open):
    await server.send("POST", "/api/v1/identities", {"name": HOSTILE[:60], "organizationId": HOSTILE, "role": "admin"})
    rejected = await server.update({HOSTILE: HOSTILE})
    big = await server.send(
        "PATCH", f"{IDENTITIES}{PAYMENTS}", data=json.dumps({"allowedNames": HOSTILE * 19_000}).encode()[: 1024 * 1024]
    )
    await server.send("GET", f"/api/v1/x?{HOSTILE.replace(' ', '+')}")
    page = await open_page(f"{server.url}/_mock/")
    ids = [answer.headers["Mock-Request-Id"] for answer in (rejected, big)]
    for address in (*(f"/_mock/ui/requests/{each}" for each in ids), *pages(server, "default", ids[0])):
        await page.goto(server.url + address)
        assert "owned" not in await page.title()
        assert await page.locator("main img, main script").count() == 0
    await page.goto(f"{server.url}/_mock/ui/requests/{ids[0]}")
    assert HOSTILE in await page.locator("section[aria-label=Request]").inner_text()


async def test_a_world_that_goes_while_its_page_is_open_is_explained(server: Client, open_page: Open):
    await server.send("POST", "/_mock/worlds", {"id": "brief"}, token=None)
    page = await open_page(f"{server.url}/_mock/ui/worlds/brief/state", expects_errors=True)
    await live(page)
    await server.send("DELETE", "/_mock/worlds/brief", token=None)
    await page.get_by_text("This world is not there").wait_for()
    assert "it was deleted" in await page.locator("#live").inner_text()
    await page.get_by_role("link", name="All worlds").click()
    await page.wait_for_selector("h1:text-is('Worlds')")


async def test_a_stopped_server_is_explained_and_the_page_goes_on_when_it_is_back(server: Client, open_page: Open):
    first = Server(create_app(), "127.0.0.1", 0)
    await first.start()
    page = await open_page(f"{first.url}/_mock/", expects_errors=True)
    await live(page)
    await first.stop()
    await page.locator("#stopped").wait_for(state="visible")
    again = Server(create_app(), "127.0.0.1", first.port)
    await again.start()
    try:
        await live(page)
        assert not await page.locator("#stopped").is_visible()
    finally:
        await page.close()
        await again.stop()


async def test_the_control_token_is_asked_for_once(serve: Serve, open_page: Open):
    client = await serve(control_token="open-sesame")
    page = await open_page(f"{client.url}/_mock/ui/coverage", expects_errors=True)
    await page.get_by_label("Control token").fill("wrong")
    await page.get_by_role("button", name="Open the inspector").click()
    await page.get_by_role("alert").filter(has_text="not the control token").wait_for()
    await page.get_by_label("Control token").fill("open-sesame")
    await page.get_by_role("button", name="Open the inspector").click()
    await live(page)
    (cookie,) = await page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/_mock")
    assert "open-sesame" not in cookie["value"]


async def test_arrow_keys_go_from_row_to_row_and_enter_opens(server: Client, open_page: Open):
    for _ in range(3):
        await server.update(REJECTED)
    page = await open_page(f"{server.url}/_mock/")
    rows = page.locator("a.row")
    await rows.first.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    expected = await rows.nth(1).get_attribute("href")
    assert await page.evaluate("document.activeElement.getAttribute('href')") == expected
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{expected}")
