"""Builds the request of the operations on one token."""

from mockserver.api.operation import Call
from mockserver.infisical.token_auth.request import TokenChange, TokenRequest


def token_request(call: Call) -> TokenRequest:
    """Return the request about the token in the path, with the parsed body if there is one."""
    token_id = call.parameters["tokenId"]
    found = call.state.token_auths.token(token_id)
    facts = call.facts("" if found is None else found.identity_id)
    return TokenRequest(token_id, found, facts, *call.issues, sent=TokenChange.from_json(call.body))
