"""Every Universal Auth of a world, as one frozen value."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rpds import HashTrieMap

from mockserver.infisical.universal_auth.record import ClientSecret, Lockout, UniversalAuth

Secrets: TypeAlias = "HashTrieMap[str, ClientSecret]"
_NO_SECRETS: Secrets = HashTrieMap()


class UniversalAuths(NamedTuple):
    """Records, client secrets by their ids, and lockouts: each by identity. `identities` finds one by its client id."""

    records: HashTrieMap[str, UniversalAuth] = HashTrieMap()
    identities: HashTrieMap[str, str] = HashTrieMap()
    secrets: HashTrieMap[str, Secrets] = HashTrieMap()
    lockouts: HashTrieMap[str, Lockout] = HashTrieMap()

    def get(self, identity_id: str) -> UniversalAuth | None:
        """The identity's record."""
        return self.records.get(identity_id)

    def secrets_of(self, identity_id: str) -> Secrets:
        """The identity's client secrets, revoked ones too."""
        return self.secrets.get(identity_id, _NO_SECRETS)

    def secret(self, identity_id: str, secret_id: str) -> ClientSecret | None:
        """The identity's client secret of that id, a revoked one too."""
        return self.secrets_of(identity_id).get(secret_id)

    def lockout(self, identity_id: str, now: int) -> Lockout | None:
        """The identity's failed logins that are remembered at `now` (milliseconds)."""
        found = self.lockouts.get(identity_id)
        return None if found is None or now >= found.forgotten_at else found

    def with_record(self, record: UniversalAuth) -> UniversalAuths:
        """With that record in place of the identity's old one."""
        return self._replace(
            records=self.records.insert(record.identity_id, record),
            identities=self.identities.insert(record.client_id, record.identity_id),
        )

    def with_secret(self, identity_id: str, secret: ClientSecret) -> UniversalAuths:
        """With that client secret in place of the one of its id."""
        secrets = self.secrets_of(identity_id).insert(secret.id, secret)
        return self._replace(secrets=self.secrets.insert(identity_id, secrets))

    def with_lockout(self, identity_id: str, lockout: Lockout | None) -> UniversalAuths:
        """With that count of failures, or with none."""
        if lockout is None:
            return self._replace(lockouts=self.lockouts.discard(identity_id))
        return self._replace(lockouts=self.lockouts.insert(identity_id, lockout))

    def without(self, identity_id: str) -> UniversalAuths:
        """Without the identity's record, and without all that hangs on it."""
        record = self.records.get(identity_id)
        if record is None:
            return self
        return UniversalAuths(
            self.records.remove(identity_id),
            self.identities.discard(record.client_id),
            self.secrets.discard(identity_id),
            self.lockouts.discard(identity_id),
        )
