"""`PATCH /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.javascript import trim
from mockserver.infisical.token_auth.record import METHOD, view
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.infisical.token_auth.settings import WRITES, Settings, updated
from mockserver.infisical.token_auth.update import UPDATE


def update_token_auth(call: Call) -> Outcome:
    """Update the record and return it. Issued tokens keep their lifetimes; new trusted IPs apply to them at once."""
    sent_id = trim(call.parameters["identityId"])  # the updates of the other auth methods do not trim the id
    identity_id, state = sent_id.lower(), call.state
    stored = state.token_auths.get(identity_id)
    sent = Settings.from_json(call.body)
    request = SettingsRequest(sent_id, call.facts(identity_id), METHOD, stored, *call.issues, sent=sent)
    decision = call.decide(UPDATE, request)
    if decision.refused:
        return Outcome(decision, None, stored, sent)
    record = updated(request.record, sent, call.now)
    if record is not stored:
        call.commit(state.with_token_auth(record), identity_id)
    return Outcome(decision, {"identityTokenAuth": view(record)}, stored, sent, record)


OPERATION = Operation("updateTokenAuth", UPDATE, update_token_auth, writes=WRITES)
