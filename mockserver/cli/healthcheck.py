"""`infisical-mock healthcheck`: whether a server is healthy. For images, which carry no other tool."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.option import ADDRESS, option, options, tls
from mockserver.cli.units import Duration
from mockserver.settings import ANY_ADDRESS

if TYPE_CHECKING:
    import socket
    import ssl

_MAX_LINE, _MAX_ANSWER = 1024, 65536
_HEALTH = "/_mock/health"
_PORTS = {"http": 80, "https": 443}


@click.command()
@options(ADDRESS)
@options(tls(ca_file="Trust the certificate authorities in this file. [--url: the system's; else: any certificate]"))
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
def healthcheck(
    host: str,
    port: int,
    tls: str,
    tls_ca_file: Path | None,
    tls_cert: Path | None,
    url: str | None,
    timeout: float,
) -> None:
    """Exit with 0 if the server is healthy, with 1 if it is not or does not respond.

    With --tls auto or --tls-cert it is asked by HTTPS, as `serve` serves it with the same flags and variables.
    """
    base, secure = "", tls == "auto" or tls_cert is not None
    if url is not None:
        secure, host, port, base = _split(url)
    target = ANY_ADDRESS.get(host, host)
    named = f"[{target}]" if ":" in target else target
    path = f"{base}{_HEALTH}"
    try:
        trust = _trust(tls_ca_file, by_name=url is not None) if secure else None
    except OSError as error:
        reason: str | None = f"--tls-ca-file: {tls_ca_file}: {error.strerror or error}"
    else:
        reason = _reason(target, port, f"GET {path} HTTP/1.0\r\nHost: {named}:{port}\r\n\r\n", timeout, trust)
    if reason is not None:
        print(f"not healthy: {'https' if secure else 'http'}://{named}:{port}{path}: {reason}", file=sys.stderr)
    sys.exit(0 if reason is None else 1)


def _split(url: str) -> tuple[bool, str, int, str]:
    """Return whether a URL is HTTPS, host, port and base path. Fails with a usage error that names the flag."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    host, _, port = authority.rpartition(":")
    usual = _PORTS.get(scheme.lower(), 0)
    if host.startswith("[") and not authority.endswith("]"):
        host = host.strip("[]")
    elif ":" in host or not host or not port.isdecimal():
        host, port = authority.strip("[]"), str(usual)
    if not usual or not host or "@" in authority or not 0 < int(port) < 65536:
        raise click.BadParameter(f"'{url}' is not an HTTP URL such as http://127.0.0.1:8080", param_hint="'--url'")
    return scheme.lower() == "https", host, int(port), f"{slash}{path}".partition("?")[0].rstrip("/")


def _trust(ca_file: Path | None, *, by_name: bool) -> "ssl.SSLContext":
    """Return what the check trusts: the file, or the system. Raises OSError if the file cannot be used.

    Without a URL the server is this machine's own: its certificate need not have that address, and without the
    file nobody could tell whose it is.
    """
    import ssl

    from mockserver.serving.trust import trusting

    context = trusting(ca_file, check_hostname=by_name)
    if ca_file is None and not by_name:
        context.verify_mode = ssl.CERT_NONE
    return context


def _reason(host: str, port: int, request: str, timeout: float, trust: "ssl.SSLContext | None") -> str | None:
    """Return why the server is not healthy; None if it is.

    One request and one response in HTTP/1.0: loading an HTTP library would take longer than all the rest.
    """
    import socket

    try:
        with socket.create_connection((host, port), timeout) as opened:
            status, content = _answer(
                opened if trust is None else trust.wrap_socket(opened, server_hostname=host), request
            )
    except TimeoutError:
        return f"no response within {timeout:g} seconds"
    except OSError as error:
        return _words(error)
    if not status.isdigit():
        return "the response is not HTTP"
    if status == b"400" and b"HTTPS" in content:
        return "the server speaks HTTPS: give --tls auto, or --url https://..."
    return None if status == b"200" and b'"healthy"' in content else f"status {status.decode()}"


def _answer(connection: "socket.socket", request: str) -> tuple[bytes, bytes]:
    """Send the request; return status and content of the response, the status empty if it is not HTTP."""
    with connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as answer:
            status, *_ = [*answer.readline(_MAX_LINE).split()[1:], b""]
            return status, answer.read(_MAX_ANSWER)


def _words(error: OSError) -> str:
    """Return what went wrong in words for a person."""
    verify = getattr(error, "verify_message", "")
    if verify:
        return f"its certificate is not trusted ({verify}): give --tls-ca-file"
    if getattr(error, "reason", "") in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
        return "the server speaks HTTP, not HTTPS"
    return (error.strerror or type(error).__name__).lower()
