"""What the operations about one token share: who it is about."""

from mockserver.api.operation import Call
from mockserver.infisical.token_auth.request import TokenChange, TokenRequest


def about_token(call: Call) -> TokenRequest:
    """A request about the token of the path; the body renames it, where there is one."""
    token_id = call.parameters["tokenId"]
    found = call.state.token_auths.token(token_id)
    facts = call.facts("" if found is None else found.identity_id)
    return TokenRequest(token_id, found, facts, *call.issues, sent=TokenChange.from_json(call.body))
