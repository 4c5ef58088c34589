"""The real clients: how each is installed and run. The drivers beside this file use them as a user's program does."""

import sys
from pathlib import Path

from tests.clients import versions
from tests.clients.installed import PLACES, PYTHON_VERSION, SOURCES, Client, Step


def _in_place(name: str, *path: str) -> str:
    return str(PLACES.joinpath(name, *path))


def _python(name: str, package: str, version: str) -> Client:
    place, lock = Path(".clients") / name, Path("tests/clients") / name / "requirements.txt"
    return Client(
        name=name,
        title=f"{package} {version}",
        source=name,
        needs=("sh",),
        # The same way as for the environments of the Makefile: from a lock with hashes, in an environment of its own.
        steps=(Step(("sh", "requirements/install", str(place), str(lock)), variables={"PYTHON": sys.executable}),),
        command=(_in_place(name, "bin", "python"), str(SOURCES / name / "drive.py")),
        built_for=PYTHON_VERSION,
    )


def _node(name: str, package: str, version: str, program: str, *copied: str) -> Client:
    # No scripts of packages, nothing asked that is not needed, and no Node.js that is too old for a package.
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--engine-strict")
    # Where there is no registry, soon.
    patience = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    return Client(
        name=name,
        title=f"{package} {version}",
        source=name,
        needs=("node", "npm"),
        steps=(Step(("npm", "ci", "--prefer-offline", "--loglevel=error", *quiet, *patience), PLACES / name),),
        command=("node", _in_place(name, program)),
        copied=("package.json", "package-lock.json", *copied),
    )


def _go(name: str, title: str, source: str, modules: str = "go.mod") -> Client:
    folder = SOURCES / source
    variables = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    program = _in_place(name, "drive")
    return Client(
        name=name,
        title=title,
        source=source,
        needs=("go",),
        steps=(
            Step(("go", "list", f"-modfile={modules}", "-deps", "-f", "{{.Name}}", "."), folder, variables),
            Step(
                ("go", "build", f"-modfile={modules}", "-trimpath", "-buildvcs=false", "-o", program, "."),
                folder,
                variables | {"GOPROXY": "off"},
                builds=True,
            ),
        ),
        command=(program,),
    )


def _rust(version: str) -> Client:
    place = PLACES / "rust"
    build = ("cargo", "build", "--quiet", "--target-dir", str(place / "target"))
    return Client(
        name="rust",
        title=f"infisical (Rust) {version}",
        source="rust",
        needs=("cargo", "cc"),
        # First the vendor's, which may need a newer compiler or the network; then ours.
        steps=(Step((*build, "--package", "infisical"), place), Step((*build, "--offline"), place, builds=True)),
        command=(_in_place("rust", "target", "debug", "drive"),),
        copied=("Cargo.toml", "drive.rs"),
    )


PYTHON = _python("python", "infisicalsdk", versions.PYTHON)
PYTHON_LEGACY = _python("python-legacy", "infisical-python", versions.PYTHON_LEGACY)
NODE = _node("node", "@infisical/sdk", versions.NODE, "drive.mjs", "drive.mjs")
MCP = _node("mcp", "@infisical/mcp", versions.MCP, "node_modules/@infisical/mcp/dist/index.js")
LINTERS = _node(
    "linters",
    "@stoplight/spectral-cli, @redocly/cli",
    versions.LINTERS,
    "node_modules/.bin",
    "spectral.yaml",
    "redocly.yaml",
)
GO = tuple(
    _go(f"go-sdk-{version}", f"go-sdk {version}", "go", modules) for version, modules in versions.GO_MODULES.items()
)
EXTERNAL_SECRETS = _go("external-secrets", f"external-secrets {versions.EXTERNAL_SECRETS}", "external-secrets")
RUST = _rust(versions.RUST)
