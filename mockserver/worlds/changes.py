"""The differences between two states, field by field, in the terms of the fixture format."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver import masking
from mockserver.clock import iso
from mockserver.infisical.state import State
from mockserver.infisical.token_auth.record import IssuedToken
from mockserver.pauses import between
from mockserver.seeding.dump import dump_without_identities, identity_entry
from mockserver.seeding.templates import template_entry
from mockserver.worlds.world import Touched

_PLAIN = ("organizations", "gateways", "gateway_pools", "clusters", "access_tokens", "trusted_proxies", "rate_limits")
_BETWEEN_PAUSES = 64  # records
_SECTIONS = ("organizations", "clusters", "gateways", "gatewayPools", "accessTokens")


class Change(NamedTuple):
    """A changed field: a JSON Pointer such as `/identities/<id>/kubernetesAuth/accessTokenTTL`, and its two values.

    A value is None if the field does not exist. A new or deleted record is one change for each of its fields.
    """

    pointer: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """Return `pointer`, `before` and `after`; secrets are masked."""
        pointer = masking.text(self.pointer)
        name = self.pointer.rpartition("/")[2]
        return {
            "pointer": pointer,
            "before": masking.json_value(self.before, name),
            "after": masking.json_value(self.after, name),
        }


def changes(before: State, after: State, touched: Touched = None) -> list[Change]:
    """Return every field in which the states differ, sorted by pointer.

    `touched` are the ids of the identities that may differ: one id, or several. None compares all of them, which takes
    the longer the more there are.
    """
    ids = differing(before, after) if touched is None else {touched} if isinstance(touched, str) else touched
    return _between(dict(_changed(before, after, ids)), dict(_changed(after, before, ids)))


def changes_of_identity(before: State, after: State, identity_id: str) -> list[Change]:
    """Return every field of one identity in which the states differ, whatever their size."""
    if not _differs(before, after, identity_id):
        return []
    place = f"/identities/{identity_id}"
    one, other = (_flat(place, _identity(identity_id, state)) for state in (before, after))
    return _between(dict(one), dict(other))


def _between(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Change]:
    return [
        Change(pointer, one.get(pointer), other.get(pointer))
        for pointer in sorted(one.keys() | other.keys())
        if one.get(pointer) != other.get(pointer)
    ]


def _changed(state: State, other: State, touched: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of records that differ from `other`, and those of all identities that may differ."""
    for identity_id in touched:
        if _differs(state, other, identity_id):
            yield from _flat(f"/identities/{identity_id}", _identity(identity_id, state))
    for template_id in sorted(_unlike(state.templates, other.templates)):
        template = state.templates.get(template_id)
        if template is not None:
            place = f"/organizations/{template.organization_id}/templates/{template_id}"
            yield from _flat(place, template_entry(template))
    if any(getattr(state, name) is not getattr(other, name) for name in _PLAIN):
        document = dump_without_identities(state)
        for organization in document["organizations"]:
            organization.pop("templates", None)
        for section in _SECTIONS:
            for index, entry in enumerate(document[section]):
                key = "token" if section == "accessTokens" else "id" if "id" in entry else "name"
                yield from _flat(f"/{section}/{index if key == 'token' else entry[key]}", entry)
        yield "/unknownHosts", document["unknownHosts"]
        yield "/trustedProxies", document.get("trustedProxies")
        yield from _flat("/rateLimits", document.get("rateLimits"))
    revoked, also = state.revocations.tokens, other.revocations.tokens
    for token_id, at in () if revoked is also else revoked.items():
        if also.get(token_id) != at:
            yield f"/revokedTokens/{_named(token_id, state)}", iso(at)


def _named(token_id: str, state: State) -> str:
    """Return the id of a JWT; for a fixed token, whose id is secret, its index among the tokens of the state."""
    return str(sorted(state.access_tokens).index(token_id)) if token_id in state.access_tokens else token_id


def _differs(state: State, other: State, identity_id: str) -> bool:
    return any(left.get(identity_id) is not right.get(identity_id) for left, right in _records(state, other))


def differing(state: State, other: State) -> set[str]:
    """Return the ids of the identities that differ."""
    found: set[str] = set()
    for left, right in _records(state, other):
        if left is not right:
            found |= _unlike(left, right)
    return found


def _records(state: State, other: State) -> tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...]:
    """Return the maps by identity id of both states."""
    return (
        (state.identities, other.identities),
        (state.kubernetes_auths, other.kubernetes_auths),
        (state.universal_auths.records, other.universal_auths.records),
        (state.universal_auths.secrets, other.universal_auths.secrets),
        (state.universal_auths.lockouts, other.universal_auths.lockouts),
        (state.token_auths.records, other.token_auths.records),
        (state.token_auths.tokens, other.token_auths.tokens),
    )


def _unlike(left: Mapping[str, Any], right: Mapping[str, Any]) -> set[str]:
    """Return the keys whose values differ or exist on one side only. `right` is scanned only if it has new keys."""
    found = {key for key, value in between(left.items(), _BETWEEN_PAUSES) if right.get(key) is not value}
    gone = sum(key not in right for key in found)
    return (
        found
        if len(right) == len(left) - gone
        else found | {key for key in between(right, _BETWEEN_PAUSES) if key not in left}
    )


def _identity(identity_id: str, state: State) -> dict[str, Any]:
    identity = state.identities.get(identity_id)
    if identity is None:
        return {}
    entry = identity_entry(identity, state)
    entry["memberships"] = {
        place.organization_id: {
            "role": place.role,
            "isActive": place.is_active,
            "lastLoginAuthMethod": place.last_login_method,
            "lastLoginTime": None if place.last_login_at is None else iso(place.last_login_at),
        }
        for place in (identity.home, *identity.shared)
    }
    if "universalAuth" in entry:
        entry["universalAuth"]["clientSecrets"] = {
            secret["id"]: secret for secret in entry["universalAuth"]["clientSecrets"]
        }
        lockout = state.universal_auths.lockouts.get(identity_id)
        entry["universalAuth"]["failedLogins"] = 0 if lockout is None else lockout.failures
    if "tokenAuth" in entry:
        entry["tokenAuth"]["tokens"] = {
            token.id: _token(token) for token in state.token_auths.tokens_of(identity_id).values()
        }
    return entry


def _token(token: IssuedToken) -> dict[str, Any]:
    return {"name": token.name, "revoked": token.revoked, "updatedAt": iso(token.updated_at)}


def _flat(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of objects with their pointers; a list is one value."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _flat(f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}", each)
    else:
        yield pointer, value
