"""`infisical-mock healthcheck`: whether a server is healthy. For images, which carry no other tool."""

import sys

import click

from mockserver.cli.option import ADDRESS, option, options
from mockserver.cli.units import Duration

_MAX_LINE, _MAX_ANSWER = 1024, 65536
_HEALTH = "/_mock/health"


@click.command()
@options(ADDRESS)
@option("--url", command="healthcheck", metavar="URL", help="Base URL of the server, in place of host and port.")
@option(
    "--timeout",
    command="healthcheck",
    type=Duration(),
    default="2s",
    show_default=True,
    metavar="TIME",
    help="How long to wait.",
)
def healthcheck(host: str, port: int, url: str | None, timeout: float) -> None:
    """Exit with 0 if the server is healthy, with 1 if it is not or does not respond."""
    base = ""
    if url is not None:
        host, port, base = _split(url)
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "any address" is not one to ask
    named = f"[{target}]" if ":" in target else target
    reason = _reason(target, port, f"{named}:{port}", f"{base}{_HEALTH}", timeout)
    if reason is not None:
        print(f"not healthy: http://{named}:{port}{base}{_HEALTH}: {reason}", file=sys.stderr)
    sys.exit(0 if reason is None else 1)


def _split(url: str) -> tuple[str, int, str]:
    """Return host, port and base path of an HTTP URL. Fails with a usage error that names the flag."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    host, _, port = authority.rpartition(":")
    if host.startswith("[") and not authority.endswith("]"):
        host = host.strip("[]")
    elif ":" in host or not host or not port.isdecimal():
        host, port = authority.strip("[]"), "80"
    if scheme.lower() != "http" or not host or "@" in authority or not 0 < int(port) < 65536:
        raise click.BadParameter(f"'{url}' is not an HTTP URL such as http://127.0.0.1:8080", param_hint="'--url'")
    return host, int(port), f"{slash}{path}".partition("?")[0].rstrip("/")


def _reason(host: str, port: int, authority: str, path: str, timeout: float) -> str | None:
    """Return why the server is not healthy; None if it is.

    One request and one response in HTTP/1.0: loading an HTTP library would take longer than all the rest.
    """
    import socket

    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n".encode())
            with connection.makefile("rb") as answer:
                status, *_ = [*answer.readline(_MAX_LINE).split()[1:], b""]
                content = answer.read(_MAX_ANSWER)
    except TimeoutError:
        return f"no response within {timeout:g} seconds"
    except OSError as error:
        return (error.strerror or type(error).__name__).lower()
    if not status.isdigit():
        return "the response is not HTTP"
    return None if status == b"200" and b'"healthy"' in content else f"status {status.decode()}"
