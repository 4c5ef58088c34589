"""`GET /api/v1/identities/details`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.details import DETAILS, view
from mockserver.infisical.preconditions import Contracted


def get_machine_identity_details(call: Call) -> Outcome:
    """Return the root organization of the calling identity."""
    decision = call.decide(DETAILS, Contracted(*call.issues))
    if decision.refused:
        return Outcome(decision)
    organizations = call.state.organizations
    root = organizations[organizations[call.caller.organization_id].root_id]
    return Outcome(decision, {"identityDetails": view(root)})


OPERATION = Operation("getMachineIdentityDetails", DETAILS, get_machine_identity_details, identities_only=True)
