"""The rate limits of a world: how many requests a client address may send in a window of 60 seconds."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from mockserver.errors import did_you_mean, nearest

WINDOW_SECONDS = 60
Bucket = Literal["read", "write", "identityCreation"]
"""The kinds of requests that are counted apart from each other."""
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
LARGEST = 1_000_000_000


class RateLimits(NamedTuple):
    """The limits by bucket, in requests per window; None does not limit. `name` is that of a preset."""

    read: int | None = None
    write: int | None = None
    identity_creation: int | None = None
    name: str = ""

    @property
    def limit_something(self) -> bool:
        """Whether requests of any bucket are limited."""
        return any(limit is not None for limit in self[: len(BUCKETS)])

    def of(self, bucket: Bucket) -> int | None:
        """Return the limit of a bucket; None if it has none."""
        return (self.read, self.write, self.identity_creation)[BUCKETS.index(bucket)]

    def as_json(self) -> str | dict[str, int]:
        """Return the name of the preset, or the limits that are set, as fixtures have them."""
        limits: dict[str, int] = {bucket: limit for bucket in BUCKETS if (limit := self.of(bucket)) is not None}
        return self.name or limits


PRESETS: Mapping[str, RateLimits] = MappingProxyType(
    {each.name: each for each in (RateLimits(200, 90, 30, "cloud-free"), RateLimits(350, 200, 30, "cloud-pro"))}
)
"""The limits of the vendor's cloud by plan. A self-hosted service has none."""


class BadRateLimits(ValueError):
    """A value that describes no rate limits. `key` is the key of the object with the mistake; empty for the whole."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


def rate_limits(value: Any) -> RateLimits:
    """Return the limits that a JSON value describes: the name of a preset, or an object of limits by bucket.

    Raises BadRateLimits.
    """
    if isinstance(value, str):
        if value not in PRESETS:
            raise BadRateLimits(_with_nearest(f"expected {_EITHER}", value, PRESETS))
        return PRESETS[value]
    if not isinstance(value, Mapping):
        raise BadRateLimits(f"expected {_EITHER}")
    for bucket, limit in value.items():
        if bucket not in BUCKETS:
            known = f"unknown key: a limit is for {', '.join(BUCKETS[:-1])} or {BUCKETS[-1]}"
            raise BadRateLimits(_with_nearest(known, str(bucket), BUCKETS), str(bucket))
        whole = isinstance(limit, int | float) and not isinstance(limit, bool) and limit == limit // 1
        if not whole or not 1 <= limit <= LARGEST:
            raise BadRateLimits(f"expected an integer from 1 to {LARGEST}", bucket)
    read, write, creation = (int(value[bucket]) if bucket in value else None for bucket in BUCKETS)
    return RateLimits(read, write, creation)


def _with_nearest(reason: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return reason if near is None else f"{reason}.{did_you_mean(near)}"


_EITHER = f"{', '.join(PRESETS)}, or an object with {', '.join(BUCKETS)}"
