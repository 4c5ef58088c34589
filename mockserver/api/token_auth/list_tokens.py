"""`GET /api/v1/auth/token-auth/identities/{identityId}/tokens`."""

from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.token_auth.list_tokens import DEFAULT_LIMIT, LIST_TOKENS, page
from mockserver.infisical.token_auth.record import METHOD


def get_token_auth_tokens(call: Call) -> Outcome:
    """Return the page of tokens that `offset` and `limit` select, including revoked ones."""
    state, identity_id = call.state, call.identity_id
    decision = call.decide(LIST_TOKENS, call.about(METHOD, state.token_auths.get(identity_id)))
    if decision.refused:
        return Outcome(decision)
    tokens = state.token_auths.tokens_of(identity_id).values()
    listed = page(tokens, call.query.get("offset", 0), call.query.get("limit", DEFAULT_LIMIT))
    return Outcome(decision, body_of(listed, len(tokens)))


OPERATION = Operation("getTokenAuthTokens", LIST_TOKENS, get_token_auth_tokens)
