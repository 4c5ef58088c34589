"""What runs inside schemathesis when it fuzzes the control API: there is something to ask about."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import schemathesis

WORLDS = ("one", "two")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Before a question to the journal an exchange takes place; before one about a world, the world is there."""
    base, path = case.operation.schema.get_base_url(), case.operation.path
    if path.startswith("/_mock/requests"):
        _ask(f"{base}/api/status")
    world = (case.path_parameters or {}).get("world")
    if world in WORLDS:
        _ask(f"{base}/_mock/worlds", {"id": world})
        if "{name}" in path:
            for name in WORLDS:
                _ask(f"{base}/_mock/worlds/{world}/snapshots", {"name": name})


def _ask(url: str, body: Any = None) -> None:
    content = None if body is None else json.dumps(body).encode()
    try:
        urlopen(Request(url, content), timeout=10).close()
    except HTTPError as error:  # it is there already
        error.close()
