"""Ten thousand identities linked to one template: one change is one commit, under 0.2 s of processor time."""

import json
from time import process_time

from tests.client import Client
from tests.conftest import Serve
from tests.infisical.identity_templates.world import ACME, GATEWAY, HOST, TEMPLATES, started

COUNT = 10_000
TEMPLATE = "7e000000-0000-4000-8000-000000000001"


def world() -> str:
    every = {"gateway": True, "machineIdentityAuthTemplates": True}
    template = {"id": TEMPLATE, "name": "t", "authMethod": "kubernetes", "kubernetesHost": HOST}
    linked = [
        {
            "id": f"1d000000-0000-4000-8000-{number:012x}",
            "organization": "acme",
            "name": f"i{number}",
            "role": "no-access" if number else "admin",
            "kubernetesAuth": {"templateId": "t"},
        }
        for number in range(COUNT)
    ]
    return json.dumps(
        {
            "version": 1,
            "organizations": [{"id": ACME, "name": "Acme", "slug": "acme", "plan": every, "templates": [template]}],
            "clusters": [{"name": "c"}],
            "gateways": [{"id": GATEWAY, "organization": "acme", "name": "g", "cluster": "c"}],
            "identities": linked,
            "accessTokens": [{"token": "acme-admin-token", "identity": "i0"}],
        }
    )


async def test_one_change_of_ten_thousand_records(serve: Serve) -> None:
    client: Client = await started(serve, world=world())
    seconds = []
    for gateway in (GATEWAY, None, GATEWAY):
        begun = process_time()
        answer = await client.send("PATCH", f"{TEMPLATES}/{TEMPLATE}", {"templateFields": {"gatewayId": gateway}})
        seconds.append(process_time() - begun)
        assert answer.status == 200, answer.content
    default = client.mock.worlds.default
    assert default.revision == len(seconds)
    assert {each.gateway_id for each in default.state.kubernetes_auths.values()} == {GATEWAY}
    assert len(default.state.gateway_users.ids_in(GATEWAY)) == COUNT
    assert min(seconds) < 0.2, seconds
    gone = await client.send("DELETE", f"{TEMPLATES}/{TEMPLATE}")
    assert gone.status == 200
    assert len(default.state.template_users.ids_in(TEMPLATE)) == 0
    assert len(default.state.gateway_users.ids_in(GATEWAY)) == COUNT
