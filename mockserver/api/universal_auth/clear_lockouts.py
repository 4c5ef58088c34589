"""`POST /api/v1/auth/universal-auth/identities/{identityId}/clear-lockouts`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.clear_lockouts import CLEAR_LOCKOUTS
from mockserver.infisical.universal_auth.record import METHOD


def clear_universal_auth_lockouts(call: Call) -> Outcome:
    """Clear the lockout and return how many were deleted: 1 if logins have failed recently, locked or not; else 0."""
    state, identity_id = call.state, call.identity_id
    store = state.universal_auths
    decision = call.decide(CLEAR_LOCKOUTS, call.about(METHOD, store.get(identity_id)))
    if decision.refused:
        return Outcome(decision)
    if store.lockout(identity_id, call.now) is None:
        return Outcome(decision, {"deleted": 0})
    call.commit(state._replace(universal_auths=store.with_lockout(identity_id, None)))
    return Outcome(decision, {"deleted": 1})


OPERATION = Operation("clearUniversalAuthLockouts", CLEAR_LOCKOUTS, clear_universal_auth_lockouts)
