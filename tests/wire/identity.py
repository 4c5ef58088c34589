"""What the scripts of `infisical_identity` begin with: its HCL, and what is sent of it."""

from tests.client import Client
from tests.wire.robot import ACME, MADE
from tests.wire.terraform import Terraform

HOBBY = "0a000000-0000-4000-8000-000000000002"
IDENTITY = "infisical_identity.robot"
TEAM, TIER = ("team", "payments"), ("tier", "1")
HCL = {
    "name": "robot",
    "org_id": ACME,
    "role": "member",
    "has_delete_protection": False,
    "metadata": frozenset({TIER, TEAM}),
}
LEAST = {"name": "robot", "org_id": ACME, "role": "no-access"}
METADATA_SENT = [{"key": "team", "value": "payments"}, {"key": "tier", "value": "1"}]


def path(terraform: Terraform) -> str:
    return f"{MADE}/{terraform.state[IDENTITY]['id']}"


def patched(terraform: Terraform, status: int = 200, **differs):
    """The line of an update of HCL."""
    body = {
        "identityId": terraform.state[IDENTITY]["id"],
        "name": "robot",
        "hasDeleteProtection": False,
        "role": "member",
        "metadata": METADATA_SENT,
    }
    return ("PATCH", path(terraform), body | differs, status)


def read(terraform: Terraform):
    return ("GET", path(terraform), None, 200)


async def stored(client: Client, terraform: Terraform):
    answer = await client.send("GET", path(terraform))
    assert answer.status == 200
    return answer.json["identity"]
