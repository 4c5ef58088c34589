"""`infisical-mock pull`: an organization of the service as a fixture file."""

import sys
from functools import partial
from pathlib import Path

import click

from mockserver.cli.option import option
from mockserver.cli.tenant import base_url
from mockserver.cli.units import Duration
from mockserver.files import write_whole

_option = partial(option, command="pull")
UNREACHABLE = 3


@click.command()
@_option("--url", required=True, metavar="URL", help="The service, such as https://app.infisical.com.")
@_option("--token", required=True, metavar="TOKEN", help="The access token of a machine identity of the organization.")
@_option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The file to write. [stdout]"
)
@_option("--anonymize", is_flag=True, help="Replace ids, names, slugs, hosts, certificates, addresses and metadata.")
@_option(
    "--rate", type=click.IntRange(0), default=150, show_default=True, help="The most requests a minute; 0 is no limit."
)
@option("--tls-ca-file", type=click.Path(path_type=Path), metavar="FILE", help="Authorities to trust. [the system's]")
@_option("--timeout", type=Duration(), default="10s", show_default=True, metavar="TIME", help="To wait for a response.")
def pull(
    url: str, token: str, output: Path | None, anonymize: bool, rate: int, tls_ca_file: Path | None, timeout: float
) -> None:
    """Write the identities and auth methods of an organization to a fixture file.

    It sends GET requests alone. Client secrets and access tokens are never requested, and no secret is written. The
    head of the file says what could not be read. Exit code 0; 1 if the service refuses; 3 if it cannot be reached.
    """
    from mockserver.cli.progress import progress
    from mockserver.parity.pull.organization import pulled
    from mockserver.parity.pull.reader import Reader, Refused
    from mockserver.parity.pull.world_file import Unloadable, world_file
    from mockserver.serving.fetch import Unfetched, trust_of

    try:
        reader = Reader(base_url(url, "--url"), token, rate=rate, timeout=timeout, trust=trust_of(tls_ca_file))
        found = pulled(reader, progress)
        text = world_file(found, reader.url, anonymize=anonymize)
    except Refused as error:
        _end(f"nothing pulled: {error}{_hint(error.status)}", 1 if error.status else UNREACHABLE)
    except Unfetched as error:
        _end(f"--tls-ca-file: {error}", 2)
    except Unloadable as error:
        _end(f"nothing pulled: what the service answers does not load:\n{error}", 1)
    _write(text, output)
    for each in found.notes:
        print(f"left out: {each}", file=sys.stderr)


def _hint(status: int) -> str:
    hints = {401: ": the token is unknown or has expired", 403: ": the token lacks a permission"}
    return hints.get(status, "")


def _end(reason: str, code: int) -> None:
    print(reason, file=sys.stderr)
    sys.exit(code)


def _write(text: str, output: Path | None) -> None:
    """Write the whole file, or nothing."""
    if output is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
        return
    try:
        write_whole(output, text)
    except OSError as error:
        _end(f"nothing pulled: cannot write {output}: {error.strerror or error}", 1)
