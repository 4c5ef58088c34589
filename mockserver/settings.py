"""What a server is started with. One frozen value; only the command line and its variables fill it otherwise."""

from dataclasses import dataclass
from pathlib import Path

from mockserver.bundled import bundled
from mockserver.defaults import DEFAULT_PORT, DEFAULT_TOKEN_SECRET, EngineName, Format, Level
from mockserver.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Flags by their names. `clock` is the frozen time in milliseconds since 1970, None for the machine's time.

    `token_secret` is the HS256 key of signed access tokens; `control_token` the bearer of the control API, if it
    needs one; `seed` makes ids repeatable; `fixtures_yaml` holds fixtures themselves. `max_worlds` counts the default
    one; a world that nobody asks for during `world_idle` seconds is dropped. With `fail_on_warning` no
    verification holds whose requests the critic warns of. `watch` takes fixture files again when they change.
    `engine` is what checks requests and answers against the document.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    port_file: Path | None = None
    fixtures: tuple[Path, ...] = ()
    fixtures_yaml: str | None = None
    watch: bool = False
    spec: Path | None = None
    engine: EngineName = "compiled"
    profile: Profile = Profile.CONTRACT
    clock: int | None = None
    seed: int | None = None
    token_secret: str = DEFAULT_TOKEN_SECRET
    control: bool = True
    control_token: str | None = None
    journal_size: int = 1000
    fail_on_warning: bool = False
    max_worlds: int = 10_000
    world_idle: float = 3600
    log_level: Level = "warning"
    log_format: Format = "text"

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
