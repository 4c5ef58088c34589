"""How Terraform logs in, and what pods notice of what it changes."""

import pytest

from tests.client import IDENTITIES, MEMBER, OPS_ADMIN, Client
from tests.wire.provider import ApiError, Token, kubernetes, universal
from tests.wire.robot import (
    AUTH,
    CLIENT_ID,
    HCL,
    HOST,
    K8S_LOGIN,
    LOGGED_IN,
    MADE,
    POD,
    ROBOT,
    SECRET,
    UA_LOGIN,
    changed,
    robot,
)
from tests.wire.terraform import Terraform

# Logins


async def test_login_by_universal_auth_has_no_authorization(team: Terraform):
    await team.plan({})
    (login,) = team.exchanges
    assert login.headers == {
        "User-Agent": "terraform",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    assert login.breaches == 0
    assert set(login.answer.json) == {"accessToken", "expiresIn", "accessTokenMaxTTL", "tokenType"}


async def test_login_by_kubernetes_has_no_authorization_and_an_untrimmed_jwt(terraform_as, elsewhere):
    settings = {"kubernetesHost": HOST, "allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
    await elsewhere("POST", IDENTITIES + OPS_ADMIN, settings)
    terraform = terraform_as(kubernetes(OPS_ADMIN, POD + "\n"))
    await terraform.apply(HCL)
    login = terraform.exchanges[0]
    assert login.line == ("POST", K8S_LOGIN, {"identityId": OPS_ADMIN, "jwt": POD + "\n"}, 200)
    assert "Authorization" not in login.headers
    assert [line[3] for line in terraform.sent] == [200] * 3


@pytest.mark.parametrize(("slug", "status"), [("acme", 200), ("ACME", 422)])
async def test_login_with_the_organization_s_slug(terraform_as, slug, status):
    terraform = terraform_as(universal(CLIENT_ID, SECRET, slug))
    if status == 200:
        await terraform.plan({})
    else:
        with pytest.raises(ApiError):
            await terraform.plan({})
    assert terraform.sent == [("POST", UA_LOGIN, {**LOGGED_IN[2], "organizationSlug": slug}, status)]


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        (universal(CLIENT_ID, "wrong"), 401),
        (universal("c1000000-0000-4000-8000-0000000000ff", SECRET), 401),
        (universal(CLIENT_ID, SECRET, "atlantis"), 404),
        (kubernetes(OPS_ADMIN, POD), 404),
        (kubernetes("robot", POD), 500),
    ],
    ids=["secret", "client", "organization", "not attached", "no uuid"],
)
async def test_a_refused_login_is_the_only_call(terraform_as, auth, status):
    terraform = terraform_as(auth)
    with pytest.raises(ApiError) as raised:
        await terraform.apply(HCL)
    assert raised.value.status == status
    assert raised.value.message
    assert raised.value.req_id == terraform.exchanges[0].answer.headers["Mock-Request-Id"]
    assert len(terraform.exchanges) == 1


async def test_a_token_makes_no_login(terraform: Terraform):
    await terraform.plan({})
    assert terraform.sent == []


async def test_every_request_is_terraform_s_and_the_journal_has_the_same(team: Terraform, live: Client):
    await live.send("DELETE", "/_mock/requests")
    await team.apply(HCL)
    token = team.exchanges[0].answer.json["accessToken"]
    assert [each.headers["Authorization"] for each in team.exchanges[1:]] == [f"Bearer {token}"] * 2
    listed = (await live.get("/_mock/requests")).json["requests"]
    entries = [(await live.get(f"/_mock/requests/{each['id']}")).json for each in reversed(listed)]
    assert [(each["method"], each["path"], each["status"]) for each in entries] == [
        (line[0], line[1], line[3]) for line in team.sent
    ]
    for entry in entries:
        assert ["User-Agent", "terraform"] in entry["request"]["headers"]
    assert token not in str(entries)


async def test_an_expired_token_fails_the_refresh(team: Terraform, terraform_as):
    await team.apply(HCL)
    late = terraform_as(Token("acme-expired-token"))
    late.state = dict(team.state)
    with pytest.raises(ApiError) as raised:
        await late.plan(HCL)
    assert raised.value.status == 403
    assert late.state == team.state


async def test_a_member_may_have_identities_and_not_their_auth(terraform_as):
    member = terraform_as(Token(MEMBER))
    humble = changed(ROBOT, role="no-access")
    with pytest.raises(ApiError) as raised:
        await member.apply(HCL)  # may not grant a role
    assert (raised.value.status, member.exchanges[-1].answer.json["error"]) == (403, "PermissionBoundaryError")
    with pytest.raises(ApiError) as raised:
        await member.apply(humble)
    assert [(line[0], line[3]) for line in member.sent] == [("POST", 200), ("POST", 403)]
    assert member.exchanges[-1].answer.json["error"] == "PermissionDenied"
    assert list(member.state) == [ROBOT]
    await member.destroy()
    assert member.state == {}


# What pods notice


async def pod(live: Client, robot_id: str, jwt: str = POD):
    return await live.send("POST", K8S_LOGIN, {"identityId": robot_id, "jwt": jwt}, token=None)


async def test_a_pod_logs_in_after_the_apply_and_not_after_the_destroy(team: Terraform, live: Client):
    await team.apply(HCL)
    robot_id = robot(team)
    answer = await pod(live, robot_id)
    assert (answer.status, answer.json["expiresIn"], answer.json["accessTokenMaxTTL"]) == (200, 3600, 7200)
    token = answer.json["accessToken"]
    assert (await live.send("GET", f"{MADE}/{robot_id}", token=token)).status == 200
    await team.destroy()
    assert (await pod(live, robot_id)).status == 404
    assert (await live.send("GET", f"{MADE}/{robot_id}", token=token)).status == 401


async def test_a_change_of_namespaces_locks_a_pod_out(team: Terraform, live: Client):
    await team.apply(HCL)
    await team.apply(changed(AUTH, allowed_namespaces=("checkout",)))
    assert (await pod(live, robot(team))).status == 401


async def test_a_change_of_trusted_ips_stops_tokens_at_once_and_one_of_ttls_only_later_ones(
    team: Terraform, live: Client
):
    await team.apply(HCL)
    robot_id = robot(team)
    token = (await pod(live, robot_id)).json["accessToken"]
    longer = changed(AUTH, access_token_max_ttl=9000, access_token_ttl=9000)
    await team.apply(longer)
    assert (await live.send("GET", f"{MADE}/{robot_id}", token=token)).status == 200
    assert (await pod(live, robot_id)).json["expiresIn"] == 9000
    await team.apply({**longer, AUTH: {**longer[AUTH], "access_token_trusted_ips": ("203.0.113.0/24",)}})
    assert (await live.send("GET", f"{MADE}/{robot_id}", token=token)).status == 403
    inside = await live.send("GET", f"{MADE}/{robot_id}", token=token, headers={"X-Forwarded-For": "203.0.113.9"})
    assert inside.status == 200
