"""openapi-core's own verdict on a request or a response: what the compiled checks are measured against.

It checks and never unmarshals: unmarshalling adds defaults and turns texts into other types.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from mockserver.contract.document import Document
from mockserver.infisical.javascript import is_uuid


class Judge:
    """openapi-core over one document, with `servers` replaced by `/`: the listed hosts are the vendor's."""

    def __init__(self, document: Document) -> None:
        formats: dict[str, Any] = {"uuid": lambda value: not isinstance(value, str) or is_uuid(value)}
        config = Config(extra_format_validators=formats)
        self._core = OpenAPI.from_dict({**document.value, "servers": [{"url": "/"}]}, config=config)

    def accepts_request(self, method: str, path: str, body: object, query: Mapping[str, str] | None = None) -> bool:
        """Whether the document allows this request with this JSON body."""
        request = self._request(method, path, json.dumps(body).encode(), query)
        return not list(self._core.iter_request_errors(request))

    def accepts_response(self, method: str, path: str, status: int, body: object) -> bool:
        """Whether the document allows this JSON answer to a request of that method and path."""
        response = MockResponse(json.dumps(body).encode(), status_code=status, content_type="application/json")
        return not list(self._core.iter_response_errors(self._request(method, path, b"{}", None), response))

    @staticmethod
    def _request(method: str, path: str, body: bytes, query: Mapping[str, str] | None) -> MockRequest:
        return MockRequest(
            "http://mock",
            method.lower(),
            path + (f"?{urlencode(query)}" if query else ""),
            data=body,
            content_type="application/json",
            headers={"Authorization": "Bearer any", "Content-Type": "application/json"},
        )
