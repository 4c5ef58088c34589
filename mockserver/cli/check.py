"""`infisical-mock check`: reads document and fixtures, says what is wrong with them, and starts nothing."""

import sys
from pathlib import Path

import click

from mockserver.cli.option import options
from mockserver.cli.options import CONTENT
from mockserver.errors import StartError
from mockserver.settings import Settings


@click.command()
@options(CONTENT)
def check(fixtures: tuple[Path, ...], fixtures_yaml: str | None, spec: Path | None) -> None:
    """Check the document and the fixtures. Exit code 0, 3 for bad fixtures, 4 for a bad document."""
    from mockserver.contract.document import prove, read

    settings = Settings(fixtures=fixtures, fixtures_yaml=fixtures_yaml, spec=spec)
    failures: list[StartError] = []
    try:
        prove(read(settings.spec_path))
    except StartError as error:
        failures.append(error)
    try:
        from mockserver.app import Core
        from mockserver.cli.progress import LoadProgress

        content = Settings(fixtures=fixtures, fixtures_yaml=fixtures_yaml, spec=None if failures else spec)
        mock = Core(content, progress=LoadProgress())
        if not failures:
            identities = len(mock.worlds.default.state.identities)
            print(f"{len(mock.contract.operations)} operation(s), {identities} identities: ok")
    except StartError as error:
        failures.append(error)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(failures[0].exit_code if failures else 0)
