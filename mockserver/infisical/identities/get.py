"""Rules of the get operation, in the service's order (behaviour 10)."""

from mockserver.infisical import preconditions
from mockserver.infisical.identities.request import IdentityRequest
from mockserver.infisical.preconditions import NOT_FOUND, from_service
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, rule


@rule(
    "identity.project-hidden",
    "Rejected if a project manages the identity: the service does not find it among the organization's identities.",
    from_service("get of an identity, query of the organization's identities"),
    NOT_FOUND,
)
def hidden(request: IdentityRequest) -> Finding | None:
    if request.identity is None or request.identity.project_id is None:
        return None
    return Finding(f"Identity with ID '{request.identity_id}' not found: a project manages it")


GET: Rulebook[IdentityRequest] = Rulebook(
    *CONTRACT_RULES,
    *preconditions.identity_uuid_live("identity.get.uuid", "FindByOrgId"),
    preconditions.identity_unknown,
    hidden,
    preconditions.caller_member,
    preconditions.permission("read"),
)
