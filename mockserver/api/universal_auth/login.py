"""`POST /api/v1/auth/universal-auth/login`."""

from mockserver.api.login_record import logged_in, login_answer
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.issue import Grant, issue, json_text
from mockserver.infisical.universal_auth.after_login import COUNT, after_login
from mockserver.infisical.universal_auth.login import LOGIN, LoginRequest, Sent


def login_with_universal_auth(call: Call) -> Outcome:
    """Return an access token with its effective lifetime. A rejected login may write: see `after_login`."""
    state, sent = call.state, Sent.from_json(call.body)
    store = state.universal_auths
    identity_id = store.identities.get(sent.client_id, "")
    request = LoginRequest(
        sent,
        store.get(identity_id),
        store.secrets_of(identity_id).values(),
        store.lockout(identity_id, call.now),
        call.client_address,
        lambda: call.scope(state.identities[identity_id], sent.organization_slug),
        call.now,
        *call.issues,
    )
    decision = call.decide(LOGIN, request)
    left = after_login(store, request, decision.refusal, COUNT[call.world.edition])
    if decision.refused:
        if left is not store:
            call.commit(state._replace(universal_auths=left), identity_id)
        return Outcome(decision)
    record, identity = request.record, state.identities[identity_id]
    grant = Grant(
        token_id=call.ids.uuid(),
        identity_id=identity_id,
        identity_name_json=json_text(identity.name),
        auth_method="universal-auth",
        organization_id=request.scope.organization_id,
        root_id=request.scope.root_id,
        ttl=record.access_token_ttl,
        max_ttl=0 if record.access_token_period else record.access_token_max_ttl,
        num_uses_limit=record.access_token_num_uses_limit,
        period=record.access_token_period,
        client_secret_id=request.secret.id,
    )
    token = issue(grant, call.world.token_secret, call.now)
    call.commit(logged_in(state._replace(universal_auths=left), identity, grant.auth_method, call.now), identity_id)
    return Outcome(decision, login_answer(token.text, token.expires_in, grant.max_ttl))


OPERATION = Operation("loginWithUniversalAuth", LOGIN, login_with_universal_auth)
