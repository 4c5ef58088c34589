"""`infisical-mock healthcheck`: whether a server answers as healthy. For images, which carry no other tool."""

import sys

import click

from mockserver.cli.options import ADDRESS, options


@click.command()
@options(ADDRESS)
@click.option("--timeout", type=float, default=2.0, show_default=True, help="Seconds to wait.")
def healthcheck(host: str, port: int, timeout: float) -> None:
    """Exit code 0 if the server is healthy, 1 if it is not, or is not there."""
    from http.client import HTTPConnection, HTTPException

    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "any address" is not one to ask
    connection = HTTPConnection(target, port, timeout=timeout)
    try:
        connection.request("GET", "/_mock/health")
        response = connection.getresponse()
        healthy = response.status == 200 and b'"healthy"' in response.read(65536)
        reason = f"status {response.status}"
    except (OSError, HTTPException) as error:
        healthy, reason = False, str(error) or type(error).__name__
    finally:
        connection.close()
    if not healthy:
        print(f"not healthy: http://{target}:{port}/_mock/health: {reason}", file=sys.stderr)
    sys.exit(0 if healthy else 1)
