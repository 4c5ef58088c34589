"""Which documents can be served, and what is said of the others."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract import document
from mockserver.contract.compiled import compile_contract
from mockserver.errors import SpecError
from mockserver.settings import bundled

PATH = "/api/v1/auth/kubernetes-auth/identities/{identityId}"
TEXT = bundled("openapi.yaml").read_text("utf-8")


def test_the_bundled_document_is_proved_and_its_digest_is_on_the_list():
    served = document.read(bundled("openapi.yaml"))
    document.prove(served)
    assert served.digest in document.proved()


@pytest.mark.parametrize("name", ["openapi.yaml", "mockserver/control/openapi.yaml"])
def test_a_document_reads_as_the_yaml_library_reads_it(name: str):
    path = Path(__file__).parents[2] / name
    assert document.trusted(name, document.text_at(path)).value == yaml.safe_load(path.read_text("utf-8"))


def test_merge_keys_stand_for_what_they_merge(tmp_path: Path):
    text = "a: &a {b: 1, c: 2}\nd: &d {c: 3}\ne: {<<: *a, b: 4}\nf: [{<<: [*a, *d], g: 5}]"
    assert document.trusted("a", text).value == yaml.safe_load(text)


def test_the_list_names_no_document_but_the_bundled_one():
    assert document.proved() == {document.read(bundled("openapi.yaml")).digest}


def test_a_document_that_differs_in_a_blank_is_proved_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    proved: list[document.Document] = []
    monkeypatch.setattr(document, "prove", proved.append)
    document.read(written(tmp_path, TEXT))
    assert proved == []
    document.read(written(tmp_path, TEXT + " "))
    assert len(proved) == 1


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "spec.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def changed(change: Callable[[dict[str, Any]], Any]) -> str:
    value = yaml.safe_load(TEXT)
    change(value["paths"][PATH]["patch"])
    return yaml.safe_dump(value)


def body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    return operation["requestBody"]["content"]["application/json"]["schema"]


def put(name: str, schema: dict[str, Any]) -> str:
    return changed(lambda operation: body_schema(operation)["properties"].update({name: schema}))


def rename_parameter(operation: dict[str, Any]) -> None:
    operation["parameters"][0]["name"] = "other"


UNREADABLE = {
    "broken YAML": ("openapi: [", "spec.yaml:2:1: invalid YAML"),
    "a tag": ("!!python/object:os.system {}", "not a valid OpenAPI document"),
    "a key that stands twice": (
        "openapi: 3.0.3\ninfo: {}\nopenapi: 3.0.3",
        "spec.yaml:3:1: duplicate key openapi",
    ),
    "a text without end": ("a: " * 2 + "[" * 10_000, "invalid YAML"),
    "a list": ("[]", "not an OpenAPI document: the top level must be an object"),
    "nothing": ("", "not an OpenAPI document: the top level must be an object"),
    "bytes that are no UTF-8": (b"\xff", "cannot be read: not UTF-8"),
    "no version": ("info: {title: a, version: '1'}\npaths: {}", "not a valid OpenAPI document"),
    "no paths": ("openapi: 3.0.3\ninfo: {title: a, version: '1'}", "paths"),
    "a type that is none": (put("caCert", {"type": "txt"}), "caCert"),
    "a bound that is no number": (put("accessTokenTTL", {"type": "integer", "minimum": "0"}), "accessTokenTTL"),
    "a path parameter that is not in the path": (changed(rename_parameter), "identityId"),
    "a reference to nothing": (put("caCert", {"$ref": "#/components/schemas/None"}), "None"),
}


@pytest.mark.parametrize(("text", "complaint"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_document_that_is_none_is_refused_with_the_reason(text: str | bytes, complaint: str, tmp_path: Path):
    with pytest.raises(SpecError) as refused:
        compile_contract(document.read(written(tmp_path, text)))
    assert complaint in str(refused.value)
    assert str(tmp_path / "spec.yaml") in str(refused.value)


def test_a_document_that_is_not_there_is_refused_with_its_name(tmp_path: Path):
    with pytest.raises(SpecError, match=r"nowhere.yaml: cannot be read: No such file"):
        document.read(tmp_path / "nowhere.yaml")


def with_response(status: str) -> str:
    return changed(lambda operation: operation["responses"].update({status: {"description": "any"}}))


def with_query(**parameter: Any) -> str:
    return changed(lambda operation: operation["parameters"].append({"in": "query", "name": "a", **parameter}))


ITSELF = f"#/paths/{PATH.replace('/', '~1')}/patch/requestBody/content/application~1json/schema"
UNSUPPORTED = {
    "a keyword": (put("caCert", {"type": "object", "discriminator": {"propertyName": "a"}}), "caCert/discriminator"),
    "a default response": (with_response("default"), "responses/default: only exact statuses"),
    "a range of statuses": (with_response("4XX"), "responses/4XX: only exact statuses"),
    "an operation without a name": (changed(lambda operation: operation.pop("operationId")), "no operationId"),
    "a schema that holds itself": (put("a", {"$ref": ITSELF}), "refer to themselves"),
    "a parameter of a list": (with_query(schema={"type": "array", "items": {}}), "parameters of type array"),
    "a parameter with content": (with_query(content={"application/json": {}}), "only parameters with a schema"),
}


@pytest.mark.parametrize(("text", "complaint"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_a_document_that_cannot_be_checked_whole_is_refused_rather_than_checked_in_part(
    text: str, complaint: str, tmp_path: Path
):
    with pytest.raises(SpecError) as refused:
        compile_contract(document.read(written(tmp_path, text)))
    assert complaint in str(refused.value)
    assert "updateKubernetesAuth" in str(refused.value) or "patch" in str(refused.value)


@pytest.mark.parametrize("command", ["serve", "check"])
def test_the_command_line_ends_with_4_and_the_reason(command: str, tmp_path: Path):
    path = written(tmp_path, put("caCert", {"type": "txt"}))
    flags = ["--port", "0"] if command == "serve" else []
    ended = subprocess.run(
        [sys.executable, "-m", "mockserver", command, "--spec", str(path), *flags],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("INFISICAL_MOCK_")},
    )
    assert ended.returncode == 4
    assert f"{path}: not a valid OpenAPI document: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_document_without_the_operations_that_are_carried_out_is_refused(tmp_path: Path):
    from mockserver import Settings
    from mockserver.app import Core

    text = re.sub("operationId: (?=[a-z]+[A-Z])", "operationId: other", TEXT)
    with pytest.raises(SpecError, match="holds none of the operations"):
        Core(Settings(spec=written(tmp_path, text)))


def test_a_reworded_document_holds_callers_to_what_it_says(tmp_path: Path):
    text = put("allowedNames", {"type": "string", "maxLength": 3})
    operation = compile_contract(document.read(written(tmp_path, text))).operations["updateKubernetesAuth"]
    assert operation.body is not None
    assert operation.body.accepts({"allowedNames": "abc"})
    assert not operation.body.accepts({"allowedNames": "abcd"})
