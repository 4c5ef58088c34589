"""What an identity remembers of its logins: at home, at most one in ten seconds, whatever the method and the scope."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import Answer, Client
from tests.conftest import Serve
from tests.infisical.identities.world import ACME, ACME_EU, IDENTITIES, NOW, NOW_TEXT, get, patch, search
from tests.infisical.universal_auth.robots import Hand, client_id, turned_by_hand

ROAMER, NEIGHBOUR = "1d000000-0000-4000-8000-000000000101", "1d000000-0000-4000-8000-000000000102"
EURO, ADMIN = "1d000000-0000-4000-8000-000000000103", "1d000000-0000-4000-8000-000000000104"
CREATED = "2026-01-02T03:04:05.678Z"
AUTH = "/api/v1/auth/"
NEVER = (None, None)


def world() -> str:
    """`roamer` of Acme is in Acme Europe too; it, `neighbour` and `euro` may log in by every method."""

    def robot(id: str, name: str, organization: str) -> dict[str, Any]:
        return {
            "id": id,
            "organization": organization,
            "name": name,
            "createdAt": CREATED,
            "updatedAt": CREATED,
            "universalAuth": {"clientId": client_id(id), "clientSecrets": [name]},
            "kubernetesAuth": {"kubernetesHost": "https://prod.k8s.example"},
            "tokenAuth": {},
        }

    shared = {"memberships": [{"organization": "acme-eu", "role": "member"}]}
    admin = {"organization": "acme", "name": "admin", "role": "admin"}
    return json.dumps(
        {
            "version": 1,
            "organizations": [
                {"id": ACME, "name": "Acme", "slug": "acme"},
                {"id": ACME_EU, "name": "Acme Europe", "slug": "acme-eu", "parent": "acme"},
            ],
            "clusters": [
                {
                    "name": "prod",
                    "hosts": ["https://prod.k8s.example"],
                    "serviceAccounts": [{"token": "sa", "namespace": "n", "name": "a"}],
                }
            ],
            "identities": [
                {**robot(ROAMER, "roamer", "acme"), **shared},
                robot(NEIGHBOUR, "neighbour", "acme"),
                robot(EURO, "euro", "acme-eu"),
                {"id": ADMIN, **admin, "memberships": [{"organization": "acme-eu", "role": "admin"}]},
            ],
            "accessTokens": [
                {"token": "at-home", "identity": "admin"},
                {"token": "abroad", "identity": "admin", "organization": "acme-eu"},
            ],
        }
    )


WORLD = world()
NAMES = {ROAMER: "roamer", NEIGHBOUR: "neighbour", EURO: "euro"}


async def by_universal_auth(client: Client, identity: str, **slug: str) -> Answer:
    body = {"clientId": client_id(identity), "clientSecret": NAMES[identity], **slug}
    return await client.send("POST", f"{AUTH}universal-auth/login", body, token=None)


async def by_kubernetes_auth(client: Client, identity: str, **slug: str) -> Answer:
    body = {"identityId": identity, "jwt": "sa", **slug}
    return await client.send("POST", f"{AUTH}kubernetes-auth/login", body, token=None)


async def by_token_auth(client: Client, identity: str, **slug: str) -> Answer:
    path = f"{AUTH}token-auth/identities/{identity}/tokens"
    return await client.send("POST", path, slug, token="abroad" if identity == EURO else "at-home")


Login = Callable[..., Awaitable[Answer]]
LOGINS: dict[str, Login] = {
    "universal-auth": by_universal_auth,
    "kubernetes-auth": by_kubernetes_auth,
    "token-auth": by_token_auth,
}
every_method = pytest.mark.parametrize("method", LOGINS)


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile, fixtures_yaml=WORLD, clock=NOW)


@pytest.fixture
def clock(client: Client) -> Hand:
    return turned_by_hand(client)


async def login(client: Client, method: str, identity: str = ROAMER, **slug: str) -> None:
    answer = await LOGINS[method](client, identity, **slug)
    assert answer.status == 200, answer.content


async def remembered(client: Client, identity: str = ROAMER, token: str = "at-home") -> tuple[Any, Any]:
    found = (await get(client, identity, token=token)).json["identity"]
    return found["lastLoginAuthMethod"], found["lastLoginTime"]


@every_method
async def test_a_login_is_remembered_with_its_method_and_time(client: Client, method: str):
    assert await remembered(client) == NEVER
    await login(client, method)
    assert await remembered(client) == (method, NOW_TEXT)
    assert await remembered(client, NEIGHBOUR) == NEVER


@every_method
async def test_get_list_and_search_show_it_alike(client: Client, method: str):
    await login(client, method)
    listed = (await client.send("GET", f"{IDENTITIES}?orgId={ACME}", token="at-home")).json["identities"]
    found = (await search(client, {}, token="at-home")).json["identities"]
    for entries in (listed, found):
        shown = {each["identity"]["name"]: (each["lastLoginAuthMethod"], each["lastLoginTime"]) for each in entries}
        assert shown == {"roamer": (method, NOW_TEXT), "neighbour": NEVER, "admin": NEVER}


@every_method
async def test_home_remembers_a_login_whose_token_counts_elsewhere(client: Client, method: str):
    await login(client, method, organizationSlug="acme-eu")
    assert await remembered(client) == (method, NOW_TEXT)
    assert await remembered(client, token="abroad") == NEVER


@every_method
async def test_home_may_be_a_sub_organization(client: Client, method: str):
    await login(client, method, EURO, organizationSlug="acme")
    assert await remembered(client, EURO, token="abroad") == (method, NOW_TEXT)


@every_method
async def test_the_membership_is_touched_and_the_identity_is_not(client: Client, method: str):
    await login(client, method)
    assert (await get(client, ROAMER, token="at-home")).json["identity"]["updatedAt"] == NOW_TEXT
    assert (await get(client, ROAMER, token="abroad")).json["identity"]["updatedAt"] == CREATED
    assert (await patch(client, ROAMER, {}, token="at-home")).json["identity"]["updatedAt"] == CREATED


@pytest.mark.parametrize(
    ("seconds", "at"),
    [
        (0, NOW_TEXT),
        (0.001, NOW_TEXT),
        (9.999, NOW_TEXT),
        (10, "2027-01-15T08:00:10.000Z"),
        (3600, "2027-01-15T09:00:00.000Z"),
    ],
)
@pytest.mark.parametrize("second", LOGINS)
@pytest.mark.parametrize("first", LOGINS)
async def test_one_login_in_ten_seconds_is_remembered(
    client: Client, clock: Hand, first: str, second: str, seconds: float, at: str
):
    await login(client, first)
    clock.later(seconds)
    await login(client, second)
    assert await remembered(client) == (first if at == NOW_TEXT else second, at)
    assert (await get(client, ROAMER, token="at-home")).json["identity"]["updatedAt"] == at


async def test_the_ten_seconds_begin_with_a_login_that_is_remembered(client: Client, clock: Hand):
    times = []
    for _ in range(5):
        await login(client, "universal-auth")
        times.append((await remembered(client))[1][-7:])
        clock.later(6)
    assert times == ["00.000Z", "00.000Z", "12.000Z", "12.000Z", "24.000Z"]


@every_method
async def test_each_identity_has_ten_seconds_of_its_own(client: Client, clock: Hand, method: str):
    await login(client, method)
    clock.later(5)
    await login(client, method, NEIGHBOUR)
    assert await remembered(client) == (method, NOW_TEXT)
    assert await remembered(client, NEIGHBOUR) == (method, "2027-01-15T08:00:05.000Z")


@every_method
async def test_a_login_is_no_less_good_for_not_being_remembered(client: Client, method: str):
    """Each answers a token of its own, and the tokens work."""
    answers = [await LOGINS[method](client, ROAMER) for _ in range(3)]
    tokens = {each.json["accessToken"] for each in answers}
    assert len(tokens) == 3
    for token in tokens:
        assert (await client.send("GET", f"{IDENTITIES}/details", token=token)).status == 200


@every_method
async def test_a_refused_login_is_not_remembered_and_begins_no_ten_seconds(client: Client, clock: Hand, method: str):
    assert (await LOGINS[method](client, ROAMER, organizationSlug="nowhere")).status == 404
    assert await remembered(client) == NEVER
    clock.later(1)
    await login(client, method)
    assert await remembered(client) == (method, "2027-01-15T08:00:01.000Z")


async def test_a_renewal_is_no_login(client: Client, clock: Hand):
    token = (await by_universal_auth(client, ROAMER)).json["accessToken"]
    clock.later(60)
    assert (await client.send("POST", f"{AUTH}token/renew", {"accessToken": token}, token=None)).status == 200
    assert await remembered(client) == ("universal-auth", NOW_TEXT)
