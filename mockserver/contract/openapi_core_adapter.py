"""What openapi-core is given in place of HTTP, and of its own reading of it; all of it by the library's protocols."""

import re
from collections.abc import Mapping
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.casting.schemas.casters import PrimitiveCaster
from openapi_core.datatypes import RequestParameters
from openapi_core.security.factories import SecurityProviderFactory

from mockserver.contract.checks import read
from mockserver.contract.engine import UNDEFINED
from mockserver.contract.operation import JSON, Described


class Request:
    """A request as the library's protocol has it. Its path is made again, so that no value in it looks like a step."""

    host_url = "http://mock"
    content_type = JSON

    def __init__(
        self, operation: Described, path: Mapping[str, str], parameters: RequestParameters, body: object
    ) -> None:
        self.method = operation.method.lower()
        self.path = _NAMED.sub(lambda match: _escaped(path.get(match[1], "-")), operation.path)
        self.parameters = parameters
        self.body = None if body is UNDEFINED else Carried.of(body)


class Response:
    """An answer as the library's protocol has it."""

    def __init__(self, status: int, media_type: str, body: object) -> None:
        self.status_code = status
        self.content_type = media_type
        self.headers: Mapping[str, Any] = {}
        self.data = Carried.of(body)


_NAMED = re.compile(r"\{([^}]*)\}")


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


class Carried(bytes):
    """A JSON value where the library has the bytes of one: both engines check what the mock has read."""

    value: Any

    @classmethod
    def of(cls, value: object) -> "Carried":
        """Something that reads as that value."""
        carried = cls(b"a value")
        carried.value = _plain(value)
        return carried

    @staticmethod
    def unpacked(content: Any, **_: str) -> Any:
        """The value: what the library calls to read JSON."""
        return content.value


def _plain(value: Any) -> Any:
    """The value as the library takes it: an integral float is an integer, and nothing is too long to show."""
    if isinstance(value, dict):
        return _Object((key, _plain(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return _Array(_plain(each) for each in value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Object(dict[str, Any]):
    """The library writes every bad value into a message; nobody reads those, and bodies are long and secret."""

    def __repr__(self) -> str:
        return "an object"


class _Array(list[Any]):
    def __repr__(self) -> str:
        return "an array"


class AsTheMockReads(PrimitiveCaster):  # type: ignore[misc]
    """Reads a text by the type of its schema, or leaves it, as the compiled engine does; a list is no such text."""

    def cast(self, value: Any) -> Any:
        """The value that the text stands for."""
        return read(value, (self.schema / "type").read_str()) if isinstance(value, str) else value


class NoGuards(SecurityProviderFactory):  # type: ignore[misc]
    """Tokens are the business of the mock's own rules, which come before."""

    def create(self, scheme: SchemaPath) -> Any:
        """What is asked for the credentials of a request."""
        return lambda _: ""
