"""`infisical-mock coverage`: what a test run has met of contract and rules, of one server or of several."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.option import option
from mockserver.cli.units import Duration
from mockserver.errors import did_you_mean, nearest
from mockserver.settings import DEFAULT_PORT

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from mockserver.coverage.report import Report

_FORMATS = ("text", "json", "junit", "html")
_PARTS = ("statuses", "rules", "fields", "tables")
_MAX_BYTES = 64 * 1024 * 1024
_option = partial(option, command="coverage")


class Unreadable(Exception):
    """A report that cannot be had; the text says from where, and why."""


@click.command()
@option(
    "--url",
    multiple=True,
    metavar="URL",
    help=f"A server to ask; may be given again. [http://127.0.0.1:{DEFAULT_PORT}]",
)
@_option("--report", multiple=True, metavar="FILE", help="A JSON report that was kept; may be given again.")
@_option("--format", type=click.Choice(_FORMATS), default="text", show_default=True)
@_option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="N", help="Exit with 1 if less than N percent are covered."
)
@_option("--operation", multiple=True, metavar="ID", help="Only this operation of the contract; may be given again.")
@_option("--only", multiple=True, type=click.Choice(_PARTS), help="Only this part; may be given again.")
@_option("--rules-only", is_flag=True, help="The same as --only rules.")
@option("--control-token", help="Bearer that the control API asks for. [none]")
@option("--tls-ca-file", type=click.Path(path_type=Path), metavar="FILE", help="Authorities to trust. [the system's]")
@_option("--timeout", type=Duration(), default="10s", show_default=True, metavar="TIME", help="To wait for a server.")
def coverage(
    url: tuple[str, ...],
    report: tuple[str, ...],
    format: str,
    fail_under: float | None,
    operation: tuple[str, ...],
    only: tuple[str, ...],
    rules_only: bool,
    control_token: str | None,
    tls_ca_file: Path | None,
    timeout: float,
) -> None:
    """Print what a test run has met of the contract: documented statuses, rules, fields, rows of the tables.

    Reports of several servers and files are merged. Exit code 0, or 1 under the threshold or without a report.
    """
    addresses = _addresses(url, report)
    fetch = partial(_fetched, token=control_token, trust=_trust(addresses, tls_ca_file), timeout=timeout)
    whole = _whole([*(partial(fetch, each) for each in addresses), *(partial(_read, Path(each)) for each in report)])
    unknown = [each for each in operation if each not in whole.operations]
    if unknown:
        near = did_you_mean(nearest(unknown[0], whole.operations))
        reason = f"no such operation: {', '.join(unknown)}.{near} The report has {', '.join(whole.operations)}."
        raise click.BadParameter(reason, param_hint="'--operation'")
    parts = (*only, "rules") if rules_only else only
    chosen = whole.narrowed(operation, parts)
    if parts and not chosen.operations:
        raise click.BadParameter(f"nothing that is asked for has {', '.join(parts)}", param_hint="'--only'")
    failed = fail_under is not None and not chosen.total().reaches(fail_under)
    # The files of all formats are UTF-8, whatever the terminal is.
    sys.stdout.buffer.write(_shown(chosen, format, failed=failed, every=bool(operation)).encode("utf-8", "replace"))
    sys.stdout.flush()
    if failed:
        _complain(chosen, fail_under, whole=format != "text")
        sys.exit(1)


def _addresses(urls: tuple[str, ...], files: tuple[str, ...]) -> tuple[str, ...]:
    """The servers to ask: the usual one, if neither servers nor files are named."""
    for each in urls:
        if not each.startswith(("http://", "https://")):
            raise click.BadParameter(f"'{each}' is not an address such as http://127.0.0.1:8080", param_hint="'--url'")
    return urls or (() if files else (f"http://127.0.0.1:{DEFAULT_PORT}",))


def _trust(urls: tuple[str, ...], ca_file: Path | None) -> "ssl.SSLContext | None":
    """What HTTPS servers among the addresses are trusted by; None if there are none."""
    if not any(each.startswith("https://") for each in urls):
        return None
    from mockserver.serving.fetch import Unfetched, trust_of

    try:
        return trust_of(ca_file)
    except Unfetched as error:
        raise click.BadParameter(str(error), param_hint="'--tls-ca-file'") from None


def _whole(sources: "list[Callable[[], Report]]") -> "Report":
    """All reports as one; the end of the process, with a line, if one cannot be had or merged."""
    from mockserver.cli.progress import progress
    from mockserver.coverage.report import Unmergeable, merged

    try:
        return merged(read() for read in progress(sources, len(sources), "reports read"))
    except (Unreadable, Unmergeable) as error:
        print(f"no coverage: {error}", file=sys.stderr)
        sys.exit(1)


def _shown(report: "Report", format: str, *, failed: bool, every: bool) -> str:
    if format == "json":
        return json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
    if format == "junit":
        from mockserver.coverage.junit import junit

        return junit(report, failed=failed)
    if format == "html":
        from mockserver.coverage.html import html

        return html(report)
    from mockserver.coverage.text import text

    return text(report, every=every)


def _complain(report: "Report", fail_under: float | None, *, whole: bool) -> None:
    """Says on stderr how much is missing; `whole`: and what, where stdout is no text that says it."""
    from mockserver.coverage.text import share

    print(f"coverage is under {fail_under:g} %: {share(report.total())}", file=sys.stderr)
    for operation, sections in report.operations.items() if whole else ():
        for section in sections:
            for item in report.missing(operation, section):
                print(f"missing: {operation}: {section}: {item}", file=sys.stderr)


def _fetched(url: str, token: str | None, trust: "ssl.SSLContext | None", timeout: float) -> "Report":
    from mockserver.serving.fetch import Unfetched, fetched

    address = f"{url.rstrip('/')}/_mock/coverage"
    try:
        content = fetched(address, token=token, trust=trust, timeout=timeout, most=_MAX_BYTES).content
    except Unfetched as error:
        hint = ": it asks for --control-token, or for another one" if error.status == 401 else ""
        raise Unreadable(f"{address}: {error}{hint}") from error
    return _report(address, content)


def _read(path: Path) -> "Report":
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error
    return _report(str(path), content)


def _report(source: str, content: bytes) -> "Report":
    from mockserver.coverage.report import from_json

    if len(content) > _MAX_BYTES:
        raise Unreadable(f"{source}: more than {_MAX_BYTES} bytes")
    try:
        value: Any = json.loads(content)
        return from_json(value)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{source}: {error}") from error
