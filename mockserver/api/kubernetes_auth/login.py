"""`POST /api/v1/auth/kubernetes-auth/login`."""

from mockserver.api.login_record import logged_in, login_answer
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.access_tokens.issue import Grant, issue, json_text
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.login import LOGIN
from mockserver.infisical.kubernetes_auth.login_kinds import kinds_of
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest, Sent


def login_with_kubernetes_auth(call: Call) -> Outcome:
    """Return an access token. The lifetimes in the response are the configured ones, not the effective ones."""
    state, sent = call.state, Sent.from_json(call.body, call.shape)
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
    decision = call.decide(LOGIN, request, kinds_of(request))
    if decision.refused:
        return Outcome(decision)
    record, identity = request.record, state.identities[identity_id]
    namespace, name = map(json_text, request.service_account)
    auth = f'{{"kubernetes":{{"namespace":{namespace},"name":{name}}}}}'
    grant = Grant(
        token_id=call.ids.uuid(),
        identity_id=identity_id,
        identity_name_json=json_text(identity.name),
        auth_method="kubernetes-auth",
        organization_id=request.scope.organization_id,
        root_id=request.scope.root_id,
        ttl=record.access_token_ttl,
        max_ttl=record.access_token_max_ttl,
        num_uses_limit=record.access_token_num_uses_limit,
        identity_auth_json=auth,
    )
    token = issue(grant, call.world.token_secret, call.now)
    call.commit(logged_in(state, identity, grant.auth_method, call.now), identity_id)
    return Outcome(decision, login_answer(token.text, record.access_token_ttl, record.access_token_max_ttl))


OPERATION = Operation("loginWithKubernetesAuth", LOGIN, login_with_kubernetes_auth)
