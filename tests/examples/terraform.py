"""Runs `tofu` or `terraform` on an example, with a provider from a folder of this machine and against a mock."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDERS = "INFISICAL_TERRAFORM_PROVIDER"
"""The variable that names the folders of the provider's programs, one for each version, separated as in PATH."""
PROGRAM = "terraform-provider-infisical"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "terraform"
SECONDS = 120
CHANGES, NO_CHANGES = 2, 0
"""The exit codes of `plan -detailed-exitcode`."""


def command() -> str | None:
    """The program that is installed: tofu, or else terraform."""
    return shutil.which("tofu") or shutil.which("terraform")


def missing() -> str:
    """Why nothing can be run here; empty if it can."""
    if command() is None:
        return "neither tofu nor terraform found on this machine"
    if not os.environ.get(FOLDERS):
        return f"{FOLDERS} does not name the folder of {PROGRAM}"
    empty = [each for each in os.environ[FOLDERS].split(os.pathsep) if not any(Path(each).glob(f"{PROGRAM}*"))]
    return f"no {PROGRAM} in {', '.join(empty)}" if empty else ""


class Directory:
    """A working directory with a copy of an example: its variables and its state between the commands."""

    def __init__(self, place: Path, example: Path, provider: Path, **variables: Any) -> None:
        self.place = place
        self.variables = variables
        place.mkdir()
        for each in example.glob("*.tf"):
            shutil.copy(each, place)
        self._settings = place / "settings.tfrc"
        self._settings.write_text(
            f'provider_installation {{\n  dev_overrides {{\n    "infisical/infisical" = "{provider}"\n  }}\n}}\n'
        )

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """A command, which has to end with one of these exit codes."""
        program = command()
        assert program is not None
        (self.place / "terraform.tfvars.json").write_text(json.dumps(self.variables))
        # Nothing of this machine but its programs; whatever is no plain HTTP to the mock meets a closed port.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.place),
            "TF_CLI_CONFIG_FILE": str(self._settings),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "HTTPS_PROXY": "http://127.0.0.1:9",
        }
        ended = subprocess.run(
            [program, *arguments],
            cwd=self.place,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ended.returncode in codes, f"{' '.join(arguments)}: {ended.stdout}\n{ended.stderr}"
        return ended

    def plan(self) -> int:
        """The exit code of a plan: CHANGES or NO_CHANGES."""
        return self.run("plan", "-detailed-exitcode", "-input=false", codes=(NO_CHANGES, CHANGES)).returncode

    def apply(self) -> None:
        """Apply, without a question."""
        self.run("apply", "-auto-approve", "-input=false")

    def destroy(self) -> None:
        """Destroy all, without a question."""
        self.run("destroy", "-auto-approve", "-input=false")

    def state(self) -> dict[str, dict[str, Any]]:
        """The attributes of each resource, by its address."""
        shown = json.loads(self.run("show", "-json").stdout)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {each["address"]: each["values"] for each in resources}

    def attributes(self) -> Mapping[str, set[str]]:
        """The attributes of each resource that the provider has."""
        schemas = json.loads(self.run("providers", "schema", "-json").stdout)["provider_schemas"]
        (provider,) = [each for name, each in schemas.items() if name.endswith("infisical/infisical")]
        return {name: set(each["block"]["attributes"]) for name, each in provider["resource_schemas"].items()}


@cache
def knows_templates(folder: Path, place: Path) -> bool:
    """Whether the provider in the folder knows auth templates, as those of October 2026 do."""
    attributes = Directory(place, EXAMPLE, folder).attributes()
    return "template_id" in attributes["infisical_identity_kubernetes_auth"]


def providers() -> Iterator[Path]:
    """Yield the folder of each version of the provider that is named."""
    if not missing():
        yield from (Path(each).resolve() for each in os.environ[FOLDERS].split(os.pathsep))
