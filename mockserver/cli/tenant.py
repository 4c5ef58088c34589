"""Flags that name another server: its URL, and the certificates by which it is trusted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import ssl
    from urllib.parse import SplitResult


def base_url(url: str, flag: str) -> str:
    """Return the URL of a server without its last slash and /api, or raise a usage error that names the flag."""
    parts = _split(url)
    if parts is None or parts.query or parts.fragment or parts.username is not None or not _is_plain(url):
        shown = url.partition("?")[0].rpartition("@")[2]  # a password or a token is not repeated
        reason = f"'{shown}' is not the URL of a server, such as https://app.infisical.com{_why(url)}"
        raise click.BadParameter(reason, param_hint=f"'{flag}'")
    return url.rstrip("/").removesuffix("/api")


def trust_of(file: Path | None, flag: str = "--tls-ca-file") -> "ssl.SSLContext | None":
    """Return what trusts the authorities in the file, or raise a usage error; None without a file."""
    if file is None:
        return None
    from mockserver.serving.trust import trusting

    try:
        return trusting(file)
    except OSError as error:
        raise click.BadParameter(f"cannot use {file}: {error.strerror or error}", param_hint=f"'{flag}'") from None


def _split(url: str) -> "SplitResult | None":
    from urllib.parse import urlsplit  # where a URL is given: no help needs it

    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0 else None
    except ValueError:
        return None


def _is_plain(url: str) -> bool:
    return url.isprintable() and " " not in url


def _why(url: str) -> str:
    """Return the end of a message about a URL that is none: what is wrong with it."""
    if "://" not in url:
        return ": it must start with http:// or https://"
    scheme = url.partition("://")[0].lower()
    if scheme not in ("http", "https"):
        return f": it must start with http:// or https://, not {scheme}://"
    if "@" in url:
        return ": leave out the user and password"
    return ": leave out query and fragment" if "?" in url or "#" in url else ""
