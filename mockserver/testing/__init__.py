"""The API for test suites: a mock in a `with` block, and the worlds that it serves.

The pytest plugin is `mockserver.testing.plugin`, the Testcontainers class is in `mockserver.testing.container`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.testing.calls import Later, MockError, Now
    from mockserver.testing.mock import Mock
    from mockserver.testing.world import Server, World

__all__ = ["Later", "Mock", "MockError", "Now", "Server", "World"]

_HOMES = {
    "Later": "calls",
    "Mock": "mock",
    "MockError": "calls",
    "Now": "calls",
    "Server": "world",
    "World": "world",
}


def __getattr__(name: str) -> Any:
    """Load a name at its first access, so a test run without a mock does not pay for the plugin."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
