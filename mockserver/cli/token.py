"""`infisical-mock token`: prints a service-account JWT that the simulated clusters accept."""

from functools import partial

import click

from mockserver.cli.option import Iso8601, option

_option = partial(option, command="token")


@click.command()
@_option("--namespace", required=True, help="Namespace of the service account.")
@_option("--name", required=True, help="Name of the service account.")
@_option(
    "--audience",
    multiple=True,
    help="Whom the token is meant for: what the identity has as allowedAudience. May be given again."
    " [the API server itself, for identities without one]",
)
@_option("--ttl", type=click.IntRange(min=1), default=3600, show_default=True, help="Seconds that the token lives.")
@_option("--key", help="The cluster's tokenKey. [that of clusters without one]")
@_option("--clock", type=Iso8601(), metavar="ISO8601", help="When it is issued, for a server with a frozen time. [now]")
def token(namespace: str, name: str, audience: tuple[str, ...], ttl: int, key: str | None, clock: int | None) -> None:
    """Print a service-account JWT, signed by the key of the simulated clusters.

    A login with it needs no listing in the fixtures.
    """
    from mockserver.clock import IdSource, WallClock
    from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, service_account_token

    issued = (WallClock().now() if clock is None else clock) // 1000
    key = DEFAULT_TOKEN_KEY if key is None else key
    print(service_account_token(namespace, name, audience, key, issued, issued + ttl, IdSource().uuid()))
