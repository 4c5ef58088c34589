"""Which real clients run, and where each version is pinned: in the lock of its own package manager, read here (Rust's
has none: in its manifest).

A lock is renewed with that package manager: `uv pip compile --universal --generate-hashes --python-version 3.11` for
the two of Python, `npm install --package-lock-only` and `go mod tidy -modfile=…` in their folders.
"""

import re
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def pinned(lock: str, pattern: str) -> str:
    """The version that a lock file beside this module names."""
    (version,) = set(re.findall(pattern, (_HERE / lock).read_text(), re.MULTILINE))
    return str(version)


def _npm(folder: str, package: str) -> str:
    return pinned(f"{folder}/package-lock.json", rf'"node_modules/{re.escape(package)}": {{\s+"version": "([^"]+)"')


def _go(modules: str) -> str:
    return pinned(f"go/{modules}", r"^require github\.com/infisical/go-sdk v(\S+)$")


PYTHON = pinned("python/requirements.txt", r"^infisicalsdk==(\S+)")
PYTHON_LEGACY = pinned("python-legacy/requirements.txt", r"^infisical-python==(\S+)")
NODE = _npm("node", "@infisical/sdk")
MCP = _npm("mcp", "@infisical/mcp")
LINTERS = f"{_npm('linters', '@stoplight/spectral-cli')}, {_npm('linters', '@redocly/cli')}"
EXTERNAL_SECRETS = pinned("external-secrets/go.mod", r"^require github\.com/external-secrets/external-secrets v(\S+)$")
RUST = pinned("rust/Cargo.toml", r'^infisical = "=([^"]+)"$')

GO_MODULES = {_go(name): name for name in ("go.mod", "sdk-0.7.0.mod", "sdk-0.6.8.mod")}
"""Versions of the Go SDK with the files that pin them: the newest, the one in the vendor's CLI, and the one in its
Terraform provider. What else the three need is pinned alike, so that it is compiled once."""
