"""The document of each generation, served by server and by world."""

import yaml

from mockserver.rules.generation import GENERATIONS
from mockserver.settings import bundled
from tests.client import IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve


async def world(server: Client, **body: str) -> str:
    return f"/w/{(await server.send('POST', '/_mock/worlds', body, token=None)).json['id']}"


async def test_server_and_world_serve_the_document_of_their_generation(serve: Serve):
    server = await serve(as_of="2026-10")
    published = bundled("openapi.yaml").read_bytes()
    texts = set()
    for generation in GENERATIONS:
        base = await world(server, asOf=generation)
        got = await server.get(f"{base}/openapi.yaml")
        assert (got.status, got.headers["Content-Type"]) == (200, "application/yaml; charset=utf-8")
        assert (got.content == published) is (generation < "2026-09")
        value = (await server.get(f"{base}/openapi.json")).json
        assert value["paths"].keys() == yaml.safe_load(got.content)["paths"].keys()
        texts.add(got.content)
    assert len(texts) == 3
    assert (await server.get("/openapi.yaml")).content == got.content
    assert (await server.get("/w/nowhere/openapi.yaml")).status == 404


async def test_unknown_properties_are_no_breach_since_2026_10(server: Client):
    body = {"allowedNames": "a", "unknown": 1, "accessTokenTrustedIps": [{"ipAddress": "10.0.0.1", "type": "ipv4"}]}
    for profile in ("contract", "live"):
        for generation in GENERATIONS:
            base = await world(server, profile=profile, asOf=generation)
            answer = await server.send("PATCH", f"{base}{IDENTITIES}{PAYMENTS}", body)
            if generation == "2026-10":
                assert (answer.status, answer.headers.get("Mock-Breach")) == (200, None), answer.content
            elif profile == "contract":
                assert (answer.status, answer.rule) == (422, "contract.unrecognized-keys")
            else:
                assert (answer.status, answer.headers["Mock-Breach"]) == (200, "2")
