"""Every Token Auth of a world, as one frozen value."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rpds import HashTrieMap

from mockserver.infisical.token_auth.record import IssuedToken, TokenAuth

Tokens: TypeAlias = "HashTrieMap[str, IssuedToken]"
_NO_TOKENS: Tokens = HashTrieMap()


class TokenAuths(NamedTuple):
    """Records by identity, tokens by identity and id. `identities` finds the identity of a token."""

    records: HashTrieMap[str, TokenAuth] = HashTrieMap()
    tokens: HashTrieMap[str, Tokens] = HashTrieMap()
    identities: HashTrieMap[str, str] = HashTrieMap()

    def get(self, identity_id: str) -> TokenAuth | None:
        """The identity's record."""
        return self.records.get(identity_id)

    def tokens_of(self, identity_id: str) -> Tokens:
        """The identity's tokens, revoked ones too."""
        return self.tokens.get(identity_id, _NO_TOKENS)

    def token(self, token_id: str) -> IssuedToken | None:
        """The token of that id."""
        return self.tokens_of(self.identities.get(token_id, "")).get(token_id)

    def with_record(self, record: TokenAuth) -> TokenAuths:
        """With that record in place of the identity's old one."""
        return self._replace(records=self.records.insert(record.identity_id, record))

    def with_token(self, token: IssuedToken) -> TokenAuths:
        """With that token in place of the one of its id."""
        tokens = self.tokens_of(token.identity_id).insert(token.id, token)
        return self._replace(
            tokens=self.tokens.insert(token.identity_id, tokens),
            identities=self.identities.insert(token.id, token.identity_id),
        )

    def without(self, identity_id: str) -> TokenAuths:
        """Without the identity's record and tokens."""
        identities = self.identities
        for token_id in self.tokens_of(identity_id):
            identities = identities.discard(token_id)
        return TokenAuths(self.records.discard(identity_id), self.tokens.discard(identity_id), identities)
