"""What the scripts of `infisical_identity_kubernetes_auth` begin with: its HCL, and what is sent of it."""

from tests.client import BARE, GATEWAY, IDENTITIES, Client

AUTH = "infisical_identity_kubernetes_auth.bare"
PATH = IDENTITIES + BARE
HOST = "https://prod.k8s.example:6443"
CA = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----"
HCL = {
    "identity_id": BARE,
    "kubernetes_host": HOST,
    "kubernetes_ca_certificate": CA + "\n",  # as file() reads it
    "token_reviewer_jwt": "reviewer-good",
    "allowed_service_account_names": ("api", "worker-*", "Batch"),
    "allowed_namespaces": ("payments", "checkout"),
    "allowed_audience": "infisical",
    "access_token_ttl": 3600,
    "access_token_max_ttl": 7200,
    "access_token_num_uses_limit": 10,
    "access_token_trusted_ips": ("203.0.113.7", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0", "10.0.0.0/8"),
}
SENT = {
    "identityId": BARE,
    "kubernetesHost": HOST,
    "caCert": CA + "\n",
    "tokenReviewerJwt": "reviewer-good",
    "allowedNamespaces": "payments,checkout",
    "allowedNames": "api,worker-*,Batch",
    "allowedAudience": "infisical",
    "tokenReviewMode": "api",
    "gatewayId": None,
    "accessTokenTrustedIps": [
        {"ipAddress": "203.0.113.7"},
        {"ipAddress": "10.0.0.0/8"},
        {"ipAddress": "0.0.0.0/0"},
        {"ipAddress": "2001:db8::/32"},
        {"ipAddress": "::/0"},
        {"ipAddress": "10.0.0.0/8"},
    ],
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 10,
}
LEAST = {"identity_id": BARE, "kubernetes_host": HOST}
LEAST_SENT = {
    "identityId": BARE,
    "kubernetesHost": HOST,
    "allowedNamespaces": "",
    "allowedNames": "",
    "allowedAudience": "",
    "tokenReviewMode": "api",
    "gatewayId": None,
}
"""What a create sends of it; an update adds `"caCert": ""` and `"tokenReviewerJwt": null`."""
LEAST_PATCHED = {**LEAST_SENT, "caCert": "", "tokenReviewerJwt": None}
BY_GATEWAY = {"identity_id": BARE, "token_reviewer_mode": "gateway", "gateway_id": GATEWAY}
UPDATED = ("PATCH", PATH)
READ = ("GET", PATH, None, 200)


def without(name, values):
    return {each: value for each, value in values.items() if each != name}


async def stored(client: Client):
    return (await client.send("GET", PATH)).record
