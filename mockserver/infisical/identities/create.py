"""The create operation: its rules in the order in which the service asks them, and the identity that comes of it."""

from mockserver.infisical import preconditions
from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.database_limits import TEXT_RULES, metadata_refused, name_refused
from mockserver.infisical.identities.identity import NO_ACCESS, Identity, Membership, metadata
from mockserver.infisical.identities.request import CreateRequest
from mockserver.infisical.identities.rules import ROLE_RULES, caller_organization
from mockserver.infisical.preconditions import BAD_REQUEST, from_service
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


@rule(
    "identity.limit",
    "The organization has fewer identities than its plan allows; a limit of 0, or none, is no limit.",
    from_service("create of an identity, plan"),
    BAD_REQUEST,
)
def limit(request: CreateRequest) -> Finding | None:
    allowed = request.facts.identity_limit
    if not allowed or request.facts.identities_used() < allowed:
        return None
    return Finding(f"The plan allows {allowed} identities, and they are used up: upgrade it to create more")


@rule(
    "identity.create.database",
    "The database takes the texts: columns of 255 characters (a metadata value: 1020) without NUL.",
    from_service("create of an identity, columns"),
    answers(contract=None, live=Answer(500, "Create")),
    about=("name", "metadata"),
)
def database(request: CreateRequest) -> Finding | None:
    if not name_refused(request.sent) and not metadata_refused(request.sent):
        return None
    return Finding("The database refuses one of the values")


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
    """The identity that an accepted create makes. `ids` are its own, its membership's, and one for each metadata."""
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
