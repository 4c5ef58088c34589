"""`POST /api/v1/auth/token/renew`."""

from mockserver.api.caller import has_uses_left, revoked, standing
from mockserver.api.login_record import login_answer
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.access_token import AccessToken, verified
from mockserver.infisical.access_tokens.issue import renewed
from mockserver.infisical.access_tokens.renew import RENEW
from mockserver.infisical.access_tokens.submitted_token import SubmittedToken, submitted_text


def renew_identity_access_token(call: Call) -> Outcome:
    """Return the token renewed, with its effective lifetime. It counts no use, and the old token stays valid."""
    state, secret = call.state, call.world.token_secret
    token = verified(submitted_text(call.body), secret, call.now)
    request = SubmittedToken(token, *call.issues, now=call.now, expiry_status=call.world.token_expiry_status)
    if isinstance(token, AccessToken):
        request.revoked = revoked(token, state)
        _, request.member, request.inactive = standing(token, state)
        request.uses_left = has_uses_left(token, state)
    decision = call.decide(RENEW, request)
    if decision.refused:
        return Outcome(decision)
    again = renewed(request.access_token, secret, call.now)
    return Outcome(decision, login_answer(again.text, again.expires_in, request.access_token.max_ttl))


OPERATION = Operation("renewIdentityAccessToken", RENEW, renew_identity_access_token)
