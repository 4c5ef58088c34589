"""Measures what the count of coverage costs a request: one that is like others before it, and one that is new.

python bench/coverage.py
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from mockserver import Settings
from mockserver.api.operation import Outcome
from mockserver.app import Core
from mockserver.kubernetes_auth.change import Change
from mockserver.kubernetes_auth.resulting import resulting
from mockserver.profiles import Profile
from mockserver.rules import Decision

ROUNDS, REQUESTS = 7, 50_000
IDENTITY = "1d000000-0000-4000-8000-000000000002"
BODY = {
    "allowedNamespaces": "payments,checkout",
    "allowedNames": "api",
    "allowedAudience": "infisical",
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 0,
    "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}],
}


def microseconds(contents):
    """For each request, the best of the rounds."""
    mock = Core(Settings())
    coverage, sent = mock.coverage, Change.from_json(BODY)
    first = mock.worlds.default.state.kubernetes_auths[IDENTITY]
    records = [resulting(first, sent, now) for now in range(3)]
    outcomes = [Outcome(Decision(None), None, records[n % 3], sent, records[(n + 1) % 3]) for n in range(REQUESTS)]
    best = float("inf")
    for _ in range(ROUNDS):
        coverage.forget()
        sent_bytes = contents()
        started = time.process_time()
        for content, outcome in zip(sent_bytes, outcomes, strict=True):
            coverage.judged("updateKubernetesAuth", Profile.CONTRACT, "application/json", content, BODY, outcome)
            coverage.answered("updateKubernetesAuth", "contract", 200, "")
        best = min(best, time.process_time() - started)
    return best / REQUESTS * 1e6


def main():
    text = json.dumps(BODY).encode()
    # Each request brings bytes of its own, whose hash nobody has worked out yet.
    alike = microseconds(lambda: [bytes(bytearray(text)) for _ in range(REQUESTS)])
    new = microseconds(lambda: [text + b"%d" % n for n in range(REQUESTS)])
    print(f"like others before it: {alike:.2f} us\nnew: {new:.2f} us")


if __name__ == "__main__":
    main()
