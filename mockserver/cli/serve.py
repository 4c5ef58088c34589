"""`infisical-mock serve`: its flags, and the settings that they come to. What it runs is loaded once it runs."""

import sys
from typing import Any

import click

from mockserver.cli.option import SectionedCommand, options
from mockserver.cli.options import SERVE
from mockserver.rules.profile import Profile
from mockserver.settings import Settings


@click.command(cls=SectionedCommand)
@options(SERVE)
def serve(**flags: Any) -> None:
    """Serve the mock until it is stopped. One line on stdout says when it is ready, and where."""
    workers = flags["workers"]
    settings = settings_of(flags)
    if workers > 1 and settings.serves_tls:
        raise click.UsageError("--workers serves HTTP only: leave out --tls and --tls-cert, or --workers")
    if settings.watch and not settings.fixture_paths:
        raise click.UsageError("--watch needs files: give --fixtures, as a variable of fixtures cannot change")
    if workers > 1:
        from mockserver.cli.workers import run_workers

        sys.exit(run_workers(settings, workers))
    from mockserver.cli.running import run

    sys.exit(run(settings))


def settings_of(flags: dict[str, Any]) -> Settings:
    """The settings that the flags and variables come to; a flag that is not given leaves the default."""
    given = {name: value for name, value in flags.items() if value is not None}
    given.pop("workers", None)  # it is the command's: each worker has these settings
    given["control"] = not given.pop("no_control")
    given["allowed_hosts"] = given.pop("allowed_host")
    given["trusted_proxies"] = tuple(block for blocks in given.pop("trusted_proxies") for block in blocks)
    return Settings(**{**given, "profile": Profile(flags["profile"]), "fixtures": tuple(flags["fixtures"])})
