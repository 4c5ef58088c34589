"""The state of one load of fixtures: entries, name indexes, and readers for values that several sections share."""

from functools import lru_cache
from typing import Any

from mockserver.clock import from_iso
from mockserver.infisical.identities.organization import Project
from mockserver.infisical.trusted_ips import TrustedIp, trusted_ip
from mockserver.seeding.merge import Entries, Entry, Names

_milliseconds = lru_cache(maxsize=1024)(from_iso)


class Reading:
    """The entries and their name indexes. `now` (milliseconds) is the default for missing times."""

    def __init__(self, entries: Entries, now: int) -> None:
        self.entries = entries
        self.now = now
        self.organizations = Names(entries, "organization", "organizations")
        self.clusters = Names(entries, "cluster", "clusters")
        self.gateways = Names(entries, "gateway", "gateways")
        self.pools = Names(entries, "gateway pool", "gatewayPools")
        self.templates = Names(entries, "auth template", "organizations")
        self.projects: dict[str, dict[str, Project]] = {}
        """The projects of the organizations that list any, by the organization's id."""
        self.identities = Names(entries, "identity", "identities")
        self.records = Names(entries, "record", "identities")
        self.client_ids = Names(entries, "universalAuth", "identities")
        self.client_secrets = Names(entries, "client secret", "identities")
        self.tokens = Names(entries, "access token", "accessTokens")
        self.places: dict[tuple[str, str], tuple[str, str]] = {}
        """Id of the organization and role of each pair of organization and role that an entry has named."""
        self.settings: dict[tuple[bytes, str], tuple[Any, ...]] = {}
        """Settings of Kubernetes Auths by what an entry says of them, and its organization: many records are alike."""

    def free(self) -> None:
        """Forget all names, in pieces: those of a hundred thousand identities take a while."""
        for names in (self.identities, self.records, self.client_ids, self.client_secrets, self.tokens):
            names.free()

    def trusted_ips(self, entry: Entry, *steps: str) -> tuple[TrustedIp, ...]:
        """Return the trusted IPs at `steps` of the entry; an empty tuple if none are given."""
        given = at(entry, *steps)
        if not given:
            return ()
        found: list[TrustedIp] = []
        for index, item in enumerate(given):
            parsed = trusted_ip(item["ipAddress"])
            if parsed is None:
                self.entries.complain(entry, "not an IP address or CIDR block", *steps, index, "ipAddress")
            else:
                found.append(parsed)
        return tuple(found)

    def time(self, entry: Entry, *steps: str | int) -> int | None:
        """Return the time at `steps` of the entry in milliseconds; None if none is given."""
        text = at(entry, *steps)
        return None if text is None else self._time(text, entry, *steps)

    def created(self, entry: Entry) -> int:
        """Return `createdAt` of the entry in milliseconds; now by default."""
        created = self.time(entry, "createdAt")
        return self.now if created is None else created

    def times(self, entry: Entry, *steps: str | int) -> tuple[int, int]:
        """Return `createdAt` (default: now) and `updatedAt` (default: `createdAt`) at `steps`, in milliseconds."""
        owner: Any = entry.value
        for step in steps:
            owner = owner[step]
        created, updated = owner.get("createdAt"), owner.get("updatedAt")
        since = self.now if created is None else self._time(created, entry, *steps, "createdAt")
        return since, since if updated is None else self._time(updated, entry, *steps, "updatedAt")

    def _time(self, text: str, entry: Entry, *steps: str | int) -> int:
        try:
            return _milliseconds(text)
        except (ValueError, OverflowError):
            self.entries.complain(entry, "not a valid date and time", *steps)
            return self.now


def at(entry: Entry, *steps: str | int) -> Any:
    """Return the value at `steps` of the entry; None if there is none."""
    value: Any = entry.value
    for step in steps:
        if value is None:
            return None
        value = value[step] if isinstance(step, int) else value.get(step)
    return value
