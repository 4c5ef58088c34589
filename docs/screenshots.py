"""Takes the pictures of the inspector for the documentation: `make screenshots`.

    python -m docs.screenshots               writes docs/inspector/*.png
    python -m docs.screenshots --all FOLDER  every page in two widths and two colour schemes, to look at

It needs playwright (of the development environment) and a Chromium of the machine (Debian: apt-get install chromium).
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from mockserver.testing import Mock
from tests.browser.chromium import ARGUMENTS, executable

FOLDER = Path(__file__).with_name("inspector")
NOW = "2026-10-05T09:30:00Z"
IDENTITIES = "/api/v1/auth/kubernetes-auth/identities/"
PAYMENTS = "1d000000-0000-4000-8000-000000000002"
WIDE, NARROW = 1600, 400


def send(base: str, method: str, path: str, body: Any = None, caller: str = "acme-admin-token") -> str:
    """The id of the exchange."""
    url = urlsplit(base)
    connection = HTTPConnection(url.netloc)
    headers = {"Authorization": f"Bearer {caller}", "Content-Type": "application/json"}
    connection.request(method, url.path + path, None if body is None else json.dumps(body).encode(), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["Mock-Request-Id"] or ""


def traffic(base: str) -> str:
    """An hour of a client at work: what it sends, and the rejections it meets. The id of the one to look at."""
    update = IDENTITIES + PAYMENTS
    send(base, "GET", "/api/status")
    send(base, "GET", update)
    send(base, "PATCH", update, {"accessTokenTTL": 3600, "accessTokenMaxTTL": 86400})
    send(base, "PATCH", update, {"accessTokenTTL": 7200, "accessTokenMaxTTL": 3600})
    send(base, "PATCH", update, {"allowedNamespaces": "payments, billing", "allowedAudience": "infisical"})
    send(base, "PATCH", update, {"allowedName": "api"})
    send(base, "GET", update, caller="acme-auditor-token")
    send(base, "PATCH", update, {"allowedNames": "api"}, caller="acme-auditor-token")
    send(base, "PATCH", update, {"allowedNames": "api"}, caller="expired")
    send(base, "PATCH", IDENTITIES + "1d000000-0000-4000-8000-0000000000ff", {"allowedNames": "api"})
    send(base, "PATCH", update, {"gatewayId": "6a000000-0000-4000-8000-000000000001"})
    send(base, "PATCH", update, {"gatewayId": None})
    fault = {"kind": "status", "status": 500, "operation": "updateKubernetesAuth"}
    send(base, "POST", "/_mock/worlds/default/faults", fault)
    send(base, "PATCH", update, {"allowedNames": "api"})
    rejected = send(base, "PATCH", update, {"verifyTlsCertificate": True, "caCert": "", "allowedNames": "api"})
    send(base, "PATCH", update, {"allowedNames": "api, worker"})
    return rejected


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of the machine."""
    found = executable()
    if found is None:
        sys.exit("No Chromium: install one (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=ARGUMENTS)


def tried(page: Page) -> None:
    """Sends a request from the reference, and scrolls to its response."""
    page.locator(".btn.authorize").first.click()
    page.locator(".dialog-ux input").fill("acme-admin-token")
    page.locator(".dialog-ux .modal-btn.authorize").click()
    page.locator(".dialog-ux .btn-done").click()
    operation = page.locator("#operations-Kubernetes_Auth-updateKubernetesAuth")
    operation.locator(".opblock-summary-control").click()
    operation.locator("tr[data-param-name=identityId] input").fill(PAYMENTS)
    operation.locator("textarea").fill(json.dumps({"verifyTlsCertificate": True}, indent=2))
    operation.locator(".execute").click()
    operation.locator(".live-responses-table").wait_for()
    operation.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 80)")
    page.wait_for_timeout(500)


def main() -> None:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, width and colour scheme")
    every = parser.parse_args().all
    with Mock(now=NOW, seed=1) as mock, browser() as chromium:
        rejected = traffic(mock.url)
        mock.world("checkout-test", now=NOW)
        mock.faults.add("delay", seconds=2, operation="updateKubernetesAuth")
        pages = {
            "journal": "/_mock/",
            "exchange": f"/_mock/ui/requests/{rejected}",
            "state": "/_mock/ui/worlds/default/state",
            "coverage": "/_mock/ui/coverage",
            "identity": f"/_mock/ui/worlds/default/identities/{PAYMENTS}",
            "worlds": "/_mock/ui/worlds",
            "world": "/_mock/ui/worlds/default",
            "clock": "/_mock/ui/worlds/default/clock",
            "faults": "/_mock/ui/worlds/default/faults",
            "rules": "/_mock/ui/rules?q=tls",
            "reference": "/_mock/reference",
            "empty": "/_mock/ui/journal?world=checkout-test",
        }
        shots = [(name, WIDE, "light") for name in ("journal", "exchange", "state", "coverage", "reference")]
        shots += [("journal", WIDE, "dark"), ("journal", NARROW, "light")]
        if every:
            shots = [
                (name, width, scheme) for name in pages for width in (WIDE, NARROW) for scheme in ("light", "dark")
            ]
        folder = every or FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for name, width, scheme in shots:
            page = chromium.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
            page.goto(mock.url + pages[name])
            page.wait_for_selector("#connection[data-state=live]")
            if name == "reference":
                tried(page)
            suffix = "".join([f"-{width}" if width != WIDE else "", f"-{scheme}" if scheme != "light" else ""])
            page.screenshot(path=folder / f"{name}{suffix}.png")
            page.close()
            print(folder / f"{name}{suffix}.png")


if __name__ == "__main__":
    main()
