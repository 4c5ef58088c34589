"""Fixtures: the reader of YAML, the check of the form, the building of a world, and the way back."""

import json
from pathlib import Path

import yaml

from mockserver.errors import FixtureErrors
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Located, Text
from mockserver.settings import bundled
from tests.fuzz_parsers.bodies import NOW
from tests.fuzz_parsers.target import Target
from tests.fuzz_parsers.texts import text_of

WORLD: Path = bundled("fixtures") / "world.yaml"


def yaml_text(content: bytes) -> None:
    """The reader alone: it gives back a plain value, or says where it stops."""
    read = Located(Text("sent", text_of(content)))
    assert all(error.line >= 1 and error.column >= 1 and error.reason for error in read.errors)
    if not read.errors:
        assert repr(Located(Text("sent", text_of(content))).value) == repr(read.value)


def world(content: bytes) -> None:
    """Text to world: what loads can be written down, loads again, and is the same then."""
    state, errors = None, ()
    try:
        state = load([Text("sent", text_of(content))], NOW)
    except FixtureErrors as found:
        errors = found.errors
    assert (state is None) == bool(errors)
    assert all(each.line >= 1 and each.column >= 1 and each.reason for each in errors)
    assert all(each.pointer.startswith("/") or not each.path for each in errors)
    if state is None:
        return
    written = dump(state)
    again = dump(load([Text("written", json.dumps(written))], NOW))
    assert again == written, "what is written down is another world"


def _parts() -> tuple[bytes, ...]:
    """The bundled world in small: one entry, or a few, of each section with what they refer to, as YAML and as JSON."""
    whole = Located(Text("bundled", WORLD.read_text("utf-8"))).value
    documents = []
    for entry in whole["identities"][::2]:
        named = {each["organization"] for each in entry.get("memberships", ())} - {entry["organization"]}
        others = [each for each in whole["organizations"] if not named.isdisjoint((each["id"], each["slug"]))]
        document = {"version": 1, "organizations": [_organization(whole, entry), *others], "identities": [entry]}
        record = entry.get("kubernetesAuth") or {}
        if "gatewayId" in record or "gatewayPoolId" in record:
            document |= {name: whole[name] for name in ("clusters", "gateways", "gatewayPools")}
        document["accessTokens"] = [each for each in whole["accessTokens"] if each.get("identity") == entry["name"]]
        documents.append(document)
    documents.append({"version": 1, "clusters": whole["clusters"], "unknownHosts": "ok"})
    texts = [json.dumps(each) for each in documents]
    texts += [yaml.safe_dump(json.loads(each), sort_keys=False, allow_unicode=True) for each in texts[::2]]
    return tuple(text.encode() for text in texts)


def _organization(whole: dict, entry: dict) -> dict:
    found = next(each for each in whole["organizations"] if entry["organization"] in (each["id"], each["slug"]))
    found = {name: value for name, value in found.items() if name != "parent"}
    if "projects" in found:  # the entry is the only identity here, so nobody else is a member
        here = (entry["id"], entry["name"])
        found["projects"] = [
            {**each, "members": [member for member in each.get("members", ()) if member["identityId"] in here]}
            for each in found["projects"]
        ]
    return found


PARTS = _parts()
_WORDS = tuple(
    b"""
    version organizations identities clusters gateways gatewayPools accessTokens unknownHosts id name slug parent
    plan roles role permissions subject actions universalAuth kubernetesAuth tokenAuth clientSecrets clientId secret
    createdAt updatedAt accessTokenTTL accessTokenTrustedIps numUses revoked expiresAt token identity organization
    hosts reachability reviewers serviceAccounts &a *a <<: !!str !!python/object --- ... | > ' \" [ ] { } : - # ? ,
    % @ ` ~ null true .inf .nan 0o17 0x1F 2026-01-02T03:04:05.678Z 0001-01-01T00:00:00+14:00
    9999-12-31T23:59:59-14:00 acme admin member prod
    """.split()
)
TARGETS = (
    Target(
        "yaml",
        "the reader of YAML and JSON",
        yaml_text,
        (
            b"a: &x [1, 2.5, ~, true, 'x', \"\\ud83d\\ude00\"]\nb: *x\nc: {d: |\n  text\n}",
            b"a: |-\n  text\n   more\nb: >\n  folded\n? c\n: 0o17\n",
            b'{"a": {"b": [1, null, "\\u0000", 1e3]}}',
            b"a: 1\na: 2\n---\nb: 3\n...",
            b"%YAML 1.2\n---\n!!map {a: !!str 1, <<: {b: 2}}",
        ),
        _WORDS,
        share=70,
        longest=600,
    ),
    Target(
        "fixtures",
        "a fixture file, up to the world that it describes",
        world,
        PARTS,
        _WORDS,
        "json",
        share=60,
        longest=4000,
    ),
)
