"""The sections `identities`, without their auth methods, and `accessTokens`."""

from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.derived_ids import derived_id
from mockserver.infisical.identities.identity import NO_ACCESS, Identity, Membership, Metadata
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.seeding.merge import Entry
from mockserver.seeding.projects import managing_project
from mockserver.seeding.reading import Reading


def identity(reading: Reading, entry: Entry) -> Identity | None:
    """Return the identity that the entry describes; None, with an error added, if its organization is unknown."""
    created, updated = reading.times(entry)
    home = _membership(reading, entry, created, updated)
    if home is None:
        return None
    identity_id = entry["id"].lower()
    shared: list[Membership] = []
    for index, _ in enumerate(entry.get("memberships") or ()):
        place = _membership(reading, entry, created, updated, "memberships", index)
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
    found = Identity(
        id=identity_id,
        name=entry["name"],
        home=home,
        shared=tuple(shared),
        has_delete_protection=entry.get("hasDeleteProtection", False),
        metadata=tuple(
            Metadata(derived_id("metadata", identity_id, str(index)), each["key"], each["value"])
            for index, each in enumerate(entry.get("metadata") or ())
        ),
        instance_admin=entry.get("instanceAdmin", False),
        project_id=managing_project(reading, entry, home.organization_id),
        created_at=created,
        updated_at=updated,
    )
    reading.identities.add(entry, found, unique={"id": found.id}, shared=found.name)
    return found


def _membership(reading: Reading, entry: Entry, created: int, updated: int, *steps: str | int) -> Membership | None:
    """Return the membership at `steps` of the entry; without steps, that of its home organization."""
    value = entry.value
    for step in steps:
        value = value[step]  # type: ignore[index]  # a path that has just been gone
    organization = reading.organizations.find(entry, value["organization"], *steps, "organization")
    if organization is None:
        return None
    role = value.get("role", NO_ACCESS)
    if organization.role(role) is None:
        reading.entries.complain(entry, "the organization has no such role", *steps, "role")
    return Membership(
        id=derived_id("membership", entry["id"].lower(), organization.id),
        organization_id=organization.id,
        role=role,
        created_at=created,
        updated_at=updated,
        is_active=value.get("isActive", True),
    )


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
