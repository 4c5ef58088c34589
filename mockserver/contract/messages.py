"""Messages for violated JSON Schema keywords. They name what is expected, never the value: it may be a secret."""

import json
from collections.abc import Mapping
from typing import Any


def reason(keyword: str, kind: Mapping[str, Any]) -> str:
    """Return the message for a violated `keyword`; `kind` is the validator's description of the violation."""
    match keyword:
        case "required":
            return f"'{kind['property']}' is missing"
        case "type":
            return f"expected {' or '.join(kind['types'])}"
        case "enum":
            return f"expected one of {', '.join(map(str, options(kind)))}"
        case "const":
            return f"expected {json.dumps(kind['expected_value'])}"
        case "pattern":
            return f"does not match {kind['pattern']}"
        case "format":
            return f"expected the format {kind['format']}"
        case "additionalProperties":
            return f"does not allow {', '.join(kind['unexpected'])}"
        case "not":
            return "names what is built in"
        case _ if "limit" in kind:
            return f"{keyword} is {kind['limit']}"
    return f"breaks '{keyword}'"


def options(kind: Mapping[str, Any]) -> list[Any]:
    """Return the values that an `enum` allows."""
    listed = kind["options"]
    return list(json.loads(listed)) if isinstance(listed, str) else list(listed)
