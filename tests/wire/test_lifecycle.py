"""Both resources together, as a team has them: log in, apply, plan, change, import, destroy; and what pods notice."""

import pytest

from tests.cli.commands import serving
from tests.client import IDENTITIES, OPS_ADMIN, Client
from tests.wire.planning import Change
from tests.wire.provider import ApiError, Token, kubernetes, universal
from tests.wire.terraform import Id, Terraform
from tests.wire.test_identity import ACME, MADE

ROBOT, AUTH = "infisical_identity.robot", "infisical_identity_kubernetes_auth.robot"
CLIENT_ID, SECRET = "c1000000-0000-4000-8000-000000000001", "ops-admin-secret"
UA_LOGIN, K8S_LOGIN = "/api/v1/auth/universal-auth/login", "/api/v1/auth/kubernetes-auth/login"
HOST = "https://prod.k8s.example:6443"
POD = "sa-payments-api"
HCL = {
    ROBOT: {"name": "robot", "org_id": ACME, "role": "member", "metadata": frozenset({("team", "payments")})},
    AUTH: {
        "identity_id": Id(ROBOT),
        "kubernetes_host": HOST,
        "allowed_namespaces": ("payments",),
        "allowed_service_account_names": ("api",),
        "access_token_ttl": 3600,
        "access_token_max_ttl": 7200,
    },
}
LOGGED_IN = ("POST", UA_LOGIN, {"clientId": CLIENT_ID, "clientSecret": SECRET}, 200)


def changed(address: str, **attributes):
    return {**HCL, address: {**HCL[address], **attributes}}


def robot(terraform: Terraform) -> str:
    return terraform.state[ROBOT]["id"]


def reads(id: str):
    return [("GET", f"{MADE}/{id}", None, 200), ("GET", IDENTITIES + id, None, 200)]


@pytest.fixture
def team(terraform_as) -> Terraform:
    """Terraform that logs in by universal auth."""
    return terraform_as(universal(CLIENT_ID, SECRET))


# The order of calls


async def test_apply_logs_in_creates_the_identity_and_attaches(team: Terraform):
    await team.apply(HCL)
    assert team.sent == [
        LOGGED_IN,
        (
            "POST",
            MADE,
            {
                "name": "robot",
                "organizationId": ACME,
                "role": "member",
                "hasDeleteProtection": False,
                "metadata": [{"key": "team", "value": "payments"}],
            },
            200,
        ),
        (
            "POST",
            IDENTITIES + robot(team),
            {
                "identityId": robot(team),
                "kubernetesHost": HOST,
                "allowedNamespaces": "payments",
                "allowedNames": "api",
                "allowedAudience": "",
                "tokenReviewMode": "api",
                "gatewayId": None,
                "accessTokenTTL": 3600,
                "accessTokenMaxTTL": 7200,
            },
            200,
        ),
    ]
    assert team.state[AUTH]["identity_id"] == robot(team)


async def test_plan_logs_in_and_reads_both(team: Terraform):
    await team.apply(HCL)
    assert await team.plan(HCL) == {}
    assert team.sent == [LOGGED_IN, *reads(robot(team))]


async def test_plan_of_nothing_yet_shows_two_creates_and_only_logs_in(team: Terraform):
    assert await team.plan(HCL) == {ROBOT: Change("create"), AUTH: Change("create")}
    assert team.sent == [LOGGED_IN]


async def test_change_of_both_patches_both(team: Terraform):
    await team.apply(HCL)
    both = {ROBOT: changed(ROBOT, name="android")[ROBOT], AUTH: changed(AUTH, allowed_audience="vault")[AUTH]}
    await team.apply(both)
    robot_id = robot(team)
    assert [line[:2] for line in team.sent] == [
        ("POST", UA_LOGIN),
        ("GET", f"{MADE}/{robot_id}"),
        ("GET", IDENTITIES + robot_id),
        ("PATCH", f"{MADE}/{robot_id}"),
        ("PATCH", IDENTITIES + robot_id),
    ]
    assert await team.plan(both) == {}


async def test_destroy_reads_both_revokes_and_deletes(team: Terraform):
    await team.apply(HCL)
    robot_id = robot(team)
    await team.destroy()
    assert team.sent == [
        LOGGED_IN,
        *reads(robot_id),
        ("DELETE", IDENTITIES + robot_id, {"identityId": robot_id}, 200),
        ("DELETE", f"{MADE}/{robot_id}", {"identityId": robot_id}, 200),
    ]
    assert team.state == {}


async def test_removing_one_from_the_configuration_deletes_it(team: Terraform):
    await team.apply(HCL)
    robot_id = robot(team)
    only = {ROBOT: HCL[ROBOT]}
    assert await team.plan(only) == {AUTH: Change("delete")}
    await team.apply(only)
    assert team.sent[-1] == ("DELETE", IDENTITIES + robot_id, {"identityId": robot_id}, 200)
    assert await team.plan(only) == {}
    assert team.state[ROBOT]["auth_modes"] is None


async def test_import_of_both(team: Terraform, terraform_as):
    await team.apply(HCL)
    robot_id, other = robot(team), terraform_as(universal(CLIENT_ID, SECRET))
    await other.import_(ROBOT, robot_id)
    assert other.sent == [LOGGED_IN, *[("GET", f"{MADE}/{robot_id}", None, 200)] * 2]
    await other.import_(AUTH, robot_id)
    assert other.sent == [LOGGED_IN, ("GET", IDENTITIES + robot_id, None, 200)]
    assert await other.plan(HCL) == {AUTH: Change("update", frozenset({"kubernetes_host"}))}


async def test_an_identity_deleted_elsewhere_takes_both_along(team: Terraform, elsewhere):
    await team.apply(HCL)
    robot_id = robot(team)
    await elsewhere("DELETE", f"{MADE}/{robot_id}")
    assert await team.plan(HCL) == {ROBOT: Change("create"), AUTH: Change("create")}
    assert [(line[1], line[3]) for line in team.sent[1:]] == [(f"{MADE}/{robot_id}", 404), (IDENTITIES + robot_id, 404)]
    await team.apply(HCL)
    assert robot(team) != robot_id


async def test_protection_fails_the_destroy_after_the_auth_is_gone(team: Terraform):
    await team.apply(changed(ROBOT, has_delete_protection=True))
    with pytest.raises(ApiError):
        await team.destroy()
    assert [(line[0], line[3]) for line in team.sent[-2:]] == [("DELETE", 200), ("DELETE", 400)]
    assert list(team.state) == [ROBOT]


async def test_a_whole_life_against_the_command():
    with serving("--profile", "live") as running:
        team = Terraform(f"http://127.0.0.1:{running.port}", universal(CLIENT_ID, SECRET))
        await team.apply(HCL)
        assert await team.plan(HCL) == {}
        await team.apply(changed(AUTH, allowed_audience="vault"))
        await team.destroy()
        assert [(line[0], line[3]) for line in team.sent] == [
            ("POST", 200),
            ("GET", 200),
            ("GET", 200),
            ("DELETE", 200),
            ("DELETE", 200),
        ]


# auth_modes


async def test_auth_modes_are_null_and_after_a_refresh_kubernetes_auth(team: Terraform):
    await team.apply(HCL)
    assert team.state[ROBOT]["auth_modes"] is None
    assert await team.plan(HCL) == {}
    assert team.state[ROBOT]["auth_modes"] == ("kubernetes-auth",)


async def test_auth_modes_are_null_again_after_an_update(team: Terraform):
    await team.apply(HCL)
    await team.apply(changed(ROBOT, name="android"))
    assert team.state[ROBOT]["auth_modes"] is None
    assert await team.plan(changed(ROBOT, name="android")) == {}
    assert team.state[ROBOT]["auth_modes"] == ("kubernetes-auth",)


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


@pytest.mark.parametrize("slug", ["acme", "ACME"])
async def test_login_with_the_organization_s_slug(terraform_as, slug):
    terraform = terraform_as(universal(CLIENT_ID, SECRET, slug))
    await terraform.plan({})
    assert terraform.sent == [("POST", UA_LOGIN, {**LOGGED_IN[2], "organizationSlug": slug}, 200)]


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
