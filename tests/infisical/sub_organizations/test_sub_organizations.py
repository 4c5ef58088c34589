"""Sub-organizations over HTTP: create, update, delete; what refuses each, and what becomes of everything in them."""

from typing import Any

import pytest

from mockserver.infisical.sub_organizations.slugs import slug_of
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.sub_organizations.world import ACME, ASIA, EUROPE, FOREIGN, NOBODY, PATH, POOR, TIME, WORLD

KEYS = {"id", "name", "slug", "createdAt", "updatedAt", "parentOrgId"}


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(fixtures_yaml=WORLD, profile=profile)


async def create(client: Client, body: Any, token: str | None = "admin") -> Answer:
    return await client.send("POST", PATH, body, token=token)


async def update(client: Client, id: str, body: Any, token: str = "admin") -> Answer:
    return await client.send("PATCH", f"{PATH}/{id}", body, token=token)


async def delete(client: Client, id: str, token: str = "admin") -> Answer:
    return await client.send("DELETE", f"{PATH}/{id}", token=token)


async def listed(client: Client, token: str = "admin", query: str = "") -> dict[str, dict[str, Any]]:
    answer = await client.send("GET", PATH + query, token=token)
    assert answer.status == 200, answer.content
    return {each["name"]: each for each in answer.json["organizations"]}


async def test_the_creator_is_an_admin_of_what_it_creates(client: Client):
    answer = await create(client, {"name": " Latin America "})
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"organization"})
    made = answer.json["organization"]
    assert set(made) == KEYS
    assert (made["name"], made["slug"], made["parentOrgId"]) == ("Latin America", "latin-america", ACME)
    assert made["createdAt"] == made["updatedAt"] != TIME
    assert (await listed(client))["Latin America"] == made
    assert set(await listed(client, query="?isAccessible=true")) == {"Europe", "Latin America"}
    state = await client.state()
    admin = next(each for each in state["identities"] if each["name"] == "admin")
    assert {"organization": made["id"], "role": "admin", "isActive": True} in admin["memberships"]
    (entry,) = [each for each in state["organizations"] if each["id"] == made["id"]]
    assert (entry["parent"], entry["plan"]["subOrganization"]) == (ACME, True)


async def test_a_state_with_created_ones_can_be_put_back(client: Client):
    await create(client, {"name": "Latin America"})
    await create(client, {"name": "---"})  # a name without a word makes an empty slug
    state = await client.state()
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert await client.state() == state


async def test_a_slug_is_taken_as_it_is_sent(client: Client):
    made = (await create(client, {"name": "Latin America", "slug": " latam "})).json["organization"]
    assert (made["name"], made["slug"]) == ("Latin America", "latam")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("Acme  Asia", "acme-asia"),
        ("acme_asia-2", "acme-asia-2"),
        ("AcmeAsia", "acme-asia"),
        ("ACMELatin", "acme-latin"),
        ("ACMEAsia", "acmeasia"),  # an `s` may be a plural
        ("acmeUK", "acme-uk"),
        ("EU2", "eu-2"),
        ("APIs", "apis"),
        (" -x- ", "x"),
        ("___", ""),
    ],
)
def test_slugs_of_names(name: str, slug: str):
    assert slug_of(name) == slug


LONG = "a" * 65
REFUSED_FIELDS = [
    ({"name": 1}, [("invalid_type", ("name",))], "contract.body"),
    ({"name": ""}, [("too_small", ("name",)), ("custom", ("name",))], "contract.body"),
    ({"name": "  "}, [("too_small", ("name",)), ("custom", ("name",))], "sub-organization.name"),
    ({"name": LONG}, [("too_big", ("name",))], "sub-organization.name"),
    ({"name": "é"}, [("custom", ("name",))], "sub-organization.name"),
    ({"name": f"{LONG}!"}, [("too_big", ("name",)), ("custom", ("name",))], "sub-organization.name"),
    ({"name": "a", "slug": ""}, [("too_small", ("slug",))], "contract.body"),
    ({"name": "a", "slug": " "}, [("too_small", ("slug",))], "sub-organization.slug"),
    ({"name": "a", "slug": "A"}, [("custom", ("slug",))], "sub-organization.slug"),
    ({"name": "a", "slug": "a--b"}, [("custom", ("slug",))], "sub-organization.slug"),
    ({"name": "a", "slug": LONG}, [("too_big", ("slug",))], "sub-organization.slug"),
    ({"name": "!", "slug": "-"}, [("custom", ("name",)), ("custom", ("slug",))], "sub-organization.name"),
    ([], [("invalid_type", ())], "contract.body"),
]


@pytest.mark.parametrize(("body", "issues", "rule"), REFUSED_FIELDS, ids=lambda each: str(each)[:40])
async def test_what_the_schema_refuses(client: Client, body: Any, issues: Any, rule: str):
    for answer in (await create(client, body), await update(client, EUROPE, body)):
        assert (answer.issues, answer.rule) == (issues, rule)


async def test_the_longest_texts_are_accepted_and_blanks_do_not_count(client: Client):
    answer = await create(client, {"name": f"  {'a' * 64}  ", "slug": f" {'b' * 64} "})
    assert answer.status == 200


async def test_a_create_needs_a_name(client: Client):
    assert (await create(client, {"slug": "x"})).issues == [("invalid_type", ("name",))]


NEW = {"name": "New"}


@pytest.mark.parametrize(
    ("token", "body", "status", "error", "rule"),
    [
        ("in-asia", NEW, 403, "ForbiddenError", "sub-organization.root"),
        ("admin-in-europe", NEW, 403, "ForbiddenError", "sub-organization.root"),
        ("member", NEW, 403, "PermissionDenied", "sub-organization.permission.create"),
        ("may-edit", NEW, 403, "PermissionDenied", "sub-organization.permission.create"),
        ("poor", NEW, 400, "BadRequest", "sub-organization.plan"),
        ("admin", {"name": "EUROPE"}, 400, "BadRequest", "sub-organization.slug-taken"),
        ("admin", {"name": "New", "slug": "europe"}, 400, "BadRequest", "sub-organization.slug-taken"),
        ("may-create", NEW, 200, "", "accepted"),
        ("admin", {"name": "Europe", "slug": "other"}, 200, "", "accepted"),  # names are not unique
    ],
)
async def test_what_refuses_a_create(client: Client, token: str, body: Any, status: int, error: str, rule: str):
    before = await client.state()
    answer = await create(client, body, token)
    assert (answer.status, answer.rule) == (status, rule)
    if status != 200:
        assert in_envelope(answer).error == error
        assert await client.state() == before


async def test_the_permission_is_asked_before_the_plan_and_the_root_before_both(client: Client):
    state = await client.state()
    for each in state["organizations"]:
        each["plan"]["subOrganization"] = False
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert (await create(client, NEW, "member")).rule == "sub-organization.permission.create"
    assert (await create(client, NEW, "in-asia")).rule == "sub-organization.root"
    assert (await create(client, {"name": "europe"})).rule == "sub-organization.plan"


@pytest.mark.parametrize(
    ("body", "name", "slug"),
    [
        ({"name": "Old World"}, "Old World", "old-world"),
        ({"slug": "eu"}, "Europe", "eu"),
        ({"name": "Old World", "slug": "eu"}, "Old World", "eu"),
        ({"slug": "europe"}, "Europe", "europe"),  # its own slug
    ],
)
async def test_name_and_slug_are_updated(client: Client, body: Any, name: str, slug: str):
    answer = await update(client, EUROPE.upper(), body)
    assert (answer.status, set(answer.json)) == (200, {"organization"})
    after = answer.json["organization"]
    assert (after["id"], after["name"], after["slug"], after["createdAt"]) == (EUROPE, name, slug, TIME)
    assert after["updatedAt"] > TIME
    assert (await listed(client))[name] == after


async def test_an_update_of_nothing_changes_nothing(client: Client):
    before = await client.state()
    answer = await update(client, EUROPE, {})
    assert (answer.status, answer.json["organization"]["updatedAt"]) == (200, TIME)
    assert await client.state() == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("id", "token", "status", "error", "rule"),
    [
        (NOBODY, "admin", 400, "BadRequest", "sub-organization.unknown"),
        (ACME, "admin", 400, "BadRequest", "sub-organization.unknown"),
        (FOREIGN, "admin", 400, "BadRequest", "sub-organization.unknown"),
        (POOR, "admin", 400, "BadRequest", "sub-organization.unknown"),
        (ASIA, "admin", 403, "ForbiddenError", "sub-organization.member"),
        (EUROPE, "outsider", 403, "ForbiddenError", "sub-organization.member"),
        (EUROPE, "in-asia", 403, "ForbiddenError", "sub-organization.member"),
        (EUROPE, "member", 403, "PermissionDenied", "permission"),
        (EUROPE, "may-create", 403, "PermissionDenied", "permission"),
        (EUROPE, "admin", 200, "", "accepted"),
        (EUROPE, "admin-in-europe", 200, "", "accepted"),
        (ASIA, "in-asia", 200, "", "accepted"),
    ],
)
async def test_who_may_change_which(
    client: Client, method: str, id: str, token: str, status: int, error: str, rule: str
):
    before = await client.state()
    answer = await (update(client, id, {"name": "x"}, token) if method == "PATCH" else delete(client, id, token))
    permissions = {"PATCH": "sub-organization.permission.edit", "DELETE": "sub-organization.permission.delete"}
    expected = permissions[method] if rule == "permission" else rule
    assert (answer.status, answer.rule) == (status, expected)
    if status != 200:
        assert in_envelope(answer).error == error
        assert await client.state() == before


@pytest.mark.parametrize(("action", "other"), [("edit", "delete"), ("delete", "edit")])
async def test_each_permission_allows_one_operation(client: Client, action: str, other: str):
    asked = {"edit": lambda token: update(client, EUROPE, {"name": "x"}, token)}
    asked["delete"] = lambda token: delete(client, EUROPE, token)
    assert (await asked[action](f"may-{other}")).rule == f"sub-organization.permission.{action}"
    assert (await asked[action](f"may-{action}")).status == 200


async def test_an_id_that_is_no_uuid(client: Client, profile: Profile):
    expected = (400, "BadRequest") if profile is Profile.CONTRACT else (500, "Find one")
    for answer in (await update(client, "x", {"name": "x"}), await delete(client, "x")):
        assert (answer.status, in_envelope(answer).error, answer.rule) == (*expected, "sub-organization.uuid")


async def test_a_slug_that_another_one_has_is_refused(client: Client):
    assert (await update(client, EUROPE, {"name": "ASIA"})).rule == "sub-organization.slug-taken"
    assert (await update(client, EUROPE, {"slug": "asia"})).rule == "sub-organization.slug-taken"
    assert (await update(client, EUROPE, {"name": "Asia", "slug": "europe"})).status == 200


async def test_a_deleted_one_takes_everything_in_it_along(client: Client):
    login = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "secret"}
    token = (await client.send("POST", "/api/v1/auth/universal-auth/login", login, token=None)).json["accessToken"]
    assert (await client.send("GET", "/api/v2/gateways", token=token)).status == 200
    answer = await delete(client, ASIA, "in-asia")
    assert (answer.status, answer.json["organization"]["name"]) == (200, "Asia")
    state = await client.state()
    assert ASIA not in {each["id"] for each in state["organizations"]}
    assert (state["gateways"], state["gatewayPools"]) == ([], [])
    assert "in-asia" not in {each["name"] for each in state["identities"]}
    assert "in-asia" not in {each["token"] for each in state["accessTokens"]}
    for lost in ("in-asia", token):
        refused = await client.send("GET", "/api/v2/gateways", token=lost)
        assert (refused.status, in_envelope(refused).error, refused.rule) == (401, "UnauthorizedError", "token.revoked")
    again = await client.send("POST", "/api/v1/auth/universal-auth/login", login, token=None)
    assert (again.status, again.error) == (401, "UnauthorizedError")
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204


async def test_a_token_for_a_deleted_one_is_refused_and_the_identitys_others_are_not(client: Client):
    assert (await delete(client, EUROPE, "admin-in-europe")).status == 200
    refused = await client.send("GET", "/api/v2/gateways", token="admin-in-europe")
    assert (refused.status, in_envelope(refused).error, refused.rule) == (401, "UnauthorizedError", "token.membership")
    assert set(await listed(client)) == {"Asia"}
    state = await client.state()
    assert all(each["memberships"] == [] for each in state["identities"])
    assert (await update(client, EUROPE, {"name": "x"})).rule == "sub-organization.unknown"


async def test_a_deletion_is_one_revision_and_a_reset_brings_it_back(client: Client):
    await delete(client, ASIA, "in-asia")
    revisions = (await client.get("/_mock/worlds/default/revisions")).json["revisions"]
    assert len(revisions) == 1
    pointers = {each["pointer"].split("/")[1] for each in revisions[0]["changes"]}
    assert pointers >= {"organizations", "identities", "gateways", "gatewayPools"}
    assert (await client.send("POST", "/_mock/worlds/default/reset", token=None)).status == 204
    assert "Asia" in await listed(client)


async def test_the_creator_may_log_in_to_what_it_created(serve: Serve):
    client = await serve()
    made = (await client.send("POST", PATH, {"name": "Acme Asia"})).json["organization"]
    login = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    scoped = await client.send(
        "POST", "/api/v1/auth/universal-auth/login", {**login, "organizationSlug": "acme-asia"}, token=None
    )
    token = scoped.json["accessToken"]
    created = await client.send(
        "POST", "/api/v1/identities", {"name": "local", "organizationId": made["id"]}, token=token
    )
    assert created.status == 200
    assert (await client.send("DELETE", f"{PATH}/{made['id']}")).status == 200
    assert (await client.send("GET", "/api/v2/gateways", token=token)).status == 401
    identity = f"/api/v1/identities/{created.json['identity']['id']}"
    assert (await client.send("GET", identity)).status == 404


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_the_operations_are_there_in_every_generation(serve: Serve, generation: Generation):
    client = await serve(fixtures_yaml=WORLD, as_of=generation)
    made = (await create(client, NEW)).json["organization"]
    assert (await update(client, made["id"], {"slug": "newer"})).status == 200
    assert (await delete(client, made["id"])).status == 200
