"""The update operation: its rules in the service's order, and the updated identity."""

from collections.abc import Sequence

from mockserver.infisical import preconditions
from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.database_limits import (
    DATABASE_REASON,
    DATABASE_SUMMARY,
    TEXT_RULES,
    metadata_refused,
    name_refused,
)
from mockserver.infisical.identities.identity import Identity, metadata
from mockserver.infisical.identities.request import UpdateRequest
from mockserver.infisical.identities.rules import ROLE_RULES, not_managed, present_role
from mockserver.infisical.preconditions import from_service
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.decision_table import Writes
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


@rule(
    "identity.update.database",
    DATABASE_SUMMARY,
    from_service("update of an identity, columns"),
    answers(contract=None, live=Answer(500, "Update by id")),
    errors=("Create",),
    about=("name", "metadata"),
)
def database(request: UpdateRequest) -> Finding | None:
    if not request.facts.identity_at_home:
        return None
    if writes_row(request.sent) and name_refused(request.sent):
        return Finding(DATABASE_REASON)
    if metadata_refused(request.sent):
        return Finding(DATABASE_REASON, error="Create")
    return None


UPDATE: Rulebook[UpdateRequest] = Rulebook(
    *CONTRACT_RULES,
    *TEXT_RULES,
    preconditions.instance_admin,
    *preconditions.identity_uuid_live("identity.update.uuid", "Find one"),
    preconditions.identity_unknown,
    preconditions.caller_member,
    preconditions.permission("edit"),
    *ROLE_RULES,
    present_role,
    not_managed,
    database,
)


def _values(identity: Identity) -> tuple[object, ...]:
    """Return the values that an update can change. Ids of metadata are left out: every update renews them."""
    memberships = (identity.home, *identity.shared)
    pairs = tuple((each.key, each.value) for each in identity.metadata)
    return identity.name, tuple(each.role for each in memberships), identity.has_delete_protection, pairs


WRITES = Writes(("name", "role", "hasDeleteProtection", "metadata"), _values)
"""How coverage counts an update."""


def writes_row(sent: Change) -> bool:
    """Whether name and delete protection are written: only if one of them is truthy, as JavaScript defines it.

    So `hasDeleteProtection: false` has no effect unless a name is sent too.
    """
    return sent.name not in (ABSENT, "") or sent.has_delete_protection is True


def updated(identity: Identity, sent: Change, organization_id: str, ids: Sequence[str], now: int) -> Identity:
    """Return the identity after an accepted update from that organization; the same object if nothing is written.

    Outside the home organization, only the role in that organization changes. `ids` has one id for each metadata
    entry that is sent.
    """
    after = identity
    at_home = organization_id == identity.organization_id
    if at_home and writes_row(sent):
        after = after._replace(
            name=after.name if sent.name is ABSENT else sent.name,
            has_delete_protection=(
                after.has_delete_protection if sent.has_delete_protection is ABSENT else sent.has_delete_protection
            ),
            updated_at=now,
        )
    if at_home and sent.metadata is not ABSENT:
        after = after._replace(metadata=metadata(sent.metadata, ids))
    return after if sent.role is ABSENT else after.with_role(organization_id, sent.role)
