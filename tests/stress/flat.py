"""Memory after 100,000 requests and after 1,000,000: what is kept of a request has a bound, so the two are alike.

python -m tests.stress.flat                       print the figures; exit code 1 if memory grows
python -m tests.stress.flat --requests 200000     a shorter look
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import uvloop

from tests.stress.connection import connected, request_bytes
from tests.stress.running import Running

REQUESTS = 1_000_000
CONNECTIONS = 16
MAX_GROWTH = 0.05
KUBERNETES_AUTH = "/api/v1/auth/kubernetes-auth"
PAYMENTS = f"{KUBERNETES_AUTH}/identities/1d000000-0000-4000-8000-000000000002"
NOBODY = f"{KUBERNETES_AUTH}/identities/1d000000-0000-4000-8000-0000000000ff"


class Flat(NamedTuple):
    """Resident memory in MB after the first tenth of the requests, and after all of them."""

    requests: int
    early_mb: float
    late_mb: float

    @property
    def growth(self) -> float:
        """By which share memory has grown between the two."""
        return self.late_mb / self.early_mb - 1

    @property
    def holds(self) -> bool:
        """Whether that is flat."""
        return self.growth <= MAX_GROWTH


def mixed() -> Iterator[tuple[bytes, int]]:
    """Requests without end, each like none before it, and the status that each is answered with."""
    for number in count():
        kind = number % 10
        if kind < 5:
            body = {
                "allowedNames": f"api,api-{number}",
                "allowedNamespaces": "payments,checkout",
                "accessTokenTTL": 3600,
            }
            yield request_bytes("PATCH", PAYMENTS, body), 200
        elif kind == 5:
            yield request_bytes("PATCH", PAYMENTS, {f"unheard-of-{number}": 1, "accessTokenTTL": -number}), 422
        elif kind == 6:
            yield request_bytes("PATCH", PAYMENTS, {"accessTokenTTL": 7201 + number % 1_000_000}), 400
        elif kind == 7:
            yield request_bytes("PATCH", NOBODY, {"allowedNames": f"{number}"}, token=f"nobody-{number}"), 403
        elif kind == 8:
            yield request_bytes("GET", f"{PAYMENTS}?{number}"), 200
        else:
            body = {"identityId": PAYMENTS.rpartition("/")[2], "jwt": "sa-payments-api"}
            yield request_bytes("POST", f"{KUBERNETES_AUTH}/login", body), 200


async def _send(port: int, requests: Iterator[tuple[bytes, int]], number: int) -> None:
    left = iter(range(number))

    async def client() -> None:
        connection = await connected(port)
        for _ in left:
            content, expected = next(requests)
            answer = await connection.ask(content)
            if answer.status != expected:
                raise AssertionError(f"{expected} was expected, not {answer.status}: {content!r} {answer.body!r}")
        connection.abort()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))


def flat(requests: int = REQUESTS) -> Flat:
    """Starts a server, asks it for so many things, and looks at its memory twice."""
    early, stream = requests // 10, mixed()
    with Running() as server:
        uvloop.run(_send(server.port, stream, early))
        early_mb = server.resident_mb()
        uvloop.run(_send(server.port, stream, requests - early))
        return Flat(requests, early_mb, server.resident_mb())


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--requests", type=int, default=REQUESTS, help=f"how many [{REQUESTS}]")
    found = flat(arguments.parse_args().requests)
    print("| Mark | Figure | Verdict |\n| --- | --- | --- |")
    print(
        f"| memory after {found.requests:,} requests against a tenth of them: at most {MAX_GROWTH:.0%} more"
        f" | {found.early_mb:.1f} → {found.late_mb:.1f} MB ({found.growth:+.1%})"
        f" | {'holds' if found.holds else 'MISSED'} |"
    )
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
