"""Writes what the image is made of as a CycloneDX document; for the build stage of the Dockerfile.

`python requirements/sbom.py REPORT LOCK SITE > FILE`: REPORT is what `pip install --report` has written, LOCK the
locked requirements, SITE the folder in which all of it is installed, our own package too. The same wheels give the same
document, to the byte: there is no time in it, and its serial number is made from its content. It fails where an
installed file is not one of the lock. The packages of the base image are not in it.
"""

import json
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

SPEC_VERSION = "1.6"
OURS = "infisical-mockserver"
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r";.*\bextra\s*==")
_EXPRESSIONS = {  # what packages write that have no expression of SPDX's yet
    "apache 2.0": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "mit": "MIT",
    "mit license": "MIT",
    "psf-2.0": "PSF-2.0",
}


def document(installed: Iterable[Mapping[str, Any]], locked: frozenset[str], ours: Mapping[str, Any]) -> dict[str, Any]:
    """The document. `installed` are entries of pip's report with their whole metadata, `ours` is that of our package.

    Raises ValueError for a file whose hash is not in the lock.
    """
    components = sorted((_component(each, locked) for each in installed), key=lambda each: each["name"])
    references = {each["name"]: each["bom-ref"] for each in components}
    needs = {_normal(each["metadata"]["name"]): each["metadata"].get("requires_dist", ()) for each in installed}
    root = _described(ours) | {"type": "application"}
    python = {
        "type": "platform",
        "bom-ref": f"pkg:generic/cpython@{platform.python_version()}",
        "name": "cpython",
        "version": platform.python_version(),
        "purl": f"pkg:generic/cpython@{platform.python_version()}",
        "licenses": [{"expression": "Python-2.0.1"}],
    }
    graph = [
        {"ref": root["bom-ref"], "dependsOn": [python["bom-ref"], *_needed(ours.get("requires_dist", ()), references)]}
    ]
    graph += [
        {"ref": reference, "dependsOn": _needed(needs[name], references)} for name, reference in references.items()
    ]
    made: dict[str, Any] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "version": 1,
        "metadata": {"component": root, "lifecycles": [{"phase": "build"}]},
        "components": [python, *components],
        "dependencies": [*graph, {"ref": python["bom-ref"]}],
    }
    return made | {"serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(made, sort_keys=True))}"}


def _component(entry: Mapping[str, Any], locked: frozenset[str]) -> dict[str, Any]:
    digest = entry["download_info"]["archive_info"]["hashes"]["sha256"]
    if digest not in locked:
        raise ValueError(f"{entry['metadata']['name']}: sha256 {digest} is not in the lock")
    return _described(entry["metadata"]) | {"hashes": [{"alg": "SHA-256", "content": digest}]}


def _described(metadata: Mapping[str, Any]) -> dict[str, Any]:
    name, version = _normal(metadata["name"]), metadata["version"]
    purl = f"pkg:pypi/{name}@{version}"
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if metadata.get("summary"):
        found["description"] = metadata["summary"]
    licence = metadata.get("license_expression") or _EXPRESSIONS.get(str(metadata.get("license")).strip().lower())
    if licence:
        return found | {"licenses": [{"expression": licence}]}
    named = [each.rpartition(" :: ")[2] for each in metadata.get("classifier", ()) if each.startswith("License :: ")]
    return found | ({"licenses": [{"license": {"name": each}} for each in named]} if named else {})


def _needed(requirements: Iterable[str], references: Mapping[str, str]) -> list[str]:
    """The packages of the image that the requirements ask for, those of extras left out."""
    names = {_normal(name[0]) for each in requirements if not _EXTRA.search(each) and (name := _NAME.match(each))}
    return sorted(references[name] for name in names if name in references)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _metadata(name: str, site: str) -> dict[str, Any]:
    """What a package that is installed in that folder says of itself, whole: pip's report leaves newer fields out."""
    (found,) = distributions(name=name, path=[site])
    return found.metadata.json


def main(report: str, lock: str, site: str) -> None:
    """Writes the document to standard output."""
    reported = json.loads(Path(report).read_text("utf-8"))["install"]
    installed = [each | {"metadata": _metadata(each["metadata"]["name"], site)} for each in reported]
    locked = frozenset(_HASH.findall(Path(lock).read_text("utf-8")))
    print(json.dumps(document(installed, locked, _metadata(OURS, site)), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
