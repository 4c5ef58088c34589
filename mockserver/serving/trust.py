"""What a client of an HTTPS mock trusts. Loaded with the first of these only: `ssl` takes a while to import."""

import ssl
from pathlib import Path


def trusting(file: Path | str | None, *, check_hostname: bool = True) -> ssl.SSLContext:
    """Return a context that trusts the certificates in a PEM file, be they authorities or a server's own.

    Without a file it trusts what the system trusts. Raises OSError if the file cannot be read, or has none.
    """
    context = ssl.create_default_context(cafile=None if file is None else str(file))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = check_hostname
    return context
