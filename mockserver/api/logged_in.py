"""What every login leaves behind, and what it answers."""

from dataclasses import replace
from typing import Any

from mockserver.identity.identity import Identity, Membership
from mockserver.state import State
from mockserver.tokens.issue import Grant


def logged_in(state: State, identity: Identity, grant: Grant, now: int) -> State:
    """The state in which the identity's membership remembers the login."""

    def remember(place: Membership) -> Membership:
        if place.organization_id != grant.organization_id:
            return place
        return place._replace(last_login_method=grant.auth_method, last_login_at=now, updated_at=now)

    return state.with_identity(
        replace(identity, home=remember(identity.home), shared=tuple(map(remember, identity.shared)))
    )


def login_answer(token: str, expires_in: int, max_ttl: int) -> dict[str, Any]:
    """The body of a login or a renewal; both times in seconds."""
    return {"accessToken": token, "expiresIn": expires_in, "accessTokenMaxTTL": max_ttl, "tokenType": "Bearer"}
