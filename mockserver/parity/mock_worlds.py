"""The mock's side: a server in this process with a world for each generation, seeded to correspond to the tenant."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

from mockserver.app import Core, create_app
from mockserver.clock import WorldClock
from mockserver.logs import Log
from mockserver.parity.client import Client, session
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from mockserver.serving.server import Server
from mockserver.settings import Settings
from mockserver.worlds.world import World

_IDLE_SECONDS = 86_400.0
_TIMEOUT = 30.0


@asynccontextmanager
async def mock_worlds(fixtures: Mapping[str, Any]) -> AsyncIterator[dict[Generation, Client]]:
    """Serve the fixtures in profile `live`, and yield a client of each generation's world."""
    settings = Settings(
        port=0,
        profile=Profile.LIVE,
        fixtures_yaml=json.dumps(fixtures),
        control=False,
        world_idle=_IDLE_SECONDS,
        log_level="error",
    )
    core = Core(settings, log=Log(settings.log_level, settings.log_format, StringIO()))
    default = core.worlds.default
    for each in GENERATIONS:
        world = World(each.value, default.seed, edition(Profile.LIVE, each), WorldClock(), default.token_secret)
        core.worlds.add(world)
    server = Server(create_app(mock=core), settings.host, settings.port)
    await server.start()
    try:
        async with session(local=True) as http:
            yield {each: Client(http, f"{server.url}/w/{each.value}", _TIMEOUT) for each in GENERATIONS}
    finally:
        await server.stop()
