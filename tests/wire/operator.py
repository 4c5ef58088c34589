"""The Kubernetes operator's loop around its token: it renews at 70 % of the lifetime, on the world's clock."""

from collections.abc import Awaitable, Callable

from tests.wire.sdks import ApiError, GoSdk

KEPT = 0.7
"""The part of its lifetime for which the operator keeps a token."""

Wait = Callable[[float], Awaitable[None]]
"""Lets that many seconds pass."""


def at_once(_: int) -> float:
    """The wait of an operator that asks again and again: a quarter of a second."""
    return 0.25


def backing_off(failures: int) -> float:
    """One second after the first failure, then twice as long after each, up to a minute."""
    return min(60.0, 2.0 ** (failures - 1))


class Operator:
    """Keeps a token alive. `wait_after` says how long it waits after so many failures in a row.

    One that `logs_in_again` does so where a renewal fails; another one only tries the renewal again.
    """

    def __init__(self, sdk: GoSdk, wait: Wait, wait_after: Callable[[int], float], *, logs_in_again: bool) -> None:
        self.sdk = sdk
        self.failures = 0
        self._wait = wait
        self._wait_after = wait_after
        self._logs_in_again = logs_in_again

    async def run(self, seconds: float) -> None:
        """Log in, and keep the token alive for that long."""
        await self.sdk.log_in_again()
        left = seconds
        while left > 0:
            pause = self._wait_after(self.failures) if self.failures else KEPT * self.sdk.credential["expiresIn"]
            await self._wait(pause)
            left -= pause
            await self._renew()

    async def _renew(self) -> None:
        try:
            await self.sdk.renew()
        except ApiError:
            self.failures += 1
        else:
            self.failures = 0
        if self.failures and self._logs_in_again:
            await self.sdk.log_in_again()
            self.failures = 0
