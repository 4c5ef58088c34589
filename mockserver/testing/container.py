"""The image as a Testcontainers container. It needs the extra `testcontainers` and a Docker daemon."""

import tarfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import orjson
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from mockserver import __version__
from mockserver.settings import TlsName
from mockserver.testing.calls import Now
from mockserver.testing.mock import server_at
from mockserver.testing.resources import Fixtures, content_of
from mockserver.testing.vocabulary import AsOf, ProfileName, RateLimits
from mockserver.testing.world import Server

IMAGE = f"infisical-mock:{__version__}"
PORT = 8080
"""The port inside the container."""
POLL_SECONDS = 0.1
_CA_FILE = "/tmp/infisical-mock-ca.pem"  # noqa: S108 - inside the container


class InfisicalMockContainer(DockerContainer):
    """A mock in a container: `with InfisicalMockContainer() as container: container.server().url`.

    `fixtures` are passed in a variable, so no file has to be mounted. With `tls="auto"` the URL begins with https://,
    and `tls_ca_file` is the file that clients trust. Further arguments are those of DockerContainer.
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
        tls: TlsName = "off",
        control_token: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(image, **more)
        self._control_token = control_token
        self._is_secure = tls != "off"
        self._folder: TemporaryDirectory[str] | None = None
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
            "TLS": tls if self._is_secure else None,
            "TLS_CA_FILE": _CA_FILE if self._is_secure else None,
        }
        for name, value in given.items():
            if value is not None:
                self.with_env(f"INFISICAL_MOCK_{name}", value)
        self.with_exposed_ports(PORT)
        healthy = HttpWaitStrategy(PORT, "/_mock/health").with_poll_interval(POLL_SECONDS)
        # The certificate is known once the container runs: nothing secret is sent before.
        self.waiting_for(healthy.using_tls(insecure=True) if self._is_secure else healthy)

    def start(self) -> Self:
        """Start the container, wait until the mock is healthy, and fetch the authority of its certificate."""
        super().start()
        if self._is_secure:
            self._folder = TemporaryDirectory(prefix="infisical-mock-", ignore_cleanup_errors=True)
            (Path(self._folder.name) / "ca.pem").write_bytes(self._authority())
        return self

    def _authority(self) -> bytes:
        """Return the authority of the server's certificate, which the server has written into a file."""
        archive, _ = self.get_wrapped_container().get_archive(_CA_FILE)
        with tarfile.open(fileobj=BytesIO(b"".join(archive))) as files:
            file = files.extractfile(Path(_CA_FILE).name)
            return b"" if file is None else file.read()

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Stop the container, and remove the file with the authority."""
        try:
            super().stop(force, delete_volume)
        finally:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    @property
    def tls_ca_file(self) -> Path | None:
        """The PEM file with the authority to trust; None for HTTP, and before the start."""
        return None if self._folder is None else Path(self._folder.name) / "ca.pem"

    @property
    def url(self) -> str:
        """The URL of the mock on this machine."""
        return (
            f"{'https' if self._is_secure else 'http'}://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"
        )

    def server(self) -> Server[Now]:
        """Return the running mock: its default world, and the means to create others."""
        return server_at(self.url, self._control_token, self.tls_ca_file)
