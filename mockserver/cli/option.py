"""A flag with its variable: `--log-format` is `INFISICAL_MOCK_LOG_FORMAT`. Flag > variable > default."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.environment import PREFIX
from mockserver.cli.units import DAY, Duration, Size
from mockserver.rules.generation import Generation, generation_as_of
from mockserver.settings import DEFAULT_PORT, TLS

_Command = Callable[..., Any]
Option = Callable[[_Command], _Command]


def option(flag: str, *more: str, command: str = "", variables: tuple[str, ...] = (), **settings: Any) -> Option:
    """Return a click option with the variable of its name, and further ones that count less.

    The variable of an option that belongs to a sub-command alone carries the `command`'s name.
    """
    name = PREFIX + f"{command} {flag.removeprefix('--')}".strip().upper().replace("-", "_").replace(" ", "_")
    variable = [name, *variables] if variables else name
    return click.option(flag, *more, envvar=variable, show_envvar=True, **settings)


def section(title: str, *group: Option) -> tuple[Option, ...]:
    """Return the options, each marked with the title under which the help of a `SectionedCommand` lists it."""

    def marked(each: Option) -> Option:
        def decorate(command: _Command) -> _Command:
            command = each(command)
            command.__click_params__[-1].section = title  # type: ignore[attr-defined]
            return command

        return decorate

    return tuple(marked(each) for each in group)


class SectionedCommand(click.Command):
    """A command whose help lists its options under titles."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, a section for each title, in the order of the options."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "section", "Help"), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def options(group: tuple[Option, ...]) -> Option:
    """Return a decorator that adds all options of a group to a command."""

    def decorate(command: _Command) -> _Command:
        for each in reversed(group):
            command = each(command)
        return command

    return decorate


def seconds(flag: str, default: float, help: str, *, most: float = DAY) -> Option:
    """Return an option that takes a time, in seconds or with a unit."""
    return option(flag, type=Duration(most), default=f"{default:g}s", show_default=True, metavar="TIME", help=help)


def size(flag: str, range: tuple[int, int], default: int, help: str) -> Option:
    """Return an option that takes a number of bytes, with or without a unit."""
    shown = f"{default // 1024**2}MiB" if default % 1024**2 == 0 else str(default)
    return option(flag, type=Size(*range), default=shown, show_default=True, metavar="SIZE", help=help)


def number(flag: str, range: tuple[int, int], default: int, help: str) -> Option:
    """Return an option that takes a count."""
    return option(flag, type=click.IntRange(*range), default=default, show_default=True, help=help)


if TYPE_CHECKING:
    _Milliseconds = click.ParamType[int]
    _AsOf = click.ParamType[Generation]
    _Text = click.ParamType[str]
    _Blocks = click.ParamType[tuple[str, ...]]
    _Limits = click.ParamType[str | dict[str, int]]
else:
    _Milliseconds = _AsOf = _Text = _Blocks = _Limits = click.ParamType  # generic at run time in the newest click only


class Iso8601(_Milliseconds):
    """A time with its zone, as milliseconds since 1970."""

    name = "ISO8601"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The milliseconds, or a usage error that names the flag."""
        from mockserver.clock import from_iso  # where a time is given: no help needs a calendar

        try:
            return value if isinstance(value, int) else from_iso(value)
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is not a time with a zone, such as 2026-01-02T03:04:05Z", param, ctx)


class AsOf(_AsOf):
    """A generation of the service, by its name, a date or a release."""

    name = "GENERATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Generation:
        """The generation, or a usage error that lists the valid values."""
        try:
            return generation_as_of(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Blocks(_Blocks):
    """CIDR blocks, separated by commas; in a variable too."""

    name = "CIDR"
    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The blocks in their canonical form, or a usage error that names the one that is wrong."""
        from mockserver.infisical.access_tokens.client_address import trusted_proxies  # where one is given

        try:
            return trusted_proxies(each.strip() for each in str(value).split(",") if each.strip())
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Limits(_Limits):
    """Rate limits: the name of a preset, or numbers by bucket such as `read=200,write=90`, also as a JSON object."""

    name = "LIMITS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | dict[str, int]:
        """The name or the numbers, or a usage error that names what is wrong."""
        from mockserver.infisical.rate_limits.limits import BadRateLimits, rate_limits  # where they are given

        try:
            return rate_limits(_limits(str(value).strip())).as_json()
        except BadRateLimits as error:
            self.fail(f"{error.key}: {error}" if error.key else str(error), param, ctx)


def _limits(text: str) -> Any:
    """Return the JSON value that the text is, or that its pairs such as `read=200` come to."""
    if text.startswith("{"):
        import json  # where an object is given

        try:
            return json.loads(text)
        except ValueError:
            return None
    if "=" not in text:
        return text
    pairs = [each.partition("=") for each in text.split(",") if each.strip()]
    return {name.strip(): int(number) if _NUMBER.fullmatch(number.strip()) else number for name, _, number in pairs}


_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)


class SiteUrl(_Text):
    """The URL of a web site."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The URL, or a usage error that names the flag."""
        text = str(value)
        if text and not text.startswith(("http://", "https://")):
            self.fail(f"'{text}' is not a URL: it must start with http:// or https://", param, ctx)
        return text


class HostName(_Text):
    """A host name without scheme, port or path; `*` for any."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name in lower case, or a usage error that names the flag."""
        text = str(value).strip().lower().rstrip(".")
        if text != "*" and not _HOST_NAME.fullmatch(text):
            self.fail(f"'{value}' is not a host name without a port, such as mock.example.com, or *", param, ctx)
        return text


_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?", re.ASCII)


def address(port: int) -> tuple[Option, ...]:
    """Return the flags of the address to listen on; `port` is the default."""
    return (
        option("--host", "-H", default="127.0.0.1", show_default=True, help="The address to listen on."),
        option(
            "--port",
            "-p",
            type=click.IntRange(0, 65535),
            default=port,
            show_default=True,
            variables=("PORT",),
            help="The port to listen on; 0 picks a free one.",
        ),
    )


ADDRESS = address(DEFAULT_PORT)

_file = click.Path(path_type=Path)


def tls(*, ca_file: str) -> tuple[Option, ...]:
    """Return the flags that a server and its health check share; `ca_file` is the help of `--tls-ca-file`."""
    return (
        option(
            "--tls",
            type=click.Choice(TLS),
            default="off",
            show_default=True,
            help="HTTPS with a certificate that the server makes at its start (auto), or HTTP.",
        ),
        option("--tls-ca-file", type=_file, metavar="FILE", help=ca_file),
        option("--tls-cert", type=_file, metavar="FILE", help="HTTPS with this certificate (PEM, with its chain)."),
    )
