"""`POST /api/v1/auth/universal-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.javascript import trim
from mockserver.infisical.universal_auth.attach import ATTACH
from mockserver.infisical.universal_auth.record import METHOD, view
from mockserver.infisical.universal_auth.request import SettingsRequest
from mockserver.infisical.universal_auth.settings import Settings, attached


def attach_universal_auth(call: Call) -> Outcome:
    """Attach Universal Auth with a new client id and return the record."""
    sent_id = trim(call.parameters["identityId"])  # the only operation of Universal Auth that trims the id
    identity_id = sent_id.lower()
    state, sent = call.state, Settings.from_json(call.body)
    stored = state.universal_auths.get(identity_id)
    request = SettingsRequest(sent_id, call.facts(identity_id), METHOD, stored, *call.issues, sent=sent)
    decision = call.decide(ATTACH, request)
    if decision.refused:
        return Outcome(decision)
    record = attached(sent, call.ids.uuid(), call.ids.uuid(), identity_id, call.now)
    call.commit(state._replace(universal_auths=state.universal_auths.with_record(record)), identity_id)
    return Outcome(decision, {"identityUniversalAuth": view(record)})


OPERATION = Operation("attachUniversalAuth", ATTACH, attach_universal_auth)
