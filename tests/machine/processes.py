"""Commands with limits of the system, and with standard output in a file."""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from tests.cli.commands import COMMAND, environment
from tests.client import ADMIN, IDENTITIES, PAYMENTS

FULL = Path("/dev/full")
NO_ROOM = "No space left on device"


def ended(*arguments: str, stdout: Any = subprocess.PIPE, limit: str = "", **variables: str):
    """Run a command to its end. `limit` is one of the shell, such as `-n 96`."""
    return subprocess.run(
        limited([*COMMAND, *arguments], limit),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        env=environment(**variables),
    )


def limited(command: Sequence[str], limit: str) -> list[str]:
    """Return the command under a limit of the shell, such as `-n 96`; an empty one limits nothing."""
    return ["sh", "-c", f'ulimit {limit} && exec "$@"', "sh", *command] if limit else list(command)


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path | None]:
    """A file system of that size at the folder; None where none may be mounted."""
    mount = shutil.which("mount")
    if sys.platform != "linux" or mount is None or os.geteuid() != 0:
        yield None
        return
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


class Client:
    """One connection to a server."""

    def __init__(self, port: int, timeout: float = 30, trust: ssl.SSLContext | None = None) -> None:
        if trust is None:
            self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
        else:
            self._connection = HTTPSConnection("127.0.0.1", port, timeout=timeout, context=trust)

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of the response."""
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def update(self, namespace: str) -> int:
        """Change an identity, and return the status."""
        headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
        return self.ask("PATCH", IDENTITIES + PAYMENTS, json.dumps({"allowedNamespaces": namespace}), **headers)[0]

    def namespace(self) -> str:
        """Return what the latest update has written."""
        content = self.ask("GET", IDENTITIES + PAYMENTS, Authorization=f"Bearer {ADMIN}")[1]
        return json.loads(content)["identityKubernetesAuth"]["allowedNamespaces"]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
