"""All Universal Auth records of a world, as one immutable value."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rpds import HashTrieMap

from mockserver.infisical.universal_auth.record import ClientSecret, Lockout, UniversalAuth

Secrets: TypeAlias = "HashTrieMap[str, ClientSecret]"
_NO_SECRETS: Secrets = HashTrieMap()


class UniversalAuths(NamedTuple):
    """Records, client secrets (by id) and lockouts, each by identity. `identities` maps client ids to identities."""

    records: HashTrieMap[str, UniversalAuth] = HashTrieMap()
    identities: HashTrieMap[str, str] = HashTrieMap()
    secrets: HashTrieMap[str, Secrets] = HashTrieMap()
    lockouts: HashTrieMap[str, Lockout] = HashTrieMap()

    def get(self, identity_id: str) -> UniversalAuth | None:
        """Return the identity's record; None if there is none."""
        return self.records.get(identity_id)

    def secrets_of(self, identity_id: str) -> Secrets:
        """Return the identity's client secrets by id, including revoked ones."""
        return self.secrets.get(identity_id, _NO_SECRETS)

    def secret(self, identity_id: str, secret_id: str) -> ClientSecret | None:
        """Return the identity's client secret with that id, even if it is revoked; None if there is none."""
        return self.secrets_of(identity_id).get(secret_id)

    def lockout(self, identity_id: str, now: int) -> Lockout | None:
        """Return the count of failed logins at `now` (milliseconds); None if there is none or it has expired."""
        found = self.lockouts.get(identity_id)
        return None if found is None or now >= found.forgotten_at else found

    def with_record(self, record: UniversalAuth) -> UniversalAuths:
        """Return the store with the record added or replaced."""
        return self._replace(
            records=self.records.insert(record.identity_id, record),
            identities=self.identities.insert(record.client_id, record.identity_id),
        )

    def with_secret(self, identity_id: str, secret: ClientSecret) -> UniversalAuths:
        """Return the store with the client secret added or replaced."""
        secrets = self.secrets_of(identity_id).insert(secret.id, secret)
        return self._replace(secrets=self.secrets.insert(identity_id, secrets))

    def with_lockout(self, identity_id: str, lockout: Lockout | None) -> UniversalAuths:
        """Return the store with the lockout replaced, or removed if it is None."""
        if lockout is None:
            return self._replace(lockouts=self.lockouts.discard(identity_id))
        return self._replace(lockouts=self.lockouts.insert(identity_id, lockout))

    def without(self, identity_id: str) -> UniversalAuths:
        """Return the store without the identity's record, client secrets and lockout."""
        record = self.records.get(identity_id)
        if record is None:
            return self
        return UniversalAuths(
            self.records.remove(identity_id),
            self.identities.discard(record.client_id),
            self.secrets.discard(identity_id),
            self.lockouts.discard(identity_id),
        )
