"""The revocations of a world, as one immutable value."""

from __future__ import annotations

from typing import NamedTuple

from rpds import HashTrieMap

from mockserver.infisical.access_tokens.access_token import AccessToken


class Revocations(NamedTuple):
    """Times of revocation: by token id, by identity and auth method, and by client secret id.

    Times are milliseconds since 1970. A revocation applies to the tokens issued up to that time. `iat` counts whole
    seconds, so a token issued later in the same second is revoked too, as on the service (auth.md).
    """

    tokens: HashTrieMap[str, int] = HashTrieMap()
    methods: HashTrieMap[tuple[str, str], int] = HashTrieMap()
    secrets: HashTrieMap[str, int] = HashTrieMap()

    def with_token(self, token_id: str, now: int) -> Revocations:
        """Return the revocations with this token and its renewals added."""
        return self._replace(tokens=self.tokens.insert(token_id, now))

    def with_method(self, identity_id: str, method: str, now: int) -> Revocations:
        """Return the revocations with all tokens added that the identity obtained through `method`."""
        return self._replace(methods=self.methods.insert((identity_id, method), now))

    def with_secret(self, secret_id: str, now: int) -> Revocations:
        """Return the revocations with all tokens added that were issued for the client secret."""
        return self._replace(secrets=self.secrets.insert(secret_id, now))

    def reason(self, token: AccessToken) -> str | None:
        """Return why the token is revoked, as a clause for a message; None if it is not."""
        if token.id in self.tokens:
            return "the token has been revoked"
        if token.issued_at is None:
            return None
        if token.client_secret_id and token.issued_at <= self.secrets.get(token.client_secret_id, -1):
            return "the client secret that the token was issued for has been revoked"
        if token.issued_at <= self.methods.get((token.identity_id, token.auth_method), -1):
            return "the identity's auth method has been revoked since the token was issued"
        return None
