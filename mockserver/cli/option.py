"""A flag with its variable: `--log-format` is `INFISICAL_MOCK_LOG_FORMAT`. Flag > variable > default."""

from collections.abc import Callable
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from mockserver.rules.generation import Generation, generation_as_of
from mockserver.settings import DEFAULT_PORT

PREFIX = "INFISICAL_MOCK_"
DAY = 86400
_Command = Callable[..., Any]
Option = Callable[[_Command], _Command]


def option(flag: str, *more: str, variables: tuple[str, ...] = (), **settings: Any) -> Option:
    """A click option with the variable that belongs to its name, and further ones behind it."""
    name = PREFIX + flag.removeprefix("--").upper().replace("-", "_")
    variable = [name, *variables] if variables else name
    return click.option(flag, *more, envvar=variable, show_envvar=True, **settings)


def options(group: tuple[Option, ...]) -> Option:
    """All options of a group on one command."""

    def decorate(command: _Command) -> _Command:
        for each in reversed(group):
            command = each(command)
        return command

    return decorate


class Seconds(click.FloatRange):
    """A number of seconds, which `nan` is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds, or a usage error that names the flag."""
        found: float = super().convert(value, param, ctx)
        return self.fail(f"'{value}' is not a number of seconds", param, ctx) if isnan(found) else found


def seconds(flag: str, default: float, help: str) -> Option:
    """An option that holds a time."""
    time = Seconds(0, DAY, min_open=True)
    return option(flag, type=time, default=default, show_default=True, metavar="SECONDS", help=help)


def number(flag: str, range: tuple[int, int], default: int, help: str) -> Option:
    """An option that holds a count."""
    return option(flag, type=click.IntRange(*range), default=default, show_default=True, help=help)


if TYPE_CHECKING:
    _Milliseconds = click.ParamType[int]
    _AsOf = click.ParamType[Generation]
else:
    _Milliseconds = _AsOf = click.ParamType  # generic at run time in the newest click only


class Iso8601(_Milliseconds):
    """A time with its zone, as milliseconds since 1970."""

    name = "ISO8601"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The milliseconds, or a usage error that names the flag."""
        from mockserver.clock import from_iso  # where a time is given: no help needs a calendar

        try:
            return value if isinstance(value, int) else from_iso(value)
        except (ValueError, OverflowError) as error:
            self.fail(f"'{value}' is not a time such as 2026-01-02T03:04:05Z: {error}", param, ctx)


class AsOf(_AsOf):
    """A generation of the service, by its name, a date or a release."""

    name = "GENERATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Generation:
        """The generation, or a usage error that lists the valid values."""
        try:
            return generation_as_of(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class SiteUrl(click.ParamType[str]):
    """The URL of a web site."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The URL, or a usage error that names the flag."""
        text = str(value)
        if text and not text.startswith(("http://", "https://")):
            self.fail(f"'{text}' is not a URL: it must start with http:// or https://", param, ctx)
        return text


ADDRESS = (
    option("--host", "-H", default="127.0.0.1", show_default=True, help="The address to listen on."),
    option(
        "--port",
        "-p",
        type=click.IntRange(0, 65535),
        default=DEFAULT_PORT,
        show_default=True,
        variables=("PORT",),
        help="The port to listen on; 0 picks a free one.",
    ),
)
