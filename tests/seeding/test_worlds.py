"""Worlds that load: the example of the format as it stands, the defaults, and dump as the way back."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import FixtureErrors
from mockserver.http.turns import in_thread
from mockserver.infisical.state import State
from mockserver.seeding import build
from mockserver.seeding import load as loading
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load, texts
from mockserver.seeding.yaml_reader import Text
from mockserver.settings import bundled
from tests.client import PAYMENTS, Client
from tests.conftest import Serve

NOW = 1_800_000_000_000
EXAMPLE = Path(__file__).with_name("example-world.yaml")
WORLDS = {"the example": EXAMPLE, "the bundled one": bundled("fixtures")}
ACME = "{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }"


def loaded(text: str) -> State:
    return load([Text("a.yaml", text)], NOW)


@pytest.fixture
async def example(serve: Serve) -> Client:
    """A server with the example world."""
    return await serve(fixtures=(EXAMPLE,))


async def test_the_example_of_the_format_loads_as_it_stands_and_is_served(example: Client):
    assert (await example.update({"allowedNames": "a"})).record["allowedNames"] == "a"
    stored = await example.stored()
    assert stored["createdAt"] == "2026-01-02T03:04:05.678Z"
    assert stored["accessTokenTrustedIps"] == [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}]


@pytest.mark.parametrize(
    ("token", "rule"),
    [
        ("acme-member-token", "permission.edit-auth"),
        ("acme-auditor-token", "permission.edit-auth"),
        ("hobby-admin-token", "identity.unknown"),
        ("acme-office-token", "token.address"),
        ("acme-expired-token", "token.expired"),
        ("acme-revoked-token", "token.revoked"),
        ("acme-three-uses-token", "accepted"),
    ],
)
async def test_each_token_of_the_example_is_what_its_name_says(example: Client, token: str, rule: str):
    assert (await example.update({"allowedNames": "a"}, token=token)).rule == rule


@pytest.mark.parametrize("path", WORLDS.values(), ids=WORLDS)
def test_what_is_dumped_loads_as_the_same_world(path: Path):
    state = load(texts([path]), NOW)
    document = dump(state)
    for text in (json.dumps(document), yaml.safe_dump(document, allow_unicode=True)):
        again = load([Text("dump", text)], NOW + 1)
        assert dump(again) == document
        assert again._replace(clusters=state.clusters) == state


@pytest.mark.parametrize("path", WORLDS.values(), ids=WORLDS)
def test_the_same_fixtures_are_the_same_world_at_every_start(path: Path):
    assert dump(load(texts([path]), NOW)) == dump(load(texts([path]), NOW))


def test_an_attached_method_of_which_nothing_is_said_has_the_defaults_of_the_attach_operation():
    state = loaded(
        f"version: 1\norganizations: [{ACME}]\n"
        f"identities: [{{ id: {PAYMENTS}, organization: acme, name: p, kubernetesAuth: {{}} }}]"
    )
    record = dump(state)["identities"][0]["kubernetesAuth"]
    assert {key: value for key, value in record.items() if key != "id"} == {
        "accessTokenTTL": 2592000,
        "accessTokenMaxTTL": 2592000,
        "accessTokenNumUsesLimit": 0,
        "accessTokenTrustedIps": [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}],
        "createdAt": "2027-01-15T08:00:00.000Z",
        "updatedAt": "2027-01-15T08:00:00.000Z",
        "tokenReviewMode": "api",
        "kubernetesHost": None,
        "allowedNamespaces": "",
        "allowedNames": "",
        "allowedAudience": "",
        "gatewayId": None,
        "gatewayPoolId": None,
        "verifyTlsCertificate": False,
        "caCert": "",
        "tokenReviewerJwt": "",
    }


@pytest.mark.parametrize(
    ("given", "verify"),
    [("{}", False), ("{ caCert: CA }", True), ("{ caCert: CA, verifyTlsCertificate: false }", False)],
)
def test_verification_is_on_with_a_ca_unless_it_is_said(given: str, verify: bool):
    state = loaded(
        f"version: 1\norganizations: [{ACME}]\n"
        f"identities: [{{ id: {PAYMENTS}, organization: acme, name: p, kubernetesAuth: {given} }}]"
    )
    assert state.kubernetes_auths[PAYMENTS].verify_tls_certificate is verify


def test_ids_are_in_small_letters_whatever_the_file_says():
    state = loaded(f"version: 1\norganizations: [{ACME.replace('0a', '0A')}]")
    assert list(state.organizations) == ["0a000000-0000-4000-8000-000000000001"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ttl=st.integers(0, 315360000),
    at=st.integers(0, 4_000_000_000_000),
)
def test_any_texts_numbers_and_times_come_back_as_they_were(text: str, ttl: int, at: int):
    world = {
        "version": 1,
        "organizations": [{"id": "0a000000-0000-4000-8000-000000000001", "name": text, "slug": "acme"}],
        "identities": [
            {
                "id": PAYMENTS,
                "organization": "acme",
                "name": text,
                "kubernetesAuth": {
                    "allowedNames": text,
                    "caCert": text,
                    "accessTokenTTL": ttl,
                    "accessTokenMaxTTL": ttl,
                },
            }
        ],
    }
    document = dump(load([Text("a.json", json.dumps(world))], at))
    assert document["identities"][0]["name"] == text
    record = document["identities"][0]["kubernetesAuth"]
    assert (record["allowedNames"], record["caCert"], record["accessTokenTTL"]) == (text, text, ttl)
    assert dump(load([Text("b.json", json.dumps(document))], 0)) == document


def test_references_are_by_slug_name_or_id_and_must_be_clear():
    two = ACME.replace("0001", "0002").replace("slug: acme", "slug: other")
    identity = "{{ id: 1d000000-0000-4000-8000-00000000000{n}, organization: {of}, name: ops }}"
    head = f"version: 1\norganizations: [{ACME}, {two}]\n"
    clear = (identity.format(n=1, of="acme"), identity.format(n=2, of="0a000000-0000-4000-8000-000000000002"))
    state = loaded(head + f"identities: [{clear[0]}, {clear[1]}]")
    assert len({each.organization_id for each in state.identities.values()}) == 2
    with pytest.raises(FixtureErrors, match="ambiguous name: use the id of the organization"):
        loaded(head + f"identities: [{identity.format(n=1, of='Acme')}]")


@pytest.mark.parametrize("at_once", [1, 2, 1000])
@pytest.mark.parametrize("name", WORLDS)
async def test_a_world_that_is_loaded_beside_the_loop_is_the_same(
    name: str, at_once: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(build, "_ADDED_AT_ONCE", at_once)
    sources = texts([WORLDS[name]])
    beside, here = await in_thread(load, sources, NOW), load(sources, NOW)
    assert beside._replace(clusters=here.clusters) == here
    assert dump(beside) == dump(here)


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfversion: 1\r\nclusters: []\r# \xc3\xa4\n", b"", b"\xff", b"a\r", b"\xc3"]
)
@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_a_file_that_is_read_in_pieces_has_the_same_text(
    content: bytes, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loading, "_PIECE", at_once)
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    try:
        whole = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        with pytest.raises(FixtureErrors, match="not UTF-8"):
            texts([file])
        return
    assert texts([file]) == [Text(str(file), whole)]
    digest = loading.digest_of(texts([file]))
    monkeypatch.setattr(loading, "_PIECE", 3)
    assert loading.digest_of(texts([file])) == digest
