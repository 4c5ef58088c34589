"""Callers admitted once, by their token: they hold until the world's tokens, identities or revocations change."""

from math import inf
from typing import NamedTuple

from mockserver.api.caller import Caller, admitted, trusted_by
from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.infisical.access_tokens.rules import Presented
from mockserver.infisical.state import State
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.rules.rule import Refusal
from mockserver.worlds.world import World

_KEPT = 512
"""How many callers are kept: clients log in again and again."""
_KEPT_LENGTH = 2048
"""Characters. Longer tokens are checked on every request, so that clients cannot fill the memory."""


class _Admitted(NamedTuple):
    """A token that no rule rejected from that client address.

    That holds from `begins` until `ends` (milliseconds), as long as these are the trusted IPs.
    """

    token: AccessToken
    address: str
    trusted: tuple[TrustedIp, ...]
    caller: Caller
    begins: float
    ends: float


class KnownCallers:
    """The callers admitted in a state, by the text of their token."""

    __slots__ = ("_access_tokens", "_admitted", "_identities", "_revocations")

    def __init__(self, state: State) -> None:
        self._access_tokens, self._identities = state.access_tokens, state.identities
        self._revocations = state.revocations
        self._admitted: dict[str | None, _Admitted] = {}

    def hold_in(self, state: State) -> bool:
        """Return whether the state has the same tokens, identities and revocations."""
        return (
            self._identities is state.identities
            and self._revocations is state.revocations
            and self._access_tokens is state.access_tokens
        )

    def find(self, text: str | None, address: str, state: State, now: int) -> Caller | None:
        """Return the caller with that token at `now` (milliseconds) if it still holds; None if all must be checked."""
        found = self._admitted.get(text)
        if found is None:
            return None
        token, admitted_address, trusted, caller, begins, ends = found
        if admitted_address != address or not begins <= now < ends or not self.hold_in(state):
            return None
        return caller if trusted_by(token, state) is trusted else None

    def keep(self, text: str, admitted: _Admitted) -> None:
        """Keep a caller."""
        if len(self._admitted) >= _KEPT:
            self._admitted.clear()
        self._admitted[text] = admitted


def known_caller(sent: Credential, address: str, world: World, now: int) -> Caller | None:
    """Return the caller whose token was admitted before and still holds; None if all rules must be asked."""
    known: KnownCallers | None = world.known_callers
    return None if known is None or sent.api_key else known.find(sent.text, address, world.state, now)


def admitted_anew(sent: Presented, address: str, world: World, *, identities_only: bool) -> Caller | Refusal:
    """Return the caller on a route that requires a token, and keep it; or the refusal of its token."""
    caller = admitted(sent, world, identities_only=identities_only)
    token, text = sent.token, sent.credential.text
    if isinstance(caller, Refusal) or text is None or not sent.is_flawless or not isinstance(token, AccessToken):
        return caller
    state = world.state
    if token.num_uses_limit or len(text) > _KEPT_LENGTH:
        return caller
    begins: float = 0
    ends: float = inf if token.expires_at is None else token.expires_at
    if state.access_tokens.get(text) is not token:  # a JWT, whose times are in seconds
        since, until = token.claims.get("nbf", 0), token.claims.get("exp")
        if not isinstance(since, int) or not isinstance(until, int):
            return caller  # a fraction of a second, or a number past every double
        begins, ends = since * 1000, until * 1000
    known: KnownCallers | None = world.known_callers
    if known is None or not known.hold_in(state):
        known = world.known_callers = KnownCallers(state)
    known.keep(text, _Admitted(token, address, trusted_by(token, state), caller, begins, ends))
    return caller
