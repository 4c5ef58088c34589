"""A world for Token Auth: callers of every kind, and identities that have it or do not; and a clock that can be set."""

from typing import Any

import jwt

from mockserver.clock import WorldClock
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import Answer, Client
from tests.conftest import Serve

AUTH = "/api/v1/auth/token-auth/"
NOW = 1_800_000_000_000
ISO_NOW = "2027-01-15T08:00:00.000Z"
ACME, HOBBY, EU, OLD = (f"0a000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3, 4))
OPS, CHIEF, HOBBYIST, CLERK = (f"1d000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3, 4))
STATIC, BARE, EURO, FEW = (f"1d000000-0000-4000-8000-00000000001{n}" for n in (1, 2, 3, 4))
HOBBY_BARE, HOBBY_STATIC = (f"1d000000-0000-4000-8000-00000000002{n}" for n in (1, 2))
BOSS, BOSS_BARE, PEER = (f"1d000000-0000-4000-8000-00000000003{n}" for n in (1, 2, 3))
CHIEF_BARE = "1d000000-0000-4000-8000-000000000009"
STRANGER = "1d000000-0000-4000-8000-0000000000ff"
STATIC_RECORD = "7a000000-0000-4000-8000-000000000011"
EVERYWHERE = [{"type": "ipv4", "prefix": 0, "ipAddress": "0.0.0.0"}, {"type": "ipv6", "prefix": 0, "ipAddress": "::"}]

WORLD = f"""
version: 1
organizations:
  - id: {ACME}
    name: Acme
    slug: acme
    plan: {{ipAllowlisting: true}}
    roles:
      - {{slug: auditor, name: Auditor, permissions: [{{subject: identity, actions: [read]}}]}}
      - {{slug: editor, name: Editor, permissions: [{{subject: identity, actions: [read, edit-auth]}}]}}
  - {{id: {HOBBY}, name: Hobby, slug: hobby}}
  - {{id: {EU}, name: Acme EU, slug: acme-eu, parent: acme, plan: {{ipAllowlisting: true}}}}
  - id: {OLD}
    name: Old
    slug: old
    shouldUseNewPrivilegeSystem: false
    roles:
      - {{slug: clerk, name: Clerk, permissions: [{{subject: identity, actions: [read, edit, edit-auth]}}]}}
identities:
  - {{id: {OPS}, organization: acme, name: ops, role: admin, memberships: [{{organization: acme-eu, role: admin}}]}}
  - {{id: {CHIEF}, organization: acme, name: chief, role: admin, instanceAdmin: true, tokenAuth: {{}}}}
  - {{id: 1d000000-0000-4000-8000-000000000005, organization: acme, name: member, role: member}}
  - {{id: 1d000000-0000-4000-8000-000000000006, organization: acme, name: auditor, role: auditor}}
  - {{id: 1d000000-0000-4000-8000-000000000007, organization: acme, name: editor, role: editor}}
  - {{id: 1d000000-0000-4000-8000-000000000008, organization: acme, name: nobody}}
  - {{id: {CHIEF_BARE}, organization: acme, name: chief-bare, instanceAdmin: true}}
  - {{id: {HOBBYIST}, organization: hobby, name: hobbyist, role: admin}}
  - {{id: {CLERK}, organization: old, name: clerk, role: clerk}}
  - id: {STATIC}
    organization: acme
    name: static
    role: admin
    memberships: [{{organization: acme-eu, role: member}}]
    tokenAuth:
      id: {STATIC_RECORD}
      accessTokenTTL: 3600
      accessTokenMaxTTL: 7200
      createdAt: 2026-01-02T03:04:05.678Z
      updatedAt: 2026-02-03T04:05:06.789Z
  - {{id: {BARE}, organization: acme, name: bare}}
  - {{id: {EURO}, organization: acme-eu, name: euro, tokenAuth: {{accessTokenTTL: 0, accessTokenMaxTTL: 0}}}}
  - {{id: {FEW}, organization: acme, name: few, role: admin, tokenAuth: {{accessTokenNumUsesLimit: 2}}}}
  - {{id: {HOBBY_BARE}, organization: hobby, name: bare}}
  - {{id: {HOBBY_STATIC}, organization: hobby, name: static, tokenAuth: {{}}}}
  - {{id: {BOSS}, organization: old, name: boss, role: admin, tokenAuth: {{}}}}
  - {{id: {BOSS_BARE}, organization: old, name: boss-bare, role: admin}}
  - {{id: {PEER}, organization: old, name: peer, role: clerk, tokenAuth: {{}}}}
accessTokens:
  - {{token: ops-token, identity: ops}}
  - {{token: ops-eu-token, identity: ops, organization: acme-eu}}
  - {{token: chief-token, identity: chief}}
  - {{token: member-token, identity: member}}
  - {{token: auditor-token, identity: auditor}}
  - {{token: editor-token, identity: editor}}
  - {{token: nobody-token, identity: nobody}}
  - {{token: hobby-token, identity: hobbyist}}
  - {{token: clerk-token, identity: clerk}}
  - {{token: static-token, identity: {STATIC}}}
"""
USER = jwt.encode({"authTokenType": "accessToken", "organizationId": ACME, "iat": NOW // 1000}, DEFAULT_TOKEN_SECRET)
"""A user's token: worlds hold no users, so it is no member of anything."""


class Asker:
    """Asks a server of that world about Token Auth, as the admin of Acme unless a test says otherwise."""

    def __init__(self, client: Client, clock: WorldClock) -> None:
        self.client = client
        self._clock = clock

    async def ask(self, method: str, path: str, *body: Any, token: str | None = "ops-token", **more: Any) -> Answer:
        """The answer to a request; `path` goes on behind `…/token-auth/`."""
        return await self.client.send(method, path if path.startswith("/") else AUTH + path, *body, token=token, **more)

    async def made(self, identity: str = STATIC, token: str = "ops-token", **body: Any) -> dict[str, Any]:
        """The answer to the making of a token."""
        answer = await self.ask("POST", f"identities/{identity}/tokens", body, token=token)
        assert answer.status == 200, answer.content
        return answer.json

    async def row(self, token_id: str) -> dict[str, Any]:
        """What is kept of a token."""
        answer = await self.ask("GET", f"tokens/{token_id}")
        assert answer.status == 200, answer.content
        return answer.json["token"]

    async def can_call(self, token: str, **more: Any) -> str:
        """The rule that decides about a call of its owner: `accepted`, if the token is good."""
        return (await self.ask("GET", f"identities/{STATIC}", token=token, **more)).rule

    async def renew(self, token: str, **more: Any) -> Answer:
        return await self.ask("POST", "/api/v1/auth/token/renew", {"accessToken": token}, token=None, **more)

    async def revoke(self, token: str, **more: Any) -> Answer:
        return await self.ask("POST", "/api/v1/auth/token/revoke", {"accessToken": token}, token=None, **more)

    def later(self, seconds: float) -> None:
        """Lets time pass."""
        self._clock.advance(round(seconds * 1000))

    @property
    def state(self) -> Any:
        """All that the world holds, but for counted uses."""
        state = self.client.mock.worlds.default.state
        return state._replace(token_uses=type(state)().token_uses)


async def asker(serve: Serve, **settings: Any) -> Asker:
    """A server of that world, and who asks it."""
    client = await serve(fixtures_yaml=WORLD, **settings)
    clock = client.mock.worlds.default.clock = WorldClock(NOW)
    return Asker(client, clock)


def claims(token: str) -> dict[str, Any]:
    """What the JWT says."""
    return jwt.decode(token, options={"verify_signature": False})


def signed(secret: str = DEFAULT_TOKEN_SECRET, **changes: Any) -> str:
    """The admin's token as a JWT of half an hour ago, with these claims beside the usual ones; None leaves one out."""
    every = {
        "authTokenType": "identityAccessToken",
        "identityId": OPS,
        "identityAccessTokenId": "70000000-0000-4000-8000-000000000001",
        "jti": "70000000-0000-4000-8000-000000000001",
        "authMethod": "oidc-auth",
        "orgId": ACME,
        "rootOrgId": ACME,
        "parentOrgId": ACME,
        "accessTokenTTL": 3600,
        "accessTokenMaxTTL": 7200,
        "accessTokenPeriod": 0,
        "creationEpoch": NOW // 1000 - 1800,
        "iat": NOW // 1000 - 1800,
        "exp": NOW // 1000 + 1800,
        **changes,
    }
    return jwt.encode({name: value for name, value in every.items() if value is not None}, secret, "HS256")
