"""`POST /api/v1/auth/token/revoke`."""

from mockserver.api.caller import token_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.fixture_tokens import Handed, handed_text
from mockserver.infisical.access_tokens.revoke import REVOKE

REVOKED = "The access token has been revoked"


def revoke_identity_access_token(call: Call) -> Outcome:
    """The token is no good any more, nor is what renews it. One that has been revoked before is revoked again."""
    token = token_of(handed_text(call.body), call.state, call.world.token_secret, call.now)
    attempt = Handed(token, *call.issues, now=call.now)
    decision = call.decide(REVOKE, attempt)
    if decision.refused:
        return Outcome(decision)
    call.commit(call.state.with_token_revoked(attempt.access_token.id, call.now))
    return Outcome(decision, {"message": REVOKED})


OPERATION = Operation("revokeIdentityAccessToken", REVOKE, revoke_identity_access_token)
