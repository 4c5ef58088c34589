"""`POST /api/v1/auth/token/revoke`."""

from mockserver.api.caller import token_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.revoke import REVOKE
from mockserver.infisical.access_tokens.submitted_token import SubmittedToken, submitted_text

REVOKED = "The access token has been revoked"


def revoke_identity_access_token(call: Call) -> Outcome:
    """Revoke the token and its renewals. A revoked token can be revoked again.

    The row of a token of Token Auth stays as it is: the service does not look it up.
    """
    token = token_of(submitted_text(call.body), call.state, call.world.token_secret, call.now)
    request = SubmittedToken(token, *call.issues, now=call.now, expiry_status=call.world.token_expiry_status)
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    revocations = call.state.revocations.with_token(request.access_token.id, call.now)
    call.commit(call.state._replace(revocations=revocations), ())
    return Outcome(decision, {"message": REVOKED})


OPERATION = Operation("revokeIdentityAccessToken", REVOKE, revoke_identity_access_token)
