"""The eight operations on templates: what they answer, the order of rejections, what they do to linked records."""

from itertools import combinations
from typing import Any

import pytest

from tests.client import IDENTITIES, PAYMENTS, Answer, Client
from tests.client import STRANGER as NOBODY
from tests.conftest import Serve
from tests.infisical.identity_templates.world import (
    ACME,
    DIRECT,
    DIRECTORY,
    FOREIGN_GATEWAY,
    FOREIGN_POOL,
    GATEWAY,
    HOBBY_TEMPLATE,
    HOST,
    KEPT,
    LINKED,
    LINKED_PLAIN,
    OTHER_HOST,
    OTHER_TEMPLATE,
    PINNED,
    PLAIN,
    POOL,
    RETIRED,
    STRANGER,
    SUBJECT,
    TEMPLATES,
    THROUGH,
    WORLD,
    outcome,
    started,
    stored,
    update,
)

OPS, HOBBY = "acme-admin-token", "hobby"
PLAN = (400, "BadRequest", "template.plan")
UNKNOWN = (404, "NotFound", "template.unknown")
IDS = {"identityIds": [LINKED]}


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "new", "authMethod": "kubernetes", "templateFields": {"kubernetesHost": HOST, **fields}}


async def create(client: Client, sent: Any, token: str = OPS) -> Answer:
    return await client.send("POST", TEMPLATES, sent, token=token)


async def patch(client: Client, sent: Any, template: str = DIRECT, token: str = OPS) -> Answer:
    return await client.send("PATCH", f"{TEMPLATES}/{template}", sent, token=token)


async def get(client: Client, template: str = DIRECT) -> Any:
    return (await client.send("GET", f"{TEMPLATES}/{template}")).json


async def usage(client: Client, template: str = DIRECT) -> list[str]:
    return [each["identityName"] for each in (await client.send("GET", f"{TEMPLATES}/{template}/usage")).json]


# Create.


async def test_create(mock: Client) -> None:
    answer = await create(
        mock, body(tokenReviewerJwt=" jwt ", caCert=" pem ", allowedAudience=" a ") | {"name": " my template "}
    )
    assert answer.status == 200, answer.content
    made = answer.json
    assert (made["name"], made["authMethod"], made["orgId"]) == ("my template", "kubernetes", ACME)
    assert made["createdAt"] == made["updatedAt"] == "2027-01-15T08:00:00.000Z"
    assert made["templateFields"] == {
        "kubernetesHost": HOST,
        "caCert": "pem",
        "verifyTlsCertificate": True,
        "hasTokenReviewerJwt": True,
        "tokenReviewMode": "api",
        "allowedAudience": "a",
        "gatewayId": None,
        "gatewayPoolId": None,
    }
    assert await get(mock, made["id"]) == made
    assert (await update(mock, PLAIN, {"templateId": made["id"]})).record["caCert"] == "pem"
    assert (await stored(mock, PLAIN))["tokenReviewerJwt"] == "jwt"


@pytest.mark.parametrize("sent", [{"gatewayId": GATEWAY.upper()}, {"gatewayPoolId": POOL}])
async def test_create_with_a_gateway_or_a_pool_calls_no_cluster(mock: Client, sent: dict[str, Any]) -> None:
    answer = await create(mock, body(tokenReviewMode="gateway", kubernetesHost="https://dark.k8s.example", **sent))
    assert answer.status == 200, answer.content
    assert {answer.json["templateFields"][name] for name in sent} <= {GATEWAY, POOL}


CREATE_REFUSED = [
    ("no name", {"authMethod": "kubernetes", "templateFields": {}}, "name"),
    ("an empty name", body() | {"name": ""}, "name"),
    ("a blank name", body() | {"name": " \t"}, "name"),
    ("a long name", body() | {"name": "n" * 65}, "name"),
    ("another method", body() | {"authMethod": "ldap"}, "authMethod"),
    ("no fields", {"name": "x", "authMethod": "kubernetes"}, "templateFields"),
    ("a blank host", body(kubernetesHost=" "), "templateFields.kubernetesHost"),
    ("an empty host", body(kubernetesHost=""), "templateFields.kubernetesHost"),
    ("a host of odd characters", body(kubernetesHost="https://a b"), "templateFields.kubernetesHost"),
    ("a long host", body(kubernetesHost="a" * 256), "templateFields.kubernetesHost"),
    ("a long CA", body(caCert="c" * 102_401), "templateFields.caCert"),
    ("a long JWT", body(tokenReviewerJwt="j" * 65_537), "templateFields.tokenReviewerJwt"),
    ("a long audience", body(allowedAudience="a" * 1001), "templateFields.allowedAudience"),
    ("an unknown mode", body(tokenReviewMode="Api"), "templateFields.tokenReviewMode"),
    ("a gateway that is no UUID", body(gatewayId="eu-1"), "templateFields.gatewayId"),
    ("a flag as text", body(verifyTlsCertificate="true"), "templateFields.verifyTlsCertificate"),
]


@pytest.mark.parametrize(("sent", "path"), [row[1:] for row in CREATE_REFUSED], ids=[row[0] for row in CREATE_REFUSED])
async def test_create_of_a_bad_body(mock: Client, sent: Any, path: str) -> None:
    answer = await create(mock, sent)
    assert [".".join(map(str, each)) for _, each in answer.issues] == [path]


async def test_the_longest_values(mock: Client) -> None:
    sent = body(caCert="c" * 102_400, tokenReviewerJwt="j" * 65_536, allowedAudience="a" * 1000)
    assert (await create(mock, sent | {"name": "n" * 64})).status == 200


@pytest.mark.parametrize(
    ("rule", "sent"), [("template.name.blank", {"name": " "}), ("template.host", body(kubernetesHost=" "))]
)
async def test_the_rule_of_a_blank_value(mock: Client, rule: str, sent: Any) -> None:
    assert (await create(mock, body() | sent)).rule == rule


async def test_a_name_that_the_database_cannot_store(mock: Client, edition: tuple[str, str]) -> None:
    made, changed = await create(mock, body() | {"name": "a\0"}), await patch(mock, {"name": "a\0"})
    if edition[0] == "contract":
        assert (made.rule, changed.rule) == ("template.name.nul", "template.name.nul")
    else:
        assert outcome(made) == (500, "Create", "template.create.database")
        assert outcome(changed) == (500, "Update by id", "template.update.database")


INCOHERENT = [
    {"kubernetesHost": None},
    {"tokenReviewMode": "gateway"},
    {"gatewayId": GATEWAY, "gatewayPoolId": POOL},
    {"verifyTlsCertificate": True},
    {"verifyTlsCertificate": False, "caCert": "pem"},
]
COHERENT = [
    {"kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": GATEWAY},
    {"tokenReviewMode": "gateway", "gatewayPoolId": POOL},
    {"verifyTlsCertificate": True, "caCert": "pem"},
    {"verifyTlsCertificate": False, "caCert": ""},
    {"verifyTlsCertificate": True, "tokenReviewMode": "gateway", "gatewayId": GATEWAY},
    {"verifyTlsCertificate": False, "caCert": "pem", "tokenReviewMode": "gateway", "gatewayId": GATEWAY},
]


@pytest.mark.parametrize("sent", INCOHERENT)
async def test_settings_that_do_not_hold_together(mock: Client, sent: dict[str, Any]) -> None:
    assert outcome(await create(mock, body(**sent))) == (400, "BadRequest", "template.settings")
    assert outcome(await patch(mock, {"templateFields": sent})) == (400, "BadRequest", "template.settings")


@pytest.mark.parametrize("sent", COHERENT)
async def test_settings_that_hold_together(mock: Client, sent: dict[str, Any]) -> None:
    assert (await create(mock, body(**sent))).status == 200
    assert (await patch(mock, {"templateFields": sent})).status == 200


GATEWAYS = [
    ({"gatewayId": FOREIGN_GATEWAY}, "template.gateway.unknown"),
    ({"gatewayId": RETIRED}, "template.gateway.unknown"),
    ({"gatewayId": STRANGER}, "template.gateway.unknown"),
    ({"gatewayPoolId": FOREIGN_POOL}, "template.pool.unknown"),
    ({"gatewayPoolId": STRANGER}, "template.pool.unknown"),
]


@pytest.mark.parametrize(("sent", "rule"), GATEWAYS)
async def test_an_unknown_gateway_or_pool_is_400(mock: Client, sent: dict[str, Any], rule: str) -> None:
    assert outcome(await create(mock, body(**sent))) == (400, "BadRequest", rule)
    assert outcome(await patch(mock, {"templateFields": sent})) == (400, "BadRequest", rule)


async def test_a_gateway_needs_its_permission(mock: Client) -> None:
    for sent, rule in (
        ({"gatewayId": STRANGER}, "template.gateway.permission"),
        ({"gatewayPoolId": STRANGER}, "template.pool.permission"),
    ):
        due = (403, "PermissionDenied", rule)
        assert outcome(await create(mock, body(**sent), "author")) == due
        assert outcome(await patch(mock, {"templateFields": sent}, token="author")) == due


async def test_a_gateway_needs_its_plan(serve: Serve, edition: tuple[str, str]) -> None:
    mock = await started(serve, *edition, world=WORLD.replace("gateway: true, gatewayPool: true, ", ""))
    for sent, rule in (
        ({"gatewayId": STRANGER}, "template.gateway.plan"),
        ({"gatewayPoolId": STRANGER}, "template.pool.plan"),
    ):
        assert outcome(await create(mock, body(**sent), "author")) == (400, "BadRequest", rule)
        assert outcome(await patch(mock, {"templateFields": sent}, token="author")) == (400, "BadRequest", rule)


async def test_a_private_host(mock: Client) -> None:
    private = {"kubernetesHost": "https://10.0.0.1"}
    assert outcome(await create(mock, body(**private))) == (400, "BadRequest", "template.private-host")
    assert outcome(await patch(mock, {"templateFields": private})) == (400, "BadRequest", "template.private-host")
    assert (await create(mock, body(gatewayId=GATEWAY, **private))).status == 200
    # On create the host comes before the gateway, on an update behind it.
    through = {**private, "gatewayId": STRANGER}
    assert (await create(mock, body(**through))).rule == "template.gateway.unknown"


# Update.


async def test_a_change_reaches_every_linked_record_in_one_commit(mock: Client) -> None:
    await update(mock, LINKED_PLAIN, {"templateId": DIRECT})
    before = {each: await stored(mock, each) for each in (LINKED, LINKED_PLAIN, PLAIN)}
    revisions = len((await mock.send("GET", "/_mock/worlds/default/revisions")).json["revisions"])
    sent = {"kubernetesHost": OTHER_HOST, "caCert": "pem", "tokenReviewerJwt": "", "allowedAudience": "new"}
    answer = await patch(mock, {"templateFields": sent})
    assert answer.json["templateFields"]["hasTokenReviewerJwt"] is False
    assert len((await mock.send("GET", "/_mock/worlds/default/revisions")).json["revisions"]) == revisions + 1
    for each in (LINKED, LINKED_PLAIN):
        assert await stored(mock, each) == {
            **before[each],
            **sent,
            "verifyTlsCertificate": True,
            "isTokenReviewerJwtTemplateSourced": False,
            "updatedAt": "2027-01-15T08:00:00.000Z",
        }
    assert await stored(mock, PLAIN) == before[PLAIN]


async def test_a_change_puts_back_what_an_update_has_changed(mock: Client) -> None:
    await update(mock, LINKED, {"templateId": DIRECT, "tokenReviewerJwt": "own", "kubernetesHost": OTHER_HOST})
    await patch(mock, {"templateFields": {"allowedAudience": "x"}})
    record = await stored(mock, LINKED)
    assert (record["tokenReviewerJwt"], record["isTokenReviewerJwtTemplateSourced"]) == ("reviewer-good", True)
    assert (record["kubernetesHost"], record["allowedAudience"]) == (HOST, "x")


async def test_a_name_alone_touches_no_record(mock: Client) -> None:
    before = await stored(mock, LINKED)
    answer = await patch(mock, {"name": " renamed "})
    assert (answer.json["name"], answer.json["updatedAt"]) == ("renamed", "2027-01-15T08:00:00.000Z")
    assert await stored(mock, LINKED) == before


@pytest.mark.parametrize("sent", [{}, {"templateFields": {}}])
async def test_nothing_to_write(mock: Client, edition: tuple[str, str], sent: Any) -> None:
    before = await get(mock)
    answer = await patch(mock, sent)
    if edition[0] == "live":
        assert outcome(answer) == (500, "Update by id", "template.nothing-to-write")
    else:
        assert answer.json == before
    assert await get(mock) == before


@pytest.mark.parametrize(("ca", "flag"), [("pem", True), ("", False)])
async def test_a_ca_without_the_flag_sets_the_flag(mock: Client, ca: str, flag: bool) -> None:
    await patch(mock, {"templateFields": {"caCert": "other"}})
    answer = await patch(mock, {"templateFields": {"caCert": ca}})
    assert answer.json["templateFields"]["verifyTlsCertificate"] is flag


async def test_from_gateway_to_pool_both_are_sent(mock: Client) -> None:
    assert (await patch(mock, {"templateFields": {"gatewayPoolId": POOL}}, THROUGH)).rule == "template.settings"
    both = {"gatewayId": None, "gatewayPoolId": POOL}
    changed = (await patch(mock, {"templateFields": both}, THROUGH)).json["templateFields"]
    assert (changed["gatewayId"], changed["gatewayPoolId"]) == (None, POOL)


async def test_another_gateway_ends_the_retired_one(mock: Client) -> None:
    assert (await get(mock, PINNED))["templateFields"]["gatewayId"] is None
    await patch(mock, {"templateFields": {"allowedAudience": "x"}}, PINNED)
    assert (await update(mock, PLAIN, {"templateId": PINNED})).rule == "update.template.retired-gateway"
    await patch(mock, {"templateFields": {"gatewayId": None}}, PINNED)
    assert (await update(mock, PLAIN, {"templateId": PINNED})).status == 200


@pytest.mark.parametrize(
    ("template", "sent"),
    [(DIRECT, {"url": "ldap://x"}), (DIRECT, {"kubernetesHost": HOST, "bindPass": "x"}), (DIRECTORY, {"caCert": ""})],
)
async def test_a_field_of_another_method(mock: Client, template: str, sent: Any) -> None:
    assert outcome(await patch(mock, {"templateFields": sent}, template)) == (400, "BadRequest", "template.method")


async def test_a_template_for_ldap_has_a_name(mock: Client) -> None:
    assert (await patch(mock, {"name": "x", "templateFields": {"url": "ldap://x"}}, DIRECTORY)).json["name"] == "x"
    assert (await get(mock, DIRECTORY))["templateFields"] == {}


async def test_a_column_of_a_linked_record(mock: Client, edition: tuple[str, str]) -> None:
    long = {"templateFields": {"allowedAudience": "a" * 256}}
    assert (await patch(mock, long, THROUGH)).status == 200
    due = (400, "BadRequest") if edition[0] == "contract" else (500, "Update by id")
    assert outcome(await patch(mock, long)) == (*due, "template.update.column")


# Delete, get, lists.


async def test_delete_unlinks_and_keeps_the_values(mock: Client) -> None:
    before = await stored(mock, LINKED)
    answer = await mock.send("DELETE", f"{TEMPLATES}/{DIRECT}")
    assert set(answer.json) == {"message"}
    after = await stored(mock, LINKED)
    assert after == {**before, "templateId": None, "updatedAt": "2027-01-15T08:00:00.000Z"}
    assert outcome(await mock.send("GET", f"{TEMPLATES}/{DIRECT}")) == UNKNOWN
    assert (await update(mock, LINKED, {"allowedAudience": "x"})).status == 200
    assert (await update(mock, LINKED, {"kubernetesHost": OTHER_HOST})).rule == "update.provenance"
    assert (await update(mock, PLAIN, {"templateId": DIRECT})).rule == "update.template.exists"


async def test_search(mock: Client) -> None:
    async def search(query: str = "") -> tuple[list[str], int]:
        found = (await mock.send("GET", f"{TEMPLATES}/search{query}")).json
        return [each["name"] for each in found["templates"]], found["totalCount"]

    everything = ["b1", "b2", "b3", "b4", "b5", "bare", "direct", "directory", "long", "pinned", "pooled", "private"]
    everything += ["through", "verified"]
    assert await search() == (everything[:5], 14)
    assert await search("?limit=100") == (everything, 14)
    assert await search("?limit=2&offset=6") == (["direct", "directory"], 14)
    assert await search("?search=DIRECT") == (["direct", "directory"], 2)
    assert await search("?search=nothing") == ([], 0)
    assert await search("?offset=99") == ([], 14)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "offset=-1"])
async def test_search_with_a_bad_query(mock: Client, query: str) -> None:
    assert (await mock.send("GET", f"{TEMPLATES}/search?{query}")).status == 422


async def test_list_by_method(mock: Client) -> None:
    assert [each["name"] for each in (await mock.send("GET", f"{TEMPLATES}?authMethod=ldap")).json] == ["directory"]
    assert len((await mock.send("GET", f"{TEMPLATES}?authMethod=kubernetes", token="linker")).json) == 13
    assert (await mock.send("GET", TEMPLATES)).status == 422
    assert (await mock.send("GET", f"{TEMPLATES}?authMethod=oidc")).status == 422


async def test_usage_and_its_end(mock: Client) -> None:
    await update(mock, LINKED_PLAIN, {"templateId": DIRECT})
    shown = (await mock.send("GET", f"{TEMPLATES}/{DIRECT}/usage")).json
    assert shown == [
        {"identityId": LINKED_PLAIN, "identityName": "also-linked"},
        {"identityId": LINKED, "identityName": "linked"},
    ]
    before = await stored(mock, LINKED)
    asked = {"identityIds": [LINKED.upper(), LINKED, KEPT, NOBODY]}
    answer = await mock.send("POST", f"{TEMPLATES}/{DIRECT}/delete-usage", asked, token="member")
    assert answer.json == [{"authId": before["id"], "identityId": LINKED, "identityName": "linked"}]
    assert await stored(mock, LINKED) == {**before, "templateId": None, "updatedAt": "2027-01-15T08:00:00.000Z"}
    assert await usage(mock) == ["also-linked"]
    again = await mock.send("POST", f"{TEMPLATES}/{DIRECT}/delete-usage", asked)
    assert again.json == []


async def test_nothing_unlinked_is_no_revision(mock: Client) -> None:
    await mock.send("POST", f"{TEMPLATES}/{DIRECT}/delete-usage", {"identityIds": []})
    assert (await mock.send("GET", "/_mock/worlds/default/revisions")).json["revisions"] == []


# Who may, and in which order.

CALLS: dict[str, tuple[str, str, Any, str]] = {
    "create": ("POST", "", body(), "permission.create-templates"),
    "update": ("PATCH", "/{id}", {"name": "x"}, "permission.edit-templates"),
    "delete": ("DELETE", "/{id}", None, "permission.delete-templates"),
    "get": ("GET", "/{id}", None, "permission.list-templates"),
    "search": ("GET", "/search", None, "permission.list-templates"),
    "list": ("GET", "?authMethod=kubernetes", None, "permission.attach-templates"),
    "usage": ("GET", "/{id}/usage", None, "permission.list-templates"),
    "delete-usage": ("POST", "/{id}/delete-usage", IDS, "permission.unlink-templates"),
}
ONE = tuple(name for name, call in CALLS.items() if "{id}" in call[1])
MEMBERS = ("get", "search", "list", "usage", "delete-usage")


async def call(client: Client, name: str, template: str = DIRECT, token: str | None = OPS) -> Answer:
    method, path, sent, _ = CALLS[name]
    path = TEMPLATES + path.replace("{id}", template)
    return await (
        client.send(method, path, token=token) if sent is None else client.send(method, path, sent, token=token)
    )


@pytest.mark.parametrize("name", CALLS)
async def test_who_may(mock: Client, name: str) -> None:
    denied = (403, "PermissionDenied", CALLS[name][3])
    refused = await call(mock, name, token="nobody")
    assert outcome(refused) == denied
    assert SUBJECT in refused.json["message"]
    as_member = await call(mock, name, token="member")
    assert as_member.status == 200 if name in MEMBERS else outcome(as_member) == denied
    assert (await call(mock, name)).status == 200
    assert (await call(mock, name, token=None)).status == 401


@pytest.mark.parametrize("name", CALLS)
async def test_the_plan_comes_first(mock: Client, name: str) -> None:
    for template in (HOBBY_TEMPLATE, STRANGER, "no-uuid"):
        assert outcome(await call(mock, name, template, HOBBY)) == PLAN


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("template", [STRANGER, OTHER_TEMPLATE])
async def test_an_unknown_template(mock: Client, name: str, template: str) -> None:
    assert outcome(await call(mock, name, template)) == UNKNOWN
    # The usage of a template is asked for by permission first, everything else by the template.
    first = CALLS[name][3] if "usage" in name else "template.unknown"
    assert (await call(mock, name, template, "nobody")).rule == first


@pytest.mark.parametrize("name", ONE)
async def test_an_id_that_is_no_uuid(mock: Client, edition: tuple[str, str], name: str) -> None:
    due = (404, "NotFound") if edition[0] == "contract" else (500, "Find by id")
    assert outcome(await call(mock, name, "no-uuid")) == (*due, "template.uuid")


async def test_the_order_of_create(mock: Client) -> None:
    rows = [
        ("template.name.blank", {"name": " "}, {}, OPS),
        ("permission.create-templates", {}, {}, "member"),
        ("template.settings", {}, {"verifyTlsCertificate": True}, OPS),
        ("template.private-host", {}, {"kubernetesHost": "https://10.0.0.1"}, OPS),
    ]
    for (rule, top, sent, token), (_, more, also, other) in combinations(rows, 2):
        caller = token if token != OPS else other
        answer = await create(mock, body(**{**also, **sent}) | more | top, caller)
        assert answer.rule == rule, (rule, answer.content)


async def test_the_order_of_update(mock: Client) -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("template.method", {"url": "ldap://x"}),
        ("template.settings", {"verifyTlsCertificate": True}),
        ("template.gateway.unknown", {"gatewayId": FOREIGN_GATEWAY, "kubernetesHost": "https://10.0.0.1"}),
        ("template.private-host", {"kubernetesHost": "https://10.0.0.1"}),
    ]
    for (rule, sent), (_, more) in combinations(rows, 2):
        assert (await patch(mock, {"templateFields": {**more, **sent}})).rule == rule
    denied = await patch(mock, {"templateFields": {"url": "x"}}, token="member")
    assert denied.rule == "permission.edit-templates"


@pytest.mark.parametrize("day", ["2026-05", "2026-08"])
@pytest.mark.parametrize("name", CALLS)
async def test_before_templates_exist_the_paths_do_not(serve: Serve, profile: str, day: str, name: str) -> None:
    mock = await started(serve, profile, day)
    answer = await call(mock, name)
    assert (answer.status, answer.rule) == (404, "route.unknown")


async def test_no_answer_and_no_page_shows_the_jwt(mock: Client) -> None:
    secret = "s3cr3t-reviewer"
    made = await create(mock, body(tokenReviewerJwt=secret))
    template = made.json["id"]
    await update(mock, PLAIN, {"templateId": template})
    await patch(mock, {"templateFields": {"tokenReviewerJwt": f"{secret}-2", "bindPass": secret}}, template)
    await patch(mock, {"templateFields": {"tokenReviewerJwt": f"{secret}-2"}}, template)
    await update(mock, PLAIN, {"kubernetesHost": OTHER_HOST})
    await update(mock, PLAIN, {"templateId": PINNED})
    pages = [f"{TEMPLATES}/search?limit=100", f"{TEMPLATES}?authMethod=kubernetes", IDENTITIES + PLAIN]
    pages += [
        "/_mock/requests?limit=100",
        "/_mock/requests.har",
        "/_mock/worlds/default/revisions",
        "/_mock/worlds/default/state",
    ]
    entries = (await mock.send("GET", "/_mock/requests?limit=100")).json["requests"]
    pages += [f"/_mock/requests/{each['id']}/explain" for each in entries]
    for page in pages:
        answer = await mock.send("GET", page)
        assert answer.status == 200, page
        assert secret not in answer.content.decode(), page
    assert len(entries) > 5
    assert PAYMENTS not in pages
