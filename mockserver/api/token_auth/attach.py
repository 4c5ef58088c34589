"""`POST /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.javascript import trim
from mockserver.infisical.token_auth.attach import ATTACH
from mockserver.infisical.token_auth.record import METHOD, view
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.infisical.token_auth.settings import Settings, attached


def attach_token_auth(call: Call) -> Outcome:
    """Attach Token Auth and return the record."""
    sent_id = trim(call.parameters["identityId"])
    identity_id, state = sent_id.lower(), call.state
    stored = state.token_auths.get(identity_id)
    sent = Settings.from_json(call.body)
    request = SettingsRequest(sent_id, call.facts(identity_id), METHOD, stored, *call.issues, sent=sent)
    decision = call.decide(ATTACH, request)
    if decision.refused:
        return Outcome(decision)
    record = attached(sent, call.ids.uuid(), identity_id, call.now)
    call.commit(state.with_token_auth(record), identity_id)
    return Outcome(decision, {"identityTokenAuth": view(record)})


OPERATION = Operation("attachTokenAuth", ATTACH, attach_token_auth)
