"""Random histories of updates, good and bad, by callers of every kind; and a server that they happen to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import aiohttp
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.app import Core
from mockserver.infisical.state import State
from mockserver.logs import Log
from mockserver.rules.profile import Profile
from mockserver.serving.server import Server
from mockserver.worlds.world import World
from tests.client import (
    ADMIN,
    AUDITOR,
    BARE,
    GATEWAY,
    HOBBY_ADMIN,
    HOBBYIST,
    MEMBER,
    PAYMENTS,
    POOL,
    STRANGER,
    THROUGH_A_GATEWAY,
    THROUGH_A_POOL,
    VERIFIED,
    Answer,
    Client,
)


class Ticking:
    """A clock that is a second later each time it is asked."""

    def __init__(self) -> None:
        self._now = 1_800_000_000_000

    def now(self) -> int:
        self._now += 1000
        return self._now

    def reset(self) -> None:
        """Goes on: a reset takes no time back here."""


class Asked(NamedTuple):
    """One request of a history."""

    identity: str
    token: str
    body: Any
    headers: dict[str, str]


TORN, IN_THE_DARK = "1d000000-0000-4000-8000-000000000009", "1d000000-0000-4000-8000-00000000000b"
TEMPLATED, UNTEMPLATED, RETIRED = (f"1d000000-0000-4000-8000-0000000000{n}" for n in ("40", "41", "42"))
TEMPLATE = "7e000000-0000-4000-8000-000000000001"
TARGETS = (PAYMENTS, VERIFIED, THROUGH_A_GATEWAY, THROUGH_A_POOL, TORN, IN_THE_DARK, PAYMENTS, VERIFIED)
LOST = (BARE, HOBBYIST, STRANGER, "no-uuid", PAYMENTS.upper())
OTHER_TOKENS = (MEMBER, AUDITOR, HOBBY_ADMIN, "acme-three-uses-token", "acme-expired-token", "acme-office-token", "x")
UNHEALTHY, DARK = "6a000000-0000-4000-8000-000000000002", "6a000000-0000-4000-8000-000000000003"
EMPTY_POOL = "6b000000-0000-4000-8000-000000000002"

TEXTS = ("", "payments", "a, b ,c*", " padded ", "é😀", "x" * 255)
BAD_TEXTS = (None, 7, True, [], {}, "x" * 256, "a\0b")
HOSTS = (
    None,
    "https://prod.k8s.example:6443",
    "prod.k8s.example:6443",
    "https://nowhere.example/path",
    " https://a.example ",
)
BAD_HOSTS = ("", " ", "a b", "h" * 256, 7)
REFUSED_HOSTS = (
    "https://dark.k8s.example",
    "http://127.0.0.1",
    "https://slow.k8s.example",
    "https://selfsigned.k8s.example",
)
IPS = (
    [{"ipAddress": "10.0.0.0/8"}],
    [{"ipAddress": "::/0"}, {"ipAddress": " 0.0.0.0/0 "}],
    [{"ipAddress": "10.0.0.5/08x"}],
)
BAD_IPS = ([], None, [{}], ["::1"], [{"ipAddress": "::1", "type": "ipv6"}])
FIELDS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "kubernetesHost": (HOSTS, BAD_HOSTS),
    "caCert": (("", " ", "CA", " OTHER\n"), (None, 7)),
    "verifyTlsCertificate": ((True, False), ("true", 1, None)),
    "tokenReviewerJwt": ((None, "", " ", "reviewer-good", " any "), (7,)),
    "tokenReviewMode": (("api", "gateway"), ("API", "", None, 7)),
    "allowedNamespaces": (TEXTS, BAD_TEXTS),
    "allowedNames": (TEXTS, BAD_TEXTS),
    "allowedAudience": (TEXTS, BAD_TEXTS),
    "gatewayId": ((None, GATEWAY, GATEWAY.upper()), (f"{{{GATEWAY}}}", "", 7)),
    "gatewayPoolId": ((None, POOL), (f"{POOL}\n", [])),
    "accessTokenTrustedIps": (IPS, BAD_IPS),
    "accessTokenTTL": ((0, 60, 3600.0, 7200), (315360001, -1, 60.5, "60", None)),
    "accessTokenNumUsesLimit": ((0, 1, 2**53, 1e3), (-1, 2**63, 0.5, False)),
    "accessTokenMaxTTL": ((0, 7200, 2592000, 315360000), (-1, 1e300, "0")),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "kubernetesHost": REFUSED_HOSTS,
    "tokenReviewerJwt": ("reviewer-expired", "reviewer-unbound"),
    "gatewayId": (UNHEALTHY, DARK, STRANGER),
    "gatewayPoolId": (EMPTY_POOL, STRANGER),
    "accessTokenTrustedIps": ([{"ipAddress": "1.2.3"}],),
    "accessTokenTTL": (7201,),
    "accessTokenMaxTTL": (60,),
}
"""What the contract allows and a rule refuses."""
TEMPLATE_IDS: tuple[tuple[Any, ...], tuple[Any, ...]] = ((None, TEMPLATE, TEMPLATE.upper(), STRANGER), ("", 7, "prod"))
UNKNOWN = {"identityId": PAYMENTS, "__proto__": {}, "more": [[]]}


def changes(*, spoiled: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a few fields. One that is not `spoiled` keeps to the contract, and may be refused all the same."""
    values = {
        name: st.sampled_from(good + REFUSED.get(name, ()) + (bad if spoiled else ()))
        for name, (good, bad) in FIELDS.items()
    }
    if spoiled:
        values |= {name: st.just(value) for name, value in UNKNOWN.items()}
    names = st.lists(st.sampled_from(tuple(values)), max_size=5, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: values[name] for name in chosen}))


NO_OBJECT = st.sampled_from((None, [], "text", 7, True))
ADDRESSES: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"X-Real-IP": "203.0.113.9"},
    {"X-Real-IP": "?"},
    {"x-infisical-org": "A"},
)
PLAUSIBLE = st.builds(Asked, st.sampled_from(TARGETS), st.just(ADMIN), changes(spoiled=False), st.just({}))
ANY = st.builds(
    Asked,
    st.sampled_from(TARGETS + LOST),
    st.sampled_from((ADMIN,) * 4 + OTHER_TOKENS),
    changes(spoiled=True) | NO_OBJECT,
    st.sampled_from(ADDRESSES),
)
HISTORIES = st.lists(PLAUSIBLE | PLAUSIBLE | ANY, min_size=1, max_size=12)


_WITH_TEMPLATE = st.builds(
    lambda asked, identity, template: asked._replace(identity=identity, body={**asked.body, "templateId": template}),
    PLAUSIBLE,
    st.sampled_from((TEMPLATED, UNTEMPLATED, RETIRED, PAYMENTS)),
    st.sampled_from(TEMPLATE_IDS[0] + TEMPLATE_IDS[1]),
)
_LINKED_ALONE = st.builds(
    Asked,
    st.sampled_from((TEMPLATED, UNTEMPLATED, RETIRED, PAYMENTS)),
    st.just(ADMIN),
    st.sampled_from(TEMPLATE_IDS[0]).map(lambda each: {"templateId": each}),
    st.just({}),
)
_ON_LINKED = st.builds(
    lambda asked, identity: asked._replace(identity=identity),
    PLAUSIBLE,
    st.sampled_from((TEMPLATED, UNTEMPLATED, RETIRED)),
)
WITH_TEMPLATES = st.lists(_LINKED_ALONE | _WITH_TEMPLATE | _ON_LINKED | ANY, min_size=1, max_size=10)
"""Histories that link and unlink, and change what is linked, was linked, or is pinned to a retired gateway."""


class Stage:
    """A server in its own event loop, for tests that are not asynchronous themselves."""

    def __init__(self, runner: asyncio.Runner, client: Client) -> None:
        self._runner = runner
        self.client = client

    @property
    def world(self) -> World:
        return self.client.mock.worlds.default

    @property
    def state(self) -> State:
        return self.world.state

    def ask(self, asked: Asked) -> Answer:
        return self._runner.run(
            self.client.update(asked.body, asked.identity, token=asked.token, headers=asked.headers)
        )

    def reset(self) -> Answer:
        return self._runner.run(self.client.send("POST", "/_mock/reset"))


@contextmanager
def stage(profile: Profile, as_of: str | None = None) -> Iterator[Stage]:
    """A server with the bundled world, whose clock ticks with every look."""

    async def start() -> tuple[Server, Client]:
        mock = Core(Settings(port=0, profile=profile, as_of=as_of), log=Log("error"))
        mock.worlds.default.clock = Ticking()
        server = Server(create_app(mock=mock), "127.0.0.1", 0)
        await server.start()
        return server, Client(aiohttp.ClientSession(), server.url, mock)

    with asyncio.Runner() as runner:
        server, client = runner.run(start())
        try:
            yield Stage(runner, client)
        finally:
            runner.run(client.close())
            runner.run(server.stop())
