"""Who calls: from the headers of a request to an identity of the world, or to the refusal that it deserves."""

from dataclasses import dataclass
from typing import Protocol

from mockserver.infisical import trusted_ips
from mockserver.infisical.access_tokens.access_token import AccessToken, Defect, verified
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.infisical.access_tokens.rules import ARRIVAL, CREDENTIAL, PROTECTED, Arrival, Presented
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp
from mockserver.rules.rule import Refusal
from mockserver.worlds.world import World


@dataclass(slots=True)
class Caller:
    """The identity that calls (None for a user: worlds hold none), and the organization that the token is for."""

    identity: Identity | None
    organization_id: str


NOBODY = Caller(None, "")
"""Who calls a public route, as far as its operation is concerned."""


def presented(sent: Credential, url: str, state: State, secret: str, now: int) -> Presented:
    """What the request presents at `now` (milliseconds), and how its owner stands in the world."""
    token = _token(sent, state, secret, now)
    if not isinstance(token, AccessToken) or token.kind != "identity":
        return Presented(sent, token, url)
    owner, member, inactive = standing(token, state)
    return Presented(sent, token, url, revoked(token, state), member, inactive, has_uses_left(token, state), owner)


def checked(sent: Presented, address: str, world: World) -> Refusal | None:
    """The refusal of a credential that is no good. A good one loses a use, even where its address is refused then."""
    refusal = None if sent.is_flawless else CREDENTIAL.decide(sent, world.edition).refusal
    token = sent.token
    if refusal is not None or not isinstance(token, AccessToken) or token.kind != "identity":
        return refusal
    if token.num_uses_limit:
        world.note(world.state.with_token_used(token.id))
    if trusted_ips.is_trusted(address, _trusted(token, world.state)):
        return None
    arrival = Arrival(address, readable=trusted_ips.client_address(address) is not None)
    return ARRIVAL.decide(arrival, world.edition).refusal


def admitted(sent: Presented, world: World, *, identities_only: bool = False) -> Caller | Refusal:
    """The caller on a route that needs a token; or the refusal of none, or of one of another kind."""
    sent.identities_only = identities_only
    refusal = None if sent.is_flawless else PROTECTED.decide(sent, world.edition).refusal
    if refusal is not None:
        return refusal
    token = sent.token
    assert isinstance(token, AccessToken), "what is no token is refused by a rule"
    return Caller(sent.owner, token.organization_id)


def _token(sent: Credential, state: State, secret: str, now: int) -> AccessToken | Defect | None:
    if sent.text is None or sent.api_key or sent.is_service_token:
        return None
    return token_of(sent.text, state, secret, now)


def token_of(text: str, state: State, secret: str, now: int) -> AccessToken | Defect:
    """What the text is at `now` (milliseconds): a fixed token of the world, a JWT, or why it is neither."""
    fixed = state.access_tokens.get(text)
    if fixed is None:
        return verified(text, secret, now)
    return Defect("expired") if fixed.expires_at is not None and now >= fixed.expires_at else fixed


def revoked(token: AccessToken, state: State) -> str | None:
    """Which of token, identity, client secret and auth method has been revoked; None if none has."""
    if token.revoked:
        return "the token has been revoked"
    if token.identity_id not in state.identities:
        return "the identity has been deleted" if token.complete else None
    reason = state.revocations.reason(token)
    if reason is not None or token.issued_at is None:
        return reason
    if token.auth_method in _METHODS and token.auth_method not in state.auth_methods(token.identity_id):
        return "the identity's auth method has been revoked"
    return None


_METHODS = frozenset(("kubernetes-auth", "universal-auth"))


def standing(token: AccessToken, state: State) -> tuple[Identity | None, bool, bool]:
    """The token's identity, and whether it is an active member, or an inactive one, of the token's organization."""
    identity = state.identities.get(token.identity_id)
    membership = None if identity is None else identity.membership(token.organization_id)
    active = membership is not None and membership.is_active
    return identity, active, membership is not None and not active


def has_uses_left(token: AccessToken, state: State) -> bool:
    """Whether the token may be used once more."""
    return not token.num_uses_limit or state.token_uses.get(token.id, 0) < token.num_uses_limit


def _trusted(token: AccessToken, state: State) -> tuple[TrustedIp, ...]:
    """The trusted IPs that count now: those of the auth method's record, not those at the time of issue."""
    if token.trusted_ips is not None:
        return token.trusted_ips
    match token.auth_method:
        case "kubernetes-auth":
            record: _Trusting | None = state.kubernetes_auths.get(token.identity_id)
        case "universal-auth":
            record = state.universal_auths.get(token.identity_id)
        case "token-auth":
            record = state.token_auths.get(token.identity_id)
        case _:
            record = None
    return EVERYWHERE if record is None else record.access_token_trusted_ips


class _Trusting(Protocol):
    @property
    def access_token_trusted_ips(self) -> tuple[TrustedIp, ...]: ...
