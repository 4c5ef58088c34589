"""The sections `identities`, without their auth methods, and `accessTokens`."""

from typing import Any

from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.derived_ids import derived_id
from mockserver.infisical.identities.identity import NO_ACCESS, Identity, Membership, Metadata
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.seeding.merge import Entry
from mockserver.seeding.projects import managing_project
from mockserver.seeding.reading import Reading


def identity(reading: Reading, entry: Entry) -> Identity | None:
    """Return the identity that the entry describes; None, with an error added, if its organization is unknown."""
    value = entry.value
    get = value.get
    created, updated = reading.times(entry)
    identity_id = value["id"].lower()
    home = _membership(reading, entry, identity_id, created, updated)
    if home is None:
        return None
    memberships, pairs = get("memberships"), get("metadata")
    found = Identity(  # by position, as one is made for each of a hundred thousand entries
        identity_id,
        value["name"],
        home,
        _shared(reading, entry, home, created, updated) if memberships else (),
        get("hasDeleteProtection", False),
        _metadata(identity_id, pairs) if pairs else (),
        get("instanceAdmin", False),
        managing_project(reading, entry, home.organization_id) if get("projectId") else None,
        created,
        updated,
    )
    reading.identities.claim(entry, found, "id", identity_id)
    reading.identities.share(found, found.name)
    return found


def _metadata(identity_id: str, pairs: list[dict[str, str]]) -> tuple[Metadata, ...]:
    return tuple(
        Metadata(derived_id("metadata", identity_id, str(index)), each["key"], each["value"])
        for index, each in enumerate(pairs)
    )


def _shared(reading: Reading, entry: Entry, home: Membership, created: int, updated: int) -> tuple[Membership, ...]:
    """Return the memberships of sub-organizations. Errors are added to `reading`."""
    identity_id, shared = entry["id"].lower(), list[Membership]()
    for index, _ in enumerate(entry["memberships"]):
        place = _membership(reading, entry, identity_id, created, updated, "memberships", index)
        if place is not None and place.organization_id in {
            home.organization_id,
            *(each.organization_id for each in shared),
        }:
            reading.entries.complain(
                entry,
                "duplicate membership: the identity is already a member of this organization",
                "memberships",
                index,
            )
        elif place is not None:
            shared.append(place)
    return tuple(shared)


def _membership(
    reading: Reading, entry: Entry, identity_id: str, created: int, updated: int, *steps: str | int
) -> Membership | None:
    """Return the membership at `steps` of the entry; without steps, that of its home organization."""
    value: Any = entry.value
    for step in steps:
        value = value[step]
    named = value["organization"], value.get("role", NO_ACCESS)
    place = reading.places.get(named)
    if place is None:
        organization = reading.organizations.find(entry, named[0], *steps, "organization")
        if organization is None:
            return None
        place = organization.id, named[1]
        if organization.role(named[1]) is None:
            reading.entries.complain(entry, "the organization has no such role", *steps, "role")
        else:
            reading.places[named] = place
    organization_id, role = place
    membership_id = derived_id("membership", identity_id, organization_id)
    return Membership(membership_id, organization_id, role, created, updated, None, None, value.get("isActive", True))


def access_token(reading: Reading, entry: Entry) -> AccessToken | None:
    """Return the fixed token that the entry describes; None, with an error added, if its identity is unknown."""
    owner = reading.identities.find(entry, entry["identity"], "identity")
    if owner is None:
        return None
    organization_id = owner.organization_id
    if entry.get("organization") is not None:
        organization = reading.organizations.find(entry, entry["organization"], "organization")
        if organization is not None and owner.membership(organization.id) is None:
            reading.entries.complain(entry, "the identity is not a member of this organization", "organization")
        organization_id = organization_id if organization is None else organization.id
    token = AccessToken(
        id=entry["token"],
        kind="identity",
        identity_id=owner.id,
        organization_id=organization_id,
        auth_method="token-auth",
        num_uses_limit=entry.get("numUsesLimit", 0),
        expires_at=reading.time(entry, "expiresAt"),
        revoked=entry.get("revoked", False),
        trusted_ips=reading.trusted_ips(entry, "trustedIps") or EVERYWHERE,
    )
    reading.tokens.add(entry, token, unique={"token": token.id})
    return token
