"""What client teams import: a mock in a `with` block, and the worlds that it serves.

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
    """Loads a name when it is asked for: a test run that uses no mock pays nothing for the plugin."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
