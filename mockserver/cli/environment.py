"""The variables of the command line: warns of unknown ones, and drops those that Kubernetes sets for a Service."""

import os
import re
import sys
from collections.abc import Iterable

import click

PREFIX = "INFISICAL_MOCK_"
_OF_THE_PLUGIN = frozenset((f"{PREFIX}URL", f"{PREFIX}CONTROL_TOKEN"))
"""What the pytest plugin and `Server` read: no command has a flag of that name."""

_OF_A_SERVICE = re.compile(
    rf"{PREFIX}(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)", re.ASCII
)
_LINK = re.compile(r"(tcp|udp|sctp)://", re.ASCII)


def drop_service_variables() -> None:
    """Remove the variables that Kubernetes sets in each pod for a Service that is called `infisical-mock`.

    Its `INFISICAL_MOCK_PORT=tcp://10.0.0.1:8080` is the address of the Service, not a setting of this server.
    """
    for name in [each for each in os.environ if each.startswith(PREFIX)]:
        if _OF_A_SERVICE.fullmatch(name) or (name == f"{PREFIX}PORT" and _LINK.match(os.environ[name])):
            del os.environ[name]


def warn_of_unknown_variables(command: click.Command, others: Iterable[click.Command]) -> None:
    """Print a line on stderr for each variable with our prefix that no command reads, with the nearest that exists.

    `others` are the further commands; they are loaded only if `command` does not read all variables.
    """
    unknown = {each for each in os.environ if each.startswith(PREFIX)} - _read_by(command) - _OF_THE_PLUGIN
    if not unknown:
        return
    from mockserver.errors import did_you_mean, nearest  # for a mistake only: `version` needs none of it

    known = _read_by(command).union(_OF_THE_PLUGIN, *(_read_by(each) for each in others))
    for name in sorted(unknown - known):
        # The prefix is common to all, so it says nothing of likeness.
        suffixes = {each.removeprefix(PREFIX) for each in known}
        close = nearest(name.removeprefix(PREFIX), suffixes)
        proposal = did_you_mean(None if close is None else PREFIX + close)
        print(f"warning: no setting is called {name}: it is ignored.{proposal}", file=sys.stderr)


def _read_by(command: click.Command) -> set[str]:
    """Return the names of the variables that the command and its subcommands read."""
    found: set[str] = set()
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        found |= _read_by(each)
    for parameter in command.params:
        names = parameter.envvar or ()
        found.update((names,) if isinstance(names, str) else names)
    return found
