"""What every login leaves behind, and what it answers."""

from typing import Any

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State

QUIET = 10_000
"""Milliseconds after a login that is remembered in which no other one of the identity is, by whatever auth method."""


def logged_in(state: State, identity: Identity, auth_method: str, now: int) -> State:
    """The state in which the identity's place at home remembers the login, wherever its token counts."""
    home = identity.home
    last = home.last_login_at
    if last is not None and last <= now < last + QUIET:
        return state
    home = home._replace(last_login_method=auth_method, last_login_at=now, updated_at=now)
    return state.with_identity(identity._replace(home=home))


def login_answer(token: str, expires_in: int, max_ttl: int) -> dict[str, Any]:
    """The body of a login or a renewal; both times in seconds."""
    return {"accessToken": token, "expiresIn": expires_in, "accessTokenMaxTTL": max_ttl, "tokenType": "Bearer"}
