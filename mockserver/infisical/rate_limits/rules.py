"""The rule of the rate limits, and what it is asked about: a request as its window counts it."""

from typing import NamedTuple

from mockserver.infisical.rate_limits.limits import WINDOW_SECONDS, Bucket
from mockserver.rules.rule import Finding, Rulebook, Source, answers, rule

_KINDS: dict[Bucket, str] = {
    "read": "requests that read",
    "write": "requests that write",
    "identityCreation": "requests that create identities",
}


class CountedRequest(NamedTuple):
    """A request as the window of its client address counts it. `number` is its place in the window, from 1 on.

    `seconds_left` are whole seconds until the window ends, rounded up.
    """

    bucket: Bucket
    address: str
    limit: int
    number: int
    seconds_left: int

    @property
    def remaining(self) -> int:
        """How many more requests the window admits."""
        return max(0, self.limit - self.number)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.seconds_left),
        }

    @property
    def says(self) -> str:
        """The count in words."""
        kind = _KINDS[self.bucket]
        return (
            f"number {self.number} of the {kind} from {self.address or 'an unknown address'} in a window of"
            f" {WINDOW_SECONDS} s; the limit is {self.limit}, and the window ends in {self.seconds_left} s"
        )


@rule(
    "rate-limit.exceeded",
    "Rejected if the client address has used up the limit of its window of 60 s: on requests that read, that write, or"
    " that create identities (`rateLimits`).",
    Source("service", "request pipeline, rate limits of the cloud", "2026-08-20"),
    answers(429, "RateLimitExceeded"),
)
def exceeded(request: CountedRequest) -> Finding | None:
    if request.number <= request.limit:
        return None
    return Finding(f"Too many requests: try again in {request.seconds_left} second(s)")


RATE_LIMITS: Rulebook[CountedRequest] = Rulebook(exceeded)
