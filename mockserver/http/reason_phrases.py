"""The words behind a status, which are those of Node.js: the service runs on it.

Python's own differ from one version to the next (422 is "Unprocessable Content" from 3.13 on).
"""

from http import HTTPStatus
from typing import Final

_NODE: Final = {
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Entity",
    509: "Bandwidth Limit Exceeded",
}
_KNOWN: Final = {status.value: status.phrase for status in HTTPStatus} | _NODE


def reason_phrase(status: int, otherwise: str = "unknown") -> str:
    """Return the reason phrase of a status; `otherwise` for one without, where Node.js says "unknown"."""
    return _KNOWN.get(status, otherwise)
