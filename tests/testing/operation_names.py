"""Writes `mockserver/testing/operation_names.py` from the documents: `python -m tests.testing.operation_names`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mockserver.contract
from mockserver.contract import document
from mockserver.contract.overlay import actions, applied
from mockserver.settings import bundled
from mockserver.testing import operation_names

MODULE = Path(operation_names.__file__)
OVERLAYS = Path(mockserver.contract.__file__).with_name("overlays")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def names() -> list[str]:
    """Every operationId of the document and of its overlays, in their order."""
    value: Any = document.read(bundled("openapi.yaml")).value
    found = dict.fromkeys(_ids(value))
    for path in sorted(OVERLAYS.glob("*.yaml")):
        value = applied(value, actions(path.name, path.read_text("utf-8")))
        found |= dict.fromkeys(_ids(value))
    return list(found)


def _ids(value: Any) -> Iterator[str]:
    for item in value["paths"].values():
        yield from (item[method]["operationId"] for method in METHODS if method in item)


def text() -> str:
    """The module."""
    lines = "\n".join(f'    "{name}",' for name in names())
    return f'''"""The operations of all generations of the contract, written by `tests.testing.operation_names`."""

from typing import Literal, get_args

OperationName = Literal[
{lines}
]
OPERATIONS: tuple[OperationName, ...] = get_args(OperationName)
'''


if __name__ == "__main__":
    MODULE.write_text(text(), "utf-8")
