"""`infisical-mock parity`: another server against the mock, rule by rule."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.option import AsOf, option
from mockserver.cli.tenant import base_url, trust_of
from mockserver.cli.units import Duration
from mockserver.files import write_whole
from mockserver.rules.generation import Generation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockserver.parity.report import Report
    from mockserver.parity.run import Options
    from mockserver.parity.scripts import Script

_FORMATS = ("text", "json", "junit", "html")
_file = click.Path(path_type=Path)
_option = partial(option, command="parity")
INTERRUPTED = 130


@click.command()
@_option("--url", required=True, metavar="URL", help="The tenant: the URL of the service, without /api.")
@_option("--token", required=True, metavar="TOKEN", help="An access token of a machine identity with the role admin.")
@_option("--organization", metavar="ID", help="The organization's id. [the token's]")
@option("--as-of", type=AsOf(), metavar="GENERATION", help="The mock's generation: name, date or release. [the newest]")
@_option("--rate", type=click.FloatRange(min=0), default=60, show_default=True, help="Requests a minute; 0: no limit.")
@_option("--timeout", type=Duration(), default="10s", show_default=True, metavar="TIME", help="To wait for an answer.")
@_option("--keep", is_flag=True, help="Leave the scratch identities in the tenant.")
@_option("--read-only", metavar="IDENTITY", help="Only read, and only this identity (its id).")
@_option("--login-jwt", type=_file, metavar="FILE", help="A service account's JWT: also play scripts that log in.")
@_option("--kubernetes-host", metavar="URL", help="A cluster that the tenant reaches. [one that its identities name]")
@_option("--script", multiple=True, type=_file, metavar="FILE", help="Play this script alone; may be given again.")
@_option("--format", type=click.Choice(_FORMATS), default="text", show_default=True)
@_option("--output", type=_file, metavar="FILE", help="Write the report there. [stdout]")
@option("--tls-ca-file", type=_file, metavar="FILE", help="Authorities to trust. [the system's]")
def parity(format: str, output: Path | None, **flags: Any) -> None:
    """Play scripts of requests against a tenant and the mock, and report where the two differ.

    The scripts work on scratch identities named infisical-mock-parity-…, which are removed at the end. Exit code 0 if
    the tenant answers as the mock does, 1 if it differs or something is left behind, 2 for bad usage, 3 if the tenant
    cannot be reached.
    """
    from mockserver.parity.text import summary

    _check(output)
    report = _run(_options(flags))
    written = _write(_shown(report, format), output)
    if output is not None:
        print(summary(report), file=sys.stderr)
    _name(report.left)
    sys.exit(1 if report.mismatches or report.left or not written else 0)


def _write(content: str, output: Path | None) -> bool:
    """Write the report, and return whether it is where it was asked for: on stdout it is not lost, at least."""
    if output is not None:
        try:
            write_whole(output, content)
        except OSError as error:
            reason = error.strerror or error
            print(f"--output: cannot write {output}: {reason}: the report is on stdout instead", file=sys.stderr)
        else:
            return True
    sys.stdout.buffer.write(content.encode("utf-8", "replace"))
    sys.stdout.flush()
    return output is None


def _check(output: Path | None) -> None:
    """Fail before the first request if no report can be written there."""
    if output is None:
        return
    if output.is_dir():
        raise click.BadParameter(f"cannot write {output}: it is a folder", param_hint="'--output'")
    if not output.parent.is_dir():
        raise click.BadParameter(f"cannot write {output}: there is no folder {output.parent}", param_hint="'--output'")


def _options(flags: dict[str, Any]) -> "Options":
    """Return the options, checked before any request."""
    from mockserver.parity.run import Options
    from mockserver.parity.scripts import ScriptError, read
    from mockserver.rules.generation import NEWEST

    try:
        scripts = tuple(read(each) for each in flags["script"])
    except ScriptError as error:
        raise click.BadParameter(str(error), param_hint="'--script'") from None
    as_of: Generation | None = flags["as_of"]
    return Options(
        url=base_url(flags["url"], "--url"),
        token=_token(flags["token"]),
        organization=flags["organization"],
        generation=NEWEST if as_of is None else as_of,
        rate=flags["rate"],
        timeout=flags["timeout"],
        keep=flags["keep"],
        identity=None if flags["read_only"] is None else _uuid(flags["read_only"]),
        login=None if flags["login_jwt"] is None else _service_account(flags["login_jwt"]),
        host=flags["kubernetes_host"],
        trust=trust_of(flags["tls_ca_file"]),
        scripts=scripts,
    )


def _token(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise click.BadParameter("a token has printable ASCII characters and no spaces", param_hint="'--token'")
    return token


def _uuid(text: str) -> str:
    import re

    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise click.BadParameter(
            f"'{text}' is not the id of an identity: it must be a UUID", param_hint="'--read-only'"
        )
    return text


def _service_account(file: Path) -> dict[str, str]:
    """Return the JWT in the file, and one of the same service account that the mock takes."""
    from mockserver.parity.service_account import NoServiceAccount, service_account

    try:
        return service_account(file.read_text("utf-8").strip())
    except OSError as error:
        raise click.BadParameter(f"cannot read {file}: {error.strerror}", param_hint="'--login-jwt'") from None
    except (NoServiceAccount, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, NoServiceAccount) else "it is not UTF-8"
        raise click.BadParameter(f"{file}: {reason}", param_hint="'--login-jwt'") from None


def _run(options: "Options") -> "Report":
    """Return the report of a run; the end of the process if there is none."""
    import asyncio

    from mockserver.parity.client import Unreachable
    from mockserver.parity.look import Refused
    from mockserver.parity.run import until_stopped
    from mockserver.parity.scripts import ScriptError

    left: list[str] = []
    try:
        return asyncio.run(until_stopped(options, _progress, left))
    except Unreachable as error:
        _name(left)
        print(f"{options.url}: {error}", file=sys.stderr)
        sys.exit(3)
    except (Refused, ScriptError) as error:
        raise click.UsageError(str(error)) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        _name(left)
        print("stopped", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _name(left: "Iterable[str]") -> None:
    for each in left:
        print(f"left in the tenant: {each}", file=sys.stderr)


def _progress(scripts: "tuple[Script, ...]") -> "Iterator[Script]":
    from mockserver.cli.progress import progress

    return progress(scripts, len(scripts), "scripts played")


def _shown(report: "Report", format: str) -> str:
    if format == "json":
        return json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
    if format == "junit":
        from mockserver.parity.junit import junit

        return junit(report)
    if format == "html":
        from mockserver.parity.html import html

        return html(report)
    from mockserver.parity.text import text

    return text(report)
