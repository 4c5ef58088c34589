"""`infisical-mock healthcheck`: whether a server answers as healthy. For images, which carry no other tool."""

import sys

import click

from mockserver.cli.option import ADDRESS, options

_MAX_LINE, _MAX_ANSWER = 1024, 65536


@click.command()
@options(ADDRESS)
@click.option("--timeout", type=float, default=2.0, show_default=True, help="Seconds to wait.")
def healthcheck(host: str, port: int, timeout: float) -> None:
    """Exit code 0 if the server is healthy, 1 if it is not, or is not there."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - "any address" is not one to ask
    reason = _reason(target, port, timeout)
    if reason is not None:
        print(f"not healthy: http://{target}:{port}/_mock/health: {reason}", file=sys.stderr)
    sys.exit(0 if reason is None else 1)


def _reason(host: str, port: int, timeout: float) -> str | None:
    """What keeps the server from being healthy; None if nothing does.

    One question and one answer in HTTP/1.0: a library for more takes longer to load than all the rest takes.
    """
    import socket

    named = f"[{host}]" if ":" in host else host
    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.sendall(f"GET /_mock/health HTTP/1.0\r\nHost: {named}:{port}\r\n\r\n".encode())
            with connection.makefile("rb") as answer:
                status, *_ = [*answer.readline(_MAX_LINE).split()[1:], b""]
                content = answer.read(_MAX_ANSWER)
    except OSError as error:
        return str(error) or type(error).__name__
    if not status.isdigit():
        return "the answer is not HTTP"
    return None if status == b"200" and b'"healthy"' in content else f"status {status.decode()}"
