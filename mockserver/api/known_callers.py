"""Callers by fixture token, admitted once: they hold until the world's tokens, identities or revocations change."""

from typing import NamedTuple

from mockserver.api.caller import Caller, admitted, trusted_by
from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.infisical.access_tokens.rules import Presented
from mockserver.infisical.state import State
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.rules.rule import Refusal
from mockserver.worlds.world import World


class _Admitted(NamedTuple):
    """A token that no rule rejected from that client address, as long as these are the trusted IPs."""

    token: AccessToken
    address: str
    trusted: tuple[TrustedIp, ...]
    caller: Caller


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
        if found is None or found.address != address or not self.hold_in(state):
            return None
        token = found.token
        if token.expires_at is not None and now >= token.expires_at:
            return None
        return found.caller if trusted_by(token, state) is found.trusted else None

    def keep(self, text: str, admitted: _Admitted) -> None:
        """Keep a caller. Texts of fixture tokens are few, so nothing has to go."""
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
    if token.num_uses_limit or state.access_tokens.get(text) is not token:
        return caller  # a JWT, or a token whose uses are counted
    known: KnownCallers | None = world.known_callers
    if known is None or not known.hold_in(state):
        known = world.known_callers = KnownCallers(state)
    known.keep(text, _Admitted(token, address, trusted_by(token, state), caller))
    return caller
