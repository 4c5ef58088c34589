"""The inspector over HTTP: addresses, headers, forms, who may ask, and what it makes of bad input."""

import re
import sys
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from yarl import URL

from mockserver.clock import stopwatch
from mockserver.inspector import static
from tests.client import IDENTITIES, PAYMENTS, Answer, Client
from tests.conftest import Serve

HTML = {"Accept": "text/html,application/xhtml+xml"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = (
    "/_mock/",
    "/_mock/ui/journal",
    "/_mock/ui/worlds",
    "/_mock/ui/worlds/default",
    "/_mock/ui/worlds/default/state",
    f"/_mock/ui/worlds/default/identities/{PAYMENTS}",
    "/_mock/ui/worlds/default/clock",
    "/_mock/ui/worlds/default/faults",
    "/_mock/ui/coverage",
    "/_mock/ui/rules",
)
FORMS = (
    ("/_mock/ui/worlds", "action=reset-all"),
    ("/_mock/ui/worlds", "id=made"),
    ("/_mock/ui/worlds/default", "action=reset"),
    ("/_mock/ui/worlds/default", "action=take&name=a"),
    ("/_mock/ui/worlds/default/clock", "action=freeze&now=2027-01-01T00:00:00Z"),
    ("/_mock/ui/worlds/default/faults", "action=add&kind=status&status=500"),
    ("/_mock/ui/coverage", ""),
)


async def asked(client: Client, method: str, path: str, **more: Any) -> Answer:
    """The answer itself, also where it leads elsewhere."""
    url = URL(client.url + path, encoded=True)
    async with client._session.request(method, url, allow_redirects=False, **more) as response:
        return Answer(response.status, response.headers, await response.read())


async def post(client: Client, path: str, body: str, **headers: str) -> Answer:
    """The answer to a form; its text has the bytes of Latin-1."""
    return await asked(client, "POST", path, data=BytesIO(body.encode("latin-1")), headers={**FORM, **HTML, **headers})


async def get(client: Client, path: str, **headers: str) -> Answer:
    """The answer to a browser."""
    return await asked(client, "GET", path, headers={**HTML, **headers})


@pytest.mark.parametrize("profile", ["contract", "live"])
async def test_a_browser_is_led_from_the_root_to_the_inspector(serve: Serve, profile: str):
    client = await serve(profile=profile)
    answer = await get(client, "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/_mock/")
    assert (await client.get("/", headers={"Accept": "*/*"})).status != 302
    for address in ("/_mock", "/_mock/ui"):
        answer = await asked(client, "GET", address)
        assert (answer.status, answer.headers["Location"]) == (302, "/_mock/")


async def test_without_a_control_api_there_is_no_inspector(serve: Serve):
    client = await serve(control=False)
    assert [(await get(client, path)).status for path in ("/", "/_mock", "/_mock/", "/_mock/ui/rules")] == [404] * 4


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_html_under_a_strict_policy(server: Client, path: str):
    answer = await get(server, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] in ("'none'", "'self'")
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    text = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|<[^>]*\s(style|on[a-z]+)=", text)
    assert re.findall(r'(?:src|href|action|hx-get)="(?![/#])[^"]*', text) == []


async def test_every_address_in_the_pages_leads_somewhere(server: Client):
    rejected = await server.update({"verifyTlsCertificate": True})
    await server.update({"allowedNames": "a"})
    await server.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    waiting, seen = ["/_mock/", f"/_mock/ui/requests/{rejected.headers['Mock-Request-Id']}"], set()
    while waiting and len(seen) < 150:
        path = waiting.pop()
        if path in seen or "/_mock/events" in path:
            continue
        seen.add(path)
        answer = await get(server, path)
        assert answer.status in (200, 302), path
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            found = re.findall(r'(?:href|src|hx-get)="(/[^"#]*)', answer.content.decode())
            waiting += [unescape(each) for each in found]
    for path in PAGES:
        assert any(urlsplit(each).path == path for each in seen), path


async def test_every_change_is_a_form_with_its_address(server: Client):
    for path in PAGES:
        text = (await get(server, path)).content.decode()
        for form in re.findall(r"<form[^>]*>", text):
            assert re.search(r'action="/_mock/ui/[^"]*"', form), form


@pytest.mark.parametrize(("path", "body"), FORMS)
@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://127.0.0.1:1"])
async def test_a_form_of_another_origin_changes_nothing(server: Client, path: str, body: str, origin: str):
    before = await server.get("/_mock/worlds")
    assert (await post(server, path, body, Origin=origin)).status == 403
    assert server.mock.worlds.default.faults is None
    after = await server.get("/_mock/worlds")
    assert [each["id"] for each in before.json["worlds"]] == [each["id"] for each in after.json["worlds"]]
    assert not server.mock.worlds.default.snapshots


@pytest.mark.parametrize(("path", "body"), FORMS)
async def test_a_form_of_this_server_does_what_it_says(server: Client, path: str, body: str):
    answer = await post(server, path, body, Origin=server.url)
    assert answer.status == 303
    assert (await get(server, answer.headers["Location"])).status == 200


async def test_a_link_of_another_site_opens_a_page_and_no_call(server: Client):
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await get(server, "/_mock/", **link)).status == 200
    assert (await get(server, "/_mock/", **{**link, "Sec-Fetch-Dest": "iframe"})).status == 403
    assert (await get(server, "/_mock/", **{**link, "Host": "rebound.attacker.com"})).status == 403
    assert (await get(server, "/_mock/rules", **link)).status == 403
    assert (await post(server, "/_mock/ui/worlds", "action=reset-all", **link)).status == 403


async def test_the_control_token_is_asked_for_and_a_cookie_stands_for_it(serve: Serve):
    client = await serve(control_token="s3cret-control")
    for path in PAGES:
        refused = await get(client, path)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert b'type="password"' in refused.content
    assert (await client.send("GET", "/_mock/", token=None, headers={"Accept": "*/*"})).error == "Unauthorized"
    assert (await post(client, "/_mock/ui/token", "token=other")).status == 401
    assert (await post(client, "/_mock/ui/coverage", "")).status == 401
    given = await post(client, "/_mock/ui/token", "token=s3cret-control&wanted=/_mock/ui/rules%3Fq%3Dtls")
    assert (given.status, given.headers["Location"]) == (303, "/_mock/ui/rules?q=tls")
    cookie = given.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/_mock"} <= {part.strip() for part in cookie.split(";")}
    assert "s3cret-control" not in cookie
    sent = {"Cookie": cookie.partition(";")[0]}
    assert (await get(client, "/_mock/", **sent)).status == 200
    assert (await client.send("GET", "/_mock/rules", token=None, headers=sent)).status == 200
    name = cookie.partition("=")[0]
    for wrong in ("", f"{name}=", f"{name}=s3cret-control", f"{name}={'0' * 64}", f'{name}="'):
        assert (await get(client, "/_mock/", Cookie=wrong)).status == 401
    bearer = await client.send("GET", "/_mock/", token="s3cret-control", headers=HTML)
    assert bearer.status == 200


@pytest.mark.parametrize("wanted", ["https://attacker.example/", "//attacker.example/_mock/ui/", "/_mock/rules", ""])
async def test_signing_in_leads_to_pages_of_this_server_only(serve: Serve, wanted: str):
    client = await serve(control_token="s3cret-control")
    given = await post(client, "/_mock/ui/token", f"token=s3cret-control&wanted={wanted}")
    assert given.headers["Location"] == "/_mock/"


async def test_without_jinja2_the_pages_say_what_to_install(server: Client, monkeypatch: pytest.MonkeyPatch):
    found = sys.modules["importlib.util"].find_spec
    monkeypatch.setattr("mockserver.inspector.pages.find_spec", lambda name: None if name == "jinja2" else found(name))
    for path in PAGES:
        answer = await get(server, path)
        assert (answer.status, answer.error) == (404, "NoInspector")
        assert "infisical-mockserver[inspector]" in answer.json["message"]
    assert (await server.get("/_mock/rules")).status == 200


@pytest.mark.parametrize(("name", "type"), static.TYPES.items())
async def test_files_have_their_type_and_are_kept_by_the_browser(server: Client, name: str, type: str):
    path = static.address(name)
    answer = await server.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, type)
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    again = await server.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.content) == (304, b"")
    assert (await server.get(path.partition("?")[0])).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["", "../pages.py", "%2e%2e/pages.py", "nothing.css", "inspector.css/"])
async def test_no_other_file_is_served(server: Client, name: str):
    async with server.wire() as wire:
        await wire.send(f"GET /_mock/ui/static/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert (await wire.answer("GET")).status == 404


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/_mock/ui/nothing", 404, "There is no such page"),
        ("/_mock/ui/requests/req-gone", 404, "This exchange is not in the journal"),
        ("/_mock/ui/worlds/nowhere/state", 404, "This world is not there"),
        ("/_mock/ui/worlds/nowhere/clock", 404, "This world is not there"),
        ("/_mock/ui/worlds/%00/faults", 404, "This world is not there"),
        ("/_mock/ui/journal?world=nowhere", 404, "This world is not there"),
        ("/_mock/ui/worlds/default/identities/none", 404, "This identity is not there"),
        ("/_mock/ui/journal?status=many", 400, "many"),
        ("/_mock/ui/worlds?start=-1&q=%FF", 200, "No world has"),
        ("/_mock/ui/rules?q=%00&stage=%22%3E", 200, "No rule has"),
        ("/_mock/ui/coverage?operation=none", 200, "Coverage"),
    ],
)
async def test_bad_addresses_are_explained(server: Client, path: str, status: int, says: str):
    answer = await get(server, path)
    assert answer.status == status
    assert says in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/_mock/ui/worlds", "id=a+b", 400, "an id has"),
        ("/_mock/ui/worlds", "id=default", 409, "already"),
        ("/_mock/ui/worlds", "id=a&now=noon", 400, "noon"),
        ("/_mock/ui/worlds", "id=a&from=nowhere", 404, "nowhere"),
        ("/_mock/ui/worlds", "id=a&fixtures=version%3A+2", 400, "version"),
        ("/_mock/ui/worlds", "id=a&asOf=2020-01", 400, "2026-05"),
        ("/_mock/ui/worlds", "id=a&rateLimits=cloud", 400, "expected cloud-free, cloud-pro"),
        ("/_mock/ui/worlds", "\xff", 400, "cannot be read"),
        ("/_mock/ui/worlds", "a=" + "b" * (2 * 1024 * 1024), 400, "cannot be read"),
        ("/_mock/ui/worlds/default", "action=delete", 409, "default world"),
        ("/_mock/ui/worlds/default", "action=burn", 400, "There is no such action"),
        ("/_mock/ui/worlds/default", "action=take", 400, "name"),
        ("/_mock/ui/worlds/default", "action=restore&name=../x", 404, "no snapshot"),
        ("/_mock/ui/worlds/nowhere", "action=reset", 404, "This world is not there"),
        ("/_mock/ui/worlds/default/clock", "action=freeze&now=never", 400, "never"),
        ("/_mock/ui/worlds/default/clock", "action=advance&amount=inf", 400, "not by"),
        ("/_mock/ui/worlds/default/clock", "action=advance&amount=nan", 400, "not by"),
        ("/_mock/ui/worlds/default/clock", "action=advance&amount=1&unit=moons", 400, "not by"),
        ("/_mock/ui/worlds/default/clock", "action=advance&amount=-5", 400, "advance"),
        ("/_mock/ui/worlds/default/faults", "action=add&kind=status&status=x", 400, "no number"),
        ("/_mock/ui/worlds/default/faults", "action=add&kind=fire", 400, "kind"),
        ("/_mock/ui/worlds/default/faults", "action=add&kind=stale&operation=updateKubernetesAuth", 400, "operation"),
        ("/_mock/ui/worlds/default/faults", "action=delete&id=fault-9", 404, "no fault"),
    ],
)
async def test_what_is_wrong_with_a_form_is_said_on_its_page(
    server: Client, path: str, body: str, status: int, says: str
):
    answer = await post(server, path, body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert says in unescape(answer.content.decode())


async def test_a_world_with_rate_limits_is_made_and_shown(server: Client):
    made = await post(server, "/_mock/ui/worlds", "id=free&rateLimits=cloud-free")
    assert made.status in (200, 303)
    assert "rate limits: cloud-free." in (await get(server, "/_mock/ui/worlds/free")).content.decode()
    tight = {"id": "tight", "rateLimits": {"read": 2, "write": 3}}
    await server.send("POST", "/_mock/worlds", tight, token=None)
    assert "rate limits: read 2, write 3." in (await get(server, "/_mock/ui/worlds/tight")).content.decode()
    assert "rate limits" not in (await get(server, "/_mock/ui/worlds/default")).content.decode()


async def test_ten_thousand_worlds_are_listed_in_pages(server: Client):
    for number in range(200):
        await server.send("POST", "/_mock/worlds", {"id": f"world-{number:04}"}, token=None)
    first = server.mock.worlds.find("world-0000")
    for number in range(200, 9_999):
        copy = type(first)(f"world-{number:04}", first.seed, first.edition, first.clock.copy(), first.token_secret)
        server.mock.worlds.add(copy)
    answer = await get(server, "/_mock/ui/worlds")
    assert answer.status == 200
    assert len(answer.content) < 200_000
    found = await get(server, "/_mock/ui/worlds?q=9998")
    assert b"world-9998" in found.content
    assert (await get(server, "/_mock/")).status == 200


async def test_the_state_names_the_project_of_an_identity_and_the_organization_above(server: Client):
    text = (await get(server, "/_mock/ui/worlds/default/state?q=project-bot")).content.decode()
    assert '<span class="tag" title="The project that manages the identity">Storefront</span>' in text
    assert '<span class="tag" title="Project with 3 members">Storefront</span>' in text
    assert '<span class="soft small">below Acme</span>' in text
    other = (await get(server, "/_mock/ui/worlds/default/state?q=payments")).content.decode()
    assert "The project that manages the identity" not in other


async def test_the_state_shows_no_secret(server: Client):
    await server.send("PATCH", f"{IDENTITIES}{PAYMENTS}", {"tokenReviewerJwt": "reviewer-good"})
    await server.update({"tokenReviewerJwt": "s3cret-reviewer"})
    latest = await server.get("/_mock/requests/latest")
    for path in (*PAGES, f"/_mock/ui/requests/{latest.json['id']}"):
        text = (await get(server, path)).content
        assert b"s3cret-reviewer" not in text
        assert b"acme-admin-token" not in text
        assert b"reviewer-good" not in text


async def test_filters_show_what_fits(server: Client):
    await server.update({"verifyTlsCertificate": True})
    await server.update({"allowedNames": "a"})
    await server.send("GET", f"{IDENTITIES}{PAYMENTS}")

    async def rows(query: str) -> int:
        return (await get(server, f"/_mock/ui/journal?{query}")).content.count(b'class="row"')

    assert await rows("") == 3
    assert await rows("status=rejected") == 1
    assert await rows("status=200") == 2
    assert await rows("rule=update.tls.ca-required") == 1
    assert await rows("operation=getKubernetesAuth") == 1
    await server.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    assert await rows("world=other") == 0
    assert await rows("world=other&all=1") == 3


async def test_htmx_is_given_the_lines_without_the_form(server: Client):
    whole = await get(server, "/_mock/")
    part = await get(server, "/_mock/", **{"HX-Request": "true"})
    assert b'role="search"' in whole.content
    assert b'role="search"' not in part.content
    assert b'id="live"' in part.content


async def test_pages_share_a_list_until_the_next_event_and_no_longer(server: Client):
    htmx, subscribers = {"HX-Request": "true"}, server.mock.journal.subscribers
    first = await get(server, "/_mock/", **htmx)
    answer = await server.update({"allowedNames": "a"})
    assert (await get(server, "/_mock/", **htmx)).content == first.content
    subscribers.told = stopwatch()
    new = answer.headers["Mock-Request-Id"].encode()
    assert new in (await get(server, "/_mock/", **htmx)).content
    assert new in (await get(server, "/_mock/")).content
    await server.send("POST", "/_mock/reset", token=None)
    assert new not in (await get(server, "/_mock/")).content
