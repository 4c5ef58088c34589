"""`infisical-mock version`."""

import click

from mockserver import __version__


@click.command()
def version() -> None:
    """Print the version."""
    print(__version__)
