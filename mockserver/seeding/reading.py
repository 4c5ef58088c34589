"""One reading of fixtures: the entries, the names by which they refer to one another, and values that many have."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mockserver.clock import from_iso
from mockserver.seeding.merge import Entries, Entry, Names
from mockserver.trusted_ips import TrustedIp, trusted_ip


class Reading:
    """The entries and their names. `now` (milliseconds) stands for times that are not given."""

    def __init__(self, entries: Entries, now: int) -> None:
        self.entries = entries
        self.now = now
        self.organizations = Names(entries, "organization", "organizations")
        self.clusters = Names(entries, "cluster", "clusters")
        self.gateways = Names(entries, "gateway", "gateways")
        self.pools = Names(entries, "gateway pool", "gatewayPools")
        self.identities = Names(entries, "identity", "identities")
        self.records = Names(entries, "record", "identities")
        self.client_ids = Names(entries, "universalAuth", "identities")
        self.client_secrets = Names(entries, "client secret", "identities")
        self.tokens = Names(entries, "access token", "accessTokens")

    def trusted_ips(self, entry: Entry, *steps: str) -> tuple[TrustedIp, ...]:
        """The trusted IPs at `steps` of the entry; none if none are given."""
        found: list[TrustedIp] = []
        for index, item in enumerate(at(entry, *steps) or ()):
            parsed = trusted_ip(item["ipAddress"])
            if parsed is None:
                self.entries.complain(entry, "not an IP address or CIDR block", *steps, index, "ipAddress")
            else:
                found.append(parsed)
        return tuple(found)

    def time(self, entry: Entry, *steps: str | int) -> int | None:
        """The time at `steps` of the entry, in milliseconds; None if none is given."""
        text = at(entry, *steps)
        if text is None:
            return None
        try:
            return from_iso(text)
        except (ValueError, OverflowError):
            self.entries.complain(entry, "not a time of the calendar", *steps)
            return self.now

    def times(self, entry: Entry, *steps: str | int) -> tuple[int, int]:
        """`createdAt` and `updatedAt` below `steps`: now, and the former, where they are not given."""
        created = self.time(entry, *steps, "createdAt")
        created = self.now if created is None else created
        updated = self.time(entry, *steps, "updatedAt")
        return created, created if updated is None else updated


def at(entry: Entry, *steps: str | int) -> Any:
    """The value at `steps` of the entry; None where there is none."""
    value: Any = entry.value
    for step in steps:
        if value is None:
            return None
        value = value[step] if isinstance(step, int) else value.get(step)
    return value


def derived_id(*parts: str) -> str:
    """The same id for the same parts: the same fixtures give the same ids, with no word of chance in it."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))
