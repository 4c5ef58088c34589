"""Certificates for tests of TLS: an authority, a certificate of it in files, and what a client trusts."""

import ssl
from pathlib import Path
from typing import NamedTuple

import trustme

from mockserver.serving.trust import trusting


class Files(NamedTuple):
    """PEM files: the authority, the certificate, its key, both in one, and the key of another certificate."""

    ca: Path
    cert: Path
    key: Path
    both: Path
    other_key: Path

    @property
    def trust(self) -> ssl.SSLContext:
        return trusting(self.ca)


def written_to(folder: Path) -> Files:
    """A new authority and certificate for localhost and 127.0.0.1."""
    authority = trustme.CA()
    made = authority.issue_cert("localhost", "127.0.0.1")
    files = Files(*(folder / f"{name}.pem" for name in Files._fields))
    authority.cert_pem.write_to_path(files.ca)
    made.cert_chain_pems[0].write_to_path(files.cert)
    made.private_key_pem.write_to_path(files.key)
    made.private_key_and_cert_chain_pem.write_to_path(files.both)
    authority.issue_cert("localhost").private_key_pem.write_to_path(files.other_key)
    return files
