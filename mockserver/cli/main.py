"""The command `infisical-mock`. A sub-command is imported when it is used; with none, it is `serve`."""

import sys
from importlib import import_module

import click

_COMMANDS = ("serve", "check", "healthcheck", "token", "coverage", "version")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mockserver.cli.{cmd_name}"), cmd_name)
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def infisical_mock() -> None:
    """Mock and contract-test server for Infisical's machine-identity Kubernetes Auth.

    Without a command it serves: `infisical-mock --port 0` is `infisical-mock serve --port 0`.
    """


def main() -> None:
    """Runs the command line."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        arguments = ["version"]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["serve", *arguments]
    infisical_mock.main(arguments, prog_name="infisical-mock")
