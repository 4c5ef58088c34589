"""An identity with Kubernetes Auth, as a team configures it, and what its scripts begin with."""

from tests.client import IDENTITIES
from tests.wire.terraform import Id, Terraform

ROBOT, AUTH = "infisical_identity.robot", "infisical_identity_kubernetes_auth.robot"
ACME, MADE = "0a000000-0000-4000-8000-000000000001", "/api/v1/identities"
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
