"""Settings that a new world has of its own: trusted proxies and rate limits. They override those of its fixtures."""

from typing import Any, NamedTuple

from aiohttp import web

from mockserver.control.own_contract import refused
from mockserver.infisical.access_tokens.client_address import TrustedProxies, trusted_proxy
from mockserver.infisical.rate_limits.limits import BadRateLimits, RateLimits, rate_limits
from mockserver.infisical.state import State
from mockserver.worlds.world import World


class OwnSettings(NamedTuple):
    """The settings of a world, and its seed without what they override."""

    seed: State
    proxies: TrustedProxies
    rate_limits: RateLimits | None


def own_settings(body: dict[str, Any], origin: World, seed: State) -> OwnSettings | web.Response:
    """Return the settings that the body names, else those of the origin; or the error response."""
    proxies, limits = _proxies(body), _rate_limits(body)
    if isinstance(proxies, web.Response):
        return proxies
    if isinstance(limits, web.Response):
        return limits
    if proxies is not None:
        seed = seed._replace(trusted_proxies=None)
    if limits is not None:
        seed = seed._replace(rate_limits=None)
    return OwnSettings(
        seed,
        origin.default_proxies if proxies is None else proxies,
        origin.default_rate_limits if limits is None else limits,
    )


def _proxies(body: dict[str, Any]) -> TrustedProxies | web.Response | None:
    """Return the trusted proxies that the body names, None if it does not, or the error response."""
    if "trustedProxies" not in body:
        return None
    found: list[str] = []
    for index, text in enumerate(body["trustedProxies"]):
        try:
            found.append(trusted_proxy(text))
        except ValueError as error:
            return refused("BadWorld", f"/trustedProxies/{index}", str(error))
    return tuple(dict.fromkeys(found))


def _rate_limits(body: dict[str, Any]) -> RateLimits | web.Response | None:
    """Return the rate limits that the body names, None if it does not, or the error response."""
    if "rateLimits" not in body:
        return None
    try:
        return rate_limits(body["rateLimits"])
    except BadRateLimits as error:
        where = f"/rateLimits/{error.key}" if error.key else "/rateLimits"
        return refused("BadWorld", where, str(error))
