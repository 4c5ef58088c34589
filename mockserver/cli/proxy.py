"""`infisical-mock proxy`: a server that forwards to another one, checks both sides, and keeps a journal."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.option import SectionedCommand, address, option, options, section
from mockserver.cli.options import CONTROL, EDITION, JOURNAL, LIMITS, LOG
from mockserver.cli.tenant import base_url, trust_of
from mockserver.cli.units import Duration
from mockserver.rules.profile import Profile
from mockserver.settings import PROXY_PORT, Settings

if TYPE_CHECKING:
    from mockserver.app import Core
    from mockserver.logs import Log

_option = partial(option, command="proxy")
_path = click.Path(path_type=Path)
_UPSTREAM = "--upstream"

PROXY = (
    *section(
        "Upstream",
        _option(_UPSTREAM, required=True, metavar="URL", help="The server to forward to: its URL, without /api."),
        _option("--timeout", type=Duration(), default="30s", show_default=True, metavar="TIME", help="For a response."),
        _option("--record", type=_path, metavar="FILE", help="Write the exchanges to a script for parity --script."),
        _option("--tls-ca-file", type=_path, metavar="FILE", help="Authorities to trust. [the system's]"),
    ),
    *section(
        "Address",
        *address(PROXY_PORT),
        option("--port-file", type=_path, help="Write the port to this file once the server listens."),
    ),
    *section("Service", *EDITION),
    *section("Control API", *CONTROL),
    *section("Journal", *JOURNAL),
    *section("Limits", *LIMITS),
    *section("Log", *LOG),
)
"""The flags of `proxy`, in the sections of its help."""


@click.command(cls=SectionedCommand)
@options(PROXY)
def proxy(upstream: str, timeout: float, record: Path | None, tls_ca_file: Path | None, **flags: Any) -> None:
    """Forward requests to another server, and check each exchange against the contract and the mock.

    Clients get what the upstream answers, unchanged. The journal, explanations and pages of the mock are at /_mock/. A
    request without a response of the upstream is answered with 502. The exit codes are those of serve.
    """
    settings = _settings(flags)
    url, trust = _base(upstream, settings), trust_of(tls_ca_file)

    def make(settings: Settings, log: "Log") -> "Core":
        from mockserver.parity.proxy.core import Proxy, ProxyOptions

        return Proxy(settings, ProxyOptions(url, timeout, trust, record), log)

    from mockserver.cli.running import run

    sys.exit(run(settings, make=make))


def _settings(flags: dict[str, Any]) -> Settings:
    given = {name: value for name, value in flags.items() if value is not None}
    given["control"] = not given.pop("no_control")
    given["allowed_hosts"] = given.pop("allowed_host")
    return Settings(**{**given, "profile": Profile(flags["profile"])})


def _base(url: str, settings: Settings) -> str:
    """Return the URL of the upstream, or raise a usage error; the proxy itself is none."""
    from urllib.parse import urlsplit

    base = base_url(url, _UPSTREAM)
    parts = urlsplit(base)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    if port == settings.port and parts.hostname in ("localhost", "127.0.0.1", "::1", settings.host):
        raise click.BadParameter(f"'{url}' is the proxy itself: choose another --port", param_hint=f"'{_UPSTREAM}'")
    return base
