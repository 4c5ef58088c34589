"""The create operation: its rules in the service's order, and the new identity."""

from mockserver.infisical import preconditions
from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.database_limits import (
    DATABASE_REASON,
    DATABASE_SUMMARY,
    TEXT_RULES,
    metadata_refused,
    name_refused,
)
from mockserver.infisical.identities.identity import NO_ACCESS, Identity, Membership, metadata
from mockserver.infisical.identities.request import CreateRequest
from mockserver.infisical.identities.rules import ROLE_RULES, caller_organization
from mockserver.infisical.preconditions import BAD_REQUEST, from_service
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


@rule(
    "identity.limit",
    "Rejected if the organization already has as many identities as its plan allows. A limit of 0, or none, means no"
    " limit.",
    from_service("create of an identity, plan"),
    BAD_REQUEST,
)
def limit(request: CreateRequest) -> Finding | None:
    allowed = request.facts.identity_limit
    if not allowed or request.facts.identities_used() < allowed:
        return None
    return Finding(
        f"The organization has reached its plan's limit of {allowed} identities: upgrade the plan to create more"
    )


@rule(
    "identity.create.database",
    DATABASE_SUMMARY,
    from_service("create of an identity, columns"),
    answers(contract=None, live=Answer(500, "Create")),
    about=("name", "metadata"),
)
def database(request: CreateRequest) -> Finding | None:
    if not name_refused(request.sent) and not metadata_refused(request.sent):
        return None
    return Finding(DATABASE_REASON)


CREATE: Rulebook[CreateRequest] = Rulebook(
    *CONTRACT_RULES,
    *TEXT_RULES,
    caller_organization,
    preconditions.caller_member,
    preconditions.permission("create"),
    *ROLE_RULES,
    limit,
    database,
)


def created(sent: Change, organization_id: str, ids: tuple[str, ...], now: int) -> Identity:
    """Return the new identity. `ids` are those of the identity, its membership and its metadata, in this order."""
    identity_id, membership_id, *metadata_ids = ids
    role = NO_ACCESS if sent.role is ABSENT else sent.role
    return Identity(
        id=identity_id,
        name="" if sent.name is ABSENT else sent.name,
        home=Membership(membership_id, organization_id, role, created_at=now, updated_at=now),
        has_delete_protection=sent.has_delete_protection is True,
        metadata=() if sent.metadata is ABSENT else metadata(sent.metadata, metadata_ids),
        created_at=now,
        updated_at=now,
    )
