"""`POST /api/v1/auth/universal-auth/identities/{identityId}/clear-lockouts`."""

from collections.abc import Mapping

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.clear_lockouts import CLEAR_LOCKOUTS
from mockserver.infisical.universal_auth.record import METHOD
from mockserver.rules.edition import Edition, by_edition

_CLEARS_COUNTS: Mapping[Edition, bool] = by_edition({"2026-05": True, "2026-09": False})
"""Whether a count of failed logins is cleared too. Since 2026-09 only a lock is."""


def clear_universal_auth_lockouts(call: Call) -> Outcome:
    """Clear the lockout and return how many were deleted: 1 or 0. Until 2026-08 a count without a lock counts too."""
    state, identity_id = call.state, call.identity_id
    store = state.universal_auths
    decision = call.decide(CLEAR_LOCKOUTS, call.about(METHOD, store.get(identity_id)))
    if decision.refused:
        return Outcome(decision)
    clears_counts = _CLEARS_COUNTS[call.world.edition]
    lockout = store.lockout(identity_id, call.now)
    if lockout is None or not (clears_counts or lockout.locked_until > call.now):
        return Outcome(decision, {"deleted": 0})
    call.commit(state._replace(universal_auths=store.with_lockout(identity_id, None)), identity_id)
    return Outcome(decision, {"deleted": 1})


OPERATION = Operation("clearUniversalAuthLockouts", CLEAR_LOCKOUTS, clear_universal_auth_lockouts)
