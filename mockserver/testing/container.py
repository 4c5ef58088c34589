"""The image as a Testcontainers container. It needs the extra `testcontainers` and a Docker daemon."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from mockserver import __version__
from mockserver.testing.calls import Now
from mockserver.testing.resources import Fixtures, content_of
from mockserver.testing.senders import waiting
from mockserver.testing.vocabulary import AsOf, ProfileName, RateLimits
from mockserver.testing.world import Server

IMAGE = f"infisical-mock:{__version__}"
PORT = 8080
"""The port inside the container."""
POLL_SECONDS = 0.1


class InfisicalMockContainer(DockerContainer):
    """A mock in a container: `with InfisicalMockContainer() as container: container.server().url`.

    `fixtures` are passed in a variable, so no file has to be mounted. Further arguments are those of DockerContainer.
    """

    def __init__(
        self,
        image: str = IMAGE,
        *,
        profile: ProfileName = "contract",
        as_of: AsOf | None = None,
        trusted_proxies: Sequence[str] = (),
        rate_limits: RateLimits | None = None,
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
            "TRUSTED_PROXIES": ",".join(trusted_proxies) or None,
            "RATE_LIMITS": rate_limits if isinstance(rate_limits, str | None) else orjson.dumps(rate_limits).decode(),
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
        """The URL of the mock on this machine."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def server(self) -> Server[Now]:
        """Return the running mock: its default world, and the means to create others."""
        return Server(waiting(self.url, self._control_token), self.url)
