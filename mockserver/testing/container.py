"""The image as a Testcontainers container: needs the extra `testcontainers`, and a Docker to run in."""

from datetime import datetime
from typing import Any

import orjson
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from mockserver import __version__
from mockserver.testing.calls import Now
from mockserver.testing.resources import Fixtures, content_of
from mockserver.testing.senders import waiting
from mockserver.testing.world import Server

IMAGE = f"infisical-mock:{__version__}"
PORT = 8080
"""Where it listens inside the container."""
POLL_SECONDS = 0.1


class InfisicalMockContainer(DockerContainer):
    """A mock in a container: `with InfisicalMockContainer() as container: container.server().url`.

    `fixtures` go in as a variable, so that no file has to be mounted. Further arguments are those of DockerContainer.
    """

    def __init__(
        self,
        image: str = IMAGE,
        *,
        profile: str = "contract",
        as_of: str | None = None,
        now: datetime | str | None = None,
        fixtures: Fixtures | None = None,
        control_token: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(image, **more)
        self._control_token = control_token
        content = None if fixtures is None else content_of(fixtures)
        given = {
            "PORT": str(PORT),
            "PROFILE": profile,
            "AS_OF": as_of,
            "CLOCK": now.isoformat() if isinstance(now, datetime) else now,
            "FIXTURES_YAML": content if isinstance(content, str | None) else orjson.dumps(content).decode(),
            "CONTROL_TOKEN": control_token,
        }
        for name, value in given.items():
            if value is not None:
                self.with_env(f"INFISICAL_MOCK_{name}", value)
        self.with_exposed_ports(PORT)
        self.waiting_for(HttpWaitStrategy(PORT, "/_mock/health").with_poll_interval(POLL_SECONDS))

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def server(self) -> Server[Now]:
        """The running mock: its default world, and further ones on request."""
        return Server(waiting(self.url, self._control_token), self.url)
