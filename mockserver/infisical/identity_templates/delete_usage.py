"""The operation that unlinks identities from a template: its rules in the service's order, and the unlinked records."""

from collections.abc import Iterable, Mapping

from mockserver.infisical import preconditions
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplateRequest
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DELETE_USAGE: Rulebook[TemplateRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.UNLINK,
    rules.template_uuid,
    rules.unknown,
)


def named(body: Mapping[str, object]) -> list[str]:
    """Return the ids in `identityIds`, in lower case, each once."""
    ids = body.get("identityIds")
    texts = ids if isinstance(ids, list) else []
    return list(dict.fromkeys(each.lower() for each in texts if isinstance(each, str)))


def unlinked(records: Iterable[KubernetesAuth], identities: Mapping[str, Identity]) -> list[dict[str, object]]:
    """Return what the response says of each record that was unlinked."""
    return [
        {
            "authId": record.id,
            "identityId": record.identity_id,
            "identityName": identities[record.identity_id].name,
        }
        for record in records
    ]
