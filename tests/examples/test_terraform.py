"""The example for Terraform: what it configures, and the whole life of it where the vendor's provider is installed."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import serving
from tests.client import ADMIN, GATEWAY
from tests.conftest import Serve
from tests.examples.terraform import (
    CHANGES,
    EXAMPLE,
    FOLDERS,
    NO_CHANGES,
    Directory,
    command,
    knows_templates,
    missing,
    providers,
)
from tests.wire.provider import Token
from tests.wire.resources import IDENTITY_SCHEMA, KUBERNETES_AUTH_SCHEMA, RESOURCES, Resource
from tests.wire.templates import SCHEMA as TEMPLATED_SCHEMA
from tests.wire.templates import KubernetesAuthWithTemplates
from tests.wire.terraform import Id, Terraform

CA = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----"
IDENTITY, KUBERNETES = "infisical_identity.payments", "infisical_identity_kubernetes_auth.payments"
CHANGED: dict[str, dict[str, Any]] = {
    "name": {"name": "payments-worker"},
    "role": {"role": "no-access"},
    "has_delete_protection": {"has_delete_protection": True},
    "no protection again": {"has_delete_protection": False},
    "metadata": {"metadata": [{"key": "team", "value": "payments"}, {"key": "tier", "value": "1"}]},
    "no metadata": {"metadata": []},
    "allowed_namespaces": {"allowed_namespaces": ["payments", "checkout"]},
    "allowed_service_account_names": {"allowed_service_account_names": ["api", "worker-*"]},
    "allowed_audience": {"allowed_audience": "vault"},
    "access_token_max_ttl": {"access_token_max_ttl": 10800},
    "access_token_ttl": {"access_token_ttl": 1800},
    "access_token_num_uses_limit": {"access_token_num_uses_limit": 20},
    "access_token_trusted_ips": {"access_token_trusted_ips": ["0.0.0.0/0", "::/0", "10.1.2.3"]},
    "kubernetes_ca_certificate": {"kubernetes_ca_certificate": CA},
    "kubernetes_host": {"kubernetes_host": "https://other.k8s.example"},
    "token_reviewer_jwt": {"token_reviewer_jwt": None},
    "token_reviewer_mode and gateway_id": {
        "kubernetes_host": None,
        "kubernetes_ca_certificate": None,
        "token_reviewer_mode": "gateway",
        "gateway_id": GATEWAY,
    },
    "universal_access_token_max_ttl": {"universal_access_token_max_ttl": 10800},
    "universal_access_token_ttl": {"universal_access_token_ttl": 1800},
    "universal_access_token_num_uses_limit": {"universal_access_token_num_uses_limit": 20},
    "universal_access_token_trusted_ips": {"universal_access_token_trusted_ips": ["10.1.2.3"]},
    "universal_client_secret_trusted_ips": {"universal_client_secret_trusted_ips": ["10.1.2.3", "::/0"]},
    "client_secret_description": {"client_secret_description": "another"},
    "client_secret_number_of_uses_limit": {"client_secret_number_of_uses_limit": 0},
    "client_secret_ttl": {"client_secret_ttl": 0},
    "token_access_token_max_ttl": {"token_access_token_max_ttl": 10800},
    "token_access_token_ttl": {"token_access_token_ttl": 1800},
    "token_access_token_num_uses_limit": {"token_access_token_num_uses_limit": 20},
    "token_access_token_trusted_ips": {"token_access_token_trusted_ips": ["10.1.2.3"]},
    "token_name": {"token_name": "nightly"},
}
"""Each attribute of the example with another value, one after the other."""
TEMPLATED = {**RESOURCES, "infisical_identity_kubernetes_auth": KubernetesAuthWithTemplates()}
"""The resources of the provider of October 2026."""
PLACES = {"host", "client_id", "client_secret", "org_id"}
"""Variables that say where the example is applied, and by whom."""
MAIN, TEMPLATES = EXAMPLE / "main.tf", EXAMPLE / "templates" / "main.tf"


def blocks(path: Path, sort: str) -> dict[str, str]:
    """The text of each top-level block of that sort, by its first label."""
    found = re.findall(rf'^{sort} "(\w+)"[^\n]*{{\n(.*?)^}}', path.read_text(), re.MULTILINE | re.DOTALL)
    return dict(found)


def attributes(path: Path, resource: str) -> set[str]:
    return set(re.findall(r"^  (\w+) +=", blocks(path, "resource")[resource], re.MULTILINE)) - {"depends_on"}


def test_the_example_sets_every_attribute_that_the_provider_is_known_to_have():
    for resource, schema in (
        ("infisical_identity", IDENTITY_SCHEMA),
        ("infisical_identity_kubernetes_auth", KUBERNETES_AUTH_SCHEMA),
    ):
        assert attributes(MAIN, resource) == set(schema) - {"id", "auth_modes"}
    assert attributes(TEMPLATES, "infisical_identity_kubernetes_auth") <= set(TEMPLATED_SCHEMA)


def test_each_attribute_has_a_variable_that_a_change_is_made_to():
    declared = set(blocks(EXAMPLE / "variables.tf", "variable"))
    used = set(re.findall(r"\bvar\.(\w+)", MAIN.read_text()))
    assert declared == used
    assert declared - PLACES == {name for change in CHANGED.values() for name in change}


def defaults() -> dict[str, Any]:
    """The default of each variable."""
    found = {}
    for name, block in blocks(EXAMPLE / "variables.tf", "variable").items():
        (text,) = re.findall(r"^  default += (.*)$", block, re.MULTILINE)
        found[name] = json.loads(re.sub(r"(\w+) = ", r'"\1": ', text))
    return found


def configured(variables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The two resources that `tests/wire` knows, with these variables, as it writes HCL."""

    def value(name: str, text: str) -> Any:
        if text == f"{IDENTITY}.id":
            return Id(IDENTITY)
        (variable,) = re.findall(r"\bvar\.(\w+)", text)
        found = variables[variable]
        if name == "metadata":
            return frozenset((each["key"], each["value"]) for each in found)
        return tuple(found) if isinstance(found, list) else found

    resources = blocks(MAIN, "resource")
    return {
        address: {
            name: found
            for name, text in re.findall(r"^  (\w+) += (.*)$", resources[address.partition(".")[0]], re.MULTILINE)
            if (found := value(name, text)) is not None
        }
        for address in (IDENTITY, KUBERNETES)
    }


@pytest.mark.parametrize(
    ("as_of", "resources"),
    [("2026-08", RESOURCES), ("2026-10", RESOURCES), ("2026-10", TEMPLATED)],
    ids=["2026-08", "2026-10, the older provider", "2026-10"],
)
async def test_each_change_is_accepted_of_the_provider_as_it_is_known(
    serve: Serve, as_of: str, resources: Mapping[str, Resource]
):
    client = await serve(profile="live", as_of=as_of)
    terraform = Terraform(client.url, Token(ADMIN), resources=resources)
    variables = defaults()
    await terraform.apply(configured(variables))
    assert await terraform.plan(configured(variables)) == {}
    for name, change in CHANGED.items():
        before = configured(variables)
        variables.update(change)
        after = configured(variables)
        assert bool(await terraform.plan(after)) == (before != after), name
        await terraform.apply(after)
        assert await terraform.plan(after) == {}, name
    await terraform.destroy()
    assert terraform.state == {}


def test_the_readme_names_the_files_and_the_variable():
    text = (EXAMPLE / "README.md").read_text("utf-8")
    for name in ("main.tf", "variables.tf", "templates/main.tf", "INFISICAL_TERRAFORM_PROVIDER"):
        assert name in text


def test_the_files_are_formatted_as_terraform_formats_them():
    program = command()
    if program is None:
        pytest.skip("neither tofu nor terraform found on this machine")
    ended = subprocess.run(
        [program, "fmt", "-check", "-diff", "-recursive", EXAMPLE], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


def test_a_folder_without_the_provider_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("tests.examples.terraform.command", lambda: "terraform")
    monkeypatch.setenv(FOLDERS, str(tmp_path))
    assert missing() == f"no terraform-provider-infisical in {tmp_path}"
    (tmp_path / "terraform-provider-infisical_v0.20.0").touch()
    assert missing() == ""


# Everything below needs the provider.


@pytest.fixture(params=[*providers()] or [None], ids=lambda each: each and each.name)
def provider(request: pytest.FixtureRequest) -> Path:
    """The folder of each version of the provider."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    folder: Path = request.param
    return folder


Make = Callable[..., Directory]


@pytest.fixture
def directory(provider: Path, tmp_path: Path) -> Make:
    """Makes a working directory of an example for the mock at a URL."""

    def make(url: str, name: str = "work", example: Path = EXAMPLE) -> Directory:
        return Directory(tmp_path / name, example, provider, host=url)

    return make


LINKED = """
terraform {
  required_providers {
    infisical = { source = "infisical/infisical" }
  }
}
variable "host" { type = string }
provider "infisical" {
  host = var.host
  auth = { universal = { client_id = "c1000000-0000-4000-8000-000000000001", client_secret = "ops-admin-secret" } }
}
resource "infisical_identity_kubernetes_auth" "payments" {
  identity_id      = "1d000000-0000-4000-8000-000000000040"
  kubernetes_host  = "https://prod.k8s.example:6443"
  access_token_ttl = 60
}
"""
"""The identity of the bundled world that is linked to a template, as a provider without templates knows it."""
needs_a_provider = [pytest.mark.slow, pytest.mark.extensive, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("as_of", ["2026-08", "2026-10"])
class TestTheLifeOfTheExample:
    """With the provider of either age, against the service before templates and with them."""

    pytestmark = needs_a_provider

    def test_apply_change_each_attribute_import_destroy(self, as_of: str, directory: Make, tmp_path: Path):
        with serving("--profile", "live", "--as-of", as_of) as mock:
            url = f"http://127.0.0.1:{mock.port}"
            work = directory(url)
            assert work.plan() == CHANGES
            work.apply()
            assert work.plan() == NO_CHANGES
            for name, change in CHANGED.items():
                work.variables.update(change)
                assert work.plan() == CHANGES, name
                work.apply()
                assert work.plan() == NO_CHANGES, name
            state = work.state()
            assert state[IDENTITY]["name"] == "payments-worker"
            identity = state[IDENTITY]["id"]

            other = directory(url, "imported")
            other.variables.update(work.variables)
            for address in (IDENTITY, KUBERNETES):
                other.run("import", "-input=false", address, identity)
            imported = other.state()
            assert imported[IDENTITY]["name"] == "payments-worker"
            assert imported[KUBERNETES]["allowed_namespaces"] == ["payments", "checkout"]

            work.destroy()
            assert work.state() == {}
            headers = {"Authorization": "Bearer acme-admin-token"}
            assert mock.ask("GET", f"/api/v1/identities/{identity}", **headers)[0] == 404


class TestTemplates:
    """With a provider that knows auth templates; and the older one on an identity that is linked."""

    pytestmark = needs_a_provider

    def test_link_unlink_destroy(self, provider: Path, directory: Make, tmp_path: Path):
        if not knows_templates(provider, tmp_path / "asked"):
            pytest.skip(f"the provider in {provider} knows no auth templates")
        with serving("--profile", "live", "--as-of", "2026-10") as mock:
            work = directory(f"http://127.0.0.1:{mock.port}", example=TEMPLATES.parent)
            work.apply()
            assert work.state()[KUBERNETES]["template_id"]
            assert work.plan() == NO_CHANGES
            for change in ({"template_name": "renamed"}, {"is_linked": False}, {"is_linked": True}):
                work.variables.update(change)
                assert work.plan() == CHANGES, change
                work.apply()
                assert work.plan() == NO_CHANGES, change
            work.destroy()
            assert work.state() == {}

    def test_the_older_provider_is_refused_on_a_linked_identity(self, provider: Path, directory: Make, tmp_path: Path):
        if knows_templates(provider, tmp_path / "asked"):
            pytest.skip(f"the provider in {provider} knows auth templates")
        linked = tmp_path / "linked"
        linked.mkdir()
        (linked / "main.tf").write_text(LINKED)
        with serving("--profile", "live", "--as-of", "2026-10") as mock:
            work = directory(f"http://127.0.0.1:{mock.port}", example=linked)
            work.run("import", "-input=false", KUBERNETES, "1d000000-0000-4000-8000-000000000040")
            refused = work.run("apply", "-auto-approve", "-input=false", codes=(1,))
            assert "template" in refused.stderr
