"""The setting `rateLimits`."""

from mockserver.infisical.rate_limits.limits import BadRateLimits, RateLimits, rate_limits
from mockserver.seeding.merge import Entries


def stated_rate_limits(entries: Entries) -> RateLimits | None:
    """Return the rate limits that the fixtures state; None if they state none.

    An error is added to `entries` if two files state different ones.
    """
    found: RateLimits | None = None
    for source, value in entries.setting("rateLimits"):
        try:
            stated = rate_limits(value)
        except BadRateLimits:
            continue  # the schema has reported it
        if found not in (None, stated):
            entries.errors.append(source.error(("rateLimits",), "another file says otherwise"))
        found = stated
    return found
