"""The delete operation: its rules in the order in which the service asks them (behaviour 10)."""

from mockserver import standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.identity.attempt import IdentityAttempt
from mockserver.identity.rules import not_managed
from mockserver.rules import Finding, Rulebook, rule
from mockserver.standing import BAD_REQUEST, from_service


@rule(
    "identity.delete-protection",
    "The identity is not protected from deletion; a sub-organization that it is shared with may let go of it anyway.",
    from_service("delete of an identity"),
    BAD_REQUEST,
)
def protected(attempt: IdentityAttempt) -> Finding | None:
    identity = attempt.identity
    if identity is None or not identity.has_delete_protection or not attempt.facts.identity_at_home:
        return None
    return Finding("The identity is protected from deletion: take hasDeleteProtection from it first")


DELETE: Rulebook[IdentityAttempt] = Rulebook(
    *CONTRACT_RULES,
    standing.instance_admin,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.caller_member,
    standing.permission("delete"),
    not_managed,
    protected,
)
