"""The server's certificate: its own authority's (`--tls auto`), or the one of `--tls-cert`."""

import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mockserver.errors import SettingsError
from mockserver.files import write_whole
from mockserver.settings import ANY_ADDRESS, Settings

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


class Tls(NamedTuple):
    """How a server speaks TLS. `authority` is the certificate of its own authority in PEM; None with another one."""

    context: ssl.SSLContext
    authority: bytes | None


def tls_of(settings: Settings) -> Tls | None:
    """Return the certificate of the settings; None for HTTP.

    Raises SettingsError for flags that exclude each other, files that cannot be used, and a missing extra.
    """
    if settings.tls == "auto" and (settings.tls_cert or settings.tls_key):
        raise SettingsError("--tls auto makes its own certificate: leave out --tls-cert and --tls-key, or --tls")
    if settings.tls_cert is None:
        if settings.tls_key is not None:
            raise SettingsError("--tls-key needs the certificate that it belongs to: give --tls-cert too")
        return _made(_names(settings)) if settings.tls == "auto" else None
    return Tls(_given(settings.tls_cert, settings.tls_key), None)


def write_authority(tls: Tls | None, path: Path | None) -> None:
    """Write the certificate of the server's own authority. Raises SettingsError if the file cannot be written."""
    if tls is None or tls.authority is None or path is None:
        return
    try:
        write_whole(path, tls.authority)
    except OSError as error:
        raise SettingsError(f"--tls-ca-file: cannot write {path}: {error.strerror or error}") from None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])  # clients that offer HTTP/2 too must not take it
    return context


def _given(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Return a context with the files of `--tls-cert` and `--tls-key`."""
    for flag, path in (("--tls-cert", certificate), ("--tls-key", key)):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise SettingsError(f"{flag}: cannot read {path}: {error.strerror or error}") from None
    context = _context()
    try:
        context.load_cert_chain(certificate, key, _no_password)
    except _Encrypted:
        raise SettingsError(f"--tls-key: {key or certificate} is encrypted: give the key without a password") from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            reason = f"--tls-key: {key or certificate} is not the key of the certificate in {certificate}"
        elif key is None:
            reason = f"--tls-cert: {certificate} has no certificate with its key in PEM: give the key as --tls-key"
        else:
            reason = f"--tls-cert, --tls-key: {certificate} and {key} are not a certificate and its key in PEM"
        raise SettingsError(reason) from None
    return context


class _Encrypted(Exception):
    """The key needs a password."""


def _no_password() -> str:
    """Refuse to give a password: OpenSSL would ask for it on the terminal."""
    raise _Encrypted


def _names(settings: Settings) -> tuple[str, ...]:
    """Return the names and addresses under which clients reach the server, without those no certificate can have."""
    import idna

    names = dict.fromkeys((*LOCAL_NAMES, socket.gethostname(), settings.host, *settings.allowed_hosts))
    found = []
    for name in names:
        if not name or name == "*" or name in ANY_ADDRESS:
            continue
        try:
            if ":" not in name:
                idna.encode(name, uts46=True)
        except idna.IDNAError:
            continue
        found.append(name)
    return tuple(found)


def _made(names: tuple[str, ...]) -> Tls:
    """Return a new authority and a certificate of it for the names."""
    try:
        import trustme
    except ImportError:
        raise SettingsError(
            "--tls auto needs trustme, which is not installed: pip install 'infisical-mockserver[tls]'"
        ) from None
    authority = trustme.CA(organization_name="infisical-mock", organization_unit_name="not for production")
    certificate = authority.issue_cert(*names, organization_name="infisical-mock")
    context = _context()
    try:
        with _as_file(certificate.private_key_and_cert_chain_pem.bytes()) as path:
            context.load_cert_chain(path)
    except OSError as error:
        raise SettingsError(f"--tls auto: cannot keep its certificate: {error.strerror or error}") from None
    return Tls(context, authority.cert_pem.bytes())


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """Yield the path of a file with the content: in memory where the system can, as a root may be read-only."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("certificate")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.touch(0o600)
        path.write_bytes(content)
        yield str(path)
