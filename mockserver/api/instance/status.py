"""`GET /api/status`."""

from typing import Any

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.clock import iso
from mockserver.infisical.access_tokens.issue import CEILING
from mockserver.infisical.preconditions import Contracted
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

STATUS: Rulebook[Any] = Rulebook(*CONTRACT_RULES)


def get_instance_status(call: Call) -> Outcome:
    """Return the status of the instance, for operators and probes. `message` is exactly `Ok`."""
    decision = call.decide(STATUS, Contracted(*call.issues))
    if decision.refused:
        return Outcome(decision)
    return Outcome(
        decision,
        {
            "date": iso(call.now),
            "message": "Ok",
            "emailConfigured": False,
            "inviteOnlySignup": False,
            "redisConfigured": True,
            "secretScanningConfigured": False,
            "auditLogStorageDisabled": False,
            "maxIdentityAccessTokenTTL": CEILING,
        },
    )


OPERATION = Operation("getInstanceStatus", STATUS, get_instance_status)
