"""`DELETE /api/v1/auth/universal-auth/identities/{identityId}`."""

from collections.abc import Mapping

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.record import METHOD, view
from mockserver.infisical.universal_auth.revoke import REVOKE
from mockserver.rules.edition import Edition, by_edition

_REVOKED_METHODS: Mapping[Edition, tuple[str, ...]] = by_edition(
    {"2026-05": ("universal-auth", "kubernetes-auth", "token-auth"), "2026-08": ("universal-auth",)}
)
"""The auth methods whose tokens a revocation of Universal Auth revokes. In 2026-05 all tokens of the identity go."""


def delete_universal_auth(call: Call) -> Outcome:
    """Delete the record and its client secrets, revoke all tokens issued through it, and return the deleted record."""
    state, identity_id = call.state, call.identity_id
    request = call.about(METHOD, state.universal_auths.get(identity_id))
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    revocations = state.revocations
    for method in _REVOKED_METHODS[call.world.edition]:
        revocations = revocations.with_method(identity_id, method, call.now)
    after = state._replace(universal_auths=state.universal_auths.without(identity_id), revocations=revocations)
    call.commit(after, identity_id)
    return Outcome(decision, {"identityUniversalAuth": view(request.record)})


OPERATION = Operation("deleteUniversalAuth", REVOKE, delete_universal_auth)
