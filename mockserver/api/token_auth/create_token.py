"""`POST /api/v1/auth/token-auth/identities/{identityId}/tokens`."""

from mockserver.api.login_record import logged_in, login_answer
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.issue import Grant, issue, json_text
from mockserver.infisical.auth_methods.login import Scope
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.token_auth.create_token import CREATE_TOKEN
from mockserver.infisical.token_auth.record import METHOD, IssuedToken, TokenAuth, token_view
from mockserver.infisical.token_auth.request import CreateRequest, NewToken
from mockserver.rules.absent import ABSENT


def create_token_auth_token(call: Call) -> Outcome:
    """Issue a token and return it with its row. The lifetimes in the response are the configured ones."""
    state, identity_id = call.state, call.identity_id
    sent = NewToken.from_json(call.body)
    request = CreateRequest(
        call.parameters["identityId"],
        call.facts(identity_id),
        METHOD,
        state.token_auths.get(identity_id),
        *call.issues,
        sent=sent,
        scope_of=lambda: call.scope(state.identities[identity_id], sent.organization_slug),
    )
    decision = call.decide(CREATE_TOKEN, request)
    if decision.refused:
        return Outcome(decision)
    record, identity = request.record, state.identities[identity_id]
    grant = _grant(call.ids.uuid(), identity, record, request.scope)
    token = issue(grant, call.world.token_secret, call.now)
    row = IssuedToken(
        id=grant.token_id,
        identity_id=identity_id,
        created_at=call.now,
        updated_at=call.now,
        name=None if sent.name is ABSENT else sent.name,
        ttl=token.expires_in,
        max_ttl=grant.max_ttl,
        num_uses_limit=grant.num_uses_limit,
        organization_id=None if grant.organization_id == grant.root_id else grant.organization_id,
    )
    after = logged_in(state, identity, grant.auth_method, call.now)
    call.commit(after._replace(token_auths=state.token_auths.with_token(row)), identity_id)
    answer = login_answer(token.text, record.access_token_ttl, record.access_token_max_ttl)
    return Outcome(decision, {**answer, "tokenData": token_view(row)})


def _grant(token_id: str, identity: Identity, record: TokenAuth, scope: Scope) -> Grant:
    return Grant(
        token_id=token_id,
        identity_id=identity.id,
        identity_name_json=json_text(identity.name),
        auth_method="token-auth",
        organization_id=scope.organization_id,
        root_id=scope.root_id,
        ttl=record.access_token_ttl,
        max_ttl=record.access_token_max_ttl,
        num_uses_limit=record.access_token_num_uses_limit,
    )


OPERATION = Operation("createTokenAuthToken", CREATE_TOKEN, create_token_auth_token)
