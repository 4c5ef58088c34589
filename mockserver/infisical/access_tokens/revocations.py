"""What has been revoked in a world, as one frozen value: single tokens, and all that were issued before a moment."""

from __future__ import annotations

from typing import NamedTuple

from rpds import HashTrieMap

from mockserver.infisical.access_tokens.access_token import AccessToken


class Revocations(NamedTuple):
    """Moments (milliseconds since 1970) by token id, by identity and auth method, and by id of a client secret.

    A token falls that was issued up to that moment: its `iat` has whole seconds only, so one issued later in the same
    second falls too, as on the service (auth.md).
    """

    tokens: HashTrieMap[str, int] = HashTrieMap()
    methods: HashTrieMap[tuple[str, str], int] = HashTrieMap()
    secrets: HashTrieMap[str, int] = HashTrieMap()

    def with_token(self, token_id: str, now: int) -> Revocations:
        """With that token revoked, and all that renew it."""
        return self._replace(tokens=self.tokens.insert(token_id, now))

    def with_method(self, identity_id: str, method: str, now: int) -> Revocations:
        """With all tokens revoked that were issued through `method` for the identity."""
        return self._replace(methods=self.methods.insert((identity_id, method), now))

    def with_secret(self, secret_id: str, now: int) -> Revocations:
        """With all tokens revoked that were issued for the client secret."""
        return self._replace(secrets=self.secrets.insert(secret_id, now))

    def reason(self, token: AccessToken) -> str | None:
        """Which of token, auth method and client secret has been revoked; None if none has."""
        if token.id in self.tokens:
            return "the token has been revoked"
        if token.issued_at is None:
            return None
        if token.client_secret_id and token.issued_at <= self.secrets.get(token.client_secret_id, -1):
            return "the client secret that the token was issued for has been revoked"
        if token.issued_at <= self.methods.get((token.identity_id, token.auth_method), -1):
            return "the identity's auth method has been revoked since the token was issued"
        return None
