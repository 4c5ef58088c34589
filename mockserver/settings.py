"""The settings of a server, their defaults, and the files that are bundled with the package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from mockserver.errors import SettingsError
from mockserver.rules.edition import Edition, edition
from mockserver.rules.generation import generation_as_of
from mockserver.rules.profile import Profile

DEFAULT_PORT = 8080
PROXY_PORT = 8081
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listened on, but nobody calls it
"""The addresses that stand for all of a machine's, each with the one to call from the same machine."""
MAX_BODY = 1024 * 1024
MAX_HEADER_SIZE, MAX_HEADERS = 8190, 128
MAX_CONNECTIONS = 4096
HEADER_SECONDS = BODY_SECONDS = 10
IDLE_SECONDS, WRITE_SECONDS = 72, 30
JOURNAL_BYTES = 16 * 1024 * 1024
DEFAULT_TOKEN_SECRET = "infisical-mock-token-secret-not-for-production"  # noqa: S105 - public by design

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = get_args(Level)
Format = Literal["text", "json"]
EngineName = Literal["compiled", "openapi-core"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
TlsName = Literal["off", "auto"]
TLS: tuple[TlsName, ...] = get_args(TlsName)
ExpiryStatus = Literal[401, 403]
EXPIRY_STATUSES: tuple[ExpiryStatus, ...] = get_args(ExpiryStatus)
EXPIRY_STATUS: ExpiryStatus = 403
_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The path of `openapi.yaml` or `fixtures`."""
    installed = _PACKAGE / "bundled" / name
    return installed if installed.exists() else _PACKAGE.parent / name


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Flags by their names. `clock` is the frozen time in milliseconds since 1970, None for the machine's time.

    `token_secret` is the HS256 key of signed access tokens; `control_token` the bearer of the control API, if it
    needs one; `seed` makes ids repeatable; `fixtures_yaml` holds fixtures themselves. `max_worlds` counts the default
    one; a world that nobody asks for during `world_idle` seconds is dropped. With `fail_on_warning` no
    verification holds whose requests the critic warns of. `watch` takes fixture files again when they change.
    `as_of` selects the generation of the service by its name, a date or a release (None: the newest in profile `live`,
    2026-08 in `contract`).
    `trusted_proxies` are CIDR blocks: with one at least, only `X-Forwarded-For` from them says the client address.
    `rate_limits` is `cloud-free`, `cloud-pro`, or a mapping with `read`, `write` and `identityCreation`: how many
    requests a client address may send in a window of 60 seconds (None: not limited).
    `token_expiry_status` is the status of the response to an expired access token.
    `docs_url` is the URL of the documentation site, for links to rules; empty, they are paths in the repository.
    `engine` is what checks requests and answers against the document.

    With `tls` "auto" the server makes a certificate authority and a certificate of its own, and writes the authority's
    certificate to `tls_ca_file`. `tls_cert` and `tls_key` are PEM files of another certificate (with its chain) and
    its key; a key may stand in the certificate's file. With either the server speaks HTTPS.

    The limits: `max_body` bytes of a body to the vendor's API; `max_header_size` bytes of the request line and of each
    of `max_headers` headers; `max_connections` at one time. Within so many seconds comes a whole head
    (`header_timeout`) and a whole body (`body_timeout`), says an idle client something (`idle_timeout`), and takes a
    client what it is sent (`write_timeout`). The journal keeps `journal_size` exchanges in at most `journal_bytes`.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    port_file: Path | None = None
    tls: TlsName = "off"
    tls_ca_file: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    fixtures: tuple[Path, ...] = ()
    fixtures_yaml: str | None = None
    watch: bool = False
    spec: Path | None = None
    engine: EngineName = "compiled"
    profile: Profile = Profile.CONTRACT
    as_of: str | None = None
    trusted_proxies: Sequence[str] = ()
    rate_limits: str | Mapping[str, int] | None = None
    clock: int | None = None
    seed: int | None = None
    token_secret: str = DEFAULT_TOKEN_SECRET
    token_expiry_status: ExpiryStatus = EXPIRY_STATUS
    control: bool = True
    control_token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    journal_size: int = 1000
    journal_bytes: int = JOURNAL_BYTES
    fail_on_warning: bool = False
    docs_url: str = ""
    max_worlds: int = 10_000
    world_idle: float = 3600
    max_connections: int = MAX_CONNECTIONS
    max_body: int = MAX_BODY
    max_header_size: int = MAX_HEADER_SIZE
    max_headers: int = MAX_HEADERS
    header_timeout: float = HEADER_SECONDS
    body_timeout: float = BODY_SECONDS
    idle_timeout: float = IDLE_SECONDS
    write_timeout: float = WRITE_SECONDS
    log_level: Level = "warning"
    log_format: Format = "text"

    def __post_init__(self) -> None:
        if self.token_expiry_status not in EXPIRY_STATUSES:
            raise SettingsError(f"token_expiry_status is 401 or 403, not {self.token_expiry_status!r}")

    @property
    def edition(self) -> Edition:
        """The profile at its generation. Raises SettingsError if `as_of` is none."""
        try:
            return edition(self.profile, None if self.as_of is None else generation_as_of(self.as_of))
        except ValueError as error:
            raise SettingsError(f"as_of: {error}") from None

    @property
    def spec_path(self) -> Path:
        """The document that is served: the given one, or the one that travels with the package."""
        return self.spec or bundled("openapi.yaml")

    @property
    def fixture_paths(self) -> tuple[Path, ...]:
        """The files and folders to seed from: the given ones; the bundled world if nothing is given at all."""
        if self.fixtures or self.fixtures_yaml is not None:
            return self.fixtures
        return (bundled("fixtures"),)

    @property
    def serves_tls(self) -> bool:
        """Whether the server speaks HTTPS."""
        return self.tls != "off" or self.tls_cert is not None
