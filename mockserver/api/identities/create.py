"""`POST /api/v1/identities`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.create import CREATE, created
from mockserver.infisical.identities.request import CreateRequest
from mockserver.infisical.identities.view import identity_view, metadata_view
from mockserver.rules.absent import ABSENT


def create_machine_identity(call: Call) -> Outcome:
    """Create an identity without auth methods and return it."""
    organization_id, sent = call.caller.organization_id, Change.to_create(call.body)
    decision = call.decide(CREATE, CreateRequest(call.facts(), organization_id, sent, *call.issues))
    if decision.refused:
        return Outcome(decision)
    needed = 2 + (0 if sent.metadata is ABSENT else len(sent.metadata))
    identity = created(sent, organization_id, tuple(call.ids.uuid() for _ in range(needed)), call.now)
    call.commit(call.state.with_identity(identity), identity.id)
    answered = {**identity_view(identity, organization_id), "authMethods": [], "metadata": metadata_view(identity)}
    return Outcome(decision, {"identity": answered})


OPERATION = Operation("createMachineIdentity", CREATE, create_machine_identity)
