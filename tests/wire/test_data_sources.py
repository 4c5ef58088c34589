"""The provider's data sources: one GET each, decoded as Go does it."""

from tests.client import ADMIN, Client
from tests.wire import go
from tests.wire.provider import Provider, Token

GATEWAYS = go.many(go.struct(id=go.text, name=go.text))
SUB_ORGANIZATIONS = go.struct(
    organizations=go.many(go.struct(id=go.text, name=go.text, slug=go.text)), totalCount=go.int64
)
DETAILS = go.struct(identityDetails=go.struct(organization=go.struct(id=go.text, name=go.text, slug=go.text)))


async def read(live: Client, path: str, into: go.Decoder):
    import aiohttp

    from tests.wire.exchanges import Recorder

    async with aiohttp.ClientSession() as session:
        recorder = Recorder(session)
        provider = Provider(live.url, recorder.send)
        await provider.configure(Token(ADMIN))
        found = await provider.call("GET", path, None, into)
    assert recorder.lines == [("GET", f"/{path}", None, 200)]
    assert recorder.exchanges[0].breaches == 0
    return found


async def test_gateways_are_a_bare_list(live: Client):
    found = await read(live, "api/v2/gateways", GATEWAYS)
    assert {"id": "6a000000-0000-4000-8000-000000000001", "name": "eu-1"} in found
    assert len(found) >= 3


async def test_sub_organizations_with_their_number(live: Client):
    found = await read(live, "api/v1/sub-organizations?limit=1000&offset=0", SUB_ORGANIZATIONS)
    assert found["totalCount"] == len(found["organizations"])


async def test_details_are_the_root_organization(live: Client):
    found = await read(live, "api/v1/identities/details", DETAILS)
    assert found["identityDetails"]["organization"]["slug"] == "acme"
