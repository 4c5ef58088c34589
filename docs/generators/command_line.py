"""The pages of the command line and of its settings, from the click commands."""

import re
from collections.abc import Iterator

import click

from docs.generators import NOTICE
from docs.generators.table import table
from mockserver.cli.main import infisical_mock

INTRODUCTION = """\
`infisical-mock` is the command; `python -m mockserver` is the same. `serve` is the default command:
`infisical-mock --port 0` is `infisical-mock serve --port 0`.

Every flag of a command has a variable. A flag overrides its variable, a variable overrides the default.
"""
EXIT_CODES = [
    ("0", "The command succeeded, or the server was stopped."),
    ("1", "The check failed, the port is taken, the coverage is too low, or an error occurred while running."),
    ("2", "The usage is wrong: an unknown flag, or a bad value of a flag or variable."),
    ("3", "The fixtures are invalid."),
    ("4", "The OpenAPI document is invalid."),
]
VARIABLES = """\
Every setting of `infisical-mock serve` is a flag and a variable, and most are a field of `mockserver.Settings`. A flag
overrides its variable, a variable overrides the default. A bad value stops the start with a message that names the flag
or variable.

`--log-format json` is `INFISICAL_MOCK_LOG_FORMAT=json`. `PORT` is read too, after `INFISICAL_MOCK_PORT`. `NO_COLOR`
switches colours off. `INFISICAL_MOCK_FIXTURES_YAML` holds fixtures themselves, for containers that cannot mount files.
Sizes take the units KB, MB, GB, KiB, MiB and GiB; times take ms, s, m, h and d.

The server warns on stderr of an unknown variable that begins with `INFISICAL_MOCK_`, and ignores those that Kubernetes
sets for a Service of that name.

Variables that begin with `MOCKSERVER_` belong to another product.
"""


def page() -> str:
    """Return docs/reference/command-line.md."""
    lines = [NOTICE, "", "# Command line", "", *INTRODUCTION.splitlines(), ""]
    context = click.Context(infisical_mock, info_name="infisical-mock")
    for command, path in _commands(infisical_mock, context, ()):
        lines += _command(command, path, context)
    lines += ["## Exit codes", "", *table(["Code", "Meaning"], EXIT_CODES)]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    context = click.Context(infisical_mock, info_name="infisical-mock")
    serve = infisical_mock.get_command(context, "serve")
    assert serve is not None
    lines = [
        NOTICE,
        "",
        "# Settings",
        "",
        *VARIABLES.splitlines(),
        "",
        *table(_HEAD, _options(serve, context, hidden=True)),
    ]
    return "\n".join(lines) + "\n"


_HEAD = ["Flag", "Variable", "Value", "Default", "Meaning"]


def _commands(
    group: click.Group, context: click.Context, path: tuple[str, ...]
) -> Iterator[tuple[click.Command, tuple[str, ...]]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command, (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, context, (*path, name))


def _command(command: click.Command, path: tuple[str, ...], context: click.Context) -> list[str]:
    arguments = [each.make_metavar(context) for each in command.params if isinstance(each, click.Argument)]
    subcommands = " [COMMAND]" if isinstance(command, click.Group) else ""
    usage = " ".join(["infisical-mock", *path, "[OPTIONS]", *arguments]) + subcommands
    lines = [f"## infisical-mock {' '.join(path)}", "", *_prose(command.help or ""), "", "```text", usage, "```", ""]
    if path == ("serve",):
        return [*lines, "Its flags are listed in [settings](settings.md).", ""]
    rows = _options(command, context)
    if rows:
        lines += [*table(_HEAD, rows), ""]
    return lines


def _prose(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\b", "").strip().splitlines()]


def _options(command: click.Command, context: click.Context, *, hidden: bool = False) -> list[list[str]]:
    inner = click.Context(command, parent=context)
    found = [each for each in command.params if isinstance(each, click.Option) and (hidden or not each.hidden)]
    return [_option(each, inner) for each in found]


def _option(option: click.Option, context: click.Context) -> list[str]:
    variables = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    text, default = _default(option.help or "", option)
    value = "" if option.is_flag else _value(option, context)
    if option.multiple:
        value += " (repeatable)"
    flags = ", ".join(f"`{each}`" for each in sorted(option.opts, key=len, reverse=True))
    return [flags, ", ".join(f"`{each}`" for each in variables), value, default, text]


def _value(option: click.Option, context: click.Context) -> str:
    """Return the type of a flag's value in words."""
    kind = option.type
    if isinstance(kind, click.Choice):
        return " or ".join(f"`{each}`" for each in kind.choices)
    if isinstance(kind, click.IntRange) and kind.min is not None:
        return f"integer, {kind.min:,} to {kind.max:,}" if kind.max is not None else f"integer, {kind.min:,} or more"
    word = option.make_metavar(context).strip("[]")
    return {"ISO8601": "ISO 8601 time", "URL": "URL"}.get(word, word.lower())


def _default(help: str, option: click.Option) -> tuple[str, str]:
    """Split the help from a default that it names in brackets at its end."""
    named = re.fullmatch(r"(?s)(.*?)\s*\[([^\[\]]+)\]\.?", help.strip())
    if named is not None:
        return named[1], named[2]
    if option.required:
        return help, "required"
    default = option.default
    if option.is_flag:
        return help, "on" if default is True else "off"
    shown = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return help, f"`{default}`" if shown else ""
