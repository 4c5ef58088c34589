"""What the second engine costs: one request by each, without sockets. `python -m bench.engines`, from the root."""

import json
import time

from tests.client import IDENTITIES, PAYMENTS
from tests.contract.twins import Asked, Twins, answered

BODY = {
    "kubernetesHost": "https://prod.k8s.example:6443",
    "allowedNamespaces": "payments, billing",
    "allowedNames": "api",
    "allowedAudience": "infisical",
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 0,
    "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}],
}
REFUSED = {"allowedNames": 7, "accessTokenTTL": -1, "unknown": True}
REQUESTS = {"compiled": 2000, "openapi-core": 150}
ROUNDS = 7


def microseconds(twins, body):
    """For each engine the processor time of one request: the best of the rounds, which take turns."""
    asked = Asked("PATCH", IDENTITIES + PAYMENTS, json.dumps(body).encode())
    best = dict.fromkeys(REQUESTS, float("inf"))
    for _ in range(ROUNDS):
        for engine, count in REQUESTS.items():
            requests = [asked.request() for _ in range(count)]
            started = time.process_time()
            for request in requests:
                answered(twins.mocks[engine], request)
            best[engine] = min(best[engine], (time.process_time() - started) / count * 1e6)
    return best


def main():
    twins = Twins()
    for name, body in (("accepted", BODY), ("refused, three issues", REFUSED)):
        compiled, judged = microseconds(twins, body).values()
        print(f"{name}: compiled {compiled:.0f} us, openapi-core {judged:.0f} us, {judged / compiled:.1f} times")


if __name__ == "__main__":
    main()
