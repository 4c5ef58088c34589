"""Tokens of users: the service has them, worlds do not."""

from typing import Any

import jwt

from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.infisical.identities.world import ACME


def user(**claims: Any) -> str:
    """A user's session token for Acme; None leaves a claim out."""
    every = {"authTokenType": "accessToken", "userId": "u", "organizationId": ACME, "exp": 4_102_444_800, **claims}
    kept = {name: value for name, value in every.items() if value is not None}
    return jwt.encode(kept, DEFAULT_TOKEN_SECRET, "HS256")


USER = user()
