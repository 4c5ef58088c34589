"""Rules of the delete operation, in the service's order (behaviour 10)."""

from mockserver.infisical import preconditions
from mockserver.infisical.identities.request import IdentityRequest
from mockserver.infisical.identities.rules import not_managed
from mockserver.infisical.preconditions import BAD_REQUEST, from_service
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, rule


@rule(
    "identity.delete-protection",
    "Rejected if the identity is protected from deletion. A sub-organization may still remove its own membership of"
    " it.",
    from_service("delete of an identity"),
    BAD_REQUEST,
)
def protected(request: IdentityRequest) -> Finding | None:
    identity = request.identity
    if identity is None or not identity.has_delete_protection or not request.facts.identity_at_home:
        return None
    return Finding(
        "The identity is protected from deletion: send hasDeleteProtection false and a name in an update first"
    )


DELETE: Rulebook[IdentityRequest] = Rulebook(
    *CONTRACT_RULES,
    preconditions.instance_admin,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.caller_member,
    preconditions.permission("delete"),
    preconditions.boundary("delete").only(since="2026-09"),
    not_managed,
    protected,
)
