"""Mock and contract-test server for Infisical's machine-identity Kubernetes Auth."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.app import create_app
    from mockserver.settings import Settings

__version__ = "0.1.0"

__all__ = ["Settings", "__version__", "create_app"]

_HOMES = {"create_app": "mockserver.app", "Settings": "mockserver.settings"}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is asked for: `infisical-mock version` needs no HTTP server."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
