"""`infisical-mock document diff`: what another document of the vendor says differently about our operations."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.option import option
from mockserver.cli.units import Duration
from mockserver.errors import SpecError
from mockserver.rules.generation import NEWEST, Generation, generation_as_of

if TYPE_CHECKING:
    from mockserver.contract.differences.source import Source

_option = partial(option, command="document-diff")


@click.group()
def document() -> None:
    """Compare OpenAPI documents of the service."""


@document.command()
@click.argument("other", metavar="FILE|URL")
@_option(
    "--against",
    default=NEWEST.value,
    show_default=True,
    metavar="FILE|GENERATION",
    help="The document to compare with: that of a generation, by name, date or release, or a file or folder.",
)
@_option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="The form.")
@_option("--fail-on", type=click.Choice(("breaking",)), help="Exit with 1 if a difference breaks a caller. [never]")
@option("--tls-ca-file", type=click.Path(path_type=Path), metavar="FILE", help="Authorities to trust. [the system's]")
@_option("--timeout", type=Duration(), default="30s", show_default=True, metavar="TIME", help="To wait for the URL.")
def diff(other: str, against: str, format: str, fail_on: str | None, tls_ca_file: Path | None, timeout: float) -> None:
    """Print what another document of the vendor says differently about the operations of the mock.

    FILE is an OpenAPI 3.0 or 3.1 document in JSON or YAML, or a folder of them. Each difference says whether a caller
    of the document that is compared with breaks, and which rules look at the field. Exit code 0, with --fail-on
    breaking 1 if one breaks; 4 for a document that cannot be read.
    """
    import gc

    from mockserver.cli.document_diff import as_json, as_text, compared

    gc.disable()  # a document is a tree: the collector would walk it again and again, and free nothing
    try:
        found = compared(_against(against), _other(other, tls_ca_file, timeout))
        text = as_json(found) if format == "json" else as_text(found)
    except SpecError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    finally:
        gc.enable()
    # The files of both formats are UTF-8, whatever the terminal is.
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    sys.stdout.flush()
    if fail_on is not None and any(each.change.breaking for each in found.differences):
        sys.exit(1)


def _against(text: str) -> "Generation | Source":
    """Return the generation or the document that `--against` names; a usage error if it names neither."""
    try:
        return generation_as_of(text)
    except ValueError as error:
        path = Path(text)
        if path.exists():
            from mockserver.contract.differences.source import source_at

            return source_at(path)
        raise click.BadParameter(
            f"no file or folder is called {text[:200]}, and {error}", param_hint="'--against'"
        ) from None


def _other(text: str, tls_ca_file: Path | None, timeout: float) -> "Source":
    """Return the document at a path or URL; a usage error if there is no file of that name. Raises SpecError."""
    from mockserver.contract.differences.source import MAX_BYTES, source_at, source_of_text

    if "://" not in text:
        path = Path(text)
        if not path.exists():
            raise click.BadParameter(f"no file or folder is called {text}{_nearest(path)}", param_hint="'FILE|URL'")
        return source_at(path)
    from mockserver.serving.fetch import Unfetched, fetched, trust_of

    try:
        trust = trust_of(tls_ca_file)
        content = fetched(text, trust=trust, timeout=timeout, most=MAX_BYTES, through_proxy=True).content
        return source_of_text(text, content.decode("utf-8-sig"))
    except Unfetched as error:
        raise SpecError(f"{text}: {error}") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{text}: not UTF-8: see byte {error.start}") from error


def _nearest(path: Path) -> str:
    from mockserver.errors import did_you_mean, nearest

    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, names)
    return "" if close is None else f".{did_you_mean(str(path.parent / close))}"
