"""`PATCH /api/v1/auth/universal-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.record import METHOD, view
from mockserver.infisical.universal_auth.request import SettingsRequest
from mockserver.infisical.universal_auth.settings import WRITES, Settings, updated
from mockserver.infisical.universal_auth.update import UPDATE


def update_universal_auth(call: Call) -> Outcome:
    """Update the record and return it. Of the changes, only new trusted IPs affect tokens issued before."""
    identity_id = call.identity_id
    state, sent = call.state, Settings.from_json(call.body)
    stored = state.universal_auths.get(identity_id)
    facts = call.facts(identity_id)
    request = SettingsRequest(call.parameters["identityId"], facts, METHOD, stored, *call.issues, sent=sent)
    decision = call.decide(UPDATE, request)
    if decision.refused:
        return Outcome(decision, None, stored, sent)
    record = updated(request.record, sent, call.now)
    if record is not stored:
        call.commit(state._replace(universal_auths=state.universal_auths.with_record(record)), identity_id)
    return Outcome(decision, {"identityUniversalAuth": view(record)}, stored, sent, record)


OPERATION = Operation("updateUniversalAuth", UPDATE, update_universal_auth, writes=WRITES)
