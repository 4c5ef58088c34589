"""Worlds for the tests of the login: one identity with the record under test, and clusters that know its tokens."""

import json
from typing import Any

import jwt

from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, service_account_token
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import Answer, Client
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import LOGIN, NOW, ORGANIZATIONS, PROD, clusters, gateways

WHO, BARE, OFFICER = (f"1e000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
OFFICE, CLOSED = "0a000000-0000-4000-8000-0000000000e1", "0a000000-0000-4000-8000-0000000000e2"
SECONDS = NOW // 1000
ACCOUNTS = [
    {"token": "sa", "namespace": "payments", "name": "api", "audiences": ["infisical", "vault"]},
    {"token": "sa-hidden", "namespace": ".kube", "name": ".api"},
    {"token": "sa-error", "namespace": "payments", "name": "api", "error": "token is on a list of bad ones"},
    {"token": "sa-empty-error", "namespace": "payments", "name": "api", "error": ""},
    {"token": "sa-unauthenticated", "namespace": "payments", "name": "api", "authenticated": False},
    {"token": "sa-no-status", "namespace": "payments", "name": "api", "withoutStatus": True},
    {"token": "sa-user", "username": "jane"},
    {"token": "sa-node", "username": "system:node:payments:api"},
    {"token": "sa-short", "username": "system:serviceaccount:payments"},
    {"token": "sa-long", "username": "system:serviceaccount:payments:api:x"},
    {"token": "sa-nobody", "username": ""},
    {"token": "sa-blank-parts", "username": "system:serviceaccount::"},
]


def world(record: dict[str, Any], **cluster: Any) -> str:
    """A world whose identity `WHO` has that record beside a host; `cluster` is what is said of its cluster."""
    places = clusters()
    for place in places:
        place["serviceAccounts"] = ACCOUNTS
    places[0].update(cluster)
    organizations = [
        {"id": ORGANIZATIONS["acme"], "name": "Acme", "slug": "acme"},
        {"id": OFFICE, "name": "Office", "slug": "acme-office", "parent": "acme"},
        {"id": CLOSED, "name": "Closed", "slug": "acme-closed", "parent": "acme"},
        {"id": ORGANIZATIONS["hobby"], "name": "Hobby", "slug": "hobby"},
    ]
    who = {
        "id": WHO,
        "organization": "acme",
        "name": "who",
        "role": "admin",
        "memberships": [{"organization": "acme-office", "role": "member"}],
        "kubernetesAuth": {"kubernetesHost": PROD, **record},
    }
    bare = {"id": BARE, "organization": "acme", "name": "bare", "role": "admin"}
    officer = {"id": OFFICER, "organization": "acme-office", "name": "officer", "role": "admin"}
    return json.dumps(
        {
            "version": 1,
            "organizations": organizations,
            "clusters": places,
            **gateways(),
            "identities": [who, bare, {**officer, "kubernetesAuth": {"kubernetesHost": PROD}}],
            "accessTokens": [{"token": "spent", "identity": BARE, "numUsesLimit": 1}],
        }
    )


async def server(
    serve: Serve, record: dict[str, Any] | None = None, profile: str = "contract", **cluster: Any
) -> Client:
    """A server with such a world, whose clock stands still."""
    return await serve(fixtures_yaml=world(record or {}, **cluster), profile=profile, clock=NOW)


async def login(client: Client, token: str = "sa", identity: str = WHO, **more: Any) -> Answer:
    """The answer to a login with that service-account token; `more` are further properties of the body."""
    return await client.send("POST", LOGIN, {"identityId": identity, "jwt": token, **more}, token=None)


def signed(*audiences: str, key: str = DEFAULT_TOKEN_KEY, issued: int = -60, expires: int = 60, **claims: Any) -> str:
    """A JWT as a cluster projects it into a pod of `payments/api`; times in seconds from now, None leaves one out."""
    token = service_account_token(
        "payments", "api", audiences, key, SECONDS + issued, SECONDS + expires, "7e000000-0000-4000-8000-000000000001"
    )
    if not claims:
        return token
    every = {**jwt.decode(token, options={"verify_signature": False}), **claims}
    return jwt.encode({name: value for name, value in every.items() if value is not None}, key, "HS256")


def claims_of(answer: Answer) -> dict[str, Any]:
    """The claims of the access token that a login answers with."""
    assert answer.status == 200, answer.content
    token = answer.json["accessToken"]
    return jwt.decode(token, DEFAULT_TOKEN_SECRET, ["HS256"], options={"verify_exp": False, "verify_iat": False})
