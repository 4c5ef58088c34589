"""`infisical-mock document diff`: the report, its exit codes, and documents that cannot be had."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli.main import infisical_mock
from mockserver.cli.rule_fields import RuleFields
from mockserver.contract.compiled import Contracts
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.settings import bundled

SEED = str(bundled("openapi.yaml"))
OPERATIONS = len(Contracts(bundled("openapi.yaml")).of(GENERATIONS[-1]).operations)
UPDATE = "updateKubernetesAuth"
PATH = "/api/v1/auth/kubernetes-auth/identities/{identityId}"


def diff(*arguments: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(infisical_mock, ["document", "diff", *arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.stdout, found.stderr


def report(*arguments: str) -> dict[str, Any]:
    code, output, errors = diff(*arguments, "--format", "json")
    assert (code, errors) == (0, "")
    return json.loads(output)


def document(generation: str) -> dict[str, Any]:
    """A copy of the document of a generation."""
    value = Contracts(bundled("openapi.yaml")).of(Generation(generation)).document.value
    return json.loads(json.dumps(value))


def written(folder: Path, value: Any) -> str:
    path = folder / "document.json"
    path.write_text(json.dumps(value))
    return str(path)


@pytest.fixture
def changed(tmp_path: Path) -> str:
    """The newest document, with a lower bound on one field of an update."""
    value = document("2026-10")
    update = value["paths"][PATH]["patch"]
    update["requestBody"]["content"]["application/json"]["schema"]["properties"]["accessTokenTTL"]["maximum"] = 5
    return written(tmp_path, value)


def test_it_names_operation_place_values_meaning_and_rules(changed: str):
    found = report(changed)
    schema = f"/paths/{PATH.replace('/', '~1')}/patch/requestBody/content/application~1json/schema"
    (only,) = found["differences"]
    assert found["against"] == "2026-10"
    rules = only.pop("rules")
    assert only == {
        "operation": UPDATE,
        "kind": "bound-changed",
        "pointer": f"{schema}/properties/accessTokenTTL/maximum",
        "before": 315360000,
        "after": 5,
        "breaking": True,
    }
    assert rules[0] == "contract.body"
    assert {"update.ttl.order", "update.ttl.stored-max", "integer.safe"} <= set(rules)
    assert "update.tls.ca-required" not in rules


def test_the_text_says_the_same(changed: str):
    code, output, errors = diff(changed)
    first, second, place, rules, last = output.splitlines()
    assert (code, errors) == (0, "")
    assert first == f"{UPDATE}  PATCH {PATH}"
    assert second == "  breaking  request field accessTokenTTL: maximum: 315360000 → 5"
    assert place.endswith("/accessTokenTTL/maximum")
    assert rules.strip().startswith("rules: contract.body, ")
    assert last == f"1 difference, 1 breaking: {OPERATIONS} operations compared with 2026-10"


def test_the_document_of_a_generation_does_not_differ_from_it(tmp_path: Path):
    for generation in GENERATIONS:
        path = written(tmp_path, document(generation))
        assert report(path, "--against", generation.value)["differences"] == []
        assert diff(path, "--against", generation.date, "--fail-on", "breaking")[0] == 0
    assert diff(path)[1] == f"no differences: {OPERATIONS} operations compared with 2026-10\n"


def test_the_seeds_document_against_each_overlaid_one(tmp_path: Path):
    fields = "response 200 field identityKubernetesAuth."
    code, output, _ = diff(SEED, "--against", "2026-09", "--fail-on", "breaking")
    assert code == 1
    told = [line.strip().partition("  ")[2] for line in output.splitlines() if line.startswith("  breaking")]
    gone = [f"{fields}templateId is gone", f"{fields}isTokenReviewerJwtTemplateSourced is gone"]
    attach = ["request field kubernetesHost is required now", "request field templateId is gone"]
    removed = ["the operation is gone"] * 8
    assert told == [*gone, *attach, *gone, *gone, "request field templateId is gone", *gone, *removed]
    newest = written(tmp_path, document("2026-10"))
    found = report(newest, "--against", SEED)
    assert found["against"] == SEED
    assert not any(each["breaking"] for each in found["differences"])
    kinds = {each["kind"] for each in found["differences"]}
    assert kinds == {"field-added", "field-optional", "field-required", "operation-added", "unknown-fields"}


def test_fail_on_breaking_is_about_breaking_differences_alone(tmp_path: Path, changed: str):
    assert diff(changed, "--fail-on", "breaking")[0] == 1
    assert diff(changed, "--against", changed, "--fail-on", "breaking")[0] == 0
    newest = written(tmp_path, document("2026-10"))
    assert diff(newest, "--against", "2026-08", "--fail-on", "breaking")[0] == 0


def test_a_new_field_shows_the_rules_that_know_it_and_a_status_those_that_answer_with_it(tmp_path: Path):
    value = document("2026-10")
    del value["paths"][PATH]["patch"]["responses"]["404"]
    differences = {each["kind"]: each for each in report(written(tmp_path, value))["differences"]}
    assert set(differences["status-removed"]["rules"]) >= {"identity.unknown", "gateway.unknown", "pool.unknown"}
    added = [each for each in report(SEED)["differences"] if each["operation"] == UPDATE]
    template = next(each for each in added if each["pointer"].endswith("schema/properties/templateId"))
    assert {"update.template.plan", "update.template.managed-field"} <= set(template["rules"])


def test_every_rule_about_a_field_is_found_by_it():
    fields = RuleFields()
    for operation, rules in fields.rules.items():
        for rule in rules:
            for name in rule.about:
                assert rule.id in fields.looking_at(operation, [name])
    assert "update.tls.ca-required" in fields.looking_at(UPDATE, ["caCert"])
    assert "update.tls.ca-required" in fields.looking_at(UPDATE, ["verifyTlsCertificate"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((f"{SEED}l",), f"no file or folder is called {SEED}l. Did you mean '{SEED}'?"),
        ((SEED, "--against", "2026-11"), "Did you mean 2026-10?"),
        ((SEED, "--against", "2026-04"), "use 2026-05, 2026-08, 2026-09 or 2026-10"),
        ((SEED, "--fail-on", "braking"), "breaking"),
        ((SEED, "--format", "html"), "text"),
    ],
)
def test_what_is_mistyped_is_a_usage_error(arguments: tuple[str, ...], said: str):
    code, output, errors = diff(*arguments)
    assert (code, output) == (2, "")
    assert said in " ".join(errors.split())


def test_a_document_that_cannot_be_read_is_one_line_and_exit_code_4(tmp_path: Path):
    for content in (b"\xff", b"{", b"swagger: '2.0'"):
        path = tmp_path / "x.yaml"
        path.write_bytes(content)
        for arguments in ((str(path),), (SEED, "--against", str(path))):
            code, output, errors = diff(*arguments)
            assert (code, output, errors.count("\n")) == (4, "", 1)
            assert str(path) in errors
    code, _, errors = diff(str(tmp_path.parent / tmp_path.name / "."), "--against", str(tmp_path))
    assert code == 4


class _Site(BaseHTTPRequestHandler):
    """Serves the path's own script: a document, nonsense, or silence."""

    def do_GET(self) -> None:
        if self.path == "/silence":
            time.sleep(3)
            return
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/document.yaml")
            self.end_headers()
            return
        content = Path(SEED).read_bytes() if self.path == "/document.yaml" else b"nonsense"
        self.send_response(200 if self.path in ("/document.yaml", "/nonsense") else 404)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_document_behind_a_url(site: str):
    for path in ("/document.yaml", "/moved"):
        assert report(f"{site}{path}", "--against", "2026-08")["differences"] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/silence", "no response within 0.5 seconds"),
        ("/missing", "status 404"),
        ("/cut", "closed in the middle"),
        ("/nonsense", "not an OpenAPI 3.0 or 3.1 document"),
    ],
)
def test_a_url_without_a_document_is_one_line(site: str, path: str, said: str):
    code, output, errors = diff(f"{site}{path}", "--timeout", "500ms")
    assert (code, output, errors.count("\n")) == (4, "", 1)
    assert f"{site}{path}: " in errors
    assert said in errors


def test_a_url_where_nobody_listens_and_one_of_another_scheme(site: str):
    for url, said in (("http://127.0.0.1:1/x", "refused"), ("ftp://127.0.0.1/x", "must start with http")):
        code, _, errors = diff(url)
        assert (code, errors.count("\n")) == (4, 1)
        assert said in errors


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_thirty_megabytes_are_compared_in_under_ten_seconds(tmp_path: Path, form: str):
    value = document("2026-09")
    paths, number = dict(value["paths"]), 0
    one = json.dumps(paths)
    while len(one) * number < 30_000_000:
        number += 1
        paths |= {f"/other{number}{path}": item for path, item in json.loads(one).items()}
    path = tmp_path / f"document.{form}"
    text = json.dumps({**value, "paths": paths})
    if form == "yaml":
        text = yaml.dump(json.loads(text), Dumper=_NoAliases, sort_keys=False)
    path.write_text(text)
    assert path.stat().st_size > 30_000_000
    begun = time.perf_counter()
    assert report(str(path), "--against", "2026-09")["differences"] == []
    assert time.perf_counter() - begun < 10


class _NoAliases(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    def ignore_aliases(self, data: Any) -> bool:
        return True
