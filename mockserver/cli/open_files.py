"""The operating system's limit of open files, which bounds the number of connections."""

from mockserver.errors import StartError

NEEDED_FILES = 96
"""The fewest with which the server starts: its own, one connection, and those over the limit that are told so."""
SPARE_FILES = 64
"""Files reserved for everything but connections."""


def room_for(connections: int, over_limit: int) -> int:
    """Return how many connections fit, those over the limit apart; raise the open-file limit if allowed.

    Raises StartError if the limit is too low to serve at all.
    """
    try:
        import resource
    except ImportError:  # a system that has no such limit
        return connections
    beside = over_limit + SPARE_FILES
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + beside
    if files == resource.RLIM_INFINITY or files >= wanted:
        return connections
    files = max(files, wanted if most == resource.RLIM_INFINITY else min(wanted, most))
    if files < NEEDED_FILES:
        reason = f"this process may have {files} open files, and the server needs {NEEDED_FILES}"
        raise StartError(f"{reason}: raise the limit (ulimit -n)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max(1, min(connections, files - beside))
