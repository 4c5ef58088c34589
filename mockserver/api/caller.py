"""Authenticates a request: resolves its credential to an identity of the world, or to a refusal."""

from dataclasses import dataclass
from typing import Protocol

from mockserver.api.request_rules import HEADERS
from mockserver.infisical import trusted_ips
from mockserver.infisical.access_tokens.access_token import AccessToken, Defect, verified
from mockserver.infisical.access_tokens.credentials import Credential
from mockserver.infisical.access_tokens.rules import ARRIVAL, CREDENTIAL, MEMBERSHIP, PROTECTED, Arrival, Presented
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp
from mockserver.rules.rule import Refusal
from mockserver.settings import EXPIRY_STATUS
from mockserver.worlds.world import World


@dataclass(slots=True)
class Caller:
    """The calling identity and the organization of its token. `identity` is None for a user: worlds have no users."""

    identity: Identity | None
    organization_id: str


NOBODY = Caller(None, "")
"""The caller of a public route."""


def presented(
    sent: Credential, url: str, state: State, secret: str, now: int, expiry_status: int = EXPIRY_STATUS
) -> Presented:
    """Return the credential with the status of its token and identity in the world at `now` (milliseconds).

    `expiry_status` is the status with which the world rejects an expired token.
    """
    token = _token(sent, state, secret, now)
    if not isinstance(token, AccessToken) or token.kind != "identity":
        return Presented(sent, token, url, expiry_status=expiry_status)
    owner, member, inactive = standing(token, state)
    left = has_uses_left(token, state)
    return Presented(sent, token, url, revoked(token, state), member, inactive, left, owner, now=now)


def checked(sent: Presented, address: str, world: World, organization: str | None = None) -> Refusal | None:
    """Return the refusal of an organization header, a credential or a client address; None if all are valid.

    `organization` is the header beside the credential. A valid token counts one use, even if the address is rejected
    afterwards.
    """
    if organization:
        refusal = HEADERS.decide(organization, world.edition).refusal
        if refusal is not None:
            return refusal
    refusal = None if sent.is_flawless else CREDENTIAL.decide(sent, world.edition).refusal
    token = sent.token
    if refusal is not None or not isinstance(token, AccessToken) or token.kind != "identity":
        return refusal
    if token.num_uses_limit:
        world.note(world.state.with_token_used(token.id))
    if trusted_ips.is_trusted(address, trusted_by(token, world.state)):
        return None if sent.member else MEMBERSHIP.decide(sent, world.edition).refusal
    arrival = Arrival(address, readable=trusted_ips.client_address(address) is not None)
    return ARRIVAL.decide(arrival, world.edition).refusal


def admitted(sent: Presented, world: World, *, identities_only: bool = False) -> Caller | Refusal:
    """Return the caller on a route that requires a token, or the refusal of a missing or unsuitable token."""
    sent.identities_only = identities_only
    refusal = None if sent.is_flawless else PROTECTED.decide(sent, world.edition).refusal
    if refusal is not None:
        return refusal
    token = sent.token
    assert isinstance(token, AccessToken), "the rules reject everything but a valid token"
    return Caller(sent.owner, token.organization_id)


def _token(sent: Credential, state: State, secret: str, now: int) -> AccessToken | Defect | None:
    if sent.text is None or sent.api_key or sent.is_service_token:
        return None
    return token_of(sent.text, state, secret, now)


def token_of(text: str, state: State, secret: str, now: int) -> AccessToken | Defect:
    """Return the fixture token or JWT that the text is at `now` (milliseconds), or its defect."""
    fixed = state.access_tokens.get(text)
    if fixed is None:
        return verified(text, secret, now)
    return Defect("expired") if fixed.expires_at is not None and now >= fixed.expires_at else fixed


def revoked(token: AccessToken, state: State) -> str | None:
    """Return why the token is revoked, as a clause for a message; None if it is not."""
    if token.revoked:
        return "the token has been revoked"
    if token.identity_id not in state.identities:
        return "the identity has been deleted" if token.complete else None
    return state.revocations.reason(token)


def standing(token: AccessToken, state: State) -> tuple[Identity | None, bool, bool]:
    """Return the token's identity, and whether it is an active or an inactive member of the token's organization."""
    identity = state.identities.get(token.identity_id)
    membership = None if identity is None else identity.membership(token.organization_id)
    active = membership is not None and membership.is_active
    return identity, active, membership is not None and not active


def has_uses_left(token: AccessToken, state: State) -> bool:
    """Whether the token is below its usage limit."""
    return not token.num_uses_limit or state.token_uses.get(token.id, 0) < token.num_uses_limit


def trusted_by(token: AccessToken, state: State) -> tuple[TrustedIp, ...]:
    """Return the current trusted IPs of the token's auth method. Those at the time of issue do not apply."""
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
