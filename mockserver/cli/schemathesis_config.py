"""`infisical-mock schemathesis-config`: configuration files for a run of schemathesis against a running mock."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from mockserver.cli.option import SiteUrl, option
from mockserver.cli.units import Duration
from mockserver.files import write_whole
from mockserver.settings import DEFAULT_PORT

CONFIGURATION, AUTH = "schemathesis.toml", "schemathesis-auth.json"
_PREFIX = "schemathesis-config"
_MAX_BYTES = 256 * 1024 * 1024
_WORLD = re.compile(r"(.*)/w/([^/]+)")


class _Failed(Exception):
    """The files cannot be written; the text says why, in one line."""


@click.command(name="schemathesis-config")
@option(
    "--url",
    command=_PREFIX,
    type=SiteUrl(),
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="The mock, or one of its worlds: http://127.0.0.1:8080/w/WORLD.",
)
@option(
    "--output",
    command=_PREFIX,
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    metavar="DIR",
    help="The folder to write to. It is created if it does not exist.",
)
@option("--force", command=_PREFIX, is_flag=True, help="Overwrite files that exist.")
@option("--control-token", help="Bearer that the control API asks for. [none]")
@option(
    "--timeout",
    command=_PREFIX,
    type=Duration(),
    default="10s",
    show_default=True,
    metavar="TIME",
    help="How long to wait for the mock.",
)
def schemathesis_config(url: str, output: Path, force: bool, control_token: str | None, timeout: float) -> None:
    """Write `schemathesis.toml` and an auth file for a running mock.

    The files hold ids, secrets and bearer tokens of the world, and two callers of two organizations. Exit code 1 if
    no mock answers, or if a file exists and --force is missing.
    """
    from mockserver.cli.schemathesis_files import auth_file, configuration
    from mockserver.cli.schemathesis_values import callers, dictionaries

    url = url.rstrip("/")
    if not url:
        raise click.BadParameter("the URL is empty; it must start with http:// or https://", param_hint="'--url'")
    try:
        _check_absence(output, force=force)
        world, state = _asked(url, control_token, timeout)
        calling = callers(state, world["now"])
        if not calling:
            raise _Failed("no identity of the world has an access token in force; add one to `accessTokens`")
        auth_path = str((output / AUTH).resolve())
        values = dictionaries(state, calling[0])
        texts = {AUTH: auth_file(calling), CONFIGURATION: configuration(url, auth_path, calling, values)}
        _write(output, texts)
    except _Failed as failure:
        print(f"no configuration: {failure}", file=sys.stderr)
        sys.exit(1)
    for name in texts:
        print(output / name)
    if len(calling) == 1:
        reason = "only one organization of the world has an access token in force"
        print(f"{reason}: the check object_level_authorization will not run", file=sys.stderr)


def _check_absence(output: Path, *, force: bool) -> None:
    there = [str(output / name) for name in (CONFIGURATION, AUTH) if (output / name).exists()]
    if there and not force:
        verb = "exists" if len(there) == 1 else "exist"
        raise _Failed(f"{' and '.join(there)} {verb}; pass --force to overwrite")


def _asked(url: str, token: str | None, timeout: float) -> tuple[Any, Any]:
    """Return the world as the control API shows it, and its state."""
    found = _WORLD.fullmatch(url)
    root, name = (found[1], found[2]) if found else (url, "default")
    world = f"{root}/_mock/worlds/{name}"
    return _fetched(world, token, timeout), _fetched(f"{world}/state?secrets=clear", token, timeout)


def _fetched(address: str, token: str | None, timeout: float) -> Any:
    from mockserver.serving.fetch import Unfetched, fetched

    try:
        content = fetched(address, token=token, timeout=timeout, most=_MAX_BYTES).content
    except Unfetched as error:
        if not error.status:
            raise _Failed(f"no mock answers at {address}: {error}") from error
        hints = {401: "; pass the control token with --control-token", 404: "; no such world, or no mock"}
        raise _Failed(f"{address} answered with status {error.status}{hints.get(error.status, '')}") from error
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _Failed(f"{address} did not answer with JSON") from error
    if not isinstance(value, dict) or not {"now", "accessTokens"} & value.keys():
        raise _Failed(f"{address} did not answer as a mock does")
    return value


def _write(output: Path, texts: dict[str, str]) -> None:
    path = output
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = output / name
            write_whole(path, text)
    except OSError as error:
        raise _Failed(f"cannot write {path}: {error.strerror or error}") from error
