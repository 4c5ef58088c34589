"""The list of what is in the image: made from what pip has installed, held to the lock, the same every time."""

import json
import re
import runpy
import subprocess
import sys
from importlib.metadata import distribution, metadata
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from mockserver import __version__

ROOT = Path(__file__).resolve().parents[2]
SBOM = ROOT / "requirements" / "sbom.py"
LOCK = ROOT / "requirements" / "run.txt"
document = runpy.run_path(str(SBOM))["document"]
LOCKED = {
    name: (version, re.findall(r"sha256:(\w+)", hashes))
    for name, version, hashes in re.findall(
        r"^([a-z0-9-]+)==(\S+).*\\\n((?: +--hash=\S+(?: \\)?\n)+)", LOCK.read_text(), re.M
    )
}
OURS = {
    "name": "infisical_mockserver",
    "version": __version__,
    "license_expression": "MIT",
    "requires_dist": ["aiohttp>=3.14", "pytest>=8; extra == 'pytest'"],
}


def entry(name: str, **more):
    """A package as pip reports it, with the metadata of the one that is installed here."""
    version, hashes = LOCKED[name]
    found = {**metadata(name).json, "version": version, **more}
    return {"metadata": found, "download_info": {"archive_info": {"hashes": {"sha256": hashes[0]}}}}


@pytest.fixture(scope="module")
def installed():
    return [entry(name) for name in LOCKED]


@pytest.fixture(scope="module")
def made(installed):
    return document(installed, _hashes(), OURS)


def _hashes():
    return frozenset(each for _, hashes in LOCKED.values() for each in hashes)


def test_it_keeps_to_the_schema_of_the_format(made):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made)) is None


def test_every_locked_package_is_in_it_whole(made):
    libraries = {each["name"]: each for each in made["components"] if each["type"] == "library"}
    assert len(LOCKED) > 30
    assert libraries.keys() == LOCKED.keys()
    for name, (version, hashes) in LOCKED.items():
        found = libraries[name]
        assert (found["version"], found["purl"]) == (version, f"pkg:pypi/{name}@{version}")
        assert found["hashes"] == [{"alg": "SHA-256", "content": hashes[0]}]
        assert found["licenses"], name


def test_the_mock_and_its_interpreter_are_in_it(made):
    root = made["metadata"]["component"]
    assert (root["type"], root["name"], root["version"]) == ("application", "infisical-mockserver", __version__)
    assert root["licenses"] == [{"expression": "MIT"}]
    assert [each["name"] for each in made["components"] if each["type"] == "platform"] == ["cpython"]


def test_it_says_who_needs_whom(made):
    needs = {each["ref"].partition("@")[0]: each.get("dependsOn", []) for each in made["dependencies"]}
    aiohttp = f"pkg:pypi/aiohttp@{LOCKED['aiohttp'][0]}"
    assert needs["pkg:pypi/infisical-mockserver"][1:] == [aiohttp], "pytest is an extra, and not in the image"
    assert f"pkg:pypi/yarl@{LOCKED['yarl'][0]}" in needs["pkg:pypi/aiohttp"]


def test_the_same_files_give_the_same_document(made, installed):
    again = document(list(reversed(installed)), _hashes(), OURS)
    assert again["serialNumber"] == made["serialNumber"]
    assert json.dumps(again) == json.dumps(made)
    newer = document([*installed[1:], entry(next(iter(LOCKED)), version="99")], _hashes(), OURS)
    assert newer["serialNumber"] != made["serialNumber"]


def test_a_file_that_is_not_locked_is_refused(installed):
    with pytest.raises(ValueError, match=r"aiohttp: sha256 [0-9a-f]{64} is not in the lock"):
        document(installed, _hashes() - set(LOCKED["aiohttp"][1]), OURS)


LICENCES = {
    "an expression": (
        {"license_expression": "MIT OR Apache-2.0", "license": "x"},
        [{"expression": "MIT OR Apache-2.0"}],
    ),
    "a word that means one": ({"license": "Apache 2.0"}, [{"expression": "Apache-2.0"}]),
    "a whole text, and a classifier": (
        {"license": "Copyright (c) …", "classifier": ["License :: OSI Approved :: BSD License", "Topic :: x"]},
        [{"license": {"name": "BSD License"}}],
    ),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("said", "wanted"), LICENCES.values(), ids=LICENCES)
def test_the_licence_is_what_the_package_says(said, wanted):
    package = {
        "metadata": {"name": "A_b.c", "version": "1", **said},
        "download_info": {"archive_info": {"hashes": {"sha256": "0" * 64}}},
    }
    found = document([package], frozenset(("0" * 64,)), OURS)["components"][1]
    assert found["name"] == "a-b-c"
    assert found.get("licenses") == wanted


def test_the_command_writes_it(tmp_path, installed):
    reported = [{**each, "metadata": {"name": each["metadata"]["name"]}} for each in installed]
    (tmp_path / "report.json").write_text(json.dumps({"install": reported}))
    said = {
        each["metadata"]["name"]: distribution(each["metadata"]["name"]).read_text("METADATA") for each in installed
    }
    said["infisical_mockserver"] = f"Metadata-Version: 2.4\nName: infisical-mockserver\nVersion: {__version__}\n"
    for name, text in said.items():
        folder = tmp_path / "site" / f"{name.replace('-', '_')}-{LOCKED.get(name, (__version__,))[0]}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(text)
    ended = subprocess.run(
        [sys.executable, SBOM, tmp_path / "report.json", LOCK, tmp_path / "site"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(ended.stdout) is None
    assert str(tmp_path) not in ended.stdout
    libraries = [each for each in json.loads(ended.stdout)["components"] if each["type"] == "library"]
    assert len(libraries) == len(LOCKED)
    assert all(each["licenses"] and each["hashes"] for each in libraries)
