"""The identities of the bundled world that log in with Universal Auth, and the requests that tests make about them."""

from typing import Any

import jwt

from mockserver.clock import WorldClock
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import Answer, Client

UNIVERSAL_AUTH = "/api/v1/auth/universal-auth/"
LOGIN, ABOUT = f"{UNIVERSAL_AUTH}login", f"{UNIVERSAL_AUTH}identities/"
ROBOT, PERIODIC = "1d000000-0000-4000-8000-000000000020", "1d000000-0000-4000-8000-000000000021"
OFFICE, PATIENT = "1d000000-0000-4000-8000-000000000022", "1d000000-0000-4000-8000-000000000023"
GOOD, EXPIRED = "5c000000-0000-4000-8000-000000000001", "5c000000-0000-4000-8000-000000000002"
ONCE, SPENT = "5c000000-0000-4000-8000-000000000003", "5c000000-0000-4000-8000-000000000004"
REVOKED = "5c000000-0000-4000-8000-000000000005"
SECRET, OFFICE_SECRET, PATIENT_SECRET = "robot-secret", "office-robot-secret", "patient-robot-secret"


class Hand(WorldClock):
    """A clock that a test turns by hand."""

    def __init__(self, now: int = 1_800_000_000_000) -> None:
        super().__init__(now)

    def later(self, seconds: float) -> None:
        self.advance(int(seconds * 1000))


def turned_by_hand(client: Client) -> Hand:
    """Gives the server a clock that the test turns."""
    clock = Hand()
    client.mock.worlds.default.clock = clock
    return clock


def client_id(identity: str) -> str:
    """The client id of an identity of the bundled world."""
    return identity.replace("1d", "c1", 1)


async def login(client: Client, secret: str = SECRET, identity: str = ROBOT, **more: Any) -> Answer:
    """The answer to a login; `slug` names an organization, `headers` are sent."""
    slug = {"organizationSlug": more.pop("slug")} if "slug" in more else {}
    body = {"clientId": client_id(identity), "clientSecret": secret, **slug}
    return await client.send("POST", LOGIN, body, token=None, **more)


def claims(answer: Answer) -> dict[str, Any]:
    """The claims of the token that a login answered."""
    return jwt.decode(
        answer.json["accessToken"],
        DEFAULT_TOKEN_SECRET,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False},
    )


async def secrets(client: Client, identity: str = ROBOT) -> dict[str, dict[str, Any]]:
    """The stored client secrets of an identity by their ids, as the state shows them."""
    found = next(each for each in (await client.state())["identities"] if each["id"] == identity)
    return {each["id"]: each for each in found["universalAuth"]["clientSecrets"]}
