"""The record and the response of a login, shared by all auth methods."""

from typing import Any

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State

QUIET = 10_000
"""Milliseconds after a recorded login in which no other login of the identity is recorded, by any auth method."""


def logged_in(state: State, identity: Identity, auth_method: str, now: int) -> State:
    """Return the state with the login recorded in the identity's home membership, whatever the token's organization."""
    home = identity.home
    last = home.last_login_at
    if last is not None and last <= now < last + QUIET:
        return state
    home = home._replace(last_login_method=auth_method, last_login_at=now, updated_at=now)
    return state.with_identity(identity._replace(home=home))


def login_answer(token: str, expires_in: int, max_ttl: int) -> dict[str, Any]:
    """Return the body of a login or renewal. Times are in seconds."""
    return {"accessToken": token, "expiresIn": expires_in, "accessTokenMaxTTL": max_ttl, "tokenType": "Bearer"}
