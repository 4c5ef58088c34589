"""All Token Auth records of a world, as one immutable value."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rpds import HashTrieMap

from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth

Tokens: TypeAlias = "HashTrieMap[str, IssuedToken]"
_NO_TOKENS: Tokens = HashTrieMap()


class TokenAuths(NamedTuple):
    """Records by identity, tokens by identity and id. `identities` maps token ids to identities."""

    records: HashTrieMap[str, TokenAuth] = HashTrieMap()
    tokens: HashTrieMap[str, Tokens] = HashTrieMap()
    identities: HashTrieMap[str, str] = HashTrieMap()

    def get(self, identity_id: str) -> TokenAuth | None:
        """Return the identity's record; None if there is none."""
        return self.records.get(identity_id)

    def tokens_of(self, identity_id: str) -> Tokens:
        """Return the identity's tokens by id, including revoked ones."""
        return self.tokens.get(identity_id, _NO_TOKENS)

    def token(self, token_id: str) -> IssuedToken | None:
        """Return the token with that id; None if there is none."""
        return self.tokens_of(self.identities.get(token_id, "")).get(token_id)

    def with_record(self, record: TokenAuth) -> TokenAuths:
        """Return the store with the record added or replaced."""
        return self._replace(records=self.records.insert(record.identity_id, record))

    def with_token(self, token: IssuedToken) -> TokenAuths:
        """Return the store with the token added or replaced."""
        tokens = self.tokens_of(token.identity_id).insert(token.id, token)
        return self._replace(
            tokens=self.tokens.insert(token.identity_id, tokens),
            identities=self.identities.insert(token.id, token.identity_id),
        )

    def without(self, identity_id: str) -> TokenAuths:
        """Return the store without the identity's record and tokens."""
        identities = self.identities
        for token_id in self.tokens_of(identity_id):
            identities = identities.discard(token_id)
        return TokenAuths(self.records.discard(identity_id), self.tokens.discard(identity_id), identities)
