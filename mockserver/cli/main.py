"""The command `infisical-mock`. A sub-command is imported when it is used; with none, it is `serve`."""

import gc
import sys
from importlib import import_module

import click

from mockserver.cli import streams
from mockserver.cli.environment import drop_service_variables, warn_of_unknown_variables

_COMMANDS = (
    *("serve", "check", "healthcheck", "token", "coverage", "generations"),
    *("parity", "document", "pull", "proxy", "schemathesis-config", "version"),
)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"mockserver.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, and warn of variables that none reads."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            others = (self.get_command(ctx, each) for each in _COMMANDS if each != name)
            warn_of_unknown_variables(command, (each for each in others if each is not None))
        return name, command, rest


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def infisical_mock() -> None:
    """Mock and contract-test server for Infisical's machine-identity Kubernetes Auth.

    Without a command it serves: `infisical-mock --port 0` is `infisical-mock serve --port 0`.
    """


def main() -> None:
    """Run the command line. An unknown variable with our prefix is a warning on stderr."""
    streams.prepare()
    try:
        _run()
    except SystemExit as end:
        streams.flush(end.code)
        raise
    except OSError as error:
        if error.filename is not None or (
            isinstance(error, ConnectionError) and not isinstance(error, BrokenPipeError)
        ):
            raise
        streams.unwritten(error)


def _run() -> None:
    drop_service_variables()
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        arguments = ["version"]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["serve", *arguments]
    if arguments[0] == "serve":
        gc.disable()  # what a start makes stays: the collector would go through it in vain; `running` enables it again
    if arguments[0] in ("serve", "proxy"):
        streams.stop_at_signals()
    infisical_mock.main(arguments, prog_name="infisical-mock")
