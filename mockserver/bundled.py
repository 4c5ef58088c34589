"""What travels with the package: the contract and the fixtures, inside an installed package or beside a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The path of `openapi.yaml` or `fixtures`."""
    installed = _PACKAGE / "bundled" / name
    return installed if installed.exists() else _PACKAGE.parent / name
