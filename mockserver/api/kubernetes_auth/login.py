"""`POST /api/v1/auth/kubernetes-auth/login`."""

from mockserver.api.login_record import logged_in, login_answer
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.issue import Grant, issue
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.login import LOGIN
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest, Sent


def login_with_kubernetes_auth(call: Call) -> Outcome:
    """Return an access token. The lifetimes in the response are the configured ones, not the effective ones."""
    state, sent = call.state, Sent.from_json(call.body)
    identity_id = sent.identity_id.lower()
    request = LoginRequest(
        sent,
        state.kubernetes_auths.get(identity_id),
        call.facts(),
        lambda: call.scope(state.identities[identity_id], sent.organization_slug),
        call.now,
        *call.issues,
        BEHAVIOUR[call.world.edition],
    )
    decision = call.decide(LOGIN, request)
    if decision.refused:
        return Outcome(decision)
    record, identity = request.record, state.identities[identity_id]
    namespace, name = request.service_account
    grant = Grant(
        token_id=call.ids.uuid(),
        identity_id=identity_id,
        identity_name=identity.name,
        auth_method="kubernetes-auth",
        organization_id=request.scope.organization_id,
        root_id=request.scope.root_id,
        ttl=record.access_token_ttl,
        max_ttl=record.access_token_max_ttl,
        num_uses_limit=record.access_token_num_uses_limit,
        identity_auth={"kubernetes": {"namespace": namespace, "name": name}},
    )
    token = issue(grant, call.world.token_secret, call.now)
    call.commit(logged_in(state, identity, grant.auth_method, call.now), identity_id)
    return Outcome(decision, login_answer(token.text, record.access_token_ttl, record.access_token_max_ttl))


OPERATION = Operation("loginWithKubernetesAuth", LOGIN, login_with_kubernetes_auth)
